"""A small community built through the commands themselves, for every test that needs people.

    community = Community(database, tmp_path)        # set up; `database` is the fixture
    anna = community.member("Anna Bell")             # -> MemberAdded
    session_id = community.session("Meeting", minutes=120)
    community.credit(session_id, [anna.member_id])
    community.clock.forward(days=1)

``community.actor`` is the first administrator and coordinator; ``community.coordinator("Cora")`` a
second one. ``community.do(function, command)`` runs any command in a unit of its own and
``community.read(function, ...)`` any reading. Nothing is sent: no SMTP server is set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from timebank import accounts, community, crediting, doors, people, receipts, sessions, settings
from timebank.figures import Figures
from timebank.roles import COORDINATOR, Actor
from timebank.unit import NOBODY, Unit
from timebank.unit import Database as UnitDatabase

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PASSWORD = "a quiet place to think"


class HasUrl(Protocol):
    """What the `database` fixture gives."""

    url: str


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        """Put the clock at an aware instant."""
        self.now = now

    def forward(self, **amount: float) -> None:
        """Move on, by what `timedelta` takes: `days=1`, `minutes=20`."""
        self.now += timedelta(**amount)


@cache
def password_hash() -> str:
    """The hash of `PASSWORD`, made once: argon2 is slow on purpose."""
    return doors.hash_password(PASSWORD)


def instance_settings(database: HasUrl, data: Path, **more: str) -> settings.Settings:
    """Settings of an instance on a test's database; `more` are TIMEBANK_... values."""
    return settings.load(
        {
            "TIMEBANK_DATA": str(data),
            "TIMEBANK_DATABASE_URL": database.url,
            "TIMEBANK_ADDRESS": "https://time.example.org",
            **more,
        }
    )


class Community:
    """A community that was set up, its clock, and short ways to the usual commands."""

    def __init__(self, database: HasUrl, data: Path, *, now: datetime = START, **more: str) -> None:
        self.clock = FakeClock(now)
        self.settings = instance_settings(database, data, **more)
        self.database = UnitDatabase(self.settings, clock=self.clock)
        with self.database.unit(NOBODY) as unit:
            self.admin = community.set_up(
                unit,
                community.SetUp(
                    name="Riverside Time Bank",
                    brand_colour="#6b3a6e",
                    contact_name="Ada Marsh",
                    contact_email="hello@riverside.example.org",
                    contact_phone="020 7946 0000",
                    admin_name="Ada Marsh",
                    admin_email="ada@example.org",
                    admin_is_member=True,
                ),
                password_hash(),
            )
        self.actor = self.actor_of(self.admin.person_id)
        with self.database.reading(NOBODY) as unit:
            self.console = community.console_actor(unit)

    # --- units ------------------------------------------------------------------------------

    @contextmanager
    def unit(self, actor: Actor | None = None) -> Iterator[Unit]:
        """A unit that commits, by the administrator unless told otherwise."""
        with self.database.unit(actor or self.actor) as unit:
            yield unit

    def do(
        self,
        function: Callable[[Unit, Any], Any],
        command: Any,
        *,
        actor: Actor | None = None,
        key: str | None = None,
    ) -> Any:
        """Run a command in a unit of its own; with `key`, through the receipts."""
        with self.unit(actor) as unit:
            if key is not None:
                return receipts.once(unit, key, function, command)
            return function(unit, command)

    def read(
        self, function: Callable[..., Any], *args: Any, by: Actor | None = None, **kw: Any
    ) -> Any:
        """Call a reading function with a unit that changes nothing."""
        with self.database.reading(by or self.actor) as unit:
            return function(unit, *args, **kw)

    # --- people -----------------------------------------------------------------------------

    def actor_of(self, person_id: str) -> Actor:
        """A person as an actor, with the roles of the clock's day."""
        with self.database.reading(NOBODY) as unit:
            return people.actor_for(unit, person_id)

    def member(self, name: str, email: str | None = None, **more: Any) -> people.MemberAdded:
        """Add a member; `more` is the rest of `AddMember`."""
        command = people.AddMember(name=name, email=email, **more)
        added: people.MemberAdded = self.do(people.add_member, command)
        return added

    def member_actor(self, name: str, email: str | None = None, **more: Any) -> Actor:
        """A new member as an actor (`member_id` and `person_id` are on it)."""
        return self.actor_of(self.member(name, email, **more).person_id)

    def coordinator(self, name: str, email: str | None = None, role: str = COORDINATOR) -> Actor:
        """A new member who holds a role from today, as an actor."""
        added = self.member(name, email)
        self.do(people.grant_role, people.GrantRole(person_id=added.person_id, role=role))
        return self.actor_of(added.person_id)

    # --- sessions ---------------------------------------------------------------------------

    def activity(self, *, credited: bool = True) -> str:
        """The id of a kind of activity that is credited, or of one that is not."""
        kinds = self.read(sessions.activity_types)
        return str(next(kind.id for kind in kinds if kind.credited is credited))

    def session(
        self,
        title: str = "Community meeting",
        *,
        on: date | None = None,
        minutes: int = 120,
        credited: bool = True,
        **more: Any,
    ) -> str:
        """Plan a session, today unless told otherwise; its id."""
        command = sessions.PlanSession(
            title=title,
            activity_type_id=self.activity(credited=credited),
            starts_on=on or self.clock().date(),
            usual_minutes=minutes,
            **more,
        )
        return str(self.do(sessions.plan_session, command).session_id)

    def credit(
        self,
        session_id: str,
        member_ids: Sequence[str] = (),
        *,
        minutes: int = 120,
        lines: Sequence[crediting.AttendanceLine] = (),
        actor: Actor | None = None,
        key: str | None = None,
    ) -> crediting.SessionCredited:
        """Credit members with the same minutes each, and any further `lines`."""
        revision = self.read(sessions.session, session_id).revision
        same = [
            crediting.AttendanceLine(member_id=member_id, figures=Figures(session_minutes=minutes))
            for member_id in member_ids
        ]
        command = crediting.CreditSession(
            session_id=session_id, revision=revision, lines=(*same, *lines)
        )
        credited: crediting.SessionCredited = self.do(
            crediting.credit_session, command, actor=actor, key=key
        )
        return credited

    def attendance_id(self, session_id: str, member_id: str) -> str:
        """The id of one member's attendance at a session."""
        entries = self.read(sessions.attendances, session_id)
        return str(next(e.attendance_id for e in entries if e.attendance.member_id == member_id))

    # --- books ------------------------------------------------------------------------------

    def balance(self, member_id: str) -> int:
        """A member's balance in the books, in minutes."""
        return self.account_balance(accounts.member(member_id))

    def account_balance(self, account: str) -> int:
        """The balance of any account, in minutes."""
        return int(self.read(lambda unit: unit.book.balance(account)))

    def close(self) -> None:
        """Close every connection, so that the test's database can be dropped."""
        self.database.dispose()
