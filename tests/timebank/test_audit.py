"""The proof of the domain: whatever the records and the books disagree about is named."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import timebank.guards
from tests.timebank.builders import Community
from tests.timebank.test_redemptions import add_reward, request, step
from timebank import audit, corrections, statements
from timebank.errors import NotAllowed, NotFound
from timebank.figures import Figures
from timebank.redemptions import (
    ApproveRedemption,
    CancelRedemption,
    FulfilRedemption,
    UndoFulfilment,
)
from timebank.statement_content import canonical, sha256_of
from timebank.unit import make_engine
from timebank.words import FINDINGS, Words


@pytest.fixture
def busy(community: Community) -> Community:
    """A community with credits, a correction, redemptions in every state, and statements."""
    anna = community.member_actor("Anna Bell", "anna@example.org")
    ben = community.member_actor("Ben Cole", choice="pot")
    eve = community.member_actor("Eve Fern", choice="decline")
    session_id = community.session()
    community.credit(session_id, [anna.member_id, ben.member_id, eve.member_id], minutes=600)
    community.do(
        corrections.correct_credit,
        corrections.CorrectCredit(
            attendance_id=community.attendance_id(session_id, anna.member_id),
            revision=1, capacity="own_time", choice="accept",
            figures=Figures(session_minutes=540), reason="wrong_time", words="",
        ),
    )  # fmt: skip
    reward_id = add_reward(community, price_minutes=60)
    asked = [request(community, reward_id, anna.member_id, anna).redemption_id for _ in range(5)]
    step(community, CancelRedemption, asked[1], anna)
    for each in asked[2:]:
        step(community, ApproveRedemption, each, community.actor)
    for each in asked[3:]:
        step(community, FulfilRedemption, each, community.actor)
    step(community, UndoFulfilment, asked[4], community.actor)
    community.clock.set(datetime(2026, 4, 2, tzinfo=UTC))
    with community.unit(community.console) as unit:
        statements.issue(unit, statements.last_ended(unit))
    return community


def report(community: Community, **more: Any) -> audit.Report:
    found: audit.Report = community.read(audit.verify, by=community.console, **more)
    return found


def codes(community: Community) -> set[str]:
    found = report(community).findings
    for finding in found:
        assert Words().say(FINDINGS[finding.code], **finding.params)
    return {finding.code for finding in found}


@pytest.fixture
def tamper(busy, database):
    """Run SQL as the owner, with our guards (and the ledger's) out of the way, then put back."""
    import ledger.guards

    def run(*queries: str, **params: Any) -> None:
        engine = make_engine(database.owner_url)
        with engine.connect() as connection, connection.begin():
            for guards in (ledger.guards, timebank.guards):
                guards.drop(connection)
            for query in queries:
                assert connection.execute(text(query), params).rowcount > 0
            for guards in (ledger.guards, timebank.guards):
                guards.create(connection)
        engine.dispose()

    return run


def test_nothing_to_find(busy):
    found = report(busy)
    assert found.findings == ()
    assert found.transactions > 10
    assert report(busy, against=(found.head.seq, found.head.digest.hex())).findings == ()


def test_a_head_that_never_was(busy):
    found = report(busy, against=(3, "00" * 32)).findings
    assert [finding.code for finding in found] == ["verify.against_differs"]


LAST_CREDIT = "SELECT max(seq) FROM attendance_entry"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("UPDATE attendance_entry SET credited_minutes = credited_minutes + 1"
         f" WHERE seq = ({LAST_CREDIT})", {"attendance_differs"}),
        ("UPDATE attendance_entry SET choice = 'pot'"
         f" WHERE seq = ({LAST_CREDIT})", {"attendance_differs"}),
        ("UPDATE attendance_entry SET seq = 999999"
         f" WHERE seq = ({LAST_CREDIT})",
         {"attendance_without_credit", "credit_without_attendance"}),
        ("UPDATE attendance_entry SET seq = NULL"
         f" WHERE seq = ({LAST_CREDIT})", {"credit_without_attendance"}),
        ("UPDATE attendance SET revision = 1 WHERE revision = 2",
         {"attendance_credited_twice_or_not"}),
        ("UPDATE session SET starts_on = '2026-02-01'", {"attendance_differs"}),
        ("UPDATE attendance_entry SET reason = 'not_there' WHERE reversal_seq IS NOT NULL",
         {"correction_differs"}),
        ("UPDATE attendance_entry SET reversal_seq = NULL, reversed_seq = NULL"
         " WHERE reversal_seq IS NOT NULL", {"correction_unexplained"}),
        ("UPDATE redemption SET price_minutes = 61 WHERE status = 'fulfilled'",
         {"redemption_differs"}),
        ("UPDATE redemption SET status = 'fulfilled' WHERE status = 'requested'",
         {"redemption_differs", "held_differs"}),
        ("UPDATE redemption SET status = 'approved' WHERE status = 'fulfilled'",
         {"redemption_differs", "held_differs"}),
        ("UPDATE redemption SET status = 'declined' WHERE status = 'cancelled'",
         {"redemption_differs"}),
        ("UPDATE redemption SET kind = 'voucher' WHERE status = 'fulfilled'",
         {"redemption_differs"}),
        ("DELETE FROM redemption WHERE status = 'cancelled'", {"hold_without_redemption"}),
        ("UPDATE ledger_account SET floor = -600 WHERE name LIKE 'member:%'",
         {"member_floor_differs"}),
        ("UPDATE statement SET closing_minutes = closing_minutes + 60 WHERE last_seq > 0",
         {"statement_differs", "statement_differs_from_books"}),
        ("UPDATE statement SET content = replace(content, 'Riverside', 'Seaside')",
         {"statement_altered"}),
        ("UPDATE statement SET first_seq = 2 WHERE first_seq = 1",
         {"statement_gap", "statement_differs_from_books"}),
        ("DELETE FROM redemption WHERE status = 'requested'",
         {"hold_without_redemption", "held_differs"}),
    ],
)  # fmt: skip
def test_each_disagreement_is_named(busy, tamper, query, expected):
    tamper(query)
    assert expected <= codes(busy)


