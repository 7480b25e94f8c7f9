"""Who is coming: places, the waiting list, withdrawing, arriving, and who may know."""

from __future__ import annotations

from datetime import date

import pytest

from timebank import (
    arrivals,
    check_in,
    coming,
    opportunities,
    organisations,
    people,
    places,
    projects,
    scheduler,
    sessions,
)
from timebank.arrivals import NoteArrival, NoteCodes, UndoArrival
from timebank.coming import JoinSession, LeaveSession
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.models import OutboxMessage, SignUp

SHEET = {
    "what": "We read a leaflet together and say what is hard to understand.",
    "preparation": "Read the leaflet, half an hour. We send it to you.",
    "travel": "We book and settle a taxi if you need one.",
    "access": "Step-free, a quiet room, breaks when you like.",
    "rewards": "Hours in your account, and lunch.",
}
LATER = date(2026, 3, 20)


@pytest.fixture
def session_id(community) -> str:
    """A published session with two places."""
    return published(community, places=2)


def published(community, **more) -> str:
    found = community.session(
        "Reading panel", on=LATER, starts_at_time="10:30", ends_at_time="12:30",
        place="Town hall", **more,
    )  # fmt: skip
    community.do(
        opportunities.save_sheet,
        opportunities.SaveSheet(session_id=found, revision=0, **SHEET),
    )
    community.do(
        opportunities.publish_sheet, opportunities.PublishSheet(session_id=found, revision=1)
    )
    return found


def join(community, session_id, who, **more):
    command = JoinSession(session_id=session_id, member_id=who.member_id, **more)
    return community.do(coming.join_session, command, actor=who)


def leave(community, session_id, who):
    command = LeaveSession(session_id=session_id, member_id=who.member_id)
    return community.do(coming.leave_session, command, actor=who)


def notices_to(community, who) -> list[str]:
    with community.database.reading(community.actor) as unit:
        query = unit.db.query(OutboxMessage).filter_by(person_id=who.person_id)
        return [row.kind for row in query.order_by(OutboxMessage.created_at)]


def statuses(community, session_id) -> dict[str, str]:
    rows = community.read(coming.signed_up, session_id)
    return {row.member.person.name: row.status for row in rows}


def test_places_waiting_and_moving_up_in_order(community, session_id):
    anna, bill, cat, dan = (
        community.member_actor(name, f"{name}@example.org")
        for name in ("anna", "bill", "cat", "dan")
    )
    got = [join(community, session_id, who).status for who in (anna, bill, cat, dan)]
    assert got == ["coming", "coming", "waiting", "waiting"]
    community.clock.forward(minutes=5)
    assert leave(community, session_id, bill).status == "withdrawn"
    assert statuses(community, session_id) == {
        "anna": "coming", "bill": "withdrawn", "cat": "coming", "dan": "waiting",
    }  # fmt: skip
    assert notices_to(community, cat)[-1] == "place_offered"
    assert "place_offered" not in notices_to(community, dan)
    # Somebody who comes back stands at the end, behind whoever waited meanwhile.
    assert join(community, session_id, bill).status == "waiting"
    leave(community, session_id, anna)
    leave(community, session_id, cat)
    assert statuses(community, session_id) == {
        "anna": "withdrawn", "bill": "coming", "cat": "withdrawn", "dan": "coming",
    }  # fmt: skip


def test_one_place_is_asked_for_once(community, session_id):
    anna = community.member_actor("Anna")
    join(community, session_id, anna)
    with pytest.raises(Conflict, match="signed_up_already"):
        join(community, session_id, anna)
    leave(community, session_id, anna)
    with pytest.raises(Conflict, match="not_signed_up"):
        leave(community, session_id, anna)


def test_more_places_let_those_who_wait_in(community, session_id):
    actors = [community.member_actor(f"m{n}", f"m{n}@example.org") for n in range(4)]
    for who in actors:
        join(community, session_id, who)
    found = community.read(sessions.session, session_id)
    change = sessions.ChangeSession(
        session_id=session_id, revision=found.revision, title=found.title,
        activity_type_id=found.activity_type_id, starts_on=found.starts_on,
        starts_at_time="10:30", ends_at_time="12:30", place="Town hall",
        usual_minutes=120, places=3,
    )  # fmt: skip
    community.do(sessions.change_session, change)
    assert sorted(statuses(community, session_id).values()) == ["coming"] * 3 + ["waiting"]
    assert notices_to(community, actors[2])[-1] == "place_offered"
    # Nothing that they must know has changed, so nobody is told that it did.
    assert "session_moved" not in notices_to(community, actors[0])
    community.do(
        sessions.change_session,
        sessions.ChangeSession(**{**change.__dict__, "revision": 2, "place": "Library"}),
    )
    assert notices_to(community, actors[0])[-1] == "session_moved"
    community.do(sessions.cancel_session, sessions.CancelSession(session_id=session_id, revision=3))
    assert notices_to(community, actors[3])[-1] == "session_called_off"
    with pytest.raises(RuleBroken, match="session_cancelled"):
        join(community, session_id, community.member_actor("Late"))


