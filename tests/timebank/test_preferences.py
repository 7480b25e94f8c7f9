"""What members chose and when, what they like, being named, and what they can do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.timebank.builders import Community
from timebank import (
    choice_notes,
    communication,
    my_choices,
    organisations,
    own_data,
    people,
    preferences,
    rewards,
    schedules,
    skills,
)
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.models import ChoiceMade, Skill, TrailEvent
from timebank.preferences import ChangePreferences
from timebank.roles import COORDINATOR, Actor
from timebank.skills import AddSkill, ChangeSkill, DeleteSkill


def said(community: Community, actor: Actor, **more: object) -> preferences.PreferencesChanged:
    member = community.read(people.member, more.get("member_id") or actor.member_id)
    command = ChangePreferences(revision=member.revision, **more)  # type: ignore[arg-type]
    return community.do(preferences.change_preferences, command, actor=actor)


def now(community: Community, actor: Actor) -> dict[str, tuple[str, bool]]:
    found = community.read(my_choices.standing, None, by=actor)
    return {each.topic: (each.said, each.since is not None) for each in found}


def test_every_choice_stands_in_one_place_with_its_day_and_who_noted_it(community: Community):
    anna = community.member_actor("Anna Bell", "anna@example.org")
    cora = community.coordinator("Cora Finch", "cora@example.org")
    assert now(community, anna)["hours"] == ("accept", False)
    community.clock.forward(days=1)
    community.do(
        people.change_choices,
        people.ChangeChoices(revision=1, choice="pot", no_money_rewards=True, statement_by="paper"),
        actor=anna,
    )
    community.clock.forward(days=1)
    community.do(
        communication.change_communication,
        communication.ChangeCommunication(
            member_id=anna.member_id, revision=0, channel="mail", form="large_print", words=None,
            copy_name=None, copy_email=None, copy_agreed=False, no_news=False,
        ),
        actor=cora,
    )  # fmt: skip
    chosen = schedules.ChooseSchedule(
        revision=2, frequency="quarterly", day=15, member_id=anna.member_id
    )
    community.do(schedules.choose_schedule, chosen, actor=anna)
    standing = now(community, anna)
    assert standing["hours"] == ("pot", True)
    assert standing["no_money"] == ("yes", True)
    assert standing["form"] == ("large_print", True)
    assert standing["frequency"] == ("quarterly:15", True)
    assert standing["channel"] == ("mail", False)  # as it was: nothing was changed
    history = community.read(my_choices.history, None, by=anna)
    days = {each.topic: (each.was, each.said, each.made_by) for each in history}
    assert days["hours"] == ("accept", "pot", anna.id)
    assert days["form"] == ("standard", "large_print", cora.id)
    assert [each.made_at for each in history] == sorted(
        (each.made_at for each in history), reverse=True
    )
    assert not any(each.topic == "channel" for each in history)


def test_the_details_of_a_member_note_how_statements_come(community: Community):
    anna = community.member_actor("Anna Bell", "anna@example.org")
    community.do(
        people.change_member,
        people.ChangeMember(
            member_id=anna.member_id or "", revision=1, name="Anna Bell",
            email="anna@example.org", phone=None, address=None, needs=None, statement_by="paper",
        ),
    )  # fmt: skip
    (row,) = community.read(my_choices.history, None, by=anna)
    assert (row.topic, row.was, row.said) == ("statement_by", "link", "paper")


def test_what_matters_can_be_left_empty_changed_and_taken_back(community: Community):
    anna = community.member_actor("Anna Bell")
    said(community, anna)
    assert community.read(my_choices.history, None, by=anna) == []
    said(community, anna, matters=("skills", "difference"), liked=("class",), named="initials")
    found = community.read(preferences.of_member, anna.member_id)
    assert found.matters == ("difference", "skills")
    assert (found.liked, found.named) == (("class",), "initials")
    said(community, anna, named="no")
    found = community.read(preferences.of_member, anna.member_id)
    assert (found.matters, found.liked, found.named) == ((), (), "no")
    # What was said before is not written over.
    assert len(community.read(my_choices.history, None, by=anna)) == 6


def test_a_stale_page_and_made_up_answers_change_nothing(community: Community):
    anna = community.member_actor("Anna Bell")
    said(community, anna, named="yes")
    with pytest.raises(Conflict, match="changed_meanwhile"):
        community.do(
            preferences.change_preferences, ChangePreferences(revision=1, named="no"), actor=anna
        )
    for wrong in ({"matters": ("money",)}, {"liked": ("cash",)}, {"named": "loudly"}):
        with pytest.raises(RuleBroken, match="choice_unknown"):
            said(community, anna, **wrong)
    assert community.read(preferences.of_member, anna.member_id).named == "yes"


def test_nobody_chooses_for_another_member(community: Community):
    anna, ben = community.member_actor("Anna Bell"), community.member_actor("Ben Okafor")
    with pytest.raises(NotAllowed):
        said(community, anna, member_id=ben.member_id, named="yes")
    for reading in (my_choices.standing, my_choices.history, skills.of_member):
        with pytest.raises(NotAllowed):
            community.read(reading, ben.member_id, by=anna)


def test_somebody_of_an_organisation_helps_its_own_people_alone(community: Community):
    added = community.do(
        organisations.add_organisation,
        organisations.AddOrganisation(name="The Old Mill", contact=""),
    )
    cora = community.coordinator("Cora Finch")
    limited = replace(
        cora, roles=frozenset({COORDINATOR}), organisations=frozenset({added.organisation_id})
    )
    anna = community.member_actor("Anna Bell")
    with pytest.raises(NotFound):
        said(community, limited, member_id=anna.member_id, named="yes")
    for reading in (preferences.what_matters, preferences.may_be_named):
        with pytest.raises(NotAllowed):
            community.read(reading, by=limited)


def test_what_matters_is_told_without_small_numbers(community: Community):
    members = [community.member_actor(f"Member {letter}") for letter in "ABCDEF"]
    for each in members[:5]:
        said(community, each, matters=("community", "skills"))
    said(community, members[5], matters=("personal",))
    # One of the five says something else afterwards: only what holds now is counted.
    said(community, members[0], matters=("community",))
    told = {each.code: each.members for each in community.read(preferences.what_matters)}
    assert told == {
        "difference": None, "personal": None, "community": 5, "skills": None, "long_term": None,
    }  # fmt: skip


def test_only_who_said_yes_is_named_and_a_no_holds_at_once(community: Community):
    dora = community.member_actor("Dora Clark-Lane")
    anna, ben = community.member_actor("Anna Bell"), community.member_actor("Ben Okafor")
    community.member_actor("Never Asked")
    said(community, dora, named="initials")
    said(community, anna, named="yes")
    said(community, ben, named="no")
    assert community.read(preferences.may_be_named) == ["Anna Bell", "D. C. L."]
    said(community, anna, named="no")
    assert community.read(preferences.may_be_named) == ["D. C. L."]


def test_what_somebody_likes_sorts_the_rewards_and_hides_none(community: Community):
    anna, ben = community.member_actor("Anna Bell"), community.member_actor("Ben Okafor")
    for kind, title in (("class", "Art"), ("thanks", "Tea"), ("charity", "Hospice")):
        community.do(
            rewards.add_reward, rewards.AddReward(kind=kind, title=title, price_minutes=60)
        )
    said(community, anna, liked=("thanks", "charity"))

    def titles(actor: Actor) -> list[str]:
        return [each.title for each in community.read(rewards.rewards, by=actor)]

    assert titles(anna) == ["Hospice", "Tea", "Art"]
    assert titles(ben) == ["Art", "Hospice", "Tea"]
    with community.unit() as unit:
        found = rewards.rewards_for(unit, people.member(unit, anna.member_id or ""))
        assert [each.title for each in found] == ["Hospice", "Tea", "Art"]


def test_a_skill_is_the_members_own_to_add_change_and_delete(community: Community):
    anna, ben = community.member_actor("Anna Bell"), community.member_actor("Ben Okafor")
    cora = community.coordinator("Cora Finch")
    own = community.do(skills.add_skill, AddSkill(title_words=" Taking minutes "), actor=anna)
    community.clock.forward(minutes=5)
    by_phone = AddSkill(title_words="Welsh", words="At home", member_id=anna.member_id)
    helped = community.do(skills.add_skill, by_phone, actor=cora)
    listed = community.read(skills.of_member, None, by=anna)
    assert [each.title_words for each in listed] == ["Taking minutes", "Welsh"]
    with pytest.raises(NotAllowed):
        community.read(skills.skill, own.skill_id, by=ben)
    changed = ChangeSkill(skill_id=helped.skill_id, revision=1, title_words="Speaking Welsh")
    assert community.do(skills.change_skill, changed, actor=anna).revision == 2
    with pytest.raises(Conflict, match="changed_meanwhile"):
        community.do(
            skills.delete_skill, DeleteSkill(skill_id=helped.skill_id, revision=1), actor=anna
        )
    community.do(skills.delete_skill, DeleteSkill(skill_id=helped.skill_id, revision=2), actor=anna)
    with pytest.raises(NotFound, match="skill_unknown"):
        community.read(skills.skill, helped.skill_id, by=anna)
    with community.unit() as unit:
        assert [each.title_words for each in unit.db.query(Skill)] == ["Taking minutes"]
        trail = [row for row in unit.db.query(TrailEvent) if row.action.startswith("skill.")]
        assert [row.action for row in trail] == [
            "skill.added", "skill.added", "skill.changed", "skill.deleted",
        ]  # fmt: skip
        assert not any("Welsh" in row.details for row in trail)


def test_there_is_an_end_to_a_list_of_skills(community: Community, monkeypatch):
    monkeypatch.setattr(skills, "MOST", 1)
    anna = community.member_actor("Anna Bell")
    community.do(skills.add_skill, AddSkill(title_words="One"), actor=anna)
    with pytest.raises(RuleBroken, match="skills_too_many"):
        community.do(skills.add_skill, AddSkill(title_words="Two"), actor=anna)


def test_all_of_it_is_in_the_copy_of_ones_own_data(community: Community):
    anna = community.member_actor("Anna Bell")
    said(community, anna, matters=("skills",), named="yes")
    community.do(skills.add_skill, AddSkill(title_words="Taking minutes"), actor=anna)
    found = {each.name: each for each in community.read(own_data.sheets, anna.member_id)}
    assert found["skills"].rows == (("Taking minutes", "", "2026-03-02"),)
    chosen = {(row[1], row[2], row[4]) for row in found["choices"].rows}
    assert ("Being named", "Yes, with the name", "Anna Bell") in chosen
    assert ("Hours credited", "Into the account", "") in chosen


def test_every_topic_has_a_name_and_an_answer_for_nothing():
    from timebank import choice_words
    from timebank.words import Words

    for topic in choice_notes.TOPICS:
        assert choice_words.TITLES[topic]
        assert choice_words.say(Words(), topic, "")
    assert tuple(choice_words.LIKED) == rewards.KINDS
    assert tuple(choice_words.MATTERS) == preferences.MATTERS
    assert tuple(choice_words.NAMED) == preferences.NAMED
    assert choice_words.say(Words(), "frequency", "quarterly:15:quiet") == (
        "Every three months, up to day 15 of the month; not when nothing was recorded"
    )
    assert choice_words.say(Words(), "matters", "personal,skills").count(";") == 1


def test_choices_are_kept_as_codes_alone(community: Community):
    anna = community.member_actor("Anna Bell")
    said(community, anna, matters=("skills",), liked=("class",), named="yes")
    with community.unit() as unit:
        for row in unit.db.query(ChoiceMade):
            assert set(row.said) <= set("abcdefghijklmnopqrstuvwxyz_,")
