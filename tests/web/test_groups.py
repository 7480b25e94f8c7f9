"""Groups that hold hours, on their pages: given, read back first, and agreed by two holders."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.web.conftest import Page, Web
from tests.web.work import ADMIN
from timebank import accounts, groups
from timebank.people import MemberAdded


class Site:
    """Walkers, with two holders who have a password, and a member who has 3 hours."""

    def __init__(self, web: Web) -> None:
        self.web = web
        made = web.community.do(
            groups.add_group, groups.AddGroup(name="Walking group", two_holders=True)
        )
        self.id, self.path = made.group_id, f"/groups/{made.group_id}"
        self.hal, self.ina = web.member("Hal Ives"), web.member("Ina Jay")
        for each in (self.hal, self.ina):
            command = groups.AddHolder(group_id=self.id, member_id=each.member_id)
            web.community.do(groups.add_holder, command)
        self.anna = web.member("Anna Bell")
        web.credited(self.anna.member_id, 180)
        web.sign_in(ADMIN)

    def give(self, hours: str, to_group: str, member: MemberAdded | None = None) -> Page:
        """Fill the form in, and confirm what is read back; the last answer."""
        boxes = {"member_id": (member or self.anna).member_id, "to_group": to_group,
                 "minutes_hours": hours, "minutes_minutes": ""}  # fmt: skip
        check = self.web.post(f"{self.path}/give", boxes)
        if check.status != 200:
            return check
        return self.web.send(f"{self.path}/give", check.hidden)

    def form(self, path: str, **boxes: str) -> Page:
        csrf = self.web.get(path).hidden["csrf_token"]
        return self.web.send(path, {"csrf_token": csrf, "key": uuid4().hex, **boxes})

    @property
    def minutes(self) -> int:
        return self.web.community.account_balance(accounts.group(self.id))


@pytest.fixture
def site(web: Web) -> Site:
    return Site(web)


def test_a_group_is_added_and_its_name_is_its_own(web: Web) -> None:
    web.sign_in(ADMIN)
    assert web.post("/groups", {"name": "Bakers"}).status == 303
    assert "Bakers" in web.get("/groups").words
    twice = web.post("/groups", {"name": "bakers"})
    assert twice.status == 409
    assert "There is a group of this name already." in twice.words
    assert web.post("/groups", {"name": ""}).status == 422


def test_what_a_member_gives_is_read_back_first(site: Site) -> None:
    web = site.web
    boxes = {"member_id": site.anna.member_id, "to_group": "yes", "minutes_hours": "2",
             "minutes_minutes": "30"}  # fmt: skip
    check = web.post(f"{site.path}/give?to_group=yes", boxes)
    assert check.status == 200
    assert "Hours 2 hours 30 minutes" in check.words
    assert "Anna Bell can use afterwards 30 minutes" in check.words
    assert site.minutes == 0
    sent = [web.send(f"{site.path}/give", check.hidden) for _ in range(2)]
    assert sent[0].location == sent[1].location
    page = web.get(sent[0].location)
    assert "The hours are given" in page.words
    assert site.minutes == 150
    assert "From Anna Bell 2 hours 30 minutes" in " ".join(
        web.get(site.path).words.replace("With whom ", "").replace("Hours ", "").split()
    )


def test_too_much_is_said_at_the_box(site: Site) -> None:
    refused = site.give("4", "yes")
    assert refused.status == 422
    assert "There are 3 hours to give. This would need 4 hours." in refused.words
    assert refused.value("minutes_hours") == "4"
    assert "Choose a member." in site.web.post(f"{site.path}/give", {"minutes_hours": "1"}).words


def test_two_holders_agree_each_in_their_own_way(site: Site) -> None:
    web = site.web
    site.give("2", "yes")
    path = site.give("1", "no").location
    assert "2 holders have to agree before hours move." in web.get(path).words
    assert "Hear whether two holders agree: Walking group" in web.get("/to-do").words
    told = site.form(path, revision="1", holder_id=site.ina.member_id)
    assert told.status == 303
    assert site.minutes == 120
    web.new_browser()
    web.sign_in(site.hal)
    assert "Walking group" in web.get("/groups").words
    assert "I agree, as a holder" in web.get(path).words
    late = site.form(path, revision="1")
    assert late.status == 409
    assert site.form(path, revision="2").status == 303
    assert site.minutes == 60
    assert "The hours are given" in web.get(path).words


def test_who_speaks_for_no_group_sees_none(site: Site) -> None:
    web = site.web
    web.new_browser()
    web.sign_in(site.anna)
    assert "There is no group yet." in web.get("/groups").words
    assert web.get(site.path).status == 404
    assert web.get(f"{site.path}/give").status == 403


def test_holders_come_and_go_and_a_group_closes(site: Site) -> None:
    web = site.web
    assert site.form(site.path, do="end", member_id=site.hal.member_id).status == 303
    assert "Hal Ives" not in web.get(site.path).words.split("Name a holder")[0]
    assert site.form(site.path, do="name", member_id=site.hal.member_id).status == 303
    again = site.form(site.path, do="name", member_id=site.hal.member_id)
    assert again.status == 422
    change = site.form(site.path, revision="1", name="Ramblers")
    assert change.status == 303
    assert "needs nobody’s agreement" in web.get(site.path).words
    assert site.form(site.path, do="close", revision="2").status == 303
    assert "This group is closed since 2 March 2026." in web.get(site.path).words


def test_a_member_gives_on_their_own_page(site: Site) -> None:
    """Checked first, once however often it is sent; what the group has is not told."""
    web = site.web
    web.new_browser()
    web.sign_in(site.anna)
    assert "Give hours to a group" in web.get("/gifts").words
    page = web.get("/gifts/group")
    assert "You can give up to 3 hours." in page.words
    assert "Choose a group." in web.post("/gifts/group", {"minutes_hours": "1"}).words
    boxes = {"group_id": site.id, "minutes_hours": "4", "minutes_minutes": "", "check": "yes"}
    refused = web.post("/gifts/group", boxes)
    assert refused.status == 422
    assert refused.value("minutes_hours") == "4"
    check = web.post("/gifts/group", boxes | {"minutes_hours": "2"})
    assert "You are giving 2 hours to Walking group. Afterwards you can use 1 hour." in check.words
    assert site.minutes == 0
    done = web.send("/gifts/group", check.hidden)
    assert web.send("/gifts/group", check.hidden).location == done.location
    assert site.minutes == 120
    for _ in range(2):
        assert "The hours are given" in web.get(done.location).words
    assert web.get(site.path).status == 404
    assert "Given to Walking group" in web.get("/gifts").words
    closed = web.post("/gifts/group", boxes | {"group_id": "0" * 32, "minutes_hours": "1"})
    assert closed.status == 404 or "group" in closed.words
