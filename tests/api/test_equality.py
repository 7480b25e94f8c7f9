"""Every hour counts the same: whoever gave it, however they took part, whichever way it came in.

Groups of people give the same minutes in every way the product knows: credited through the API or
through the form, imported, added afterwards, sent in and confirmed, corrected. Whatever was drawn,
no two people with the same recorded minutes and the same choice have different credits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.api.conftest import Bench, close, make_bench, on_sqlite
from tests.timebank.test_crediting import agree_rounding
from tests.web.conftest import Web
from tests.web.work import ADMIN, check
from timebank import accounts, agreements, audit, figures, people, sessions
from timebank.attendance_import import ImportOptions, apply_import, plan_import
from timebank.crediting import AttendanceLine, CreditSession, credit_session
from timebank.figures import COMPONENTS, ROUNDINGS, Figures
from timebank.involvement import INVOLVEMENTS
from timebank.models import Attendance, AttendanceEntry, Policy
from web.cells import cell

PEOPLE = 5
MINUTES = st.integers(0, 200)
FIGURES = st.builds(Figures, **dict.fromkeys(COMPONENTS, MINUTES)).filter(
    lambda drawn: drawn.total_minutes > 0
)
CHOICES = st.sampled_from(figures.CHOICES)


@dataclass(kw_only=True)
class Doors(Bench):
    """The API's bench, and a browser in which the administrator is signed in."""

    web: Web


@pytest.fixture(scope="module")
def bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Doors]:
    folder = tmp_path_factory.mktemp("equality")
    migrated: Path = request.getfixturevalue("_migrated_file")
    made = make_bench(on_sqlite(migrated, folder), folder)
    web = Web(made.community)
    web.sign_in(ADMIN)
    yield Doors(**vars(made), web=web)
    web.app.extensions["timebank"].dispose()
    close(made)


@pytest.fixture(scope="module")
def members(bench: Doors) -> list[str]:
    """People of every standing choice, one a coordinator, one with an agreement."""
    community = bench.community
    ids = [
        community.member(f"Person {number}", choice=choice).member_id
        for number, choice in zip(range(PEOPLE - 1), cycle(figures.CHOICES), strict=False)
    ]
    made = community.do(agreements.propose_agreement, agreements.ProposeAgreement(
        member_id=ids[0], extra_preparation_minutes=60, full_session=True,
        from_on=community.clock().date()))  # fmt: skip
    community.do(
        agreements.sign_agreement,
        agreements.SignAgreement(agreement_id=made.agreement_id, revision=1),
        actor=bench.cora_actor,
    )
    lead = community.coordinator("Lead")
    return [*ids, str(lead.member_id)]


def lines(members: list[str], given: Figures, choice: str) -> list[AttendanceLine]:
    """Everybody with the same minutes, each having taken part in another way."""
    return [
        AttendanceLine(member_id=member_id, involvement=how, choice=choice, figures=given)
        for member_id, how in zip(members, cycle(INVOLVEMENTS), strict=False)
    ]


def new_session(bench: Doors) -> tuple[str, int]:
    session_id = bench.community.session()
    return session_id, bench.community.read(sessions.session, session_id).revision


# --- the ways in ------------------------------------------------------------------------------


def by_command(bench: Doors, members: list[str], given: Figures, choice: str) -> str:
    session_id, revision = new_session(bench)
    command = CreditSession(
        session_id=session_id, revision=revision, lines=tuple(lines(members, given, choice))
    )
    bench.community.do(credit_session, command)
    return session_id


def by_api(bench: Doors, members: list[str], given: Figures, choice: str) -> str:
    session_id, revision = new_session(bench)
    body = {"revision": revision, "lines": [asdict(each) for each in lines(members, given, choice)]}
    answer = bench.admin.post(f"/sessions/{session_id}/credit", body, key="new")
    assert answer.status_code == 200, answer.get_json()
    return session_id


def by_form(bench: Doors, members: list[str], given: Figures, choice: str) -> str:
    """Who came, the table of times, the check and the confirmation, one page after the other."""
    session_id, _revision = new_session(bench)
    path = f"/sessions/{session_id}/credit"
    who = {**bench.web.get(path).hidden, "do": "times", "member": members}
    boxes = {name: cell(minutes) for name, minutes in asdict(given).items()}
    rows = {
        each.member_id: {"involvement": each.involvement, "choice": choice, **boxes}
        for each in lines(members, given, choice)
    }
    page = check(bench.web, session_id, bench.web.send(path, who), rows)
    done = bench.web.send(path, {**page.hidden, "do": "confirm"})
    assert (done.status, done.location) == (303, f"/sessions/{session_id}/credited"), page.words
    return session_id


