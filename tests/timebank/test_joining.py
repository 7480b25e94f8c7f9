"""Asking to join, conversations and checks: what is kept, and what waits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.timebank.builders import Community
from tests.timebank.test_organisations import limited, organisation
from timebank import joining, people, safety_checks, to_do
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.joining import Admit, Apply, CloseApplication, NoteConversation, NoteStep
from timebank.models import Base, Person
from timebank.safety_checks import LookAtChecks, RecordCheck
from timebank.unit import NOBODY

TODAY = date(2026, 3, 2)


def applied(community: Community, name: str = "Nia Okoro", **more: object) -> str:
    facts = {"phone": "01632 960009", "adult": True, **more}
    command = Apply(name=name, **facts)  # type: ignore[arg-type]
    return str(community.do(joining.apply, command, actor=NOBODY).application_id)


def found(community: Community, application_id: str) -> joining.Application:
    return community.read(joining.application, application_id)  # type: ignore[no-any-return]


def ready(community: Community, application_id: str) -> str:
    """Hold the conversation and note the code of conduct; the person's id."""
    person_id = found(community, application_id).person_id
    talk = NoteConversation(person_id=person_id, held_on=TODAY, how="phone", hours_for="class")
    community.do(joining.note_conversation, talk)
    step = NoteStep(person_id=person_id, step="conduct", done_on=TODAY)
    community.do(joining.note_step, step)
    return str(person_id)


def verbs(community: Community, **by: object) -> list[tuple[str, str, date]]:
    waiting = community.read(to_do.waiting, **by)
    ours = ("answer_application", "talk_again", "check_again")
    return [(each.verb, each.subject, each.due_on) for each in waiting if each.verb in ours]


def test_somebody_asks_and_becomes_a_member(community: Community) -> None:
    application_id = applied(community, email="nia@example.org", heard_from="friend")
    assert ("answer_application", "Nia Okoro", TODAY + timedelta(days=7)) in verbs(community)
    with pytest.raises(RuleBroken, match="conversation_missing"):
        community.do(joining.admit, Admit(application_id=application_id, revision=1))
    person_id = ready(community, application_id)
    made = community.do(joining.admit, Admit(application_id=application_id, revision=1))
    assert (made.person_id, made.number) == (person_id, 102)
    assert community.read(people.member, made.member_id).person.name == "Nia Okoro"
    assert verbs(community) == []
    with pytest.raises(Conflict, match="changed_meanwhile"):
        community.do(joining.admit, Admit(application_id=application_id, revision=1))
    with pytest.raises(RuleBroken, match="application_settled"):
        community.do(joining.admit, Admit(application_id=application_id, revision=2))


def test_the_code_of_conduct_comes_first(community: Community) -> None:
    application_id = applied(community)
    person_id = found(community, application_id).person_id
    talk = NoteConversation(person_id=person_id, held_on=TODAY, how="phone")
    community.do(joining.note_conversation, talk)
    with pytest.raises(RuleBroken, match="conduct_missing"):
        community.do(joining.admit, Admit(application_id=application_id, revision=1))


def test_adults_who_can_be_reached_and_not_too_many_at_once(community: Community) -> None:
    with pytest.raises(RuleBroken, match="adults_only"):
        applied(community, adult=False)
    with pytest.raises(RuleBroken, match="contact_missing"):
        applied(community, phone=None)
    for number in range(joining.MOST_APPLICATIONS):
        applied(community, f"Person {number}")
    with pytest.raises(NotAllowed, match="applications_throttled"):
        applied(community)
    by_phone = Apply(name="Rose Hall", phone="1", came_by="phone", adult=True)
    assert community.do(joining.apply, by_phone).application_id
    community.clock.forward(minutes=16)
    assert applied(community)


def test_an_address_on_file_is_told_to_the_coordinator_alone(community: Community) -> None:
    anna = community.member("Anna Bell", "anna@example.org")
    application_id = applied(community, "Ann Bell", email="anna@example.org")
    row = found(community, application_id)
    assert (row.person.email, row.same_email_id) == (None, anna.person_id)


def test_what_came_to_nothing_is_forgotten(community: Community) -> None:
    application_id = applied(community, email="nia@example.org")
    person_id = found(community, application_id).person_id
    talk = NoteConversation(
        person_id=person_id, held_on=TODAY, how="phone", interests_words="She likes walking"
    )
    community.do(joining.note_conversation, talk)
    close = CloseApplication(application_id=application_id, revision=1)
    community.do(joining.close_application, close)
    with community.database.reading(community.actor) as unit:
        kept = [
            value
            for table in Base.metadata.sorted_tables
            if not table.name.startswith(("ledger", "command_receipt"))
            for row in unit.connection.execute(select(table))
            for value in row
        ]
    for words in ("Nia Okoro", "nia@example.org", "01632 960009", "She likes walking"):
        assert words not in kept


def test_conversations_stay_and_the_next_one_waits(community: Community) -> None:
    anna = community.member("Anna Bell")
    for days, wish in ((0, "class"), (200, "charity")):
        community.clock.forward(days=days)
        talk = NoteConversation(
            person_id=anna.person_id, held_on=community.clock().date(), how="phone", hours_for=wish
        )
        community.do(joining.note_conversation, talk)
    held = community.read(joining.conversations, anna.person_id)
    assert [each.hours_for for each in held] == ["charity", "class"]
    assert verbs(community) == []
    community.clock.forward(days=365)
    review_on = TODAY + timedelta(days=565)
    assert [each for each in verbs(community) if each[0] == "talk_again"] == [
        ("talk_again", "Anna Bell", review_on)
    ]


