"""Groups that hold hours: what they get, what they give, and two holders who agree."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from tests.timebank.builders import Community
from tests.timebank.reaching import wants
from tests.timebank.test_organisations import limited, organisation
from timebank import accounts, audit, calls, group_gifts, groups, people, statements
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken, TimebankError
from timebank.group_gifts import AgreeToGift, GiftRecorded, GiveGroupHours, RefuseGroupGift
from timebank.models import OutboxMessage
from timebank.people import MemberAdded


class Walkers:
    """A group with three holders, and a member who has 3 hours."""

    def __init__(self, community: Community, *, two_holders: bool = True) -> None:
        self.community = community
        made = community.do(
            groups.add_group, groups.AddGroup(name="Walking group", two_holders=two_holders)
        )
        self.id = made.group_id
        self.holders = [community.member(name) for name in ("Hal Ives", "Ina Jay", "Joe Kerr")]
        for each in self.holders:
            command = groups.AddHolder(group_id=self.id, member_id=each.member_id)
            community.do(groups.add_holder, command)
        self.anna = community.member("Anna Bell")
        community.credit(community.session(minutes=180), [self.anna.member_id], minutes=180)

    def give(
        self, minutes: int, *, to_group: bool, member: MemberAdded | None = None
    ) -> GiftRecorded:
        command = GiveGroupHours(
            group_id=self.id,
            member_id=(member or self.anna).member_id,
            to_group=to_group,
            minutes=minutes,
        )
        made: GiftRecorded = self.community.do(group_gifts.give_hours, command)
        return made

    def agree(self, gift: GiftRecorded, holder: MemberAdded) -> GiftRecorded:
        actor = self.community.actor_of(holder.person_id)
        command = AgreeToGift(gift_id=gift.gift_id, revision=gift.revision)
        made: GiftRecorded = self.community.do(group_gifts.agree_to_gift, command, actor=actor)
        return made

    @property
    def minutes(self) -> int:
        return self.community.account_balance(accounts.group(self.id))


def _clean(community: Community) -> None:
    assert list(community.read(audit.verify).findings) == []


def test_a_member_gives_to_a_group_at_once(community: Community) -> None:
    walkers = Walkers(community)
    made = walkers.give(120, to_group=True)
    assert (made.status, walkers.minutes) == ("given", 120)
    assert community.balance(walkers.anna.member_id) == 60
    assert len(made.reference) == 9
    _clean(community)


def test_nobody_gives_more_than_there_is(community: Community) -> None:
    walkers = Walkers(community)
    with pytest.raises(RuleBroken, match="gift_too_big") as refused:
        walkers.give(181, to_group=True)
    assert refused.value.params["available_minutes"] == 180
    with pytest.raises(RuleBroken, match="gift_too_big"):
        walkers.give(1, to_group=False)
    with pytest.raises(RuleBroken, match="time_missing"):
        walkers.give(0, to_group=True)


def test_what_leaves_the_group_waits_for_two_holders(community: Community) -> None:
    walkers = Walkers(community)
    walkers.give(120, to_group=True)
    asked = walkers.give(90, to_group=False)
    assert (asked.status, walkers.minutes) == ("asked", 120)
    once = walkers.agree(asked, walkers.holders[0])
    assert (once.status, walkers.minutes) == ("asked", 120)
    with pytest.raises(RuleBroken, match="holder_agreed"):
        walkers.agree(once, walkers.holders[0])
    twice = walkers.agree(once, walkers.holders[2])
    assert (twice.status, walkers.minutes) == ("given", 30)
    assert community.balance(walkers.anna.member_id) == 150
    with pytest.raises(RuleBroken, match="gift_settled"):
        walkers.agree(twice, walkers.holders[1])
    _clean(community)


def test_a_holder_may_tell_a_coordinator(community: Community) -> None:
    walkers = Walkers(community)
    walkers.give(120, to_group=True)
    gift = walkers.give(30, to_group=False)
    for holder in walkers.holders[:2]:
        gift = community.do(
            group_gifts.agree_to_gift,
            AgreeToGift(gift_id=gift.gift_id, revision=gift.revision, holder_id=holder.member_id),
        )
    assert gift.status == "given"


def test_whoever_gets_the_hours_does_not_count(community: Community) -> None:
    walkers = Walkers(community)
    walkers.give(120, to_group=True)
    hal, ina, joe = walkers.holders
    gift = walkers.give(30, to_group=False, member=hal)
    with pytest.raises(NotAllowed, match="own_gift"):
        walkers.agree(gift, hal)
    gift = walkers.agree(gift, ina)
    command = groups.EndHolder(group_id=walkers.id, member_id=joe.member_id)
    community.do(groups.end_holder, command)
    with pytest.raises(NotFound):  # who speaks for it no more sees it no more
        walkers.agree(gift, joe)
    with pytest.raises(RuleBroken, match="holders_missing"):
        walkers.give(10, to_group=False, member=hal)


def test_a_member_gives_their_own_hours(community: Community) -> None:
    """Without seeing what the group has; nobody else's hours can be given so."""
    walkers = Walkers(community)
    anna = walkers.anna.member_id
    actor = community.actor_of(walkers.anna.person_id)
    own = GiveGroupHours(group_id=walkers.id, member_id=anna, to_group=True, minutes=60)
    made = community.do(group_gifts.give_hours, own, actor=actor)
    assert (made.status, walkers.minutes) == ("given", 60)
    assert community.balance(anna) == 120
    with community.database.reading(actor) as unit:
        assert group_gifts.gift(unit, made.gift_id).minutes == 60
        assert [each.id for each in group_gifts.given_by(unit, anna)] == [made.gift_id]
        assert [each.id for each in group_gifts.open_groups(unit)] == [walkers.id]
        assert not groups.in_sight(unit, walkers.id)
        with pytest.raises(NotFound, match="group_unknown"):
            groups.balance(unit, walkers.id)
    for wrong, error in (
        (replace(own, minutes=121), "gift_too_big"),
        (replace(own, to_group=False), "role_lacking"),
        (replace(own, member_id=walkers.holders[0].member_id), "role_lacking"),
        (replace(own, group_id="0" * 32), "group_unknown"),
    ):
        with pytest.raises(TimebankError, match=error):
            community.do(group_gifts.give_hours, wrong, actor=actor)
    other = community.actor_of(walkers.holders[0].person_id)
    with community.database.reading(other) as unit:  # a holder sees it, and what the group has
        assert group_gifts.gift(unit, made.gift_id).member_id == anna
        assert groups.balance(unit, walkers.id) == 60
    _clean(community)