def by_import(bench: Doors, members: list[str], given: Figures, choice: str) -> str:
    session_id, _revision = new_session(bench)
    session = bench.community.read(sessions.session, session_id)
    numbers = bench.community.read(
        lambda unit: {each.id: each.number for each in people.members(unit)}
    )
    heads = "member,minutes,preparation,travel,paperwork,follow_up,choice"
    parts = ",".join(str(getattr(given, name)) for name in COMPONENTS)
    rows = [f"{numbers[member_id]},{parts},{choice}" for member_id in members]
    options = ImportOptions(session_id=session_id)
    text = "\n".join([heads, *rows]).encode()
    plan = bench.community.read(plan_import, text, options)
    assert plan.problems == (), session.title
    bench.community.do(apply_import, plan)
    return session_id


def added_later(bench: Doors, members: list[str], given: Figures, choice: str) -> str:
    """A part first, through the API, and the rest afterwards."""
    name = next(name for name in COMPONENTS if getattr(given, name))
    first = Figures(**{name: 1})
    rest = Figures(**{**asdict(given), name: getattr(given, name) - 1})
    session_id = by_api(bench, members, first, choice)
    if rest.total_minutes:
        for member_id in members:
            attendance_id = bench.community.attendance_id(session_id, member_id)
            body = {"revision": 1, "figures": asdict(rest)}
            answer = bench.admin.post(f"/attendances/{attendance_id}/add-time", body, key="new")
            assert answer.status_code == 200, answer.get_json()
    return session_id


def corrected(bench: Doors, members: list[str], given: Figures, choice: str) -> str:
    """Wrong at first, each in another way, and put right through the API."""
    session_id, revision = new_session(bench)
    wrong = [
        AttendanceLine(member_id=member_id, figures=Figures(session_minutes=1000 + number))
        for number, member_id in enumerate(members)
    ]
    command = CreditSession(session_id=session_id, revision=revision, lines=tuple(wrong))
    bench.community.do(credit_session, command)
    for member_id in members:
        attendance_id = bench.community.attendance_id(session_id, member_id)
        body = {"revision": 1, "capacity": "own_time", "choice": choice, "reason": "wrong_time",
                "figures": asdict(given)}  # fmt: skip
        answer = bench.admin.post(f"/attendances/{attendance_id}/correct", body, key="new")
        assert answer.status_code == 200, answer.get_json()
    return session_id


def sent_in(bench: Doors, members: list[str], given: Figures, choice: str) -> str:
    """One person's is an own line that waits, and is confirmed through the API."""
    *others, lead = members
    session_id, revision = new_session(bench)
    actor = bench.community.read(lambda unit: people.actor_for(
        unit, people.member(unit, lead).person_id))  # fmt: skip
    command = CreditSession(
        session_id=session_id, revision=revision, lines=tuple(lines(members, given, choice))
    )
    assert bench.community.do(credit_session, command, actor=actor).waiting == 1
    [waits] = [each for each in bench.admin.get("/time-sent/waiting").get_json()["items"]
               if each["session_id"] == session_id]  # fmt: skip
    body = {"revision": waits["revision"]}
    answer = bench.admin.post(f"/time-sent/{waits['id']}/confirm", body, key="new")
    assert answer.status_code == 200, answer.get_json()
    assert len(others) == PEOPLE - 1
    return session_id


WAYS: list[Callable[[Doors, list[str], Figures, str], str]] = [
    by_command, by_api, by_form, by_import, added_later, corrected, sent_in,
]  # fmt: skip


# --- what holds -------------------------------------------------------------------------------


@pytest.mark.parametrize("rounding", ROUNDINGS)
@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(given=FIGURES, choice=CHOICES)
def test_the_same_minutes_are_the_same_credit_whichever_way(
    bench: Doors, members: list[str], rounding: str, given: Figures, choice: str
) -> None:
    agree_rounding(bench.community, rounding)
    wanted = figures.rounded(given.total_minutes, rounding)
    for way in WAYS:
        before = {each: bench.community.balance(each) for each in members}
        session_id = way(bench, members, given, choice)
        entries = bench.community.read(sessions.attendances, session_id)
        assert [each.credited_minutes for each in entries] == [wanted] * PEOPLE, way
        gained = {bench.community.balance(each) - before[each] for each in members}
        assert gained == {wanted if choice == "accept" else 0}, way


def test_no_two_with_the_same_minutes_and_choice_differ_anywhere(bench: Doors) -> None:
    def look(unit):  # type: ignore[no-untyped-def]
        query = (
            select(AttendanceEntry, Policy.rounding)
            .join(AttendanceEntry.attendance)
            .join(Policy, Policy.version == AttendanceEntry.policy_version)
            .where(AttendanceEntry.revision == Attendance.revision)
        )
        found: dict[tuple[object, ...], set[int]] = {}
        for entry, rounding in unit.db.execute(query):
            key = (figures.figures_of(entry).total_minutes, entry.capacity, entry.choice, rounding)
            found.setdefault(key, set()).add(entry.credited_minutes)
        return found

    found = bench.community.read(look)
    assert len(found) > 10
    assert {key: credits for key, credits in found.items() if len(credits) > 1} == {}
    assert bench.community.read(audit.verify).findings == ()
    assert bench.community.account_balance(accounts.ISSUED) < 0
