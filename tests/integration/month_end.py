"""A month's end with a crowd: everything issued and delivered while everything goes wrong.

    python -m tests.integration.month_end --members 10000 --data FOLDER

Members with a year of history want their statements in every way and form there is. A real mail
server refuses, asks to come back later, keeps silent, hangs up, hangs up after it has said yes, and
runs out of room; the processes that issue and send are killed and started again. Then every
statement is there once, and every message arrived; those that came twice are counted beside what
explains them. The PDFs are timed beside Typst alone on the same documents. On SQLite.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update

from migrations import runner
from tests.conftest import Database
from tests.integration.children import ROOT, children
from tests.mail_server import Kept, mail_server, settings_for
from tests.timebank.builders import Community
from tests.timebank.reaching import TextService, text_service
from timebank import (
    audit,
    calls,
    delivery,
    letter_pdf,
    letters,
    people,
    scheduler,
    statement_formats,
    statements,
    typesetting,
)
from timebank.delivery import SendAgain
from timebank.models import Communication, Member, OutboxMessage, Person, Statement
from timebank.statement_pdf import page_data
from timebank.statement_said import day_of, reader_of, said

START = datetime(2025, 1, 2, 9, 0, tzinfo=UTC)
MONTHS = 12
# Of a hundred members: how each hears from us, in which form, and how statements come by mail.
WAYS = (
    [("mail", "standard", "link")] * 40
    + [("mail", "standard", "mail")] * 15
    + [("mail", "large_print", "link")] * 5
    + [("text", "standard", "link")] * 10
    + [("post", "standard", "paper")] * 10
    + [("post", "large_print", "paper")] * 6
    + [("post", "easy_read", "paper")] * 3
    + [("post", "braille", "paper")] * 1
    + [("phone", "script", "link")] * 6
    + [("none", "standard", "link")] * 4
)
# Of a hundred addresses, what the mail server does to them.
FAULTS = ["well"] * 88 + ["refused", "later", "silent", "hangs", "yeshangs", "full"] * 2
IN_ONE_UNIT = 500


class Troubled(Kept):
    """Takes every message in the end; each address that is troubled is so once."""

    def __init__(self) -> None:
        super().__init__()
        self.troubled: set[str] = set()
        self.times_by_id: Counter[str] = Counter()
        self.lost_after_yes: set[str] = set()

    def _first(self, address: str) -> bool:
        new = address not in self.troubled
        self.troubled.add(address)
        return new

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.endswith("@refused.example.org"):
            return "550 5.1.1 no such person here"
        if address.endswith("@later.example.org") and self._first(address):
            return "451 4.7.1 greylisted, come back later"
        if address.endswith("@full.example.org") and self._first(address):
            return "452 4.3.1 no room on this disk"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos
        if address.endswith("@silent.example.org") and self._first(address):
            await asyncio.sleep(3)
            server.transport.close()
            return "421 too late"
        if address.endswith("@hangs.example.org") and self._first(address):
            server.transport.close()
            return "421 good bye"
        head = envelope.content.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
        message_id = head.split("Message-ID:")[1].split("\r\n\r\n")[0].split(">")[0].split("<")[1]
        self.times_by_id[f"<{message_id}>"] += 1
        if address.endswith("@yeshangs.example.org") and self._first(address):
            # Taken, and the yes is lost on the way.
            self.lost_after_yes.add(f"<{message_id}>")
            server.transport.close()
            return "421 good bye"
        return "250 taken"


@dataclass
class Figures:
    """What was measured; ``seconds`` by step."""

    members: int = 0
    statements: int = 0
    mails: int = 0
    texts: int = 0
    letters: int = 0
    calls: int = 0
    twice: int = 0
    twice_by_crash: int = 0
    twice_by_lost_yes: int = 0
    kills: int = 0
    rounds: int = 0
    typst_ratio: float = 0.0
    letters_ratio: float = 0.0
    peak_mb: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    def timed(self, step: str, began: float) -> None:
        """Add the time since ``began`` to a step."""
        self.seconds[step] = round(self.seconds.get(step, 0) + time.monotonic() - began, 1)


def build(community: Community, count: int) -> list[str]:
    """Members, how each hears from us, and a year of credits and statements; their ids."""
    member_ids: list[str] = []
    rows: list[dict[str, Any]] = []
    mails = 0
    for first in range(0, count, IN_ONE_UNIT):
        with community.unit() as unit:
            for number in range(first, min(first + IN_ONE_UNIT, count)):
                channel, form, by = WAYS[number * 37 % 100]
                mail = None
                if channel == "mail":
                    mail = f"m{number}@{FAULTS[mails * 29 % 100]}.example.org"
                    mails += 1
                added = people.add_member(
                    unit,
                    people.AddMember(
                        name=f"Member {number} Ŵyn",
                        email=mail,
                        phone=f"020 7946 {number:05}",
                        address=f"{number} High Street\nRiverside",
                        statement_by=by,
                    ),
                )
                member_ids.append(added.member_id)
                rows.append(
                    {"person_id": added.person_id, "channel": channel, "form": form,
                     "no_news": False, "revision": 1}
                )  # fmt: skip
    with community.unit() as unit:
        unit.db.execute(insert(Communication), rows)
    for month in range(MONTHS):
        _month(community, member_ids, month)
    return member_ids


def _month(community: Community, member_ids: list[str], month: int) -> None:
    """One month of sessions for everybody; the statements of the month before."""
    community.clock.set(datetime(2025, month + 1, 3, 10, tzinfo=UTC))
    if month:
        scheduler.issue_due(community.database, community.console)
    for first in range(0, len(member_ids), IN_ONE_UNIT):
        some = member_ids[first : first + IN_ONE_UNIT]
        session_id = community.session(f"Meeting {month}-{first}")
        community.credit(session_id, some, minutes=45 + month)
    with community.unit() as unit:
        # What was said about the months before is long said.
        unit.db.execute(update(OutboxMessage).values(status="sent", sent_at=unit.now))


def month_end(community: Community, figures: Figures, *, kills: int, longest: float) -> None:
    """Let processes issue and send, kill them, and go on until nothing is left to send."""
    moments = random.Random(7)
    now = community.clock()
    began = time.monotonic()
    for _ in range(kills):
        with children(community.settings, [("crowd", now.isoformat())] * 2) as started:
            time.sleep(moments.uniform(0.2, longest))
            for child in started:
                child.kill()
                figures.kills += child.answer() is None
        now += delivery.LEASE + timedelta(seconds=1)
        figures.rounds += 1
    while True:
        with children(community.settings, [("crowd", now.isoformat())] * 2) as started:
            answers = [child.answer() or {} for child in started]
        figures.rounds += 1
        now += timedelta(minutes=10)
        community.clock.set(now)
        if not any(answer["sent"] or answer["failed"] for answer in answers):
            break
        # Whoever was refused gave a wrong address: it is put right, and sent again.
        _put_right(community)
    figures.timed("issue_and_send", began)


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


_NOTHING = {
    "title": "-", "group": "-", "language": "en", "issued_on": "2026-01-01", "letters": [],
}  # fmt: skip


class BesideTypst:
    """Times what we make, and Typst alone on the same documents, in a process of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seconds = 0.0
        self.digest = hashlib.sha256()
        # Fonts are read once a process, here as there.
        typesetting.pdf("letters.typ", _NOTHING, issued_on=date(2026, 1, 1))

    def make(self, template: str, ours: Callable[[], tuple[bytes, dict[str, Any], date]]) -> None:
        """Make one document in our way, and keep it for Typst. Processor time is counted: other
        work on the machine costs both sides nothing."""
        began = time.process_time()
        made, data, on = ours()
        self.seconds += time.process_time() - began
        self.digest.update(made)
        text = json.dumps(data, ensure_ascii=False, sort_keys=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([template, text, on.isoformat()]) + "\n")

    def ratio(self) -> float:
        """Our time by Typst's; the PDFs are the same byte for byte."""
        command = [sys.executable, "-m", "tests.integration.bare_typst", str(self.path)]
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        bare, digest = json.loads(answer.stdout)
        assert digest == self.digest.hexdigest()
        return round(self.seconds / bare, 2)


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
    figures.seconds["letters"] = round(beside.seconds, 1)
    figures.letters_ratio = beside.ratio()
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
    figures.seconds["statement_pdfs"] = round(beside.seconds, 1)
    figures.typst_ratio = beside.ratio()


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
    figures.mails, figures.texts = len(ids), len(texts.texts)
    again = {each for each, times in server.times_by_id.items() if times > 1}
    figures.twice = sum(server.times_by_id.values()) - len(ids)
    figures.twice_by_lost_yes = len(again & server.lost_after_yes)
    figures.twice_by_crash = figures.twice - figures.twice_by_lost_yes
    by_channel = {channel: count for _, channel, count in rows}
    # A killed process leaves one mail and one text that may come again.
    assert figures.twice_by_crash <= figures.kills
    assert by_channel["text"] <= figures.texts <= by_channel["text"] + figures.kills
    assert figures.letters == by_channel["post"]
    assert figures.calls == by_channel["phone"]


def run(folder: Path, members: int, *, kills: int, longest: float, pdfs: int) -> Figures:
    """The whole month's end in a new instance in ``folder``."""
    figures = Figures(members=members)
    path = folder / "month-end.db"
    url = f"sqlite:///{path}"
    runner.upgrade(url)
    server = Troubled()
    with mail_server(server) as (_, port), text_service() as texts:
        settings = {**settings_for(port), "TIMEBANK_TEXT_URL": texts.url}
        where = Database(name="sqlite", owner_url=url, url=url)
        community = Community(where, folder / "data", now=START, **settings)
        began = time.monotonic()
        build(community, members)
        figures.timed("build", began)
        community.clock.set(datetime(2026, 1, 2, 10, tzinfo=UTC))
        month_end(community, figures, kills=kills, longest=longest)
        typst_beside(community, figures, folder, pdfs)
        post_and_ring(community, figures, folder)
        check(community, figures, server, texts)
        community.close()
    used = (resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))  # fmt: skip
    figures.peak_mb = max(used) // (1 if sys.platform == "darwin" else 1024)
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=8)
    given = parser.parse_args()
    given.data.mkdir(parents=True, exist_ok=True)
    print(run(given.data, given.members, kills=given.kills, longest=12.0, pdfs=1000))
