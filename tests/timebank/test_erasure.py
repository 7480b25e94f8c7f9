"""Leaving, erasing, the list that restores replay, and the plan that forgets no table."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, Text, select

from tests.timebank.builders import Community
from timebank import (
    accounts,
    audit,
    backup,
    erasure,
    erasure_list,
    exchanges,
    gifts,
    leaving,
    listings,
    models,
    own_data,
    sign_in_cards,
    statements,
)
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.leaving import ErasePerson, LeaveGroup
from timebank.models import Erasure, Member, Person, Statement

NAME = "Zebedee Quillfeather"
EMAIL = "zebedee.quill@example.org"
PHONE = "01632 960983"
ADDRESS = "7 Saltmarsh Row, Fenwick"
NOTE = "marmalade-note"
TRACES = [NAME, "Quillfeather", EMAIL, PHONE, "960983", "Saltmarsh", NOTE]

# Ends of names of text columns that hold codes, ids, references, digests and the like.
CODES = (
    "_id", "_by", "_sha256", "key", "kind", "status", "way", "how", "reference", "channel", "form",
    "language", "frequency", "choice", "capacity", "reason", "outcome", "answer", "step", "detail",
    "involvement", "action", "subject", "actor", "command", "account", "purpose", "door", "level",
    "colour", "rounding", "role", "code", "layout", "hours_for", "came_by", "heard_from", "viewer",
    "statement_by", "at_time", "number", "problem", "collected_in", "hash", "by", "text_code",
)  # fmt: skip


@pytest.fixture
def zeb(community):
    """Somebody who did a bit of everything, and wrote a note wherever one can."""
    added = community.member(NAME, EMAIL, phone=PHONE, address=ADDRESS)
    community.credit(community.session(minutes=120), [added.member_id], minutes=120)
    actor = community.actor_of(added.person_id)
    other = community.member("Olive Other")

    def do(function, command, by=actor):
        return community.do(function, command, actor=by)

    do(gifts.give_hours, gifts.GiveHours(
        member_id=added.member_id, to_member_id=other.member_id, given_minutes=30, words=NOTE,
    ))  # fmt: skip
    do(listings.keep_entry, listings.KeepEntry(
        member_id=added.member_id, shown=True, words=NOTE))  # fmt: skip
    listed = do(listings.add_listing, listings.AddListing(
        member_id=added.member_id, kind="offer", title_words=NOTE, words=NOTE))  # fmt: skip
    do(exchanges.ask_exchange, exchanges.AskExchange(
        member_id=other.member_id, listing_id=listed.listing_id, words=NOTE),
        community.actor_of(other.person_id))  # fmt: skip
    community.do(sign_in_cards.issue_card, sign_in_cards.IssueCard(member_id=added.member_id))
    with community.unit() as unit:
        for each in unit.db.scalars(select(models.AttendanceEntry)):
            each.words = NOTE
    return added


def leave(community, zeb, **more):
    revision = community.read(lambda unit: unit.db.get_one(Member, zeb.member_id).revision)
    command = LeaveGroup(member_id=zeb.member_id, revision=revision, **{"hours": "keep", **more})
    return community.do(leaving.leave_group, command, actor=community.actor_of(zeb.person_id))


def erase(community, zeb, actor=None):
    return community.do(leaving.erase_person, ErasePerson(person_id=zeb.person_id), actor=actor)


def everything(community: Community) -> str:
    """Every cell of every table, as text."""
    cells: list[str] = []
    with community.database.reading(community.console) as unit:
        for table in models.Base.metadata.sorted_tables:
            for row in unit.connection.execute(select(table)):
                cells += [
                    cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
                    for cell in row
                ]
    return "\n".join(cells)


def traces(text: str) -> list[str]:
    return [each for each in TRACES if each in text]


def balance(community, member_id) -> int:
    return community.read(lambda unit: unit.book.balance(accounts.member(member_id)))


# --- leaving ------------------------------------------------------------------------------------


def test_leaving_closes_what_is_open_and_keeps_the_hours(community, zeb):
    made = leave(community, zeb)
    assert (made.given_minutes, balance(community, zeb.member_id)) == (0, 90)
    found = community.read(lambda unit: unit.db.scalars(select(models.Exchange)).one())
    assert found.status == "cancelled"
    with pytest.raises(RuleBroken, match="membership_ended"):
        leave(community, zeb)


def test_the_hours_may_go_to_the_pot(community, zeb):
    assert leave(community, zeb, hours="pot").given_minutes == 90
    assert balance(community, zeb.member_id) == 0
    assert not community.read(audit.verify, by=community.console).findings


def test_a_stale_page_and_somebody_elses_are_refused(community, zeb):
    other = community.actor_of(community.member("Bob").person_id)
    command = LeaveGroup(member_id=zeb.member_id, revision=99, hours="keep")
    with pytest.raises(Conflict, match="changed_meanwhile"):
        community.do(leaving.leave_group, command, actor=community.actor_of(zeb.person_id))
    with pytest.raises((NotAllowed, NotFound)):
        community.do(leaving.leave_group, command, actor=other)


def test_nobody_leaves_with_a_role(community):
    with pytest.raises(RuleBroken, match="leaving_with_role"):
        leave(community, community.admin)


# --- erasing ------------------------------------------------------------------------------------


def test_nobody_is_erased_who_has_not_left_or_by_who_may_not(community, zeb):
    with pytest.raises(RuleBroken, match="erasure_before_leaving"):
        erase(community, zeb)
    leave(community, zeb, erase=True)
    with pytest.raises(NotAllowed, match="role_lacking"):
        erase(community, zeb, actor=community.coordinator("Cora"))
    with pytest.raises(NotAllowed, match="own_erasure"):
        erase(community, community.admin)


def test_an_administrator_is_reminded(community, zeb):
    leave(community, zeb, erase=True)
    [task] = community.read(leaving.to_erase, by=community.actor)
    assert (task.verb, task.path) == ("erase_details", f"/members/{zeb.member_id}/erase")
    erase(community, zeb)
    assert community.read(leaving.to_erase, by=community.actor) == []


def test_nothing_of_them_is_left_and_every_sum_is_as_before(community, zeb):
    community.clock.forward(days=40)
    with community.unit() as unit:
        statements.issue(unit, statements.last_ended(unit))
    others = community.read(lambda unit: {
        each.id: each.content for each in unit.db.scalars(select(Statement))})  # fmt: skip
    head = community.read(lambda unit: unit.book.head())
    assert set(traces(everything(community))) == set(TRACES)
    leave(community, zeb, erase=True)
    erase(community, zeb)
    erasure_list.keep(community.database, community.console)
    assert traces(everything(community)) == []
    files = [path for path in community.settings.data.rglob("*") if path.is_file()]
    files += [Path(f"{community.settings.database_url.removeprefix('sqlite:///')}{end}")
              for end in ("", "-wal", "-shm")]  # fmt: skip
    for path in files:
        if path.is_file():
            assert traces(path.read_bytes().decode("utf-8", "replace")) == [], path
    now = community.read(lambda unit: {
        each.id: each.content for each in unit.db.scalars(select(Statement))})  # fmt: skip
    assert now == others
    assert community.read(lambda unit: unit.book.head()) == head
    assert not community.read(audit.verify, by=community.console).findings
    with pytest.raises(NotFound, match="person_unknown"):
        erase(community, zeb)


def test_yesterdays_backup_does_not_bring_them_back(community, zeb, tmp_path):
    made = tmp_path / "yesterday.zip"
    backup.make(community.database, made)
    leave(community, zeb, erase=True)
    erase(community, zeb)
    assert erasure_list.keep(community.database, community.console) == 1
    assert erasure_list.keep(community.database, community.console) == 0
    path = erasure_list.file_of(community.settings)
    assert erasure_list.read(path) == [zeb.person_id]
    # What a restore does: yesterday's rows are there again, and the list is replayed over them.
    with community.unit() as unit:
        person = unit.db.get_one(Person, zeb.person_id)
        person.name, person.email, person.phone, person.address = NAME, EMAIL, PHONE, ADDRESS
        unit.db.delete(unit.db.get_one(Erasure, zeb.person_id))
        unit.db.get_one(Member, zeb.member_id).status = "active"
    assert traces(everything(community)) != []
    assert erasure_list.replay(community.database, community.console, path) == 1
    assert traces(everything(community)) == []
    assert erasure_list.replay(community.database, community.console, path) == 0


def test_a_list_that_was_tampered_with_erases_nobody_else(community, zeb):
    path = erasure_list.file_of(community.settings)
    path.write_text(f"nonsense\n{secrets.token_hex(16)} 2026-01-01\n{zeb.person_id}\n")
    assert erasure_list.replay(community.database, community.console, path) == 0


# --- the plan -----------------------------------------------------------------------------------


def test_every_text_column_is_in_the_plan_or_says_nothing_about_anybody():
    planned = {
        f"{step.table.__tablename__}.{name}"
        for step in erasure.PLAN
        for name in (step.emptied or step.table.__table__.columns.keys())
    }
    columns = [
        f"{table.name}.{column.name}"
        for table in models.Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Text | LargeBinary)
        and not table.name.startswith("ledger_")
        and not column.foreign_keys
        and not column.name.endswith(CODES)
        and column.name != "id"
    ]
    assert len(columns) > 40
    assert sorted(set(columns) - planned - erasure.OF_NOBODY) == []
    assert sorted(erasure.OF_NOBODY - set(columns)) == []


# --- one's own data -----------------------------------------------------------------------------


def test_a_copy_holds_everything_and_nobody_elses(community, zeb):
    found = community.read(own_data.sheets, zeb.member_id, by=community.actor_of(zeb.person_id))
    text = "\n".join(str(cell) for sheet in found for row in sheet.rows for cell in row)
    assert set(traces(text)) == set(TRACES)
    assert {sheet.name: len(sheet.rows) for sheet in found}["hours"] == 2
    with pytest.raises((NotAllowed, NotFound)):
        community.read(
            own_data.sheets,
            zeb.member_id,
            by=community.actor_of(community.member("Bob").person_id),
        )
