"""Partner organisations: whose sessions and people a limited role reaches."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.timebank.builders import Community
from timebank import (
    activities,
    directory,
    organisations,
    people,
    redemptions,
    rewards,
    sessions,
    statement_lines,
    to_do,
)
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.roles import COORDINATOR, IN_ORGANISATION, MAY, TREASURER, Actor


def organisation(community: Community, name: str) -> str:
    command = organisations.AddOrganisation(name=name)
    return str(community.do(organisations.add_organisation, command).organisation_id)


def limited(community: Community, name: str, *organisation_ids: str) -> Actor:
    """A person, no member, who coordinates for organisations alone."""
    person_id = community.do(people.add_person, people.AddPerson(name=name)).person_id
    for each in organisation_ids:
        command = people.GrantRole(person_id=person_id, role=COORDINATOR, organisation_id=each)
        community.do(people.grant_role, command)
    return community.actor_of(person_id)


class Two:
    """Two organisations, a coordinator of the first, and a member and a session of each."""

    def __init__(self, community: Community) -> None:
        self.mill = organisation(community, "The Old Mill")
        self.hall = organisation(community, "Village Hall")
        self.cora = limited(community, "Cora Day", self.mill)
        self.anna = community.member("Anna Bell", organisation_id=self.mill)
        self.bert = community.member("Bert Cole", organisation_id=self.hall)
        self.pottery = community.session("Pottery", organisation_id=self.mill)
        self.choir = community.session("Choir", organisation_id=self.hall)


@pytest.fixture
def two(community: Community) -> Two:
    return Two(community)


def test_a_limited_coordinator_sees_their_own_people_and_sessions(
    community: Community, two: Two
) -> None:
    seen = community.read(people.members, by=two.cora)
    assert [each.person.name for each in seen] == ["Anna Bell"]
    assert [each.title for each in community.read(sessions.sessions, by=two.cora)] == ["Pottery"]
    with pytest.raises(NotFound):
        community.read(people.member, two.bert.member_id, by=two.cora)
    with pytest.raises(NotFound):
        community.read(sessions.session, two.choir, by=two.cora)


def test_who_attended_is_known_from_then_on(community: Community, two: Two) -> None:
    community.credit(two.pottery, [two.bert.member_id])
    seen = community.read(people.members, by=two.cora)
    assert [each.person.name for each in seen] == ["Anna Bell", "Bert Cole"]


def test_what_happened_elsewhere_is_not_named(community: Community, two: Two) -> None:
    community.credit(two.pottery, [two.bert.member_id], minutes=60)
    community.credit(two.choir, [two.bert.member_id], minutes=90)
    lines = community.read(statement_lines.current_lines, two.bert.member_id, by=two.cora)
    assert [(line.text_code, line.params.get("title")) for line in lines] == [
        ("line_elsewhere", None), ("line_credited", "Pottery"),
    ]  # fmt: skip
    elsewhere = community.attendance_id(two.choir, two.bert.member_id)
    with pytest.raises(NotFound):
        community.read(sessions.attendance, elsewhere, by=two.cora)
    own = community.actor_of(two.bert.person_id)
    lines = community.read(statement_lines.current_lines, two.bert.member_id, by=own)
    assert {line.params["title"] for line in lines} == {"Choir", "Pottery"}


def test_they_credit_their_own_session_and_no_other(community: Community, two: Two) -> None:
    community.credit(two.pottery, [two.anna.member_id], actor=two.cora)
    assert community.balance(two.anna.member_id) == 120
    with pytest.raises(NotFound):
        community.credit(two.choir, [two.anna.member_id], actor=two.cora)


def test_new_people_and_sessions_belong_to_their_only_organisation(
    community: Community, two: Two
) -> None:
    added = community.do(people.add_member, people.AddMember(name="Dora Elm"), actor=two.cora)
    found = community.read(organisations.of_member, added.member_id)
    assert [each.name for each in found] == ["The Old Mill"]
    kind = community.activity()
    command = sessions.PlanSession(
        title="Firing", activity_type_id=kind, starts_on=community.clock().date()
    )
    planned = community.do(sessions.plan_session, command, actor=two.cora)
    assert community.read(sessions.session, planned.session_id).organisation_id == two.mill


def test_with_two_organisations_they_choose_and_never_a_third(
    community: Community, two: Two
) -> None:
    both = limited(community, "Dan Ford", two.mill, two.hall)
    third = organisation(community, "Library")
    with pytest.raises(RuleBroken, match="organisation_missing"):
        community.do(people.add_member, people.AddMember(name="Eve Gale"), actor=both)
    with pytest.raises(NotFound, match="organisation_unknown"):
        command = people.AddMember(name="Eve Gale", organisation_id=third)
        community.do(people.add_member, command, actor=both)
    command = people.AddMember(name="Eve Gale", organisation_id=two.hall)
    assert community.do(people.add_member, command, actor=both).number


def test_requests_of_their_people_alone(community: Community, two: Two) -> None:
    reward = rewards.AddReward(title="Bird walk", kind="class", price_minutes=60)
    reward_id = community.do(rewards.add_reward, reward).reward_id
    made = []
    for who, session_id in ((two.anna, two.pottery), (two.bert, two.choir)):
        community.credit(session_id, [who.member_id])
        command = redemptions.RequestRedemption(
            reward_id=reward_id, reward_revision=1, member_id=who.member_id, information_version=1
        )
        actor = community.actor_of(who.person_id)
        made.append(community.do(redemptions.request_redemption, command, actor=actor))
    waiting = community.read(redemptions.waiting, by=two.cora)
    assert [each.id for each in waiting] == [made[0].redemption_id]
    tasks = community.read(to_do.waiting, by=two.cora)
    assert [each.subject for each in tasks] == ["Anna Bell"]
    command = redemptions.ApproveRedemption(redemption_id=made[1].redemption_id, revision=1)
    with pytest.raises(NotFound, match="redemption_unknown"):
        community.do(redemptions.approve_redemption, command, actor=two.cora)


def test_names_of_their_people_and_of_who_acts(community: Community, two: Two) -> None:
    ids = [two.anna.person_id, two.bert.person_id, community.admin.person_id]
    named = community.read(directory.names, ids, by=two.cora)
    assert [named[each] for each in ids] == ["Anna Bell", "", "Ada Marsh"]


def test_nobody_elses_link_to_choose_a_password(community: Community, two: Two) -> None:
    with pytest.raises(NotFound, match="person_unknown"):
        command = people.InvitePerson(person_id=two.bert.person_id)
        community.do(people.invite_person, command, actor=two.cora)
    assert community.do(
        people.invite_person, people.InvitePerson(person_id=two.anna.person_id), actor=two.cora
    ).link_id


def test_a_limited_role_does_only_what_is_listed(community: Community, two: Two) -> None:
    assert set(MAY) >= IN_ORGANISATION
    allowed = {action for action in MAY if two.cora.may(action)}
    assert allowed == {each for each in IN_ORGANISATION if COORDINATOR in MAY[each]}
    command = activities.AddActivityType(
        name="Walks", credited=True, takes_time=True, uses_experience=True, one_team=True,
        develops=True,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="role_limited"):
        community.do(activities.add_activity_type, command, actor=two.cora)


def test_roles_are_either_for_the_whole_group_or_limited(community: Community, two: Two) -> None:
    def grant(role: str, organisation_id: str | None, person_id: str) -> None:
        community.do(
            people.grant_role,
            people.GrantRole(person_id=person_id, role=role, organisation_id=organisation_id),
        )

    assert two.cora.person_id
    for role in (COORDINATOR, TREASURER):
        with pytest.raises(RuleBroken, match="role_mixed"):
            grant(role, None, two.cora.person_id)
    with pytest.raises(RuleBroken, match="role_not_limited"):
        grant(TREASURER, two.mill, two.cora.person_id)
    with pytest.raises(RuleBroken, match="role_held"):
        grant(COORDINATOR, two.mill, two.cora.person_id)
    grant(TREASURER, None, two.anna.person_id)
    with pytest.raises(RuleBroken, match="role_mixed"):
        grant(COORDINATOR, two.mill, two.anna.person_id)


def test_who_holds_a_mixture_all_the_same_is_limited(community: Community, two: Two) -> None:
    """Rows that no command writes: the narrower one counts."""
    from timebank.ids import new_id
    from timebank.models import RoleHeld

    with community.unit() as unit:
        unit.db.add(
            RoleHeld(id=new_id(), person_id=two.cora.person_id, role=COORDINATOR,
                     organisation_id=None, from_on=unit.today, until_on=None)
        )  # fmt: skip
    assert two.cora.person_id
    assert community.actor_of(two.cora.person_id).organisations == {two.mill}


def test_an_ended_organisation_has_no_coordinators(community: Community, two: Two) -> None:
    command = organisations.EndOrganisation(organisation_id=two.mill, revision=1)
    community.do(organisations.end_organisation, command)
    assert two.cora.person_id
    after = community.actor_of(two.cora.person_id)
    assert not after.roles
    assert community.read(sessions.session, two.pottery).organisation_id == two.mill
    kept = community.read(organisations.organisations, ended=True)
    assert [each.name for each in kept] == ["The Old Mill", "Village Hall"]
    with pytest.raises(NotFound, match="organisation_unknown"):
        community.session("More pottery", organisation_id=two.mill)
    found = community.read(sessions.session, two.pottery)
    change = sessions.ChangeSession(
        session_id=two.pottery, revision=1, title="Pots", organisation_id=two.mill,
        activity_type_id=found.activity_type_id, starts_on=found.starts_on,
    )  # fmt: skip
    assert community.do(sessions.change_session, change).revision == 2


def test_a_link_ends_and_can_be_made_again(community: Community, two: Two) -> None:
    both = {"member_id": two.anna.member_id, "organisation_id": two.mill}
    with pytest.raises(RuleBroken, match="member_linked"):
        community.do(organisations.link_member, organisations.LinkMember(**both))
    community.do(organisations.unlink_member, organisations.UnlinkMember(**both))
    assert community.read(people.members, by=two.cora) == []
    with pytest.raises(RuleBroken, match="member_not_linked"):
        community.do(organisations.unlink_member, organisations.UnlinkMember(**both))
    community.do(organisations.link_member, organisations.LinkMember(**both))
    assert len(community.read(people.members, by=two.cora)) == 1


def test_a_stale_page_and_a_name_twice_are_refused(community: Community, two: Two) -> None:
    change = organisations.ChangeOrganisation
    community.do(
        organisations.change_organisation,
        change(organisation_id=two.mill, revision=1, name="The Mill"),
    )
    with pytest.raises(Conflict, match="changed_meanwhile"):
        community.do(
            organisations.change_organisation,
            change(organisation_id=two.mill, revision=1, name="The New Mill"),
        )
    with pytest.raises(Conflict, match="organisation_taken"):
        community.do(
            organisations.change_organisation,
            change(organisation_id=two.mill, revision=2, name="village hall"),
        )


def test_tomorrow_nothing_has_changed(community: Community, two: Two) -> None:
    community.clock.now += timedelta(days=1)
    assert two.cora.person_id
    again = community.actor_of(two.cora.person_id)
    assert len(community.read(people.members, by=again)) == 1
