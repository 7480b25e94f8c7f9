"""A believable community, made through the commands themselves with the clock driven forward.

Six months up to today: meetings about a hospital discharge leaflet, a reading panel, coffee
mornings that are not credited, all four kinds of reward and redemptions in every state, a
correction, a declined credit, gifts to the community pot, somebody there as part of a paid job,
and a statement for each month. Nobody in it is real; addresses end in example.org.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from timebank import (
    activities,
    community,
    corrections,
    crediting,
    doors,
    links,
    people,
    receipts,
    redemptions,
    rewards,
    scheduler,
    sessions,
)
from timebank.clock import system_clock
from timebank.ids import new_id
from timebank.models import Attendance
from timebank.sample_content import (
    COMMUNITY,
    PASSWORD,
    REWARDS,
    SIGN_INS,
    STAFF,
    SampleMember,
)
from timebank.settings import Settings
from timebank.unit import NOBODY, Database, Unit

Command = TypeVar("Command")
Result = TypeVar("Result")


@dataclass(frozen=True)
class SignInSample:
    """Somebody who can sign in to the sample community: who they are in it, and as whom."""

    name: str
    email: str
    roles: str


class Sample:
    """Builds the community; ``now`` is the instant that every command believes in."""

    def __init__(self, settings: Settings, end: datetime) -> None:
        # Nothing is ever mailed to people who do not exist.
        self.settings = replace(settings, smtp_host="")
        self.end = end
        self.zone = settings.zone
        self.today = end.astimezone(self.zone).date()
        self.now = datetime.min.replace(tzinfo=UTC)
        self.database = Database(self.settings, clock=lambda: self.now)
        self.persons: dict[str, str] = {}
        self.members: dict[str, str] = {}
        self.activities: dict[str, str] = {}
        self.rewards: dict[str, str] = {}
        self.redemptions: dict[str, str] = {}
        self.listed: dict[str, str] = {}
        self.to_correct = ""
        self._plan: list[tuple[datetime, int, Callable[[], None]]] = []

    # --- telling the story in order ---------------------------------------------------------

    def at(self, day: date, clock: str, do: Callable[[], None]) -> None:
        """Plan something for a local day and time; what lies ahead of ``end`` is left out."""
        hour, minute = clock.split(":")
        instant = datetime.combine(day, time(int(hour), int(minute)), self.zone).astimezone(UTC)
        if instant < self.end:
            self._plan.append((instant, len(self._plan), do))

    def tell(self, progress: Callable[[int, int], None]) -> None:
        """Carry everything out, oldest first."""
        for done, (instant, _, do) in enumerate(sorted(self._plan, key=lambda step: step[:2]), 1):
            self.now = instant
            do()
            progress(done, len(self._plan))
        self.database.dispose()

    def by(self, who: str, function: Callable[[Unit, Command], Result], command: Command) -> Result:
        """Carry out a command as one of the people of the story."""
        with self.database.reading(NOBODY) as unit:
            actor = people.actor_for(unit, self.persons[who])
        with self.database.unit(actor) as unit:
            return receipts.once(unit, new_id(), function, command)

    def read(self, who: str, function: Callable[[Unit], Result]) -> Result:
        """Look something up as one of the people of the story."""
        with self.database.reading(NOBODY) as unit:
            actor = people.actor_for(unit, self.persons[who])
        with self.database.reading(actor) as unit:
            return function(unit)

    # --- people and rules -------------------------------------------------------------------

    def set_up(self) -> None:
        """The community, its administrator, staff, rules, and what they offer."""
        with self.database.unit(NOBODY) as unit:
            community.prepare(unit)
        password_hash = doors.hash_password(PASSWORD)
        with self.database.unit(NOBODY) as unit:
            made = community.set_up(unit, COMMUNITY, password_hash)
        admin = COMMUNITY.admin_name
        self.persons[admin] = made.person_id
        if made.member_id is not None:
            self.members[admin] = made.member_id
        for staff in STAFF:
            added = self.by(
                admin, people.add_person, people.AddPerson(name=staff.name, email=staff.email)
            )
            self.persons[staff.name] = added.person_id
            self._grant(admin, staff.name, staff.role)
            self._choose_password(added.link_id)
        self.by(admin, community.agree_policy, community.AgreePolicy(
            follows_version=1, rounding="none", money_rewards=True,
            advice_contact="Riverside Advice Centre, 01632 960 144",
            information_reviewed_by="Riverside Advice Centre",
            information_reviewed_on=self.now.astimezone(self.zone).date(),
        ))  # fmt: skip
        self.activities = self.read(
            admin, lambda unit: {a.name: a.id for a in activities.activity_types(unit)}
        )
        for name, reward in REWARDS.items():
            self.rewards[name] = self.by(admin, rewards.add_reward, reward).reward_id

    def join(self, member: SampleMember) -> None:
        """A coordinator adds a member, who may choose a password and hold a role."""
        added = self.by(
            STAFF[0].name,
            people.add_member,
            people.AddMember(
                name=member.name, email=member.email, phone=member.phone,
                statement_by=member.statement_by, choice=member.choice,
                no_money_rewards=member.no_money_rewards,
            ),
        )  # fmt: skip
        self.persons[member.name] = added.person_id
        self.members[member.name] = added.member_id
        if member.needs is not None:
            self.by(STAFF[0].name, people.change_member, people.ChangeMember(
                member_id=added.member_id, revision=1, name=member.name, email=member.email,
                phone=member.phone, address=None, needs=member.needs,
                statement_by=member.statement_by,
            ))  # fmt: skip
        if member.name in SIGN_INS:
            self._choose_password(added.link_id)

    def _grant(self, admin: str, name: str, role: str) -> None:
        self.by(admin, people.grant_role, people.GrantRole(person_id=self.persons[name], role=role))

    def _choose_password(self, link_id: str | None) -> None:
        if link_id is None:
            return
        with self.database.reading(NOBODY) as unit:
            code = links.code_of(unit, link_id)
        doors.choose_password(self.database, code, PASSWORD)

    # --- sessions ---------------------------------------------------------------------------

    def plan(self, title: str, day: date, activity: str, minutes: int, clock: str = "10:30") -> str:
        """Plan a session; its id."""
        return self.by(STAFF[0].name, sessions.plan_session, sessions.PlanSession(
            title=title, activity_type_id=self.activities[activity], starts_on=day,
            starts_at_time=clock, place="Riverside Community Hall", usual_minutes=minutes,
        )).session_id  # fmt: skip

    def credit(self, session_id: str, who: dict[str, crediting.AttendanceLine]) -> None:
        """Credit everybody who was there."""
        found = self.read(STAFF[0].name, lambda unit: sessions.session(unit, session_id).revision)
        lines = tuple(replace(line, member_id=self.members[n]) for n, line in who.items())
        self.by(STAFF[0].name, crediting.credit_session, crediting.CreditSession(
            session_id=session_id, revision=found, lines=lines,
        ))  # fmt: skip

    def correct(
        self, session_id: str, name: str, figures: crediting.Figures, *, reason: str, words: str
    ) -> None:
        """Put right what was recorded about one person at one session."""
        attendance = self.read(
            STAFF[0].name,
            lambda unit: next(
                (found.id, found.revision)
                for found in unit.db.query(Attendance).filter_by(
                    session_id=session_id, member_id=self.members[name]
                )
            ),
        )
        self.by(STAFF[0].name, corrections.correct_credit, corrections.CorrectCredit(
            attendance_id=attendance[0], revision=attendance[1], capacity="own_time",
            choice=None, figures=figures, reason=reason, words=words,
        ))  # fmt: skip

    # --- using hours ------------------------------------------------------------------------

    def ask(self, name: str, reward: str, *, by: str | None = None, how: str = "online") -> None:
        """A member asks for a reward, or somebody asks for them."""
        asker = by or name
        revision, version = self.read(
            STAFF[0].name,
            lambda unit: (
                rewards.reward(unit, self.rewards[reward]).revision,
                community.policy(unit).version,
            ),
        )
        made = self.by(asker, redemptions.request_redemption, redemptions.RequestRedemption(
            reward_id=self.rewards[reward], reward_revision=revision,
            member_id=self.members[name], how=how, information_version=version,
        ))  # fmt: skip
        self.redemptions[f"{name}: {reward}"] = made.redemption_id

    def move(self, who: str, name: str, reward: str, step: str, **more: str) -> None:
        """Approve, decline, cancel or fulfil a redemption."""
        function, command = _STEPS[step]
        found_id = self.redemptions[f"{name}: {reward}"]
        revision = self.read(STAFF[0].name, lambda u: redemptions.redemption(u, found_id).revision)
        self.by(who, function, command(redemption_id=found_id, revision=revision, **more))

    def tick(self) -> None:
        """The regular work: statements of the month that ended."""
        scheduler.tick(self.database)


_STEPS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "approve": (redemptions.approve_redemption, redemptions.ApproveRedemption),
    "decline": (redemptions.decline_redemption, redemptions.DeclineRedemption),
    "cancel": (redemptions.cancel_redemption, redemptions.CancelRedemption),
    "fulfil": (redemptions.fulfil_redemption, redemptions.FulfilRedemption),
}


def build(
    settings: Settings,
    *,
    end: datetime | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[SignInSample]:
    """Build the whole community in a migrated, empty database; who can sign in to it."""
    from timebank.sample_story import tell

    sample = Sample(settings, end or system_clock())
    tell(sample)
    sample.tell(progress)
    return [SignInSample(name, email, roles) for name, (email, roles) in SIGN_INS.items()]
