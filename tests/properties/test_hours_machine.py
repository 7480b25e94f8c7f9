"""Random commands against the plain model of ``model.py``, on both engines.

Every command is accepted or refused as the model says, with the same codes; after every step the
books, the histories, the redemptions and the statements say what the model says, and at the end the
proof finds nothing. TIMEBANK_TEST_EXAMPLES tries more histories than the usual few.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from ledger.tables import account, posting
from tests.properties.model import HELD, ISSUED, POT, REDEEMED, Line, Model, Refused, Reward
from tests.timebank.builders import Community
from tests.timebank.schedules_by_hand import SCHEDULES
from tests.timebank.statement_forms import check_every_form
from timebank import (
    accounts,
    audit,
    community,
    corrections,
    crediting,
    pauses,
    people,
    redemptions,
    rewards,
    schedules,
    session_undo,
    sessions,
    statements,
)
from timebank.errors import Rejected, TimebankError
from timebank.figures import Figures
from timebank.models import Attendance, Redemption, Session, Statement
from timebank.periods import USUAL, Schedule
from timebank.unit import Unit

NUMBER = st.integers(0, 9999)  # which of those there are: taken modulo their count
RARELY = st.sampled_from([False] * 7 + [True])
CAPACITY = st.sampled_from(["own_time"] * 4 + ["paid_job"])
CHOICE = st.sampled_from([None, None, "accept", "decline", "pot"])
ROUNDING = st.sampled_from(["none", "nearest_15", "up_15"])
THERE = st.sampled_from([60, 90, 120, 180, 52, 1440, 1441, 1, 0])
LINE = st.builds(
    Line,
    member=NUMBER,
    there=THERE,
    travel=st.sampled_from([0, 0, 7, 20]),
    other=st.sampled_from([0, 0, 8, 45]),
    capacity=CAPACITY,
    choice=CHOICE,
)
LINES = st.lists(LINE, max_size=4)
USUAL_LINES = st.lists(
    st.builds(
        Line,
        member=st.integers(0, 9),
        there=st.sampled_from([60, 90, 127, 240]),
        other=st.sampled_from([0, 8]),
        capacity=CAPACITY,
        choice=CHOICE,
    ),
    min_size=1,
    max_size=4,
)
STEPS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "approve": (redemptions.approve_redemption, redemptions.ApproveRedemption),
    "decline": (redemptions.decline_redemption, redemptions.DeclineRedemption),
    "cancel": (redemptions.cancel_redemption, redemptions.CancelRedemption),
    "fulfil": (redemptions.fulfil_redemption, redemptions.FulfilRedemption),
    "undo": (redemptions.undo_fulfilment, redemptions.UndoFulfilment),
}

SUMS = ("given", "used", "other")
LIVES = [
    "approve fulfil",
    "approve later fulfil statement",
    "approve fulfil later undo statement",
    "approve fulfil undo later fulfil statement",
    "decline",
    "later cancel statement",
]
LIKELY = {
    "requested": ["approve", "approve", "decline", "cancel"],
    "approved": ["fulfil", "fulfil", "fulfil", "cancel"],
    "fulfilled": ["undo"],
}


def figures(line: Line) -> Figures:
    """A line's minutes by component."""
    half = line.other // 2
    return Figures(
        session_minutes=line.there,
        travel_minutes=line.travel,
        preparation_minutes=half,
        follow_up_minutes=line.other - half,
    )


def attempt(call: Callable[[], Any]) -> tuple[Any, tuple[str, ...]]:
    """What a call returns, and the codes it is refused with (none when it is not)."""
    try:
        return call(), ()
    except Rejected as error:
        return None, tuple(each.code for each in error.problems)
    except TimebankError as error:
        return None, (error.code,)


