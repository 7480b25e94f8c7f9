"""One seed is one run: a coordinator at work while the database, the clock and the process fail.

    python -m tests.simulation.simulate --seeds 5000 --start 0 [--engine sqlite|postgresql]

Every step draws a command and perhaps a fault. The model says what the command must come to. After
each step nothing acknowledged is missing, nothing is half-written, no fact is posted twice, the
proof finds nothing, and what a person was told is true; then the same command is sent again under
the same key and must come to what the model says.
"""

from __future__ import annotations

import argparse
import copy
import os
import re
import secrets
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import psycopg
from sqlalchemy import func, select

import ledger
from ledger import metadata
from migrations import runner
from tests.postgres import INSTANCE_ROLE, OWNER_ROLE, Server, running_server
from tests.simulation import faults
from tests.simulation.faults import KILLED, LOST, UNKNOWN, Fault, Injector, Killed
from tests.simulation.model import STEPS, Model, Op, Refused
from tests.timebank.builders import Community, FakeClock
from timebank import accounts, audit, corrections, crediting, receipts, redemptions, rewards
from timebank import sessions as planning
from timebank import statements as issuing
from timebank import unit as units
from timebank.errors import Rejected, TimebankError
from timebank.figures import Figures
from timebank.models import (
    Attendance,
    AttendanceEntry,
    CommandReceipt,
    Member,
    OutboxMessage,
    Redemption,
    Session,
    Statement,
    TrailEvent,
)
from timebank.roles import Actor
from timebank.settings import Settings
from timebank.words import Words

ENGINES = ("sqlite", "postgresql")
MEMBERS, MAILED, REWARDS = 5, {0, 1, 2}, [(60, 2), (90, None)]
MARCH_ENDS = date(2026, 3, 31)
BUILT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
# Evening of the last day of March: an hour forward or back changes the day and the month.
START = datetime(2026, 3, 31, 21, 0, tzinfo=UTC)
STEPS_A_RUN = 12
MOST_TRIES = 4
POTS = {name: f"pot:{name * 32}" for name in "abc"}
FUNDED = 300
LOCK_SECONDS = 0.03
# Words that would leave the reader alone with the machine.
TECHNICAL = re.compile(
    r"sql|psycopg|postgres|commit|rollback|transaction|deadlock|exception|error|errno|null|0x",
    re.IGNORECASE,
)
STEP_COMMANDS = {
    "approve": (redemptions.approve_redemption, redemptions.ApproveRedemption),
    "decline": (redemptions.decline_redemption, redemptions.DeclineRedemption),
    "cancel": (redemptions.cancel_redemption, redemptions.CancelRedemption),
    "fulfil": (redemptions.fulfil_redemption, redemptions.FulfilRedemption),
    "undo": (redemptions.undo_fulfilment, redemptions.UndoFulfilment),
}


# --- what is simulated ------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of an attempt: a result, the codes of a refusal with its words, or silence."""

    result: tuple[Any, ...] | None = None
    codes: tuple[str, ...] = ()
    words: str = ""

    @property
    def plain(self) -> Any:
        return self.result if not self.codes else self.codes


@dataclass(frozen=True, kw_only=True)
class Built:
    """A command ready to be sent, any number of times: everything it needs is in it."""

    key: str
    kind: str
    command: Any


class Instance:
    """One process's view of the time bank: a database with faults at its driver."""

    def __init__(self, settings: Settings, actor: Actor, clock: FakeClock, injector: Injector):
        self.actor, self.injector = actor, injector
        self.database = units.Database(settings, clock=clock)
        injector.install(self.database.engine)

    def attempt(self, built: Built, fault: Fault | None) -> Answer:
        """Send a command, with a fault in the way or none."""
        self.injector.arm(fault)
        try:
            with self.database.unit(self.actor) as unit:
                result = carry_out(unit, built)
            return Answer(result=result)
        except Rejected as error:
            return Answer(codes=tuple(each.code for each in error.problems))
        except TimebankError as error:
            return Answer(codes=(error.code,), words=Words().error(error.code, **error.params))
        except Killed:
            self.database.dispose()
            return Answer(codes=(KILLED,))
        finally:
            struck, self.injector.fault = self.injector.struck, None
            self.injector.struck = struck

    def on_connection(self, *statements: str) -> None:
        """Say something to the one connection that the pool has."""
        raw = self.database.engine.raw_connection()
        for statement in statements:
            raw.driver_connection.execute(statement)  # type: ignore[union-attr]
        raw.commit()
        raw.close()