def test_days_that_cannot_be(community: Community) -> None:
    anna = community.member("Anna Bell")
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(RuleBroken, match="day_in_future"):
        talk = NoteConversation(person_id=anna.person_id, held_on=tomorrow, how="phone")
        community.do(joining.note_conversation, talk)
    with pytest.raises(RuleBroken, match="review_before_conversation"):
        talk = NoteConversation(
            person_id=anna.person_id, held_on=TODAY, how="phone", review_on=TODAY
        )
        community.do(joining.note_conversation, talk)
    with pytest.raises(RuleBroken, match="choice_unknown"):
        step = NoteStep(person_id=anna.person_id, step="reference", done_on=TODAY, detail="Mrs X")
        community.do(joining.note_step, step)


def test_a_conversation_has_no_room_for_health(community: Community) -> None:
    columns = set(Base.metadata.tables["conversation"].columns.keys())
    assert columns == {
        "id", "person_id", "held_on", "how", "hours_for", "interests_words", "review_on",
        "recorded_by", "recorded_at",
    }  # fmt: skip
    columns = set(Base.metadata.tables["safety_check"].columns.keys())
    assert not columns & {"content", "contents", "file", "result", "words", "offence"}
    assert community.read(lambda unit: unit.db.scalars(select(Person)).first())


def test_an_application_to_an_organisation_is_its_own(community: Community) -> None:
    mill, hall = organisation(community, "The Old Mill"), organisation(community, "Village Hall")
    cora, dan = limited(community, "Cora Day", mill), limited(community, "Dan Ford", hall)
    by_cora = Apply(name="Eve Gale", phone="1", came_by="phone", adult=True)
    application_id = community.do(joining.apply, by_cora, actor=cora).application_id
    assert applied(community)
    assert [each[1] for each in verbs(community, by=cora)] == ["Eve Gale"]
    assert verbs(community, by=dan) == []
    with pytest.raises(NotFound, match="application_unknown"):
        community.read(joining.application, application_id, by=dan)
    person_id = community.read(joining.application, application_id, by=cora).person_id
    with pytest.raises(NotFound, match="person_unknown"):
        community.read(joining.conversations, person_id, by=dan)
    talk = NoteConversation(person_id=person_id, held_on=TODAY, how="phone")
    community.do(joining.note_conversation, talk, actor=cora)
    step = NoteStep(person_id=person_id, step="conduct", done_on=TODAY)
    community.do(joining.note_step, step, actor=cora)
    admit = Admit(application_id=application_id, revision=1)
    made = community.do(joining.admit, admit, actor=cora)
    assert community.read(people.member, made.member_id, by=cora).number == made.number


# --- checks -------------------------------------------------------------------------------------


def test_a_check_is_due_again_a_month_before(community: Community) -> None:
    anna = community.member("Anna Bell")
    record = RecordCheck(
        person_id=anna.person_id, level="enhanced", issued_on=TODAY,
        reference="001234567890", recheck_on=TODAY + timedelta(days=100),
    )  # fmt: skip
    community.do(safety_checks.record_check, record)
    assert verbs(community) == []
    community.clock.forward(days=70)
    assert [each for each in verbs(community) if each[0] == "check_again"] == [
        ("check_again", "Anna Bell", TODAY + timedelta(days=100))
    ]
    newer = RecordCheck(
        person_id=anna.person_id, level="enhanced", issued_on=TODAY + timedelta(days=60)
    )
    community.do(safety_checks.record_check, newer)
    assert [each for each in verbs(community) if each[0] == "check_again"] == []


def test_who_looks_is_noted_first(community: Community) -> None:
    anna = community.member("Anna Bell")
    cora = community.coordinator("Cora Day")
    record = RecordCheck(person_id=anna.person_id, level="basic", issued_on=TODAY)
    community.do(safety_checks.record_check, record)
    with pytest.raises(NotAllowed, match="look_not_noted"):
        community.read(safety_checks.checks, anna.person_id, by=cora)
    look = LookAtChecks(person_id=anna.person_id)
    community.do(safety_checks.look_at_checks, look, actor=cora)
    assert len(community.read(safety_checks.checks, anna.person_id, by=cora)) == 1
    seen = community.read(safety_checks.views, anna.person_id)
    assert [each.viewer for each in seen] == [cora.id]
    with pytest.raises(NotAllowed, match="look_not_noted"):  # one look is one person's
        community.read(safety_checks.checks, anna.person_id)
    community.clock.forward(minutes=11)
    with pytest.raises(NotAllowed, match="look_not_noted"):
        community.read(safety_checks.checks, anna.person_id, by=cora)


def test_nobody_notes_their_own_check_and_treasurers_see_none(community: Community) -> None:
    own = RecordCheck(person_id=community.admin.person_id, level="basic", issued_on=TODAY)
    with pytest.raises(NotAllowed, match="own_check"):
        community.do(safety_checks.record_check, own)
    anna = community.member("Anna Bell")
    tom = community.coordinator("Tom Low", role="treasurer")
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.read(safety_checks.checks, anna.person_id, by=tom)
