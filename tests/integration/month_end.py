"""A month's end with a crowd: everything issued and delivered while everything goes wrong.

    python -m tests.integration.month_end --members 10000 --data FOLDER [--postgresql]

Members with a year of history want their statements in every way and form there is. The disk that
the books are on is full at first; a real mail server refuses, asks to come back later, keeps
silent, hangs up, hangs up after it has said yes, and runs out of room; the processes that issue and
send are killed and started again. Then every statement is there once, and every message arrived;
those that came twice are counted beside what explains them. The PDFs are timed beside Typst alone
on the same documents.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from migrations import runner
from tests.conftest import Database, _fresh_name, _postgresql, _sqlite
from tests.integration.beside_typst import BesideTypst
from tests.integration.children import children
from tests.integration.crowd import MONTHS, START, build
from tests.integration.full_disk import ROOMY, books_on_small_disk
from tests.integration.month_end_figures import Figures, told
from tests.integration.troubled_mail import Troubled
from tests.mail_server import mail_server, settings_for
from tests.postgres import running_server
from tests.small_disk import NoSmallDisk
from tests.timebank.builders import Community
from tests.timebank.reaching import TextService, text_service
from timebank import (
    audit,
    calls,
    delivery,
    letter_pdf,
    letters,
    statement_formats,
    statements,
)
from timebank.delivery import SendAgain
from timebank.models import Member, OutboxMessage, Person, Statement
from timebank.statement_pdf import page_data
from timebank.statement_said import day_of, reader_of, said
from timebank.words import Words

# What a full disk still takes: some statements of a small time bank, none of a large one's.
LEFT = 256 * 1024
NO_ROOM = Words().error("disk_full")


def month_end(
    community: Community, figures: Figures, server: Troubled, *, kills: int, longest: float
) -> None:
    """Let processes issue and send, kill them, and go on until nothing is left to send."""
    moments = random.Random(7)
    began = time.monotonic()
    for _ in range(kills):
        with _two_jobs(community) as started:
            time.sleep(moments.uniform(0.2, longest))
            for child in started:
                child.kill()
                figures.kills += child.answer() is None
        server.held_by_killed |= _held(community)
        community.clock.now += delivery.LEASE + timedelta(seconds=1)
        figures.rounds += 1
    while True:
        answers = _both_jobs(community, figures)
        figures.rounds += 1
        community.clock.now += timedelta(minutes=10)
        if not any(answer["sent"] or answer["failed"] for answer in answers):
            break
        # Whoever was refused gave a wrong address: it is put right, and sent again.
        _put_right(community)
    figures.timed("issue_and_send", began)


def full_disk(community: Community, figures: Figures, server: Troubled, where: Database) -> None:
    """The same job where the disk is full: it says so; with room again the books are written."""
    began = time.monotonic()
    community.database.dispose()
    try:
        with books_on_small_disk(where, community.settings.data) as disk:
            disk.resize(disk.used + LEFT)
            answers = _both_jobs(community, figures)
            figures.no_room = {line for answer in answers for line in answer["said"]}
            assert any(NO_ROOM in line for line in figures.no_room), figures.no_room
            disk.resize(ROOMY)
            server.held_without_room = _held(community)
            with community.unit(community.console) as unit:
                some = statements.issue(unit, statements.last_ended(unit), most=10)
            assert some.count == 10
            community.database.dispose()
    except NoSmallDisk:
        return
    community.clock.now += delivery.LEASE + timedelta(seconds=1)
    figures.timed("full_disk", began)


def _two_jobs(community: Community) -> Any:
    return children(community.settings, [("crowd", community.clock().isoformat())] * 2)


def _both_jobs(community: Community, figures: Figures) -> list[dict[str, Any]]:
    """What two processes answer that are left to end by themselves."""
    with _two_jobs(community) as started:
        answers = [child.answer() or {} for child in started]
    figures.job_mb = max(figures.job_mb, *(answer["peak_mb"] for answer in answers))
    return answers


def _held(community: Community) -> set[str]:
    """The ids of mails that somebody took to send and of which nothing more was written down."""
    with community.database.reading(community.console) as unit:
        query = select(OutboxMessage.message_id).where(
            OutboxMessage.status == "waiting", OutboxMessage.leased_until.is_not(None)
        )
        return set(unit.db.scalars(query))


def _put_right(community: Community) -> None:
    with community.unit(community.console) as unit:
        query = select(OutboxMessage, Person).join(Person).where(
            OutboxMessage.status == "waiting", OutboxMessage.problem == "address_refused",
            Person.email.like("%@refused.example.org"),
        )  # fmt: skip
        for message, person in unit.db.execute(query).all():
            person.email = person.email.replace("@refused.", "@righted.")
            unit.db.flush()
            delivery.send_again(unit, SendAgain(message_id=message.id))


def post_and_ring(community: Community, figures: Figures, folder: Path) -> None:
    """Print every letter, beside Typst alone; tick them; ring everybody."""
    beside = BesideTypst(folder / "letters.jsonl")
    while True:
        printed = community.do(letters.print_letters, letters.PrintLetters())
        if printed.run_id is None:
            break
        figures.letters += printed.count
        beside.make("letters.typ", partial(_letters, community, printed.run_id))
        ids = tuple(each.id for each in community.read(letters.letters, printed.run_id))
        command = letters.PostLetters(run_id=printed.run_id, letter_ids=ids)
        assert community.do(letters.post_letters, command).count == printed.count
    figures.letter_pdfs = beside.ratio()
    began = time.monotonic()
    while waiting := community.read(calls.waiting):
        for call in waiting:
            script = community.read(calls.script, call.person.id)
            assert "Statement" in script.text
            ringing = calls.ReadOut(person_id=call.person.id, message_ids=script.message_ids)
            figures.calls += community.do(calls.read_out, ringing).count
    figures.timed("calls", began)


def _letters(community: Community, run_id: str) -> tuple[bytes, dict[str, Any], date]:
    sheets = community.read(letter_pdf.sheets, run_id)
    return sheets.pdf(), sheets.data, sheets.made_on


def typst_beside(community: Community, figures: Figures, folder: Path, most: int) -> None:
    """Statements as PDF: from the database to bytes, beside Typst alone."""
    beside = BesideTypst(folder / "statements.jsonl")
    with community.database.reading(community.console) as unit:
        query = select(Statement).order_by(Statement.until_on.desc(), Statement.id).limit(most)
        for found in unit.db.scalars(query).all():

            def ours(found: Statement = found) -> tuple[bytes, dict[str, Any], date]:
                made = statement_formats.wanted(unit, found, "pdf").make()
                content, reader = json.loads(found.content), reader_of(unit, found)
                data = page_data(said(content, reader), content, reader)
                return made, data, day_of(content["issued_on"])

            beside.make("statement.typ", ours)
    figures.pdfs = beside.ratio()


def check(community: Community, figures: Figures, server: Troubled, texts: TextService) -> None:
    """Every statement once, every message delivered, and what came twice explained."""
    with community.database.reading(community.console) as unit:
        per_account = unit.db.execute(
            select(Statement.account, Statement.until_on, func.count())
            .group_by(Statement.account, Statement.until_on)
            .having(func.count() > 1)
        ).all()
        assert per_account == []
        assert not statements.due(unit)
        last = date(2025, MONTHS, 31)
        members = unit.db.scalar(select(func.count()).select_from(Member))
        theirs = select(func.count()).where(
            Statement.until_on == last, Statement.member_id.is_not(None)
        )
        figures.statements = unit.db.scalar(theirs) or 0
        assert figures.statements == members
        newest = select(Statement.id).where(Statement.until_on == last)
        rows = unit.db.execute(
            select(OutboxMessage.status, OutboxMessage.channel, func.count())
            .where(OutboxMessage.subject_id.in_(newest))
            .group_by(OutboxMessage.status, OutboxMessage.channel)
        ).all()
        assert {status for status, _, _ in rows} == {"sent"}, rows
        ids = set(
            unit.db.scalars(
                select(OutboxMessage.message_id).where(
                    OutboxMessage.subject_id.in_(newest), OutboxMessage.channel == "mail"
                )
            )
        )
        assert audit.verify(unit).findings == ()
    assert set(server.times_by_id) == ids
    by_channel = {channel: count for _, channel, count in rows}
    figures.mails, figures.texts = len(ids), by_channel["text"]
    _explain(figures, server)
    figures.texts_twice = len(texts.texts) - by_channel["text"]
    # A process that is killed, or has no room to note it, leaves one text that may come again.
    assert 0 <= figures.texts_twice <= figures.kills + 2 * (figures.no_room is not None)
    assert figures.letters == by_channel["post"]
    assert figures.calls == by_channel["phone"]


def _explain(figures: Figures, server: Troubled) -> None:
    """Every mail that came again did so for one of the reasons that there are."""
    again = {each for each, times in server.times_by_id.items() if times > 1}
    figures.twice = server.times_by_id.total() - len(server.times_by_id)
    lost = again & server.lost_after_yes
    killed = (again & server.held_by_killed) - lost
    no_room = (again & server.held_without_room) - lost - killed
    assert again == lost | killed | no_room
    # Each process held one mail at a time.
    assert len(killed) <= figures.kills
    figures.twice_by_lost_yes, figures.twice_by_kill = len(lost), len(killed)
    figures.twice_by_full_disk = len(no_room)


def run(
    where: Database, folder: Path, members: int, *, kills: int, longest: float, pdfs: int
) -> Figures:
    """The whole month's end in a new instance on a migrated database."""
    figures = Figures(engine=where.name, members=members)
    server = Troubled()
    with mail_server(server) as (_, port), text_service() as texts:
        settings = {**settings_for(port), "TIMEBANK_TEXT_URL": texts.url}
        community = Community(where, folder / "data", now=START, **settings)
        began = time.monotonic()
        build(community, members)
        figures.timed("build", began)
        community.clock.set(datetime(2026, 1, 2, 10, tzinfo=UTC))
        full_disk(community, figures, server, where)
        month_end(community, figures, server, kills=kills, longest=longest)
        typst_beside(community, figures, folder, pdfs)
        post_and_ring(community, figures, folder)
        began = time.monotonic()
        check(community, figures, server, texts)
        figures.timed("check", began)
        community.close()
    used = (resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))  # fmt: skip
    figures.peak_mb = max(used) // (1 if sys.platform == "darwin" else 1024)
    return figures


@contextmanager
def new_database(folder: Path, *, postgresql: bool) -> Iterator[Database]:
    """A migrated database in the folder, or on a PostgreSQL server of its own."""
    if not postgresql:
        made = _sqlite(folder / "month-end.db")
        runner.upgrade(made.owner_url)
        yield made
        return
    with running_server() as server:
        name = _fresh_name()
        server.create_database(name)
        made = _postgresql(server, name)
        runner.upgrade(made.owner_url, instance_role=made.instance_role)
        yield made
        server.drop_database(name)


def main() -> None:
    """Run it as the command line says, and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--data", type=Path, required=True, help="a folder for files")
    parser.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--longest", type=float, default=12.0, help="seconds until a kill")
    given = parser.parse_args()
    given.data.mkdir(parents=True, exist_ok=True)
    with new_database(given.data, postgresql=given.postgresql) as where:
        figures = run(
            where, given.data, given.members, kills=given.kills, longest=given.longest, pdfs=1000
        )
    print(told(figures))


if __name__ == "__main__":
    main()