def carry_out(unit: units.Unit, built: Built) -> tuple[Any, ...]:
    """Run a command in its unit; the answer as the model gives it."""
    command = built.command
    if built.kind == "post":
        posted = unit.book.post_many(command, posted_at=unit.posted_at)
        return tuple(each.replayed for each in posted)
    if built.kind == "issue":
        return (issuing.issue(unit, command).count,)
    function = {
        "plan": planning.plan_session,
        "credit": crediting.credit_session,
        "correct": corrections.correct_credit,
        "redeem": redemptions.request_redemption,
        **{name: function for name, (function, _kind) in STEP_COMMANDS.items()},
    }[built.kind]
    found: Any = receipts.once(unit, built.key, function, command)
    shown = {
        "plan": lambda: ("planned",),
        "credit": lambda: (found.people, found.credited_minutes),
        "correct": lambda: (found.revision, found.credited_minutes, found.balance_minutes),
        "redeem": lambda: (found.price_minutes, found.balance_minutes),
    }
    step = lambda: (found.status, found.revision, found.balance_minutes)  # noqa: E731
    return shown.get(built.kind, step)()


class World:
    """The time bank of one run as the judge sees it: builds commands, reads the whole state."""

    def __init__(self, settings: Settings, people: Any, clock: FakeClock) -> None:
        self.people = people
        self.database = units.Database(settings, clock=clock)
        self.before: dict[str, int] = {}

    def begin(self) -> None:
        """Note what a fresh copy has already."""
        self.before = {}
        self.before = {name: self.state()[name] for name in ("transactions", "letters", "trail")}

    def build(self, key: str, op: Op) -> Built:
        with self.database.reading(self.people.actor) as unit:
            kind, command = getattr(self, f"_{op[0]}")(unit, *op[1:])
        return Built(key=key, kind=kind, command=command)

    def _plan(self, unit: units.Unit, number: int) -> tuple[str, Any]:
        return "plan", planning.PlanSession(
            title=f"Session {number:02}",
            activity_type_id=self.people.activity_id,
            starts_on=unit.today,
            usual_minutes=120,
        )

    def _session(self, unit: units.Unit, number: int) -> str:
        return str(unit.db.scalars(select(Session.id).where(_titled(number))).one())

    def _credit(self, unit: units.Unit, number: int, revision: int, lines: Any) -> tuple[str, Any]:
        return "credit", crediting.CreditSession(
            session_id=self._session(unit, number),
            revision=revision,
            lines=tuple(
                crediting.AttendanceLine(
                    member_id=self.people.members[member], figures=Figures(session_minutes=minutes)
                )
                for member, minutes in lines
            ),
        )

    def _correct(
        self, unit: units.Unit, number: int, member: int, revision: int, minutes: int
    ) -> tuple[str, Any]:
        query = select(Attendance.id).where(
            Attendance.session_id == self._session(unit, number),
            Attendance.member_id == self.people.members[member],
        )
        return "correct", corrections.CorrectCredit(
            attendance_id=unit.db.scalars(query).one(),
            revision=revision,
            capacity="own_time",
            choice=None,
            figures=Figures(session_minutes=minutes),
            reason="wrong_time" if minutes else "not_there",
        )

    def _redeem(self, _unit: units.Unit, member: int, reward: int) -> tuple[str, Any]:
        return "redeem", redemptions.RequestRedemption(
            reward_id=self.people.rewards[reward],
            reward_revision=1,
            member_id=self.people.members[member],
            how="online" if member == 0 else "phone",
            information_version=1,
        )

    def _step(self, unit: units.Unit, number: int, name: str, revision: int) -> tuple[str, Any]:
        query = select(Redemption.id).order_by(Redemption.hold_seq).offset(number).limit(1)
        id_ = unit.db.scalars(query).one()
        return name, STEP_COMMANDS[name][1](redemption_id=id_, revision=revision)

    def _issue(self, _unit: units.Unit, until_on: date) -> tuple[str, Any]:
        return "issue", until_on

    def _post(self, _unit: units.Unit, batch: Any) -> tuple[str, Any]:
        return "post", tuple(
            transfer(key, POTS[source], POTS[target], minutes)
            for key, source, target, minutes in batch
        )

    # --- the whole state ------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """What is in the database, comparable with ``Model.state``."""
        with self.database.reading(self.people.actor) as unit:
            book = {each.name: each.balance for each in unit.book.accounts()}
            there: dict[str, list[Any]] = {}
            for session_id, member_id, revision, minutes in unit.db.execute(_newest_entries()):
                member = self.people.members.index(member_id)
                there.setdefault(session_id, []).append((member, (revision, minutes)))
            counts = {
                "transactions": unit.book.head().seq,
                "letters": _count(unit, OutboxMessage.id),
                "trail": _count(unit, TrailEvent.id),
            }
            return {
                "balances": self._balances(book),
                **{name: count - self.before.get(name, 0) for name, count in counts.items()},
                "sessions": sorted(
                    (session.revision, sorted(there.get(session.id, [])))
                    for session in unit.db.scalars(select(Session))
                ),
                "redemptions": sorted(
                    (self.people.members.index(each.member_id), each.status, each.revision)
                    for each in unit.db.scalars(select(Redemption))
                ),
                "statements": self._statements(unit),
                "receipts": sorted(unit.db.scalars(select(CommandReceipt.key))),
            }

    def _balances(self, book: dict[str, int]) -> dict[Any, int]:
        names = {index: accounts.member(id_) for index, id_ in enumerate(self.people.members)}
        names |= {"issued": accounts.ISSUED, "held": accounts.HELD, **POTS}
        found = {name: book.get(account, 0) for name, account in names.items()}
        found["redeemed"] = sum(
            amount for name, amount in book.items() if name.startswith("hours:redeemed:")
        )
        return found

    def _statements(self, unit: units.Unit) -> list[list[Any]]:
        found: list[list[Any]] = [[] for _ in self.people.members]
        for each in unit.db.scalars(select(Statement).order_by(Statement.until_on)):
            member = self.people.members.index(each.account.removeprefix("member:"))
            found[member].append((each.until_on, each.last_seq, each.closing_minutes))
        return found

    def findings(self) -> tuple[Any, ...]:
        with self.database.reading(self.people.actor) as unit:
            return audit.verify(unit).findings