def test_a_member_joins_what_is_published_and_nothing_else(community, session_id):
    anna, bill = community.member_actor("Anna"), community.member_actor("Bill")
    quiet = community.session("Not for everybody", on=LATER)
    with pytest.raises(NotFound, match="session_unknown"):
        join(community, quiet, anna)
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(
            coming.join_session,
            JoinSession(session_id=session_id, member_id=bill.member_id),
            actor=anna,
        )
    # A coordinator may, for somebody who rings up; then it is theirs to see and to leave.
    community.do(coming.join_session, JoinSession(session_id=quiet, member_id=anna.member_id))
    assert community.read(opportunities.opportunity, quiet, by=anna).title == "Not for everybody"
    with pytest.raises(NotFound):
        community.read(opportunities.opportunity, quiet, by=bill)
    assert leave(community, quiet, anna).status == "withdrawn"
    with pytest.raises(NotAllowed):
        community.read(coming.signed_up, session_id, by=anna)


def test_what_would_help_is_kept_until_it_is_not_needed(community, session_id):
    anna = community.member_actor("Anna")
    join(community, session_id, anna, words="A seat near the door")
    [row] = community.read(coming.signed_up, session_id)
    assert row.words == "A seat near the door"
    leave(community, session_id, anna)
    [row] = community.read(coming.signed_up, session_id)
    assert row.words is None


def test_what_helped_is_forgotten_when_it_is_over(community, session_id):
    anna = community.member_actor("Anna")
    join(community, session_id, anna, words="A seat near the door")
    community.clock.forward(days=18 + coming.WORDS_KEPT_DAYS)
    scheduler.tick(community.database)
    assert community.read(coming.signed_up, session_id)[0].words
    community.clock.forward(days=1)
    scheduler.tick(community.database)
    [row] = community.read(coming.signed_up, session_id)
    assert (row.words, row.status) == (None, "coming")


def test_as_what_somebody_comes_is_the_projects_to_offer(community):
    kept = community.do(
        projects.add_project,
        projects.AddProject(
            title="Leaving hospital", purpose="A leaflet that people understand",
            on_behalf_of="Riverside Hospital", capacities=("carer", "uses_service"),
        ),
    )  # fmt: skip
    session_id = published(community, project_id=kept.project_id)
    other = published(community)
    anna = community.member_actor("Anna")
    with pytest.raises(RuleBroken, match="choice_unknown"):
        join(community, session_id, anna, capacity="practitioner")
    with pytest.raises(RuleBroken, match="choice_unknown"):
        join(community, other, anna, capacity="carer")
    join(community, session_id, anna, capacity="carer")
    join(community, other, anna)
    assert community.read(coming.own, [session_id, other], by=anna)[session_id].capacity == "carer"


def test_nobody_joins_what_is_over_or_whoever_has_left(community, session_id):
    anna = community.member("Anna")
    actor = community.actor_of(anna.person_id)
    with community.unit() as unit:
        people.member(unit, anna.member_id).status = "left"
    with pytest.raises(RuleBroken, match="member_not_active"):
        join(community, session_id, actor)
    with community.unit() as unit:
        people.member(unit, anna.member_id).status = "active"
    join(community, session_id, actor)
    community.clock.forward(days=30)
    for function in (join, leave):
        with pytest.raises(RuleBroken, match="session_over"):
            function(community, session_id, actor)


def test_arrivals_are_expected_before_sign_ups(community, session_id):
    anna, bill, cat = (community.member_actor(name) for name in ("Anna", "Bill", "Cat"))
    for who in (anna, bill):
        join(community, session_id, who)
    assert community.read(coming.expected, session_id) == {anna.member_id, bill.member_id}
    with pytest.raises(RuleBroken, match="session_not_begun"):
        arrive(community, session_id, anna)
    community.clock.forward(days=18)
    assert community.clock().date() == LATER
    arrive(community, session_id, anna)
    arrive(community, session_id, cat)  # a walk-in, beyond the two places
    assert community.read(coming.expected, session_id) == {anna.member_id, cat.member_id}
    undo = UndoArrival(session_id=session_id, member_id=cat.member_id)
    community.do(arrivals.undo_arrival, undo)
    assert community.read(coming.expected, session_id) == {anna.member_id}
    with pytest.raises(Conflict, match="not_arrived"):
        community.do(arrivals.undo_arrival, undo)


def arrive(community, session_id, who):
    command = NoteArrival(session_id=session_id, member_id=who.member_id)
    return community.do(arrivals.note_arrival, command)


