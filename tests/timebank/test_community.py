"""The set-up, the community's name and looks, and its policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.timebank.builders import Community, FakeClock, instance_settings, password_hash
from timebank import accounts, people, sessions, trail
from timebank import community as communities
from timebank.community import AgreePolicy, ChangeCommunity, SetUp
from timebank.errors import Conflict, NotAllowed, NotFound, Rejected, RuleBroken
from timebank.roles import ADMINISTRATOR, COORDINATOR
from timebank.unit import NOBODY, Database
from timebank.words import Words

WANTED = {
    "name": "Hillside",
    "brand_colour": "#0B5A3C",
    "contact_name": "Ada Marsh",
    "contact_email": "",
    "contact_phone": "",
    "admin_name": "Ada Marsh",
    "admin_email": "ada@example.org",
    "admin_is_member": False,
}


@pytest.fixture
def empty(database, tmp_path):
    """A migrated database that was not set up."""
    made = Database(instance_settings(database, tmp_path / "data"), clock=FakeClock())
    yield made
    made.dispose()


def set_up(database: Database, **what) -> communities.CommunitySetUp:
    with database.unit(NOBODY) as unit:
        return communities.set_up(unit, SetUp(**{**WANTED, **what}), password_hash())


def agreed(**what) -> AgreePolicy:
    return AgreePolicy(
        **{
            "follows_version": 1,
            "rounding": "none",
            "money_rewards": True,
            "advice_contact": "Citizens Advice, 0800 144 8848",
            "information_reviewed_by": "Wendy Rights",
            "information_reviewed_on": date(2026, 2, 1),
            **what,
        }
    )


# --- set-up -----------------------------------------------------------------------------------


def test_the_set_up_makes_everything_a_community_begins_with(empty):
    made = set_up(empty)
    assert made.member_id is None
    with empty.reading(NOBODY) as unit:
        assert communities.is_set_up(unit)
        assert (unit.community.name, unit.community.brand_colour) == ("Hillside", "#0b5a3c")
        policy = communities.policy(unit)
        assert (policy.version, policy.rounding, policy.money_rewards) == (1, "none", False)
        assert unit.book.key == unit.community.book_key
        opened = {account.name: account.floor for account in unit.book.accounts()}
        assert opened == {
            accounts.ISSUED: None,
            accounts.OPENING: None,
            accounts.HELD: 0,
            accounts.COMMUNITY_POT: 0,
        }
        actor = people.actor_for(unit, made.person_id)
        assert actor.roles == {ADMINISTRATOR, COORDINATOR}
        kinds = sessions.activity_types(unit)
        assert {kind.credited for kind in kinds} == {True, False}
        assert all(bool(kind.reason) is not kind.credited for kind in kinds)


def test_the_administrator_may_be_a_member(empty):
    made = set_up(empty, admin_is_member=True)
    with empty.reading(NOBODY) as unit:
        assert people.actor_for(unit, made.person_id).member_id == made.member_id


def test_a_community_is_set_up_once(empty):
    set_up(empty)
    with pytest.raises(Conflict, match="already_set_up"):
        set_up(empty)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"name": ""}, "text_missing"),
        ({"brand_colour": "red"}, "brand_colour_wrong"),
        ({"admin_email": ""}, "text_missing"),
        ({"admin_email": "ada"}, "email_wrong"),
        ({"admin_name": "\t"}, "text_missing"),
    ],
)
def test_a_set_up_that_is_refused_leaves_nothing(empty, what, code):
    with pytest.raises(RuleBroken, match=code):
        set_up(empty, **what)
    with empty.reading(NOBODY) as unit:
        assert not communities.is_set_up(unit)
        with pytest.raises(NotFound, match="not_set_up"):
            communities.policy(unit)
    set_up(empty)


def test_an_operator_works_before_the_set_up_and_the_set_up_keeps_it(empty):
    with empty.unit(NOBODY) as unit:
        communities.prepare(unit)
        communities.prepare(unit)  # harmless
        assert not communities.is_set_up(unit)
        console = communities.console_actor(unit)
    with empty.unit(console) as unit:
        added = people.add_member(unit, people.AddMember(name="Early Bird"))
    set_up(empty)
    with empty.reading(console) as unit:
        assert unit.community.name == "Hillside"
        assert communities.console_actor(unit) == console
        assert communities.policy(unit).version == 1
        assert people.member(unit, added.member_id).person.name == "Early Bird"


def test_the_code_on_the_terminal_works_until_it_is_spent(empty):
    settings = empty.settings
    assert not communities.check_setup_code(settings, "")
    code = communities.new_setup_code(settings)
    assert communities.check_setup_code(settings, f" {code.lower().replace('-', ' ')} ")
    assert not communities.check_setup_code(settings, code[:-1])
    kept = (settings.data / "keys" / "setup-code").read_text()
    assert code not in kept
    set_up(empty)
    assert not communities.check_setup_code(settings, code)


def test_a_new_code_replaces_the_old_one(empty):
    old = communities.new_setup_code(empty.settings)
    new = communities.new_setup_code(empty.settings)
    assert not communities.check_setup_code(empty.settings, old)
    assert communities.check_setup_code(empty.settings, new)


def test_the_console_is_no_person(community: Community):
    console = community.console
    assert (console.person_id, console.member_id) == (None, None)
    with pytest.raises(NotFound, match="person_unknown"):
        community.actor_of(console.id)


# --- name and looks ---------------------------------------------------------------------------


def test_an_administrator_changes_the_community(community: Community):
    vera = community.do(people.add_person, people.AddPerson(name="Vera", email="v@example.org"))
    command = ChangeCommunity(
        revision=1,
        name="Lakeside",
        brand_colour="#123456",
        contact_name="Vera",
        contact_email="hello@example.org",
        contact_phone="01234",
        second_approver_id=vera.person_id,
    )
    assert community.do(communities.change_community, command).name_changed
    found = community.read(lambda unit: unit.community)
    assert (found.name, found.second_approver_id) == ("Lakeside", vera.person_id)
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(communities.change_community, command, actor=community.coordinator("Cora"))


def test_two_who_change_the_community_at_once(community: Community):
    command = ChangeCommunity(
        revision=1,
        name="Lakeside",
        brand_colour="#123456",
        contact_name="Vera",
        contact_email="",
        contact_phone="",
        second_approver_id=None,
    )
    at = community.clock()
    assert community.do(communities.change_community, command).revision == 2
    community.clock.forward(minutes=5)
    with community.unit() as unit:  # recorded about the community, and no change of it
        trail.record(unit, "backup.made", "community", unit.community.book_key, rows=1)
    with pytest.raises(Conflict) as refused:
        community.do(communities.change_community, replace(command, name="Hilltop"))
    assert refused.value.code == "changed_meanwhile"
    assert refused.value.params == {"by": community.actor.id, "at": at}
    assert community.read(lambda unit: unit.community.name) == "Lakeside"


def test_the_second_approver_is_somebody_on_file(community: Community):
    command = ChangeCommunity(
        revision=1,
        name="Lakeside",
        brand_colour="#123456",
        contact_name="Vera",
        contact_email="",
        contact_phone="",
        second_approver_id="0" * 32,
    )
    with pytest.raises(NotFound, match="person_unknown"):
        community.do(communities.change_community, command)


# --- policy -----------------------------------------------------------------------------------


def test_a_new_version_is_in_force_and_the_old_one_stays(community: Community):
    assert community.do(communities.agree_policy, agreed(rounding="up_15")).version == 2
    found = community.read(communities.policy)
    assert (found.version, found.rounding, found.money_rewards) == (2, "up_15", True)
    assert (found.agreed_by, found.agreed_at) == (community.actor.id, community.clock())


@pytest.mark.parametrize(
    ("what", "code", "field"),
    [
        ({"advice_contact": " "}, "advice_missing", "advice_contact"),
        ({"information_reviewed_by": ""}, "reviewer_missing", "information_reviewed_by"),
        ({"information_reviewed_on": None}, "review_day_missing", "information_reviewed_on"),
        (
            {"information_reviewed_on": date(2026, 3, 2) + timedelta(days=1)},
            "review_in_future",
            "information_reviewed_on",
        ),
        ({"rounding": "up_60"}, "choice_unknown", "rounding"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(community: Community, what, code, field):
    with pytest.raises(RuleBroken) as refused:
        community.do(communities.agree_policy, agreed(**what))
    assert (refused.value.code, refused.value.field) == (code, field)
    assert community.read(communities.policy).version == 1


def test_everything_that_is_missing_is_said_at_once(community: Community):
    command = agreed(advice_contact="", information_reviewed_by=" ", information_reviewed_on=None)
    with pytest.raises(Rejected) as refused:
        community.do(communities.agree_policy, command)
    assert [(each.code, each.field) for each in refused.value.problems] == [
        ("advice_missing", "advice_contact"),
        ("reviewer_missing", "information_reviewed_by"),
        ("review_day_missing", "information_reviewed_on"),
    ]


def test_rules_follow_the_version_that_was_looked_at(community: Community):
    community.do(communities.agree_policy, agreed(rounding="up_15"))
    at = community.clock()
    community.clock.forward(days=1)
    with pytest.raises(Conflict) as refused:
        community.do(communities.agree_policy, agreed(rounding="nearest_15"))
    assert refused.value.code == "changed_meanwhile"
    assert refused.value.params == {"by": community.actor.id, "at": at}
    found = community.read(communities.policy)
    assert (found.version, found.rounding) == (2, "up_15")


def test_without_money_rewards_nothing_more_is_needed(community: Community):
    plain = agreed(
        money_rewards=False,
        advice_contact="",
        information_reviewed_by="",
        information_reviewed_on=None,
    )
    assert community.do(communities.agree_policy, plain).version == 2


def text_now(community: Community) -> str:
    with community.unit() as unit:
        return communities.information_text(communities.policy(unit), Words(), unit.today)


def test_the_information_says_whether_it_was_reviewed(community: Community):
    before = text_now(community)
    assert "not yet been reviewed" in before
    community.do(communities.agree_policy, agreed())
    after = text_now(community)
    assert "not yet been reviewed" not in after
    assert "Wendy Rights last checked this text on 1 February 2026." in after
    assert "Citizens Advice, 0800 144 8848" in after
    for promise in ("safe", "exempt", "won't affect", "will not affect"):
        assert promise not in after.lower()
