"""A copy of one's data, leaving, and erasing, on the pages."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.web.conftest import Page, Web
from tests.web.work import ADMIN
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    added = web.member("Anna Bell", "anna@example.org")
    web.credited(added.member_id, 90)
    return added


def opened(page: Page) -> zipfile.ZipFile:
    assert page.response.headers["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(page.response.get_data()))


def test_a_copy_of_ones_data_is_one_file_to_read_and_to_work_with(web: Web, anna) -> None:
    web.sign_in(anna)
    assert "Download a copy of my data" in web.get("/my-data").words
    copy = opened(web.get("/my-data.zip"))
    page = copy.read("index.html").decode()
    assert "Anna Bell" in page
    assert "anna@example.org" in copy.read("details.csv").decode("utf-8-sig")
    assert len(copy.read("hours.csv").decode("utf-8-sig").splitlines()) == 2
    assert "<script" not in page


def test_a_coordinator_makes_one_for_somebody_and_nobody_else_does(web: Web, anna) -> None:
    path = f"/members/{anna.member_id}/data.zip"
    web.sign_in(web.member("Bob"))
    assert web.get(path).status == 403
    web.new_browser()
    web.sign_in(ADMIN)
    assert "details.csv" in opened(web.get(path)).namelist()
    assert "made a copy of a member’s data" in web.get("/trail").words


def test_leaving_asks_checks_and_confirms(web: Web, anna) -> None:
    web.sign_in(anna)
    path = f"/members/{anna.member_id}/leave"
    refused = web.post(path, {"check": "yes"})
    assert refused.status == 422
    assert "Choose what happens to the hours." in refused.words
    check = web.post(path, {"check": "yes", "hours": "pot", "erase": "yes"})
    assert "1 hour 30 minutes go to the community pot." in check.words
    done = web.send(path, check.hidden)
    page = web.get(done.location)
    assert "You have left the group" in page.words
    assert "The details are erased 14 days after" in page.words
    web.new_browser()
    web.sign_in(ADMIN)
    assert "Erase the details of somebody who asked for it" in web.get("/to-do").words
    erase = f"/members/{anna.member_id}/erase"
    unsure = web.post(erase)
    assert (unsure.status, "Tick this if you are sure." in unsure.words) == (422, True)
    gone = web.post(erase, {"sure": "yes"})
    assert "The details are erased." in web.get(gone.location).words
    assert "Anna" not in web.get(f"/members/{anna.member_id}").html
    assert (web.community.settings.data / "erased.txt").read_text().startswith(anna.person_id)
    web.new_browser()
    assert web.sign_in(anna).status == 422


def test_nobody_opens_somebody_elses_way_out(web: Web, anna) -> None:
    web.sign_in(web.member("Bob"))
    for page in ("leave", "gone", "erase"):
        assert web.get(f"/members/{anna.member_id}/{page}").status in (403, 404)


def test_a_coordinator_helps_somebody_leave(web: Web, anna) -> None:
    web.sign_in(ADMIN)
    path = f"/members/{anna.member_id}/leave"
    assert "Choose how they asked you." in web.post(path, {"check": "yes", "hours": "keep"}).words
    check = web.post(path, {"check": "yes", "hours": "keep", "how": "phone"})
    assert "Read this to Anna Bell" in check.words
    assert "Anna Bell has left the group" in web.get(web.send(path, check.hidden).location).words
