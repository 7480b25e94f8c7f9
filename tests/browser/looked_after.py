"""Organisations, groups, joining and two numbers of one person, in the sample community.

``add`` makes one thing of each sort; ``found`` says where they are, for ``places``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from timebank import (
    dormant,
    group_gifts,
    groups,
    joining,
    merging,
    organisations,
    people,
    trusted,
    trusted_cards,
)
from timebank import safety_checks as checks
from timebank.models import Application, Group, GroupGift, Member, Organisation, Person
from timebank.unit import Unit

By = Callable[[str, Callable[[Unit, Any], Any], Any], Any]
HELEN = "Helen Marsh"


def add(by: By) -> None:
    """A partner, a group that asks its holders, somebody who asks to join, a merged number."""
    today = by(HELEN, lambda unit, _: unit.today, None)
    grace, dorothy = (by(HELEN, _member, name) for name in ("Grace Okafor", "Dorothy Clarke"))
    partner = organisations.AddOrganisation(
        name="The Old Mill", contact="Ring the office in the morning."
    )
    mill = by(HELEN, organisations.add_organisation, partner).organisation_id
    link = organisations.LinkMember(member_id=grace[0], organisation_id=mill)
    by(HELEN, organisations.link_member, link)
    walkers = groups.AddGroup(name="Walking group", organisation_id=mill, two_holders=True)
    group_id = by(HELEN, groups.add_group, walkers).group_id
    for member_id in (grace[0], _other(by)):
        holder = groups.AddHolder(group_id=group_id, member_id=member_id)
        by(HELEN, groups.add_holder, holder)
    for to_group, minutes in ((True, 30), (False, 15)):
        give = group_gifts.GiveGroupHours(
            group_id=group_id, member_id=dorothy[0], to_group=to_group, minutes=minutes
        )
        by(HELEN, group_gifts.give_hours, give)
    asks = joining.Apply(name="Nia Okoro", phone="01632 960009", came_by="phone", adult=True,
                         heard_from="friend")  # fmt: skip
    by(HELEN, joining.apply, asks)
    talk = joining.NoteConversation(
        person_id=dorothy[1], held_on=today, how="phone", hours_for="class",
        interests_words="Reading groups, and taking minutes",
    )  # fmt: skip
    by(HELEN, joining.note_conversation, talk)
    seen = checks.RecordCheck(person_id=dorothy[1], level="enhanced", issued_on=today)
    by(HELEN, checks.record_check, seen)
    tom = trusted.TrustPerson(member_id=dorothy[0], name="Tom Clarke", how="phone")
    trust_id = by(HELEN, trusted.trust_person, tom).trust_id
    card = trusted_cards.IssueTrustedCard(trust_id=trust_id)
    by(HELEN, trusted_cards.issue_trusted_card, card)
    tried = dormant.NoteAttempt(
        member_id=dorothy[0], channel="phone", outcome="message_left", tried_on=today
    )
    by(HELEN, dormant.note_attempt, tried)
    twice = [by(HELEN, people.add_member, people.AddMember(name="Ivy Lane")) for _ in range(2)]
    one = merging.MergeMembers(
        old_member_id=twice[0].member_id, old_revision=1,
        kept_member_id=twice[1].member_id, kept_revision=1,
    )  # fmt: skip
    by(HELEN, merging.merge_members, one)


def _member(unit: Unit, name: str) -> tuple[str, str]:
    query = select(Member.id, Member.person_id).join(Member.person).where(Person.name == name)
    return tuple(unit.db.execute(query).one())  # type: ignore[return-value]


def _other(by: By) -> str:
    """A second holder: any active member who is none of those above."""
    taken = ("Grace Okafor", "Dorothy Clarke", HELEN)
    query = (
        select(Member.id)
        .join(Member.person)
        .where(Person.name.not_in(taken), Member.status == "active")
        .order_by(Member.number)
    )
    return str(by(HELEN, lambda unit, _: unit.db.scalars(query).first(), None))


def found(unit: Unit) -> dict[str, list[dict[str, Any]]]:
    """The open places of the pages about these things."""

    def ids(query: Any) -> list[str]:
        return list(unit.db.scalars(query))

    (group_id,) = ids(select(Group.id))
    (mill,) = ids(select(Organisation.id))
    (asks,) = unit.db.scalars(select(Application)).all()
    dorothy, dorothy_person = _member(unit, "Dorothy Clarke")
    grace, grace_person = _member(unit, "Grace Okafor")
    old, kept = ids(
        select(Member.id)
        .join(Member.person)
        .where(Person.name == "Ivy Lane")
        .order_by(Member.number)
    )
    group = {"group_id": group_id}
    return {
        "organisations.organisation": [{"organisation_id": mill}],
        "organisations.ask_end": [{"organisation_id": mill}],
        "organisations.of_member": [{"member_id": grace}, {"member_id": dorothy}],
        "groups.group": [group],
        "groups.give": [group, {**group, "to_group": "yes"}],
        "groups.gift": [
            {**group, "gift_id": each}
            for each in ids(select(GroupGift.id).order_by(GroupGift.status))
        ],
        "joining.application": [{"application_id": asks.id}],
        "joining.conversation": [{"person_id": asks.person_id}, {"person_id": dorothy_person}],
        "joining.checks": [{"person_id": dorothy_person}, {"person_id": grace_person}],
        "membership.look": [{"member_id": dorothy}, {"member_id": old}],
        "membership.choose": [{"member_id": dorothy}],
        "membership.check": [{"member_id": dorothy, "kept_id": kept}],
        "membership.merged": [{"member_id": old}],
    }