class HoursMachine(RuleBasedStateMachine):
    """A time bank and its model side by side; what has an id stands at the model's number."""

    new_database: Callable[[], Any]
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.holder = self.new_database()
        self.real = Community(self.holder.__enter__(), self.folder)
        self.model = Model(self.real.clock(), [])
        self.actors = [self.real.actor]
        self.activities = {kind: self.real.activity(credited=kind) for kind in (True, False)}
        self.sessions: list[str] = []
        self.rewards: list[str] = []
        self.redemptions: list[str] = []
        self.done: list[tuple[str, Any, Any, int, Any]] = []
        self.keys = 0

    @initialize(rounding=ROUNDING)
    def small_community(self, rounding: str) -> None:
        """Two coordinators, two members with hours, and four rewards."""
        self.model.add_member("accept")
        self.actors.append(self.real.coordinator("Cora Finch"))
        self.model.add_member("accept")
        for choice in ("accept", "pot"):
            self.add_member(choice)
        for price, places, offered in ((60, None, True), (90, 1, True), (200, 2, True), (1, 1, 0)):
            self._add_reward(Reward(price, places, bool(offered)))
        self._agree(0, rounding)
        self._plan(0, 0, False)
        self._credit(0, 0, False, [Line(member, 240, choice="accept") for member in (1, 2, 3)])

    def _add_reward(self, reward: Reward) -> None:
        kinds = rewards.KINDS
        details = {
            "kind": kinds[len(self.rewards) % len(kinds)],
            "title": f"Reward {len(self.rewards)}",
            "price_minutes": reward.price,
            "places": reward.places,
        }
        made = self.real.do(rewards.add_reward, rewards.AddReward(**details)).reward_id
        if not reward.offered:
            change = rewards.ChangeReward(reward_id=made, revision=1, offered=False, **details)
            self.real.do(rewards.change_reward, change)
        self.model.rewards.append(reward)
        self.rewards.append(made)

    # --- the two sides --------------------------------------------------------------------------

    def both(
        self, actor: int, ours: Callable[..., Any], *args: Any, run: Any, command: Any
    ) -> Any | None:
        """Ask the model, then carry the command out; the result, or None where both refuse."""
        self.keys += 1
        key = f"machine-{self.keys:06}"
        expected: tuple[str, ...] = ()
        try:
            ours(*args)
        except Refused as refusal:
            expected = refusal.codes
        result, codes = attempt(
            lambda: self.real.do(run, command, actor=self.actors[actor], key=key)
        )
        assert codes == expected
        if codes:
            return None
        self.done.append((key, run, command, actor, result))
        return result

    def member_id(self, member: int) -> str:
        """The id of the model's member."""
        found = self.actors[member].member_id
        assert found is not None
        return found

    def which(self, number: int, things: list[Any]) -> int:
        """A number of those that exist; 0 is the newest, so that most commands meet."""
        return len(things) - 1 - number % len(things)

    def _likely(self, number: int, likely: list[Any], all_: list[Any]) -> Any:
        """One of the likely things six times in seven, else one of all."""
        some = likely if likely and number % 7 else all_
        return some[number // 7 % len(some)]

    # --- rules ----------------------------------------------------------------------------------

    def _agree(self, actor: int, rounding: str) -> None:
        command = community.AgreePolicy(
            follows_version=self.real.read(community.policy).version,
            rounding=rounding,
            money_rewards=False,
            advice_contact="",
            information_reviewed_by="",
            information_reviewed_on=None,
        )
        ours, run = self.model.agree, community.agree_policy
        self.both(actor, ours, actor, rounding, run=run, command=command)

    def add_member(self, choice: str) -> None:
        name = f"Member {len(self.actors)}"
        command = people.AddMember(name=name, choice=choice)
        made = self.both(0, self.model.add_member, choice, run=people.add_member, command=command)
        assert made is not None
        self.actors.append(self.real.actor_of(made.person_id))

    @rule(actor=NUMBER, number=NUMBER, choice=CHOICE, rounding=ROUNDING)
    def change_what_holds(self, actor: int, number: int, choice: str | None, rounding: str) -> None:
        """Somebody joins, a member's standing choice, or the rounding the group agrees on."""
        actor, member = self.which(actor, self.actors), self.which(number, self.actors)
        if choice is None:
            self._agree(0 if number % 3 else actor, rounding)
            return
        if number % 3 == 0 and len(self.actors) < 7:
            self.add_member(choice)
            return
        choices = people.ChangeChoices(
            revision=self.real.read(people.member, self.member_id(member)).revision,
            choice=choice,
            no_money_rewards=False,
            statement_by="paper",
            member_id=self.member_id(member),
        )
        change = self.model.change_choice
        self.both(actor, change, actor, member, choice, run=people.change_choices, command=choices)

    @rule(
        actor=st.sampled_from([0, 0, 0, 1, 1, 2]),
        days=st.sampled_from([-40, -1, 0, 0, 0, 1]),
        social=RARELY,
        lines=USUAL_LINES,
    )
    def a_session_is_held(self, actor: int, days: int, social: bool, lines: list[Line]) -> None:
        """Plan and credit, with lines that have nothing wrong."""
        by_member = {line.member % len(self.actors): line for line in lines}
        by_member.pop(actor, None)
        self._plan(actor, days, social)
        lines = [replace(line, member=member) for member, line in by_member.items()]
        self._credit(actor, 0, False, lines)

    def _plan(self, actor: int, days: int, social: bool) -> None:
        on = self.model.today + timedelta(days=days)
        command = sessions.PlanSession(
            title=f"Session {len(self.sessions)}",
            activity_type_id=self.activities[not social],
            starts_on=on,
        )
        ours, run = self.model.plan, sessions.plan_session
        made = self.both(actor, ours, actor, on, not social, run=run, command=command)
        if made is not None:
            self.sessions.append(made.session_id)

    @rule(actor=st.sampled_from([0, 0, 1, 1, 2]), number=NUMBER, stale=RARELY, lines=LINES)
    def credit(self, actor: int, number: int, stale: bool, lines: list[Line]) -> None:
        """Any lines at any session: most of them have something wrong."""
        lines = [replace(line, member=self.which(line.member, self.actors)) for line in lines]
        self._credit(actor, number, stale, lines)

    def _credit(self, actor: int, number: int, stale: bool, lines: list[Line]) -> None:
        session = self.which(number, self.sessions)
        command = crediting.CreditSession(
            session_id=self.sessions[session],
            revision=self.model.sessions[session].revision - stale,
            lines=tuple(
                crediting.AttendanceLine(
                    member_id=self.member_id(line.member),
                    capacity=line.capacity,
                    choice=line.choice,
                    figures=figures(line),
                )
                for line in lines
            ),
        )
        ours, run = self.model.credit, crediting.credit_session
        self.both(actor, ours, actor, session, stale, lines, run=run, command=command)

    @precondition(lambda self: any(each.there for each in self.model.sessions))
    @rule(
        actor=st.sampled_from([0, 0, 1, 1, 2]),
        number=NUMBER,
        stale=RARELY,
        there=THERE,
        capacity=CAPACITY,
        choice=CHOICE,
        reason=st.sampled_from(corrections.REASONS),
    )
    def correct(
        self,
        actor: int,
        number: int,
        stale: bool,
        there: int,
        capacity: str,
        choice: str | None,
        reason: str,
    ) -> None:
        recorded = [
            (index, member)
            for index, session in enumerate(self.model.sessions)
            for member in session.there
        ]
        often = [(i, who) for i, who in recorded if self.model.sessions[i].there[who].revision > 1]
        session, member = self._likely(number, recorded + often * 2, recorded)
        line = Line(member, there, 0, 0, capacity, choice)
        command = corrections.CorrectCredit(
            attendance_id=self.real.attendance_id(self.sessions[session], self.member_id(member)),
            revision=self.model.sessions[session].there[member].revision - stale,
            capacity=capacity,
            choice=choice,
            figures=figures(line),
            reason=reason,
        )
        ours, run = self.model.correct, corrections.correct_credit
        self.both(actor, ours, actor, session, stale, line, reason, run=run, command=command)

    @precondition(lambda self: any(each.there for each in self.model.sessions))
    @rule(actor=st.sampled_from([0, 0, 1, 1, 2]), number=NUMBER, stale=RARELY, now=RARELY)
    def undo(self, actor: int, number: int, stale: bool, now: bool) -> None:
        """Take a whole session back; seldom, because nothing more is credited for it."""
        if not now:
            return
        session = self.which(number, self.sessions)
        command = session_undo.UndoSession(
            session_id=self.sessions[session],
            revision=self.model.sessions[session].revision - stale,
            plan_again=False,
        )
        ours, run = self.model.undo, session_undo.undo_session
        self.both(actor, ours, actor, session, stale, run=run, command=command)

    @rule(
        number=NUMBER,
        helper=st.sampled_from([None, None, 0, 1, 2]),
        reward=st.sampled_from([0, 0, 0, 1, 1, 2, 3]),
        stale=RARELY,
    )
    def redeem(self, number: int, helper: int | None, reward: int, stale: bool) -> None:
        """Ask for a reward; mostly for somebody with hours, since others are refused alike."""
        everybody = list(range(len(self.actors)))
        likely = [who for who in everybody if self.model.balance(who) > 0]
        member = self._likely(number, likely, everybody)
        self._redeem(member if helper is None else helper, member, reward, stale)

    @rule(number=NUMBER, reward=st.sampled_from([0, 0, 1, 1, 2]), then=st.sampled_from(LIVES))
    def use_hours(self, number: int, reward: int, then: str) -> None:
        """A reward's whole life, months between its steps."""
        price = self.model.rewards[reward].price
        able = [who for who in range(len(self.actors)) if self.model.balance(who) >= price]
        member = able[number % len(able)] if able else 0
        if not self._redeem(member, member, reward, False):
            return
        for step in then.split():
            if step == "later":
                self.months_pass(31, 0, None, False)
            elif step == "statement":
                self.months_pass(0, 0, 1, False)
            else:
                self._step(0 if member else 1, len(self.redemptions) - 1, False, step)

    def _redeem(self, actor: int, member: int, reward: int, stale: bool) -> bool:
        """Ask, and say whether it was accepted."""
        real = self.real.read(rewards.reward, self.rewards[reward])
        command = redemptions.RequestRedemption(
            reward_id=real.id,
            reward_revision=real.revision - stale,
            member_id=self.member_id(member),
            how="online" if actor == member else "phone",
            information_version=1,
        )
        ours, run = self.model.redeem, redemptions.request_redemption
        made = self.both(actor, ours, actor, member, reward, stale, run=run, command=command)
        if made is None:
            return False
        self.redemptions.append(made.redemption_id)
        assert made.balance_minutes == self.model.balance(member)
        return True

    @precondition(lambda self: self.redemptions)
    @rule(actor=st.sampled_from([0, 0, 1, 1, 2, 3]), number=NUMBER, stale=RARELY, way=NUMBER)
    def take_a_step(self, actor: int, number: int, stale: bool, way: int) -> None:
        redemption = self.which(number, self.redemptions)
        status = self.model.redemptions[redemption].status
        step = self._likely(way, LIKELY.get(status, []), list(STEPS))
        self._step(actor, redemption, stale, step)

    def _step(self, actor: int, redemption: int, stale: bool, step: str) -> None:
        run, kind = STEPS[step]
        command = kind(
            redemption_id=self.redemptions[redemption],
            revision=self.model.redemptions[redemption].revision - stale,
        )
        ours = self.model.step
        made = self.both(actor, ours, actor, redemption, stale, step, run=run, command=command)
        if made is not None:
            found = self.model.redemptions[redemption]
            assert (made.status, made.revision) == (found.status, found.revision)
            assert made.balance_minutes == self.model.balance(found.member)

    @rule(number=NUMBER, how=st.sampled_from(["same", "same", "other words", "other person"]))
    def use_a_key_again(self, number: int, how: str) -> None:
        key, run, command, actor, result = self.done[self.which(number, self.done)]
        if how == "other person":
            actor = (actor + 1) % len(self.actors)
        if how == "other words":
            command = altered(command)
        if how == "same":
            again = self.real.do(run, command, actor=self.actors[actor], key=key)
            assert again == result
            return
        again = attempt(lambda: self.real.do(run, command, actor=self.actors[actor], key=key))
        assert again == (None, ("key_used",))

    @rule(
        days=st.sampled_from([31, 1, 9, 65]),
        hours=st.sampled_from([0, 13.5]),
        actor=st.sampled_from([None, 0, 1, 1, 1, None, 2]),
        too_early=RARELY,
    )
    def months_pass(self, days: int, hours: float, actor: int | None, too_early: bool) -> None:
        """Time passes, to near midnight too; mostly somebody issues what is due then."""
        self.real.clock.forward(days=days, hours=hours)
        self.model.now = self.real.clock()
        if actor is None:
            return
        until_on = self.model.today - timedelta(days=0 if too_early else 1)
        try:
            expected = (self.model.issue(actor, until_on), ())
        except Refused as refusal:
            expected = (None, refusal.codes)
        assert attempt(lambda: self._issue(actor, until_on)) == expected

    def _issue(self, actor: int, until_on: date) -> int:
        with self.real.unit(self.actors[actor]) as unit:
            return statements.issue(unit, until_on).count

    @rule(
        actor=st.sampled_from([0, 0, 1, 2, 3]),
        number=st.none() | NUMBER,
        stale=RARELY,
        schedule=st.none() | SCHEDULES,
    )
    def change_a_schedule(
        self, actor: int, number: int | None, stale: bool, schedule: Schedule | None
    ) -> None:
        """The group's, or one member's own."""
        if number is None:
            agreed = schedule or USUAL
            command = schedules.AgreeSchedule(
                follows_id=self.real.read(schedules.agreed)[0], **asdict(agreed)
            )
            ours, run = self.model.agree_schedule, schedules.agree_schedule
            self.both(actor, ours, actor, agreed, run=run, command=command)
            return
        member = self.which(number, self.actors)
        year_month = self.real.read(schedules.agreed)[1].year_month
        own = schedule and replace(schedule, year_month=year_month)
        choice = schedules.ChooseSchedule(
            revision=self.real.read(people.member, self.member_id(member)).revision - stale,
            frequency=own.frequency if own else "group",
            day=own.day if own else 31,
            skip_quiet=own.skip_quiet if own else False,
            member_id=self.member_id(member),
        )
        chooses, run = self.model.choose_schedule, schedules.choose_schedule
        self.both(actor, chooses, actor, member, stale, own, run=run, command=choice)

    @rule(actor=st.sampled_from([0, 1, 2]), number=st.none() | NUMBER, paused=st.booleans())
    def hold_back(self, actor: int, number: int | None, paused: bool) -> None:
        """Pause or resume statements, of a member or of everybody."""
        member = None if number is None else self.which(number, self.actors)
        member_id = None if member is None else self.member_id(member)
        run, kind = (
            (pauses.pause, pauses.PauseStatements)
            if paused
            else (pauses.resume, pauses.ResumeStatements)
        )
        ours = self.model.hold_back
        self.both(actor, ours, actor, member, paused, run=run, command=kind(member_id=member_id))

    @rule(actor=st.sampled_from([0, 2, 3]), number=NUMBER)
    def ask_for_a_statement(self, actor: int, number: int) -> None:
        member = self.which(number, self.actors)
        command = statements.RequestStatement(member_id=self.member_id(member))
        ours, run = self.model.request, statements.request_statement
        self.both(actor, ours, actor, member, run=run, command=command)

    # --- what must agree ------------------------------------------------------------------------

    @invariant()
    def all_agree(self) -> None:
        """Everything, read in one unit."""
        with self.real.database.reading(self.real.actor) as unit:
            self.books_agree(unit)
            self.records_agree(unit)
            self.statements_agree(unit)

    def books_agree(self, unit: Unit) -> None:
        """Every balance, every posting in its order, and nothing in sum."""
        found = {state.name: state.balance for state in unit.book.accounts()}
        query = (
            select(account.c.name, posting.c.account_seq, posting.c.amount, posting.c.balance)
            .join(posting, posting.c.account == account.c.id)
            .order_by(account.c.name, posting.c.account_seq)
        )
        rows = unit.connection.execute(query).all()
        assert sum(found.values()) == 0
        redeemed = sum(v for name, v in found.items() if name.startswith("hours:redeemed:"))
        assert found[accounts.ISSUED] == self.model.balance(ISSUED)
        assert found[accounts.HELD] == self.model.balance(HELD) >= 0
        assert found[accounts.COMMUNITY_POT] == self.model.balance(POT) >= 0
        assert redeemed == self.model.balance(REDEEMED)
        for member in range(len(self.model.joined)):
            name = accounts.member(self.member_id(member))
            assert found[name] == self.model.balance(member)
            mine = [row for row in rows if row.name == name]
            assert [row.account_seq for row in mine] == list(range(1, len(mine) + 1))
            assert [row.amount for row in mine] == self.model.amounts(member)
            assert [row.balance for row in mine] == list(accumulate(self.model.amounts(member)))

    def records_agree(self, unit: Unit) -> None:
        """Sessions, attendances and redemptions stand where the model has them."""
        revisions = {
            row[0]: row[1] for row in unit.db.execute(select(Session.id, Session.revision))
        }
        steps = {
            id_: rest
            for id_, *rest in unit.db.execute(
                select(Redemption.id, Redemption.status, Redemption.revision)
            )
        }
        query = select(Attendance.session_id, Attendance.member_id, Attendance.revision)
        there = {(row[0], row[1]): row[2] for row in unit.db.execute(query)}
        assert revisions == {
            id_: found.revision
            for id_, found in zip(self.sessions, self.model.sessions, strict=True)
        }
        assert steps == {
            id_: [found.status, found.revision]
            for id_, found in zip(self.redemptions, self.model.redemptions, strict=True)
        }
        assert there == {
            (self.sessions[index], self.member_id(member)): present.revision
            for index, session in enumerate(self.model.sessions)
            for member, present in session.there.items()
        }

    def statements_agree(self, unit: Unit) -> None:
        """Opening and lines make the closing, runs are unbroken, and all is as the model has it."""
        rows = unit.db.scalars(select(Statement).order_by(Statement.until_on)).all()
        assert len(rows) == sum(map(len, self.model.statements.values()))
        for who, expected in self.model.statements.items():
            account = accounts.COMMUNITY_POT
            if isinstance(who, int):
                account = accounts.member(self.member_id(who))
            mine = [row for row in rows if row.account == account]
            contents = [json.loads(row.content) for row in mine]
            assert [
                (
                    row.until_on,
                    row.opening_minutes,
                    [line["amount_minutes"] for line in content["lines"]],
                    row.closing_minutes,
                    content["held_minutes"],
                )
                for row, content in zip(mine, contents, strict=True)
            ] == [(s.until_on, s.opening, s.amounts, s.closing, s.held) for s in expected]
            last_seq, closing, last_on = 0, 0, None
            for row, content in zip(mine, contents, strict=True):
                lines = content["lines"]
                moved = sum(line["amount_minutes"] for line in lines)
                assert row.opening_minutes == closing
                assert row.opening_minutes + moved == row.closing_minutes
                seqs = [line["account_seq"] for line in lines]
                assert seqs == list(range(last_seq + 1, last_seq + 1 + len(lines)))
                assert row.first_seq == (seqs[0] if seqs else None)
                assert row.last_seq == last_seq + len(lines)
                last_seq, closing = row.last_seq, row.closing_minutes
                assert last_on is None or row.from_on == last_on + timedelta(days=1)
                last_on = row.until_on
                given, used, other = (content[f"{name}_minutes"] for name in SUMS)
                assert row.opening_minutes + given - used + other == row.closing_minutes
                assert content["held_minutes"] == sum(e["minutes"] for e in content["set_aside"])

    def history_agrees(self) -> None:
        """What a member sees of the account, page by page, ends where the books do."""
        for member in range(len(self.actors)):
            seen: list[statements.HistoryLine] = []
            actor, id_ = self.actors[member], self.member_id(member)
            while page := self.real.read(
                statements.current_lines,
                id_,
                limit=3,
                before=seen[-1].account_seq if seen else None,
                by=actor,
            ):
                seen += page
            amounts = [line.amount_minutes for line in reversed(seen)]
            assert amounts == self.model.amounts(member)
            balance = self.real.read(statements.balance, id_, by=actor)
            assert balance.available_minutes == self.model.balance(member)
            assert balance.held_minutes == self.model.balance(HELD, about=member)
            assert all(line.text_code != "line_other" for line in seen)

    def every_form_agrees(self) -> None:
        """The longest statement of a member's, and the pot's newest, in every form there is."""
        with self.real.database.reading(self.real.console) as unit:
            rows = unit.db.scalars(select(Statement).order_by(Statement.until_on)).all()
        own = [json.loads(row.content) for row in rows if row.member_id is not None]
        shared = [json.loads(row.content) for row in rows if row.member_id is None]
        for content in (*sorted(own, key=lambda one: len(one["lines"]))[-1:], *shared[-1:]):
            check_every_form(content)

    def teardown(self) -> None:
        try:
            self.history_agrees()
            self.every_form_agrees()
            assert self.real.read(audit.verify).findings == ()
        finally:
            self.real.close()
            self.holder.__exit__(None, None, None)


def altered(command: Any) -> Any:
    """The same kind of command, asking for something else."""
    for name in ("revision", "reward_revision"):
        if hasattr(command, name):
            return replace(command, **{name: getattr(command, name) + 1})
    for name in ("title", "name", "rounding", "choice"):
        if hasattr(command, name):
            return replace(command, **{name: getattr(command, name) + "x"})
    if isinstance(command, schedules.AgreeSchedule):
        return replace(command, day=command.day % 28 + 1)
    return replace(command, member_id="0" * 32)


def test_every_history_agrees_with_the_model(new_database, tmp_path):
    class Machine(HoursMachine):
        pass

    Machine.new_database = staticmethod(new_database)
    Machine.folder = tmp_path / "data"
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=int(os.environ.get("TIMEBANK_TEST_EXAMPLES", "8")),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