def test_nobody_records_for_themselves(community: Community) -> None:
    walkers = Walkers(community)
    own = community.admin
    command = GiveGroupHours(
        group_id=walkers.id, member_id=own.member_id or "", to_group=False, minutes=1
    )
    with pytest.raises(NotAllowed, match="own_gift"):
        community.do(group_gifts.give_hours, command)


def test_a_gift_that_waits_can_be_refused_by_a_holder(community: Community) -> None:
    walkers = Walkers(community)
    walkers.give(120, to_group=True)
    gift = walkers.give(30, to_group=False)
    actor = community.actor_of(walkers.holders[0].person_id)
    refused = community.do(
        group_gifts.refuse_gift,
        RefuseGroupGift(gift_id=gift.gift_id, revision=gift.revision),
        actor=actor,
    )
    assert (refused.status, walkers.minutes) == ("refused", 120)
    stranger = community.actor_of(walkers.anna.person_id)
    with pytest.raises(NotFound):
        community.do(
            group_gifts.refuse_gift,
            RefuseGroupGift(gift_id=gift.gift_id, revision=refused.revision),
            actor=stranger,
        )


def test_a_stale_page_agrees_to_nothing(community: Community) -> None:
    walkers = Walkers(community)
    walkers.give(120, to_group=True)
    gift = walkers.give(30, to_group=False)
    walkers.agree(gift, walkers.holders[0])
    with pytest.raises(Conflict, match="changed_meanwhile"):
        walkers.agree(gift, walkers.holders[1])
    assert walkers.minutes == 120


def test_hours_used_meanwhile_are_not_given_twice(community: Community) -> None:
    walkers = Walkers(community)
    walkers.give(120, to_group=True)
    first, second = (walkers.give(100, to_group=False) for _ in range(2))
    hal, ina, _joe = walkers.holders
    walkers.agree(walkers.agree(first, hal), ina)
    waiting = walkers.agree(second, hal)
    with pytest.raises(RuleBroken, match="gift_too_big"):
        walkers.agree(waiting, ina)
    assert walkers.minutes == 20
    _clean(community)