def test_the_codes_of_a_sheet_are_entered_once_and_together(community, session_id):
    anna, bill = (community.member_actor(name) for name in ("Anna", "Bill"))
    for who in (anna, bill):
        join(community, session_id, who)
    codes = {row.member_id: row.code for row in community.read(coming.signed_up, session_id)}
    community.clock.forward(days=18)
    written = f" {codes[anna.member_id].lower()}, {codes[bill.member_id]}\n ZZZZ"
    with pytest.raises(RuleBroken, match="codes_unknown") as refused:
        community.do(arrivals.note_codes, NoteCodes(session_id=session_id, codes=written))
    assert refused.value.params["codes"] == "ZZZZ"
    assert not any(row.arrived_at for row in community.read(coming.signed_up, session_id))
    right = NoteCodes(session_id=session_id, codes=written.replace("ZZZZ", ""))
    noted = community.do(arrivals.note_codes, right)
    assert (noted.new, noted.before) == (2, 0)
    noted = community.do(arrivals.note_codes, right)
    assert (noted.new, noted.before) == (0, 2)


# --- at the door ------------------------------------------------------------------------------


@pytest.fixture
def door(community, session_id) -> str:
    """The code of the page at the door, opened on the day; Anna is coming."""
    anna = community.member_actor("Anna")
    join(community, session_id, anna)
    with pytest.raises(RuleBroken, match="session_not_begun"):
        community.do(check_in.open_check_in, check_in.OpenCheckIn(session_id=session_id))
    community.clock.forward(days=18)
    opened = community.do(check_in.open_check_in, check_in.OpenCheckIn(session_id=session_id))
    return str(community.read(check_in.code_of, opened.page_id))


def test_checking_in_by_code_or_number(community, session_id, door):
    [row] = community.read(coming.signed_up, session_id)
    typed = f" {row.code[:2].lower()} {row.code[2:]}"
    assert check_in.check_in(community.database, door, typed)
    assert not check_in.check_in(community.database, door, str(row.member.number))
    walk_in = community.member("Walter")
    assert check_in.check_in(community.database, door, f"{walk_in.number}")
    assert community.read(coming.expected, session_id) == {row.member_id, walk_in.member_id}
    with pytest.raises(RuleBroken, match="code_unknown"):
        check_in.check_in(community.database, door, "9999")
    with pytest.raises(RuleBroken, match="codes_missing"):
        check_in.check_in(community.database, door, " - ")
    with pytest.raises(NotFound, match="link_unknown"):
        check_in.check_in(community.database, door[:-1] + ("b" if door[-1] == "a" else "a"), "1")


def test_guessing_at_the_door_ends(community, door):
    for _ in range(check_in.MOST_UNKNOWN):
        with pytest.raises(RuleBroken, match="code_unknown"):
            check_in.check_in(community.database, door, "9999")
    with pytest.raises(NotAllowed, match="check_in_throttled"):
        check_in.check_in(community.database, door, "9999")


def test_the_door_closes_by_hand_and_by_itself(community, session_id, door):
    again = community.do(check_in.open_check_in, check_in.OpenCheckIn(session_id=session_id))
    assert community.read(check_in.code_of, again.page_id) == door
    community.clock.forward(days=1)
    with pytest.raises(Conflict, match="check_in_closed"):
        check_in.check_in(community.database, door, "101")
    community.clock.forward(days=-1)
    community.do(check_in.close_check_in, check_in.CloseCheckIn(session_id=session_id))
    with pytest.raises(Conflict, match="check_in_closed"):
        check_in.check_in(community.database, door, "101")
    with pytest.raises(Conflict, match="check_in_closed"):
        community.do(check_in.close_check_in, check_in.CloseCheckIn(session_id=session_id))


# --- limited roles ----------------------------------------------------------------------------


def test_a_limited_coordinator_sees_who_is_coming_to_their_sessions(community):
    north, south = (
        community.do(organisations.add_organisation, organisations.AddOrganisation(name=name))
        for name in ("North", "South")
    )
    here = published(community, organisation_id=north.organisation_id)
    there = published(community, organisation_id=south.organisation_id)
    anna, bill = community.member_actor("Anna"), community.member_actor("Bill")
    join(community, here, anna)
    join(community, there, bill)
    cora = community.member("Cora")
    community.do(
        people.grant_role,
        people.GrantRole(
            person_id=cora.person_id, role="coordinator", organisation_id=north.organisation_id
        ),
    )
    limited = community.actor_of(cora.person_id)
    rows = community.read(coming.signed_up, here, by=limited)
    assert [row.member_id for row in rows] == [anna.member_id]
    assert community.read(coming.signed_up, there, by=limited) == []
    with pytest.raises(NotFound):
        community.do(
            coming.join_session,
            JoinSession(session_id=there, member_id=anna.member_id),
            actor=limited,
        )
    # As a member, they join what is published for everybody.
    assert join(community, there, limited).status == "coming"


def test_codes_are_unlike_numbers_and_unlike_each_other(community):
    session_id = published(community)
    for n in range(30):
        who = community.member(f"m{n}")
        join_for = JoinSession(session_id=session_id, member_id=who.member_id)
        community.do(coming.join_session, join_for)
    with community.database.reading(community.actor) as unit:
        codes = [code for (code,) in unit.db.query(SignUp.code)]
        assert places.taken(unit, session_id) == 30
    assert len(set(codes)) == 30
    assert not any(code.isdecimal() for code in codes)
