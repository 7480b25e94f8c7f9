"""A time bank in plain Python: what every command must come to, without a database or an id.

Members, sessions, rewards and redemptions are numbers from 0. A method either changes the model or
raises ``Refused`` with the codes that the real command must refuse with, in their order. Balances
are never stored: they are sums over ``moves``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.timebank.schedules_by_hand import chosen, ends_on
from timebank.periods import Schedule

LONDON = ZoneInfo("Europe/London")
COORDINATORS = {0, 1}
ISSUED, HELD, REDEEMED, POT = "issued", "held", "redeemed", "pot"
ROUND = {
    "none": lambda total: total,
    "nearest_15": lambda total: (total + 7) // 15 * 15,
    "up_15": lambda total: (total + 14) // 15 * 15,
}


class Refused(Exception):
    """The codes of the refusal, in order; several when lines are refused one by one."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.codes = codes


def require(condition: bool, code: str) -> None:
    """Refuse with ``code`` unless the condition holds."""
    if not condition:
        raise Refused(code)


@dataclass(frozen=True)
class Line:
    """One person's time: ``there`` and ``travel`` count towards a day, ``other`` does not."""

    member: int
    there: int
    travel: int = 0
    other: int = 0
    capacity: str = "own_time"
    choice: str | None = None

    @property
    def total(self) -> int:
        return self.there + self.travel + self.other

    def problem(self, may_be_nothing: bool) -> str | None:
        """What cannot be about the time, at a session of one day."""
        if self.there + self.travel > 24 * 60:
            return "time_too_long"
        return "time_missing" if self.total == 0 and not may_be_nothing else None


@dataclass(frozen=True)
class Move:
    """Minutes from one account to another; ``about`` is the member concerned."""

    at: datetime
    source: str | int
    target: str | int
    minutes: int
    about: int


@dataclass
class Present:
    """What is recorded of one person at one session, and what was posted of it (if anything)."""

    line: Line
    choice: str
    rounding: str
    revision: int = 1
    posted: tuple[str | int, int] | None = None

    @property
    def minutes(self) -> int:
        return 0 if self.line.capacity == "paid_job" else ROUND[self.rounding](self.line.total)


@dataclass
class Session:
    """A session of one day; ``there`` by member, ``waiting`` those whose own line waits."""

    on: date
    credited: bool
    revision: int = 1
    there: dict[int, Present] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    proposed: bool = False
    undone: bool = False


@dataclass
class Reward:
    price: int
    places: int | None = None
    offered: bool = True


@dataclass
class Redemption:
    member: int
    reward: int
    price: int
    status: str = "requested"
    revision: int = 1


@dataclass
class Statement:
    until_on: date
    opening: int
    amounts: list[int]
    closing: int
    held: int