def _newest_entries() -> Any:
    entry = AttendanceEntry
    newest = (entry.attendance_id == Attendance.id) & (entry.revision == Attendance.revision)
    return select(
        Attendance.session_id, Attendance.member_id, entry.revision, entry.credited_minutes
    ).join(entry, newest)


def _titled(number: int) -> Any:
    return Session.title == f"Session {number:02}"


def _count(unit: units.Unit, column: Any) -> int:
    return int(unit.db.scalar(select(func.count(column))) or 0)


def transfer(key: str, source: str, target: str, minutes: int) -> ledger.NewTransaction:
    return ledger.NewTransaction(
        kind="simulation.transfer",
        reference="simulation",
        occurred_on=date(2026, 3, 2),
        key=key,
        lines=(
            ledger.Line(account=source, amount=-minutes),
            ledger.Line(account=target, amount=minutes),
        ),
    )


# --- one run ----------------------------------------------------------------------------------


@dataclass
class Report:
    """What a run did: how often each fault struck, and a line for each attempt."""

    seed: int
    attempts: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        self.attempts += other.attempts
        self.struck += other.struck


class Wrong(AssertionError):
    """The product did what it must not; the trace is part of the words."""


class Run:
    """One seed's run on one engine."""

    def __init__(self, seed: int, arena: Arena) -> None:
        self.random = Random(f"{arena.engine} {seed}")
        self.arena, self.instances, self.world = arena, arena.instances, arena.world
        self.clock = arena.clock
        self.clock.set(START + timedelta(minutes=self.random.randint(0, 115)))
        self.report = Report(seed)
        self.model = Model(self.clock(), MEMBERS, MAILED, REWARDS)
        for name in "abc":
            self.model.accounts[name].append((BUILT, FUNDED))
        self.sent: list[tuple[str, Op, Built]] = []
        self.faulted = False

    def go(self) -> Report:
        for number in range(STEPS_A_RUN):
            self.step(number)
        self.same("at the end", self.model)
        self.proven("at the end")
        return self.report

    def step(self, number: int) -> None:
        """One command: sent with whatever goes wrong until it is answered, then once more."""
        self._move_clock()
        self.model.now = self.clock()
        if self.sent and self.random.random() < 0.1:
            key, op, built = self.random.choice(self.sent)  # an old form, sent again
        else:
            key = f"form-{number:04}"
            if self.sent and self.random.random() < 0.05:
                key = self.random.choice(self.sent)[0]  # and one with somebody else's key
            op = self.draw_op()
            built = self.world.build(key, op)
            self.sent.append((key, op, built))
        self.faulted = False
        for attempt in range(MOST_TRIES):
            faulty = attempt < MOST_TRIES - 1 and self.random.random() < 0.7 / (attempt + 1)
            if self._attempt(key, op, built, faulty):
                return
        raise self._wrong("it was never answered")

    def _attempt(self, key: str, op: Op, built: Built, faulty: bool) -> bool:
        """Try once and judge; whether it was answered."""
        self.model.now = self.clock()
        instance = self.random.choice(self.instances)
        after = copy.deepcopy(self.model)
        try:
            expected: Any = after.carry_out(key, op)
        except Refused as refused:
            expected, after = refused.codes, self.model
        with self._something_wrong(instance, faulty) as (name, fault, allowed):
            answer = instance.attempt(built, fault)
        refused = len(answer.codes) == 1 and answer.codes[0] in allowed
        struck = instance.injector.struck or (fault is None and refused)
        self.report.attempts += 1
        self.report.trace.append(f"{self.clock():%d %H:%M} {op} {name}: {answer.plain}")
        if answer.plain == expected and not (refused and struck):
            if struck and fault is not None and fault.expect == LOST:
                self.report.struck["(noticed by the pool)"] += 1
            elif struck and fault is not None:
                raise self._wrong(f"{name} struck and was answered as if it had not")
            self.model = after
            if self.faulted:
                self.same("answered", after)
            return True
        if not (refused and struck):
            raise self._wrong(f"expected {expected}, with {name} perhaps {allowed}")
        self.report.struck[name] += 1
        self.faulted = True
        self._judge_words(answer)
        self._judge_outcome(answer, after, name)
        return False

    def _judge_outcome(self, answer: Answer, after: Model, name: str) -> None:
        """All or nothing; and nothing at all where that was said."""
        state = self.world.state()
        if state == self.model.state():
            pass
        elif answer.codes in ((UNKNOWN,), (KILLED,)) and state == after.state():
            self.model = after
            self.report.struck["(recorded all the same)"] += 1
        else:
            raise self._wrong(f"after {name}: {self._difference(state, self.model.state())}")
        self.proven(name)

    def _judge_words(self, answer: Answer) -> None:
        if answer.codes == (KILLED,):
            return
        nothing = "Nothing was recorded." in answer.words
        unknown = "it is not known whether this was recorded" in answer.words
        safe = "send the same form again: that is safe" in answer.words
        if (answer.codes == (UNKNOWN,)) != (unknown and safe) or nothing == unknown:
            raise self._wrong(f"untrue words: {answer.words}")
        if TECHNICAL.search(answer.words):
            raise self._wrong(f"words for machines: {answer.words}")

    # --- what goes wrong ------------------------------------------------------------------------

    def _move_clock(self) -> None:
        chance = self.random.random()
        if chance < 0.1:
            self.clock.forward(hours=-1)
            self.report.struck["clock an hour back"] += 1
        elif chance < 0.2:
            self.clock.forward(hours=1)
            self.report.struck["clock an hour forward"] += 1
        self.clock.forward(minutes=self.random.randint(0, 15))

    @contextmanager
    def _something_wrong(self, instance: Any, faulty: bool) -> Iterator[Any]:
        """What stands in the way of one attempt: its name, the driver's fault, codes allowed."""
        if not faulty:
            yield "nothing wrong", None, ()
            return
        real = self.arena.real_faults() if self.random.random() < 0.3 else ()
        if not real:
            fault = self.arena.draw(self.random, self.arena.engine)
            yield fault.name, fault, (fault.expect,)
            return
        name, codes, make = self.random.choice(real)
        with make(self, instance):
            yield name, None, codes

    # --- commands -------------------------------------------------------------------------------

    def draw_op(self) -> Op:
        random, model = self.random, self.model
        if not model.sessions:
            return ("plan", 0)
        stale = random.random() < 0.1
        attended = [
            (number, member, there[0])
            for number, session in enumerate(model.sessions)
            for member, there in session["there"].items()
        ]
        kind = random.choice(
            ["plan"] + ["credit"] * 4 + ["correct"] * 2 * bool(attended) + ["redeem"] * 2
            + ["step"] * 4 * bool(model.redemptions) + ["issue"] + ["post"] * 3
        )  # fmt: skip
        if kind == "plan":
            return ("plan", len(model.sessions))
        if kind == "credit":
            number = random.randrange(len(model.sessions))
            return ("credit", number, model.sessions[number]["revision"] - stale, self._lines())
        if kind == "correct":
            number, member, revision = random.choice(attended)
            minutes = random.choice([0, 30, 90, 120, 200])
            return ("correct", number, member, revision - stale, minutes)
        if kind == "redeem":
            return ("redeem", random.randrange(MEMBERS), random.randrange(len(REWARDS)))
        if kind == "step":
            number = random.randrange(len(model.redemptions))
            found = model.redemptions[number]
            fitting = [name for name, (before, _) in STEPS.items() if found["status"] in before]
            name = random.choice((fitting or [*STEPS]) if random.random() < 0.8 else [*STEPS])
            return ("step", number, name, found["revision"] - stale)
        if kind == "issue":
            return ("issue", random.choice([MARCH_ENDS] * 3 + [date(2026, 4, 30)]))
        return ("post", tuple(self._transfer() for _ in range(random.choice([1, 2, 5, 40]))))

    def _lines(self) -> tuple[tuple[int, int], ...]:
        """Some people; one in the middle may be refused: oneself, twice, no time, too much."""
        random = self.random
        there = random.sample(range(1, MEMBERS), random.randint(1, MEMBERS - 1))
        lines = [(member, random.choice([60, 90, 127, 240])) for member in there]
        if random.random() < 0.2:
            wrong = random.choice([(0, 60), (there[0], 60), (there[-1], 0), (there[0], 1441)])
            lines.insert(random.randint(0, len(lines)), wrong)
        return tuple(lines)

    def _transfer(self) -> tuple[str, str, str, int]:
        source, target = self.random.sample("abc", 2)
        number = self.random.randrange(10_000) if self.random.random() < 0.97 else 0
        return (f"transfer:{number}", source, target, self.random.choice([10, 20, 40, 150]))

    # --- judging --------------------------------------------------------------------------------

    def same(self, when: str, model: Model) -> None:
        state = self.world.state()
        if state != model.state():
            raise self._wrong(f"{when}: {self._difference(state, model.state())}")

    def proven(self, when: str) -> None:
        findings = self.world.findings()
        if findings:
            raise self._wrong(f"{when}: verify finds {findings}")

    def _difference(self, state: dict[str, Any], expected: dict[str, Any]) -> str:
        return "; ".join(
            f"{name} is {state[name]}, not {expected[name]}"
            for name in expected
            if state[name] != expected[name]
        )

    def _wrong(self, what: str) -> Wrong:
        lines = "\n".join(self.report.trace)
        return Wrong(f"{self.arena.engine} seed {self.report.seed}: {what}\n{lines}")


