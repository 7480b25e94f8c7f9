"""Four processes posting at once, and one killed at random moments while it posts.

Nothing that was acknowledged is missing, nothing is half-written, the same key again posts once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import select

from tests.integration.workers import Running, Start, at_once, killed, saying, starts_of
from tests.timebank.builders import Community
from timebank import audit, crediting, receipts, sessions
from timebank.crediting import AttendanceLine, CreditSession
from timebank.errors import TimebankError
from timebank.figures import Figures
from timebank.models import Attendance, AttendanceEntry, CommandReceipt, Session
from timebank.sessions import PlanSession
from timebank.unit import Database

PROCESSES = 4
EACH = 8  # sessions of each process
KILLS = 10
LONGEST_SECONDS = 0.3
MINUTES = 30


def credit_of(session_id: str, member_ids: tuple[str, ...]) -> CreditSession:
    """Everybody's half hour at a session nobody was credited for yet."""
    return CreditSession(
        session_id=session_id,
        revision=1,
        lines=tuple(
            AttendanceLine(member_id=member_id, figures=Figures(session_minutes=MINUTES))
            for member_id in member_ids
        ),
    )


def plan_of(start: Start, title: str, activity_type_id: str) -> PlanSession:
    """A session of the day."""
    return PlanSession(title=title, activity_type_id=activity_type_id, starts_on=start.now.date())


def do(database: Database, start: Start, key: str, function: Any, command: Any) -> Any:
    """One command under a key in a unit of its own, as every edge does it."""
    with database.unit(start.actor) as unit:
        return receipts.once(unit, key, function, command)


def post_session(
    database: Database, start: Start, title: str, activity: str, member_ids: tuple[str, ...]
) -> str:
    """Plan a session and credit everybody, under keys made from its title; the session's id."""
    plan = plan_of(start, title, activity)
    planned = do(database, start, f"plan-{title}", sessions.plan_session, plan)
    command = credit_of(planned.session_id, member_ids)
    do(database, start, f"credit-{title}", crediting.credit_session, command)
    return str(planned.session_id)


# --- four at once ---------------------------------------------------------------------------


def post_some(start: Start, name: str, activity: str, member_ids: tuple[str, ...]) -> list[str]:
    """A worker: some sessions, one after the other."""
    with start.database() as database:
        start.together()
        return [
            post_session(database, start, f"{name}-{number:04}", activity, member_ids)
            for number in range(EACH)
        ]


def prove(start: Start, say: Callable[[Any], None]) -> None:
    """A worker: proves the books over and over and says the findings' codes."""
    with start.database() as database:
        while True:
            with database.reading(start.actor) as unit:
                report = audit.verify(unit)
            say((report.transactions, [finding.code for finding in report.findings]))


def test_four_processes_post_at_once(community):
    member_ids = tuple(community.member(f"Member {n}").member_id for n in range(5))
    activity = community.activity()
    actors = [community.coordinator(f"Coordinator {n}") for n in range(PROCESSES)]
    starts = starts_of(community.settings, actors, community.clock())
    names = [f"process-{n}" for n in range(PROCESSES)]
    console = Start(settings=community.settings, actor=community.console, now=community.clock())
    proving = Running(saying, console, prove, ())
    try:
        proving.answer()
        made = at_once(post_some, starts, *((name, activity, member_ids) for name in names))
        proofs = [proving.answer()]
        while proving.answers.poll():
            proofs.append(proving.answer())
    finally:
        proving.close()
    # The proof holds at every moment, not only when everybody has gone home.
    assert len({transactions for transactions, _codes in proofs}) > 1, "it never ran meanwhile"
    assert all(codes == [] for _transactions, codes in proofs)
    session_ids = {session_id for ids in made for session_id in ids}
    assert len(session_ids) == PROCESSES * EACH
    posted = PROCESSES * EACH * MINUTES
    assert [community.balance(member_id) for member_id in member_ids] == [posted] * 5
    assert community.account_balance("hours:issued") == -5 * posted
    report = community.read(audit.verify)
    assert report.findings == ()
    assert report.transactions == PROCESSES * EACH * 5
    with community.database.reading(community.actor) as unit:
        by = Counter(unit.db.scalars(select(AttendanceEntry.recorded_by)))
    assert by == {actor.id: EACH * 5 for actor in actors}