def test_a_statement_rewritten_with_its_hash(busy, tamper):
    """Whoever rewrites a statement and its hash still has to agree with the books."""
    with busy.database.reading(busy.console) as unit:
        row = unit.connection.execute(
            text("SELECT id, content FROM statement WHERE last_seq > 0")
        ).first()
    content = json.loads(row.content)
    content["lines"][0]["amount_minutes"] += 60
    forged = canonical(content)
    tamper(
        "UPDATE statement SET content = :content, content_sha256 = :sha WHERE id = :id",
        content=forged, sha=sha256_of(forged), id=row.id,
    )  # fmt: skip
    assert codes(busy) == {"statement_differs_from_books"}


def test_a_statement_with_another_head(busy, tamper):
    with busy.database.reading(busy.console) as unit:
        row = unit.connection.execute(text("SELECT id, content FROM statement LIMIT 1")).one()
    content = json.loads(row.content)
    content["head"] = content["head"].partition(":")[0] + ":" + "ab" * 32
    forged = canonical(content)
    tamper(
        "UPDATE statement SET content = :content, content_sha256 = :sha WHERE id = :id",
        content=forged, sha=sha256_of(forged), id=row.id,
    )  # fmt: skip
    assert codes(busy) == {"statement_head_unknown"}


def test_a_member_and_an_account_without_the_other(busy, tamper):
    with busy.unit(busy.console) as unit:
        unit.book.open_account("member:" + "ab" * 16, floor=0)
        unit.book.open_account("group:" + "cd" * 16, floor=0)
    assert {finding.params["account"] for finding in report(busy).findings} == {
        "member:" + "ab" * 16, "group:" + "cd" * 16,
    }  # fmt: skip


def test_missing_guards_are_named(busy, database):
    engine = make_engine(database.owner_url)
    with engine.connect() as connection, connection.begin():
        timebank.guards.drop(connection)
    engine.dispose()
    assert codes(busy) == {"guard_differs"}


def test_a_receipt_of_nothing(busy, tamper):
    tamper(
        "INSERT INTO command_receipt (key, command, actor, command_sha256, result, recorded_at)"
        " VALUES ('a-false-key', 'X', :actor, 'x', '{\"redemption_id\": \"nowhere\"}', 0)",
        actor="0" * 32,
    )
    assert codes(busy) == {"receipt_of_nothing"}


def test_a_thousand_of_a_kind_are_counted(busy):
    with busy.unit(busy.console) as unit:
        for number in range(audit.KEPT + 7):
            unit.book.open_account(f"group:{number:032x}", floor=0)
    found = report(busy).findings
    assert len(found) == audit.KEPT + 1
    assert (found[-1].code, found[-1].params["count"]) == ("verify.more", 7)


def test_who_may_prove_and_export(busy):
    anna = busy.member_actor("Gil Hart")
    for function, *args in ((audit.verify,), (audit.export, "csv", io.StringIO())):
        with pytest.raises(NotAllowed):
            busy.read(function, *args, by=anna)
    stream = io.StringIO()
    busy.read(audit.export, "csv", stream, by=busy.console)
    assert len(stream.getvalue().splitlines()) > 20


def test_before_the_set_up_there_is_nothing_to_prove(database, tmp_path):
    from tests.timebank.builders import instance_settings
    from timebank.roles import CONSOLE, Actor
    from timebank.unit import Database

    empty = Database(instance_settings(database, tmp_path))
    console = Actor(id="0" * 32, roles=frozenset({CONSOLE}))
    with empty.reading(console) as unit, pytest.raises(NotFound) as caught:
        audit.verify(unit)
    assert caught.value.code == "not_set_up"
    empty.dispose()


# The modules that yield findings.
def test_every_finding_has_words():
    """Each code that the proof can yield, read from its source, and no code that it cannot."""
    folder = Path(timebank.guards.__file__).parent
    sources = [*folder.glob("audit*.py"), folder / "checkpoints.py"]
    own = re.compile(r'yield \(?\s*"([a-z_.]+)"|code="([a-z_.]+)"')
    codes = {a or b for source in sources for a, b in own.findall(source.read_text())}
    ledgers = (folder.parent / "ledger" / "verify.py").read_text()
    codes |= set(re.findall(r'"(verify\.[a-z_]+)"', ledgers))
    assert len(codes) > 40
    assert codes == set(FINDINGS)