# --- databases by the thousand ----------------------------------------------------------------


class Arena:
    """Fresh copies of one small community, on one engine."""

    def __init__(
        self, engine: str, folder: Path, server: Server | None = None, disk: Path | None = None
    ) -> None:
        self.engine, self.folder, self.server, self.disk = engine, folder, server, disk
        self.clock = FakeClock(BUILT)
        self.draw = faults.draw
        self.instances: list[Any] = []
        folder.mkdir(parents=True, exist_ok=True)
        self.name = f"timebank_simulation_{secrets.token_hex(6)}"
        if server is None:
            self.url = owner_url = f"sqlite:///{folder / 'community.db'}"
        else:
            server.create_database(self.name)
            self._move_to_disk()
            self.url = server.url(self.name, INSTANCE_ROLE)
            owner_url = server.url(self.name, OWNER_ROLE)
        runner.upgrade(owner_url, instance_role=None if server is None else INSTANCE_ROLE)
        self.people = self._people()
        self._keep()
        self._open()

    def _move_to_disk(self) -> None:
        """Put a PostgreSQL database on the small disk, when there is one."""
        if self.disk is None or self.server is None:
            return
        url = self.server.admin_url.set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as admin:
            admin.execute(f"CREATE TABLESPACE {self.name} LOCATION '{self.disk}'")
            admin.execute(f"ALTER DATABASE {self.name} SET TABLESPACE {self.name}")

    def close(self) -> None:
        self.dispose()
        if self.server is not None:
            self.server.drop_database(self.name)
        if self.server is not None and self.disk is not None:
            url = self.server.admin_url.set(drivername="postgresql")
            with psycopg.connect(
                url.render_as_string(hide_password=False), autocommit=True
            ) as admin:
                admin.execute(f"DROP TABLESPACE {self.name}")

    def _people(self) -> Any:
        place: Any = SimpleNamespace(url=self.url)
        community = Community(place, self.folder / "data", now=BUILT)
        self.settings = community.settings
        for number in range(1, MEMBERS):
            mail = f"member{number}@example.org" if number in MAILED else None
            community.member(f"Member {number}", mail)
        for price, places in REWARDS:
            command = rewards.AddReward(
                kind="class", title=f"Reward {price}", price_minutes=price, places=places
            )
            community.do(rewards.add_reward, command)
        with community.unit() as unit:
            for name, pot in POTS.items():
                unit.book.open_account(pot, floor=0)
                funding = transfer(f"funding:{name}", accounts.OPENING, pot, FUNDED)
                unit.book.post(funding, posted_at=unit.posted_at)
            members = list(unit.db.scalars(select(Member.id).order_by(Member.number)))
            offered = {each.price_minutes: each.id for each in rewards.all_rewards(unit)}
        people = SimpleNamespace(
            actor=community.actor_of(community.admin.person_id),
            members=members,
            rewards=[offered[price] for price, _places in REWARDS],
            activity_id=community.activity(),
        )
        community.close()
        return people

    @contextmanager
    def fresh(self) -> Iterator[None]:
        """A fresh copy of the community in the place of the last one."""
        if self.server is None:
            shutil.copyfile(self.folder / "kept.db", self.folder / "community.db")
        else:
            self._again()
        self.world.begin()
        try:
            yield
        finally:
            if self.server is None:
                # The engines stay: what they have compiled is what would cost most.
                self.dispose()
                for part in self.folder.glob("community.db*"):
                    part.unlink()

    @contextmanager
    def fresh_for_processes(self) -> Iterator[None]:
        """The same, with nothing of this process left that holds the files open."""
        self.dispose()
        with self.fresh():
            yield

    def dispose(self) -> None:
        for each in (self.world, *self.instances):
            each.database.dispose()

    def _keep(self) -> None:
        """Keep the community as it was built."""
        if self.server is None:
            connection = sqlite3.connect(self.folder / "community.db")
            connection.execute("VACUUM INTO ?", (str(self.folder / "kept.db"),))
            connection.close()
            kept = sqlite3.connect(self.folder / "kept.db")
            kept.execute("PRAGMA journal_mode = WAL")
            kept.close()
            return
        with self._admin() as admin:
            admin.execute("CREATE SCHEMA kept")
            for table in metadata.tables:
                admin.execute(f"CREATE TABLE kept.{table} AS TABLE {table}")

    def _again(self) -> None:
        """Put every row back: a new database for each run would take seconds."""
        with self._admin() as admin:
            admin.execute("SET session_replication_role = replica")  # the guards look away
            for table in metadata.tables:
                admin.execute(f"DELETE FROM {table}")
                admin.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept.{table}")

    def _admin(self) -> psycopg.Connection[Any]:
        assert self.server is not None
        url = self.server.admin_url.set(drivername="postgresql", database=self.name)
        return psycopg.connect(url.render_as_string(hide_password=False))

    def _open(self) -> None:
        self.world = World(self.settings, self.people, self.clock)
        self.instances = [
            Instance(
                self.settings,
                self.people.actor,
                self.clock,
                Injector(self.engine, terminate=self.terminate),
            )
            for _ in range(2)
        ]

    def terminate(self, pid: int) -> None:
        """End a connection from the server's side."""
        with self._admin() as admin:
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    def real_faults(self) -> list[tuple[str, tuple[str, ...], Callable[[Run, Any], Any]]]:
        """Faults that need no acting: name, codes that may come of it, how to bring it about."""
        found = [
            ("locked by another instance", (faults.BUSY,), _locked),
            ("really read only", (faults.READ_ONLY,), _read_only),
        ]
        if self.disk is not None:
            # A write that a full disk cut short may come out as an error of the disk.
            codes = (faults.FULL, faults.FAILED, UNKNOWN)
            return [*found, *[("disk really full", codes, _full_disk)] * 4]
        if self.engine == "sqlite":
            found.append(("really full", (faults.FULL,), _full))
        return found