class Model:
    """The whole time bank. Members 0 and 1 are its coordinators, 0 its administrator too."""

    def __init__(self, now: datetime, rewards: list[Reward]) -> None:
        self.now = now
        self.rounding = "none"
        self.joined: list[date] = []
        self.choices: list[str] = []
        self.sessions: list[Session] = []
        self.rewards = rewards
        self.redemptions: list[Redemption] = []
        self.moves: list[Move] = []
        self.statements: dict[int | str, list[Statement]] = {POT: []}
        self.group: list[tuple[date, Schedule]] = []
        self.own: dict[int | str, list[tuple[date, Schedule | None]]] = {}
        self.paused: set[int | None] = set()

    @property
    def today(self) -> date:
        return self.now.astimezone(LONDON).date()

    def balance(self, account: str | int, about: int | None = None, end: datetime | None = None):
        """The sum of an account's moves, of one member's and before an instant if given."""
        return sum(
            move.minutes * ((move.target == account) - (move.source == account))
            for move in self.moves
            if about in (None, move.about) and (end is None or move.at < end)
        )

    def amounts(self, member: int | str, end: datetime | None = None) -> list[int]:
        """What was posted to a member's or another account, in order."""
        return [
            move.minutes if move.target == member else -move.minutes
            for move in self.moves
            if member in (move.source, move.target) and (end is None or move.at < end)
        ]

    def _move(self, source: str | int, target: str | int, minutes: int, about: int) -> None:
        self.moves.append(Move(self.now, source, target, minutes, about))

    # --- commands -------------------------------------------------------------------------------

    def add_member(self, choice: str) -> None:
        self.joined.append(self.today)
        self.choices.append(choice)
        self.statements[len(self.joined) - 1] = []

    def change_choice(self, actor: int, member: int, choice: str) -> None:
        require(actor == member or actor in COORDINATORS, "role_lacking")
        self.choices[member] = choice

    def agree(self, actor: int, rounding: str) -> None:
        require(actor == 0, "role_lacking")
        self.rounding = rounding

    def plan(self, actor: int, on: date, credited: bool) -> None:
        require(actor in COORDINATORS, "role_lacking")
        self.sessions.append(Session(on, credited))

    def credit(self, actor: int, session: int, stale: bool, lines: list[Line]) -> None:
        require(actor in COORDINATORS, "role_lacking")
        found = self.sessions[session]
        require(not found.undone, "session_undone")
        require(not stale, "session_changed")
        require(found.credited, "activity_not_credited")
        require(found.on <= self.today, "session_in_future")
        require(bool(lines), "nobody_chosen")
        problems = [self._line_problem(actor, found, lines, i) for i in range(len(lines))]
        if any(problems):
            raise Refused(*(problem for problem in problems if problem))
        found.waiting |= {actor} & {line.member for line in lines}
        for line in lines:
            if line.member == actor:
                continue  # it waits for somebody else
            present = Present(line, line.choice or self.choices[line.member], self.rounding)
            found.there[line.member] = present
            self._post(present)
        found.revision += 1

    def _line_problem(self, actor: int, found: Session, lines: list[Line], i: int) -> str | None:
        line = lines[i]
        if line.member in [other.member for other in lines[:i]]:
            return "line_twice"
        if line.member in found.there:
            return "already_attended"
        if line.member == actor and line.member in found.waiting:
            return "already_waiting"
        return line.problem(may_be_nothing=line.capacity == "paid_job")

    def _post(self, present: Present) -> None:
        member, present.posted = present.line.member, None
        if present.choice != "decline" and present.minutes:
            present.posted = (POT if present.choice == "pot" else member, present.minutes)
            self._move(ISSUED, *present.posted, member)

    def correct(self, actor: int, session: int, stale: bool, line: Line, reason: str) -> None:
        require(actor in COORDINATORS, "role_lacking")
        found = self.sessions[session].there[line.member]
        require(actor != line.member, "own_correction")
        require(not self.sessions[session].undone, "session_undone")
        require(not stale, "credit_changed")
        absent = reason in ("wrong_person", "not_there") or line.capacity == "paid_job"
        if problem := line.problem(absent):
            raise Refused(problem)
        time = ("there", "travel", "other", "capacity")
        same = all(getattr(line, name) == getattr(found.line, name) for name in time)
        choice = line.choice or found.choice
        require(not same or choice != found.choice, "nothing_changed")
        if found.posted:
            account, minutes = found.posted
            self._move(account, ISSUED, minutes, line.member)
        found.line, found.choice, found.revision = line, choice, found.revision + 1
        self._post(found)

    def undo(self, actor: int, session: int, stale: bool) -> None:
        require(actor in COORDINATORS, "role_lacking")
        found = self.sessions[session]
        require(not stale, "changed_meanwhile")
        require(bool(found.there) and not found.undone, "session_not_credited")
        if actor in found.there:
            require(not found.proposed, "proposal_waiting")
            found.proposed = True
            return
        for member in sorted(found.there):
            present = found.there[member]
            if present.posted:
                account, minutes = present.posted
                self._move(account, ISSUED, minutes, member)
            if present.posted or present.minutes:
                present.revision += 1
                present.line = replace(present.line, there=0, travel=0, other=0)
            present.posted = None
        found.undone = True
        found.revision += 1

    def redeem(self, actor: int, member: int, reward: int, stale: bool) -> None:
        require(actor == member or actor in COORDINATORS, "role_lacking")
        wanted = self.rewards[reward]
        require(wanted.offered, "reward_not_offered")
        require(not stale, "reward_changed")
        taken = [r for r in self.redemptions if r.reward == reward and r.status not in CLOSED]
        require(wanted.places is None or len(taken) < wanted.places, "places_gone")
        require(self.balance(member) >= wanted.price, "hours_insufficient")
        self.redemptions.append(Redemption(member, reward, wanted.price))
        self._move(member, HELD, wanted.price, member)

    def step(self, actor: int, redemption: int, stale: bool, step: str) -> None:
        """Approve, decline, cancel, fulfil, or undo the fulfilment."""
        found = self.redemptions[redemption]
        own = found.member == actor
        if step == "cancel":
            require(own or actor in COORDINATORS, "redemption_unknown")
        else:
            require(actor in COORDINATORS, "role_lacking")
        before, after = STEPS[step]
        require(not stale and found.status in before, "redemption_changed")
        require(step == "cancel" or not own, "own_redemption")
        found.status, found.revision = after, found.revision + 1
        accounts = {"declined": (HELD, found.member), "cancelled": (HELD, found.member)}
        accounts |= {"fulfilled": (HELD, REDEEMED)}
        if step == "undo":
            accounts = {"approved": (REDEEMED, HELD)}
        if after in accounts:
            self._move(*accounts[after], found.price, found.member)

    # --- statements -----------------------------------------------------------------------------

    def agree_schedule(self, actor: int, schedule: Schedule) -> None:
        """The group's schedule, from today on."""
        require(actor in COORDINATORS, "role_lacking")
        self.group.append((self.today, schedule))

    def choose_schedule(
        self, actor: int, member: int, stale: bool, schedule: Schedule | None
    ) -> None:
        """A member's own from today on; None is "as the group does"."""
        require(actor == member or actor in COORDINATORS, "role_lacking")
        require(not stale, "changed_meanwhile")
        self.own.setdefault(member, []).append((self.today, schedule))

    def hold_back(self, actor: int, member: int | None, paused: bool) -> None:
        """Pause or resume for a member, or for everybody."""
        require(actor in COORDINATORS, "role_lacking")
        (self.paused.add if paused else self.paused.discard)(member)

    def governing(self, who: int | str, day: date) -> Schedule:
        """The schedule that says whether a period of somebody's ends on a day."""
        own = chosen(self.own.get(who, []), day)
        return own or chosen(self.group, day) or Schedule(frequency="monthly")

    def issue(self, actor: int, until_on: date) -> int:
        """Issue what is due up to that day; how many statements."""
        require(actor in COORDINATORS, "role_lacking")
        require(midnight_after(until_on) <= self.now, "period_not_ended")
        require(None not in self.paused, "statements_paused")
        everybody = [who for who in (*range(len(self.joined)), POT) if who not in self.paused]
        return sum(self._issue(who, until_on) for who in everybody)

    def request(self, actor: int, member: int) -> None:
        """A member's statement up to yesterday, after those that were due before."""
        require(actor == member or actor in COORDINATORS, "role_lacking")
        until_on = self.today - timedelta(days=1)
        require(self.governing(member, self.today).frequency != "none", "statements_off")
        require(self.joined[member] <= until_on, "statement_too_early")
        self._issue(member, until_on)
        issued = self.statements[member]
        if not issued or issued[-1].until_on < until_on:
            self._state(member, until_on)

    def _issue(self, who: int | str, until_on: date) -> int:
        """Day by day from the last statement on: is there one up to this day?"""
        issued = self.statements[who]
        before = len(issued)
        began = self.joined[0] if who == POT else self.joined[who]
        day = issued[-1].until_on + timedelta(days=1) if issued else began
        while day <= until_on:
            schedule = self.governing(who, day)
            if ends_on(schedule, day):
                closed = sum(len(each.amounts) for each in issued)
                something = len(self.amounts(who, midnight_after(day))) > closed
                if something or (who != POT and not schedule.skip_quiet):
                    self._state(who, day)
            day += timedelta(days=1)
        return len(issued) - before

    def _state(self, who: int | str, end: date) -> None:
        issued = self.statements[who]
        closed = sum(len(each.amounts) for each in issued)
        amounts = self.amounts(who, midnight_after(end))
        held = 0 if who == POT else self.balance(HELD, about=who, end=midnight_after(end))
        issued.append(Statement(end, sum(amounts[:closed]), amounts[closed:], sum(amounts), held))


CLOSED = ("declined", "cancelled")
STEPS = {
    "approve": (("requested",), "approved"),
    "decline": (("requested",), "declined"),
    "cancel": (("requested", "approved"), "cancelled"),
    "fulfil": (("approved",), "fulfilled"),
    "undo": (("fulfilled",), "approved"),
}


def midnight_after(day: date) -> datetime:
    """The instant at which a local day ends."""
    return datetime.combine(day + timedelta(days=1), time(), LONDON).astimezone(UTC)
