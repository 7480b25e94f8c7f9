"""Passkeys: adding one, signing in with it, and everything that must not let anybody in."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from tests.device import PRESENT, Device
from tests.timebank.builders import Community
from timebank import doors, leaving, merging, own_data, passkey_door, passkeys, sign_ins, trail
from timebank.errors import NotAllowed, NotFound, RuleBroken
from timebank.leaving import ErasePerson, LeaveGroup
from timebank.models import Member, OutboxMessage, Passkey, PasskeyChallenge
from timebank.passkeys import RemovePasskey, StopPasskeys

ORIGIN = "https://time.example.org"


@pytest.fixture
def anna(community: Community):
    return community.member_actor("Anna", "anna@example.org")


@pytest.fixture
def phone() -> Device:
    return Device(ORIGIN)


def signed_in(community, actor, *, shared=False) -> str:
    with community.database.doorstep() as unit:
        return sign_ins.start(unit, actor.person_id, way="password", shared=shared)


def add(community, actor, device, label="My phone") -> str:
    begun = passkeys.begin_adding(community.database, actor, signed_in(community, actor))
    answer = device.add(begun.options)
    return passkeys.add(community.database, actor, begun.challenge_id, label, answer)


def come_in(community, device, *, shared=False) -> str:
    begun = passkey_door.begin_sign_in(community.database)
    answer = device.use(begun.options)
    return passkey_door.sign_in(community.database, begun.challenge_id, answer, shared=shared)


def kept(community, table) -> int:
    return community.read(lambda unit: unit.db.scalar(select(func.count()).select_from(table)))


def test_a_passkey_signs_its_person_in_as_often_as_wanted(community, anna, phone):
    passkey_id = add(community, anna, phone)
    for _ in range(2):
        token = come_in(community, phone)
        assert community.read(doors.person_for_token, token) == anna.person_id
    found = community.read(sign_ins.of_token, come_in(community, phone, shared=True))
    assert (found.way, found.shared) == ("passkey", True)
    [row] = community.read(passkeys.of_person, anna.person_id)
    assert (row.id, row.label, row.sign_count) == (passkey_id, "My phone", phone.count)
    assert row.used_at == community.clock()
    assert kept(community, PasskeyChallenge) == 0


def test_its_person_is_told_and_the_trail_knows(community, anna, phone):
    passkey_id = add(community, anna, phone)
    told = community.read(lambda unit: unit.db.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "passkey_added")).one())  # fmt: skip
    assert (told.person_id, told.channel) == (anna.person_id, "mail")
    community.do(passkeys.remove_passkey, RemovePasskey(passkey_id=passkey_id), actor=anna)
    events = community.read(trail.about, anna.person_id)
    assert [each.action for each in events][-2:] == ["passkey.added", "passkey.removed"]
    assert "phone" not in "".join(each.details for each in events)


def test_a_challenge_works_once_and_for_five_minutes(community, anna, phone):
    add(community, anna, phone)
    begun = passkey_door.begin_sign_in(community.database)
    answer = phone.use(begun.options)
    passkey_door.sign_in(community.database, begun.challenge_id, answer, shared=False)
    with pytest.raises(NotAllowed, match="passkey_failed"):
        passkey_door.sign_in(community.database, begun.challenge_id, answer, shared=False)
    begun = passkey_door.begin_sign_in(community.database)
    answer = phone.use(begun.options)
    community.clock.forward(minutes=5)
    with pytest.raises(NotAllowed, match="passkey_failed"):
        passkey_door.sign_in(community.database, begun.challenge_id, answer, shared=False)


def test_a_wrong_answer_uses_the_challenge_up(community, anna, phone):
    add(community, anna, phone)
    begun = passkey_door.begin_sign_in(community.database)
    for answer in ("{}", phone.use(begun.options)):
        with pytest.raises(NotAllowed, match="passkey_failed"):
            passkey_door.sign_in(community.database, begun.challenge_id, answer, shared=False)


def _strange(phone: Device) -> Device:
    return Device(ORIGIN)


def _elsewhere(phone: Device) -> Device:
    phone.origin = "https://time.example.org.example.com"
    return phone


def _not_looked_at(phone: Device) -> Device:
    phone.flags = PRESENT
    return phone


def _copied(phone: Device) -> Device:
    phone.count = 0  # the first count again: two devices have the key
    return phone


def _of_another_person(phone: Device) -> Device:
    phone.handle = bytes(16)
    return phone


@pytest.mark.parametrize(
    "other", [_strange, _elsewhere, _not_looked_at, _copied, _of_another_person]
)
def test_every_other_device_gets_the_same_refusal(community, anna, phone, other):
    add(community, anna, phone)
    with pytest.raises(NotAllowed) as refused:
        come_in(community, other(phone))
    assert (refused.value.code, refused.value.params) == ("passkey_failed", {})


@pytest.mark.parametrize(
    "answer",
    ["", "null", "[]", "{}", "\0", "[" * 5000, '{"id": 1, "rawId": 2}',
     '{"id": "a", "rawId": "a", "type": "public-key", "response": {"clientDataJSON": "%%",'
     ' "authenticatorData": "a", "signature": "a", "userHandle": "a"}}'],
)  # fmt: skip
def test_nonsense_is_refused_and_nothing_breaks(community, anna, phone, answer):
    begun = passkey_door.begin_sign_in(community.database)
    with pytest.raises(NotAllowed, match="passkey_failed"):
        passkey_door.sign_in(community.database, begun.challenge_id, answer, shared=False)
    begun = passkeys.begin_adding(community.database, anna, signed_in(community, anna))
    with pytest.raises(RuleBroken, match="passkey_not_added"):
        passkeys.add(community.database, anna, begun.challenge_id, "Phone", answer)
    assert kept(community, Passkey) == 0


def test_a_challenge_to_add_signs_nobody_in_and_is_nobody_elses(community, anna, phone):
    add(community, anna, phone)
    begun = passkeys.begin_adding(community.database, anna, signed_in(community, anna))
    with pytest.raises(NotAllowed, match="passkey_failed"):
        passkey_door.sign_in(
            community.database, begun.challenge_id, phone.use(begun.options), shared=False
        )
    bob = community.member_actor("Bob")
    begun = passkeys.begin_adding(community.database, anna, signed_in(community, anna))
    with pytest.raises(RuleBroken, match="passkey_not_added"):
        passkeys.add(
            community.database, bob, begun.challenge_id, "Phone", Device(ORIGIN).add(begun.options)
        )


def test_the_same_key_is_not_added_twice_and_the_browser_is_told_of_it(community, anna, phone):
    add(community, anna, phone)
    begun = passkeys.begin_adding(community.database, anna, signed_in(community, anna))
    assert len(json.loads(begun.options)["excludeCredentials"]) == 1
    with pytest.raises(RuleBroken, match="passkey_not_added"):
        add(community, anna, phone)


def test_none_is_added_on_a_device_of_many_or_after_signing_out(community, anna):
    token = signed_in(community, anna, shared=True)
    with pytest.raises(RuleBroken, match="passkey_shared"):
        passkeys.begin_adding(community.database, anna, token)
    token = signed_in(community, anna)
    with community.database.doorstep() as unit:
        doors.sign_out(unit, token)
    with pytest.raises(RuleBroken, match="passkey_shared"):
        passkeys.begin_adding(community.database, anna, token)


def test_what_is_asked_says_no_more_than_it_must(community, anna, phone):
    add(community, anna, phone)
    asked = json.loads(passkey_door.begin_sign_in(community.database).options)
    assert asked["rpId"] == "time.example.org"
    assert asked.get("allowCredentials", []) == []
    assert asked["userVerification"] == "required"


def test_the_door_closes_after_many_questions_without_an_answer(community, anna, phone):
    add(community, anna, phone)
    for _ in range(3):
        come_in(community, phone)
    for _ in range(passkey_door.MOST_ASKED):
        passkey_door.begin_sign_in(community.database)
    with pytest.raises(NotAllowed, match="sign_in_throttled"):
        passkey_door.begin_sign_in(community.database)
    community.clock.forward(minutes=16)
    assert come_in(community, phone)
    assert kept(community, PasskeyChallenge) == 0  # the old ones went


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://time.example.org", "time.example.org"),
        ("https://time.example.org:8443/tb", "time.example.org"),
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", None),
        ("https://192.168.1.9", None),
        ("https://[::1]:8000", None),
        ("http://time.example.org", None),
    ],
)
def test_where_there_can_be_passkeys(database, tmp_path, address, name):
    community = Community(database, tmp_path / "elsewhere", TIMEBANK_ADDRESS=address)
    try:
        assert passkey_door.place(community.settings) == name
        if name is None:
            with pytest.raises(RuleBroken, match="passkeys_not_here"):
                passkey_door.begin_sign_in(community.database)
        else:
            device = Device(address.removesuffix("/tb"))
            add(community, community.actor, device)
            assert come_in(community, device)
    finally:
        community.close()


# --- removing -----------------------------------------------------------------------------------


def test_a_removed_passkey_lets_nobody_in_and_only_its_owner_removes_it(community, anna, phone):
    command = RemovePasskey(passkey_id=add(community, anna, phone))
    for other in (community.member_actor("Bob"), community.actor):
        with pytest.raises(NotFound, match="passkey_unknown"):
            community.do(passkeys.remove_passkey, command, actor=other)
    community.do(passkeys.remove_passkey, command, actor=anna)
    with pytest.raises(NotAllowed, match="passkey_failed"):
        come_in(community, phone)


def test_a_coordinator_stops_them_all_for_somebody_who_rings(community, anna, phone):
    add(community, anna, phone)
    add(community, anna, Device(ORIGIN), "Tablet")
    command = StopPasskeys(member_id=anna.member_id)
    with pytest.raises((NotAllowed, NotFound)):
        community.do(passkeys.stop_passkeys, command, actor=community.member_actor("Bob"))
    cora = community.coordinator("Cora")
    assert community.do(passkeys.stop_passkeys, command, actor=cora).count == 2
    with pytest.raises(NotAllowed, match="passkey_failed"):
        come_in(community, phone)


def test_a_copy_of_ones_data_lists_them_and_an_erasure_takes_them(community, anna, phone):
    add(community, anna, phone, "Marmalade phone")
    passkeys.begin_adding(community.database, anna, signed_in(community, anna))
    sheets = community.read(own_data.sheets, anna.member_id, by=anna)
    cells = [cell for sheet in sheets for row in sheet.rows for cell in row]
    assert "Marmalade phone" in cells
    revision = community.read(lambda unit: unit.db.get_one(Member, anna.member_id).revision)
    leave = LeaveGroup(member_id=anna.member_id, revision=revision, hours="keep", erase=True)
    community.do(leaving.leave_group, leave, actor=anna)
    community.do(leaving.erase_person, ErasePerson(person_id=anna.person_id))
    assert (kept(community, Passkey), kept(community, PasskeyChallenge)) == (0, 0)
    with pytest.raises(NotAllowed, match="passkey_failed"):
        come_in(community, phone)


def test_a_merged_number_has_no_passkeys_any_more(community, anna, phone):
    add(community, anna, phone)
    other = community.member("Anna B")
    community.do(
        merging.merge_members,
        merging.MergeMembers(
            old_member_id=anna.member_id, old_revision=1,
            kept_member_id=other.member_id, kept_revision=1,
        ),
    )  # fmt: skip
    assert kept(community, Passkey) == 0