@contextmanager
def _full_disk(run: Run, instance: Any) -> Iterator[None]:
    """Fill a small disk up, but for a few pages."""
    assert run.arena.disk is not None
    ballast = run.arena.disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        with suppress(OSError):
            while file.write(bytes(4096)) == 4096:
                pass
        file.truncate(max(0, file.tell() // 4096 - run.random.randint(0, 12)) * 4096)
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def _locked(run: Run, instance: Any) -> Iterator[None]:
    other = next(each for each in run.instances if each is not instance)
    with other.database.unit(other.actor):
        yield


@contextmanager
def _read_only(run: Run, instance: Any) -> Iterator[None]:
    sqlite = run.arena.engine == "sqlite"
    before, after = (
        ("PRAGMA query_only = ON", "PRAGMA query_only = OFF")
        if sqlite
        else ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off")
    )
    instance.on_connection(before)
    yield
    instance.on_connection(after)


@contextmanager
def _full(run: Run, instance: Any) -> Iterator[None]:
    with run.world.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    instance.on_connection(f"PRAGMA max_page_count = {pages + run.random.randint(0, 2)}")
    yield
    instance.on_connection("PRAGMA max_page_count = 1073741823")


def simulate(arena: Arena, seed: int) -> Report:
    """One run in this process, with two instances on one data folder."""
    with arena.fresh():
        return Run(seed, arena).go()


def in_memory() -> Path | None:
    """Where files cost no disk: nothing here depends on a disk that keeps its word."""
    found = Path("/dev/shm")
    return found if os.access(found, os.W_OK) else None


# --- the command line -------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.simulate")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--trace", action="store_true")
    given = parser.parse_args(arguments)
    failed = 0
    for engine in given.engine or ENGINES:
        failed += _seeds(engine, given.start, given.seeds, given.trace)
    return 1 if failed else 0


def _seeds(engine: str, start: int, count: int, trace: bool) -> int:
    """Run the seeds of one engine, and say what came of them; SIGTERM ends it early."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began, total, failed = time.monotonic(), Report(start), []
    done = 0
    units.LOCK_SECONDS = LOCK_SECONDS  # type: ignore[assignment]
    with arena_on(engine) as arena:
        for seed in range(start, start + count):
            try:
                report = simulate(arena, seed)
            except KeyboardInterrupt:
                break
            except Exception as error:
                failed.append(seed)
                print(f"{engine} seed {seed}: {type(error).__name__}: {error}", flush=True)
            else:
                total.add(report)
                if trace:
                    print("\n".join(report.trace))
            done += 1
    print(f"{engine}: {done} seeds from {start}, {total.attempts} attempts,"
          f" {time.monotonic() - began:.0f} s")  # fmt: skip
    for name, times in sorted(total.struck.items()):
        print(f"  {times:7} {name}")
    print(f"  failed: {failed or 'none'}", flush=True)
    return len(failed)


@contextmanager
def arena_on(engine: str, server: Server | None = None) -> Iterator[Arena]:
    """An arena, with a PostgreSQL server of its own unless one is given."""
    own = engine == "postgresql" and server is None
    with (
        tempfile.TemporaryDirectory(prefix="simulation-", dir=in_memory()) as folder,
        running_server() if own else nullcontext(server) as found,
    ):
        arena = Arena(engine, Path(folder), found)
        try:
            yield arena
        finally:
            arena.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
