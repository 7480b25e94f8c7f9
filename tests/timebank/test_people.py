"""Members and persons: joining, changing, and who may see whom."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from timebank import accounts, people
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.models import OutboxMessage, SingleUseLink
from timebank.people import (
    AddMember,
    AddPerson,
    ChangeChoices,
    ChangeMember,
    EndRole,
    GrantRole,
    InvitePerson,
)
from timebank.roles import ADMINISTRATOR, COORDINATOR, TREASURER


def changed(member_id: str, **what) -> ChangeMember:
    return ChangeMember(
        **{
            "member_id": member_id,
            "revision": 1,
            "name": "Anna Bell",
            "email": "anna@example.org",
            "phone": None,
            "address": None,
            "needs": None,
            "statement_by": "link",
            **what,
        }
    )


def invitations(community, person_id: str) -> int:
    query = select(OutboxMessage).where(
        OutboxMessage.kind == "invitation", OutboxMessage.person_id == person_id
    )
    return len(community.read(lambda unit: unit.db.scalars(query).all()))


# --- joining ----------------------------------------------------------------------------------


def test_a_new_member_has_a_number_an_account_and_an_invitation(community):
    first = community.member("Anna Bell", "Anna@Example.org")
    second = community.member("Bill Cook", "bill@example.org")
    assert second.number == first.number + 1
    account = community.read(lambda unit: unit.book.accounts(accounts.member(first.member_id)))
    assert [(found.floor, found.balance) for found in account] == [(0, 0)]
    assert invitations(community, first.person_id) == 1
    link = community.read(lambda unit: unit.db.get(SingleUseLink, first.link_id))
    assert (link.purpose, link.person_id, link.spent_at) == ("password", first.person_id, None)
    assert community.read(people.member, first.member_id).person.email == "anna@example.org"


def test_without_an_e_mail_the_link_is_for_paper_and_so_are_statements(community):
    anna = community.member("Anna Bell", statement_by="mail")
    assert invitations(community, anna.person_id) == 0
    assert anna.link_id is not None
    assert community.read(people.member, anna.member_id).statement_by == "paper"


def test_one_e_mail_address_is_one_person(community):
    community.member("Anna Bell", "anna@example.org")
    with pytest.raises(Conflict) as refused:
        community.member("Another Anna", "ANNA@example.org")
    assert (refused.value.code, refused.value.field) == ("email_taken", "email")


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"name": " "}, "text_missing"),
        ({"name": "Bell\0"}, "text_control"),
        ({"email": "nowhere"}, "email_wrong"),
        ({"choice": "sometimes"}, "choice_unknown"),
        ({"statement_by": "pigeon"}, "choice_unknown"),
    ],
)
def test_a_member_who_cannot_be_is_refused(community, what, code):
    command = AddMember(**{"name": "Anna Bell", **what})
    with pytest.raises(RuleBroken, match=code):
        community.do(people.add_member, command)
    assert len(community.read(people.members)) == 1


def test_a_member_adds_nobody_and_a_coordinator_no_person_without_account(community):
    anna = community.member_actor("Anna")
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(people.add_member, AddMember(name="Bill"), actor=anna)
    cora = community.coordinator("Cora")
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(people.add_person, AddPerson(name="Vera"), actor=cora)


# --- seeing -----------------------------------------------------------------------------------


def test_a_member_sees_only_themselves(community):
    anna, bill = community.member_actor("Anna"), community.member("Bill")
    assert [m.id for m in community.read(people.members, by=anna)] == [anna.member_id]
    assert community.read(people.member, anna.member_id, by=anna).person.name == "Anna"
    with pytest.raises(NotFound, match="member_unknown"):
        community.read(people.member, bill.member_id, by=anna)


def test_somebody_without_a_member_row_or_role_sees_nobody(community):
    vera = community.do(people.add_person, AddPerson(name="Vera"))
    actor = community.actor_of(vera.person_id)
    assert (actor.member_id, actor.roles) == (None, frozenset())
    assert community.read(people.members, by=actor) == []


def test_members_are_found_by_name_address_and_number(community):
    anna = community.member("Anna Bell", "anna@example.org")
    community.member("bill_cook")
    community.member("Ada Zed")

    def found(search: str) -> list[str]:
        return [m.person.name for m in community.read(people.members, search=search)]

    assert found("BELL") == found("anna@ex") == found(str(anna.number)) == ["Anna Bell"]
    assert found("l_c") == ["bill_cook"]  # a letter like any other, not "any letter"
    assert found("%") == []
    assert found("be\0ll\ud800") == ["Anna Bell"]
    assert found("") == ["Ada Marsh", "Ada Zed", "Anna Bell", "bill_cook"]
    page = community.read(people.members, limit=2, offset=1)
    assert [m.person.name for m in page] == ["Ada Zed", "Anna Bell"]


def test_names_behind_ids(community):
    anna = community.member("Anna Bell")
    assert community.read(people.person_name, anna.person_id) == "Anna Bell"
    assert community.read(people.person_name, community.console.id) == "console"
    assert community.read(people.person_name, "0" * 32) == ""


# --- changing ---------------------------------------------------------------------------------


def test_a_coordinator_changes_a_member(community):
    anna = community.member("Anna Bell", "anna@example.org")
    command = changed(anna.member_id, name="Anna Cole", needs="Large print,\nplease",
                      statement_by="paper")  # fmt: skip
    community.do(people.change_member, command)
    found = community.read(people.member, anna.member_id)
    assert (found.person.name, found.person.needs) == ("Anna Cole", "Large print,\nplease")
    assert (found.statement_by, found.revision) == ("paper", 2)


def test_a_statement_by_mail_needs_an_address(community):
    anna = community.member("Anna Bell", "anna@example.org")
    with pytest.raises(RuleBroken, match="statement_needs_email"):
        community.do(people.change_member, changed(anna.member_id, email=None))
    paper = changed(anna.member_id, email=None, statement_by="paper")
    community.do(people.change_member, paper)
    with pytest.raises(Conflict, match="email_taken"):
        taken = changed(anna.member_id, email="ada@example.org", revision=2)
        community.do(people.change_member, taken)


def test_a_coordinator_cannot_redirect_the_mail_of_who_decides(community):
    cora = community.coordinator("Cora")
    admin = community.admin.member_id
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(people.change_member, changed(admin, email="mine@example.org"), actor=cora)
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(
            people.invite_person, InvitePerson(person_id=community.admin.person_id), actor=cora
        )
    phone = changed(admin, name="Ada Marsh", email="ada@example.org", phone="01234")
    community.do(people.change_member, phone, actor=cora)
    assert community.read(people.member, admin).person.phone == "01234"


def test_a_lost_link_is_made_again(community):
    anna = community.member("Anna Bell", "anna@example.org")
    again = community.do(people.invite_person, InvitePerson(person_id=anna.person_id))
    assert again.link_id != anna.link_id
    assert invitations(community, anna.person_id) == 2


def test_a_member_changes_their_own_choices(community):
    anna = community.member_actor("Anna", "anna@example.org")
    own = ChangeChoices(revision=1, choice="pot", no_money_rewards=True, statement_by="mail")
    community.do(people.change_choices, own, actor=anna)
    found = community.read(people.member, anna.member_id)
    assert (found.choice, found.no_money_rewards, found.statement_by) == ("pot", True, "mail")


def test_who_saves_last_is_told_that_somebody_was_faster(community):
    anna = community.member("Anna Bell", "anna@example.org")
    cora = community.coordinator("Cora")
    first = community.do(people.change_member, changed(anna.member_id, phone="1"), actor=cora)
    assert first.revision == 2
    at = community.clock()
    community.clock.forward(minutes=5)
    choices = ChangeChoices(
        revision=1,
        choice="pot",
        no_money_rewards=False,
        statement_by="link",
        member_id=anna.member_id,
    )
    for function, late in (
        (people.change_member, changed(anna.member_id, phone="2")),
        (people.change_choices, choices),
    ):
        with pytest.raises(Conflict) as refused:
            community.do(function, late)
        assert refused.value.code == "changed_meanwhile"
        assert refused.value.params == {"by": cora.id, "at": at}
    found = community.read(people.member, anna.member_id)
    assert (found.person.phone, found.choice) == ("1", "accept")
    assert community.do(people.change_choices, replace(choices, revision=2)).revision == 3


def test_choices_are_changed_for_somebody_by_a_coordinator_only(community):
    anna, bill = community.member_actor("Anna"), community.member("Bill")
    theirs = ChangeChoices(
        revision=1,
        choice="decline",
        no_money_rewards=False,
        statement_by="paper",
        member_id=bill.member_id,
    )
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(people.change_choices, theirs, actor=anna)
    community.do(people.change_choices, theirs)
    assert community.read(people.member, bill.member_id).choice == "decline"
    no_account = community.console
    own = ChangeChoices(revision=1, choice="pot", no_money_rewards=True, statement_by="paper")
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(people.change_choices, own, actor=no_account)


# --- roles ------------------------------------------------------------------------------------


def test_a_role_begins_and_ends_at_once(community):
    anna = community.member_actor("Anna")
    role = {"person_id": anna.person_id, "role": TREASURER}
    community.do(people.grant_role, GrantRole(**role))
    assert community.actor_of(anna.person_id).roles == {"member", TREASURER}
    with pytest.raises(RuleBroken, match="role_held"):
        community.do(people.grant_role, GrantRole(**role))
    community.do(people.end_role, EndRole(**role))
    assert community.actor_of(anna.person_id).roles == {"member"}
    with pytest.raises(RuleBroken, match="role_not_held"):
        community.do(people.end_role, EndRole(**role))
    community.do(people.grant_role, GrantRole(**role))
    assert community.actor_of(anna.person_id).may("books.prove")


def test_nobody_changes_their_own_roles(community):
    own = community.admin.person_id
    with pytest.raises(NotAllowed, match="own_role"):
        community.do(people.grant_role, GrantRole(person_id=own, role=TREASURER))
    with pytest.raises(NotAllowed, match="own_role"):
        community.do(people.end_role, EndRole(person_id=own, role=ADMINISTRATOR))


def test_the_last_administrator_stays(community):
    own = EndRole(person_id=community.admin.person_id, role=ADMINISTRATOR)
    with pytest.raises(RuleBroken, match="last_administrator"):
        community.do(people.end_role, own, actor=community.console)
    community.coordinator("Second", role=ADMINISTRATOR)
    community.do(people.end_role, own, actor=community.console)
    assert community.actor_of(community.admin.person_id).roles == {"member", COORDINATOR}


def test_only_an_administrator_grants_and_only_known_roles(community):
    cora, anna = community.coordinator("Cora"), community.member("Anna")
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(
            people.grant_role, GrantRole(person_id=anna.person_id, role=COORDINATOR), actor=cora
        )
    with pytest.raises(RuleBroken, match="choice_unknown"):
        community.do(people.grant_role, GrantRole(person_id=anna.person_id, role="console"))
    with pytest.raises(NotFound, match="person_unknown"):
        community.do(people.grant_role, GrantRole(person_id="0" * 32, role=COORDINATOR))
    with pytest.raises(NotFound, match="person_unknown"):
        community.actor_of("0" * 32)