# --- killed ---------------------------------------------------------------------------------


def post_for_ever(
    start: Start,
    say: Callable[[Any], None],
    name: str,
    activity: str,
    member_ids: tuple[str, ...],
) -> None:
    """A worker: sessions without end; says each key once its unit has committed."""
    with start.database() as database:
        for number in count():
            title = f"{name}-{number:04}"
            plan = plan_of(start, title, activity)
            planned = do(database, start, f"plan-{title}", sessions.plan_session, plan)
            say(f"plan-{title}")
            command = credit_of(planned.session_id, member_ids)
            do(database, start, f"credit-{title}", crediting.credit_session, command)
            say(f"credit-{title}")


def test_killed_at_ten_random_moments(community):
    member_ids = tuple(community.member(f"Member {n}").member_id for n in range(12))
    activity = community.activity()
    start = Start(settings=community.settings, actor=community.actor, now=community.clock())
    acknowledged: list[str] = []
    for number in range(KILLS):
        said = killed(
            post_for_ever, start, f"run{number}", activity, member_ids, longest=LONGEST_SECONDS
        )
        acknowledged += said
        whole = nothing_is_half_written(community, len(member_ids))
        assert acknowledged_is_there(community, acknowledged)
        # Whoever was cut off does it all again, from the first to the one in doubt, same keys.
        titles = [f"run{number}-{each:04}" for each in range(len(said) // 2 + 1)]
        for title in titles:
            post_session(community.database, start, title, activity, member_ids)
        again = nothing_is_half_written(community, len(member_ids))
        assert set(again) - set(whole) <= {titles[-1]}
        assert set(titles) <= set(again)
        assert max(again.values()) == 1, "a session was posted twice"
    credited = sum(again.values()) * MINUTES
    assert [community.balance(member_id) for member_id in member_ids] == [credited] * 12
    assert len(acknowledged) > KILLS, "it was killed before it had posted anything"


def nothing_is_half_written(community: Community, people: int) -> Counter[str]:
    """Check that each session is credited for everybody or for nobody; the titles of the former.

    The proof compares each attendance with its transaction, both ways.
    """
    with community.database.reading(community.actor) as unit:
        assert audit.verify(unit).findings == ()
        planned = unit.db.scalars(select(Session)).all()
        there = Counter(unit.db.scalars(select(Attendance.session_id)))
        keys = set(unit.db.scalars(select(CommandReceipt.key)))
    assert set(there.values()) <= {people}
    titles = {session.id: session.title for session in planned}
    assert set(there) == {session.id for session in planned if session.status == "credited"}
    assert keys == {f"plan-{title}" for title in titles.values()} | {
        f"credit-{titles[id_]}" for id_ in there
    }
    return Counter(titles[id_] for id_ in there)


def acknowledged_is_there(community: Community, acknowledged: list[str]) -> bool:
    """Whether everything that a process said was committed is there."""
    with community.database.reading(community.actor) as unit:
        keys = set(unit.db.scalars(select(CommandReceipt.key)))
    return set(acknowledged) <= keys


def test_a_refusal_in_one_process_leaves_nothing_behind(community):
    """The same key with other content, from four processes at once: one of them stands."""
    member_ids = tuple(community.member(f"Member {n}").member_id for n in range(PROCESSES))
    session_id = community.session()
    starts = starts_of(community.settings, [community.actor] * PROCESSES, community.clock())
    answers = at_once(
        credit_under_one_key, starts, *((session_id, member_id) for member_id in member_ids)
    )
    assert sorted(answers) == ["credited", "key_used", "key_used", "key_used"]
    assert sorted(map(community.balance, member_ids)) == [0, 0, 0, MINUTES]
    assert community.read(audit.verify).findings == ()


def credit_under_one_key(start: Start, session_id: str, member_id: str) -> str:
    """A worker: one member's credit, under the key that the others use too."""
    with start.database() as database:
        start.together()
        command = credit_of(session_id, (member_id,))
        try:
            do(database, start, "one-key-for-all", crediting.credit_session, command)
        except TimebankError as error:
            return error.code
    return "credited"