def test_without_the_rule_it_goes_at_once(community: Community) -> None:
    walkers = Walkers(community, two_holders=False)
    walkers.give(120, to_group=True)
    assert walkers.give(60, to_group=False).status == "given"


def test_a_group_closes_when_it_is_empty(community: Community) -> None:
    walkers = Walkers(community, two_holders=False)
    walkers.give(60, to_group=True)
    close = groups.CloseGroup(group_id=walkers.id, revision=1)
    with pytest.raises(RuleBroken, match="group_has_hours"):
        community.do(groups.close_group, close)
    walkers.give(60, to_group=False)
    community.do(groups.close_group, close)
    with pytest.raises(RuleBroken, match="group_closed"):
        walkers.give(60, to_group=True)
    assert community.read(groups.groups) == []
    assert len(community.read(groups.groups, closed=True)) == 1


def test_an_organisations_group_is_its_coordinators(community: Community) -> None:
    mill = organisation(community, "The Old Mill")
    cora = limited(community, "Cora Day", mill)
    own = community.do(groups.add_group, groups.AddGroup(name="Mill hours"), actor=cora)
    other = community.do(groups.add_group, groups.AddGroup(name="Choir"))
    assert [each.id for each in community.read(groups.groups, by=cora)] == [own.group_id]
    with pytest.raises(NotFound, match="group_unknown"):
        community.do(
            groups.change_group,
            groups.ChangeGroup(group_id=other.group_id, revision=1, name="X", two_holders=False),
            actor=cora,
        )


def _break(community: Community, change: str, **values: object) -> list[str]:
    """The codes that a check finds after a change behind the commands' backs."""
    with community.unit() as unit:
        unit.connection.execute(text(change), values)
    return [finding.code for finding in community.read(audit.verify).findings]


def test_a_gift_that_the_books_tell_otherwise_is_found(community: Community) -> None:
    walkers = Walkers(community)
    made = walkers.give(120, to_group=True)
    assert _break(community, "UPDATE group_gift SET minutes = 60") == ["group_gift_differs"]
    assert _break(community, "UPDATE group_gift SET minutes = 120") == []
    by_id = {"id": made.gift_id}
    codes = _break(community, "UPDATE group_gift SET seq = NULL WHERE id = :id", **by_id)
    assert sorted(codes) == ["group_gift_differs", "group_gift_unexplained"]


def test_a_group_without_an_account_is_found(community: Community) -> None:
    walkers = Walkers(community)
    change = "INSERT INTO hours_group VALUES (:id, 'Bakers', NULL, :no, NULL, 1)"
    codes = _break(community, change, id="b" * 32, no=False)
    assert codes == ["group_account_differs"]
    assert walkers.minutes == 0


def test_those_who_speak_for_a_group_are_told_of_its_statement(community: Community):
    walkers = Walkers(community, two_holders=False)
    hal, ina, joe = walkers.holders
    for channel, each in (("post", hal), ("phone", ina), ("post", joe)):
        change = people.ChangeMember(
            member_id=each.member_id, revision=1, name=f"Holder {each.number}", email=None,
            phone="01632 960300", address="1 Mill Lane", needs=None, statement_by="paper",
        )  # fmt: skip
        community.do(people.change_member, change)
        wants(community, each, channel)
    community.do(groups.end_holder, groups.EndHolder(group_id=walkers.id, member_id=joe.member_id))
    walkers.give(60, to_group=True)
    community.clock.forward(days=40)
    with community.unit() as unit:
        statements.issue(unit, statements.last_ended(unit))
    with community.unit() as unit:
        query = select(OutboxMessage).where(OutboxMessage.kind == "group_statement_ready")
        told = {each.person_id: each for each in unit.db.scalars(query)}
    assert set(told) == {hal.person_id, ina.person_id}
    assert {each.channel for each in told.values()} == {"post", "phone"}
    # What they are led to is theirs to read, and no longer Joe's.
    statement_id = told[hal.person_id].subject_id
    as_hal, as_joe = (community.actor_of(each.person_id) for each in (hal, joe))
    found = community.read(statements.statement, statement_id, by=as_hal)
    assert found.account == accounts.group(walkers.id)
    with pytest.raises(NotFound):
        community.read(statements.statement, statement_id, by=as_joe)
    script = community.read(calls.script, ina.person_id).text
    assert "The statement of a group that you speak for is ready." in script
