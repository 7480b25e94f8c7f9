"""The pages of passkeys, with a device in software for the browser's part."""

from __future__ import annotations

import pytest

from tests.device import Device
from tests.web.conftest import Page, Web
from tests.web.work import staff
from timebank.people import MemberAdded

WORDS = "That did not work. Try again, or sign in another way"


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    added = web.member("Anna Bell")
    web.sign_in(added)
    return added


@pytest.fixture
def phone(web: Web) -> Device:
    return Device(web.base)


def begin(web: Web, page: str, path: str) -> Page:
    """As the script asks: with the mark of the page's form."""
    return web.send(path, {"csrf_token": web.get(page).hidden["csrf_token"]})


def add(web: Web, device: Device, label: str = "My phone") -> Page:
    options = begin(web, "/signing-in/passkeys", "/signing-in/passkeys/begin").html
    answer = device.add(options)
    return web.post("/signing-in/passkeys", {"label": label, "credential": answer})


def come_in(web: Web, device: Device, **boxes: str) -> Page:
    options = begin(web, "/sign-in/passkey", "/sign-in/passkey/begin").html
    return web.post("/sign-in/passkey", {"credential": device.use(options), **boxes})


def test_add_one_sign_out_sign_in_with_it_and_remove_it(
    web: Web, anna: MemberAdded, phone: Device
) -> None:
    assert 'href="/signing-in/passkeys"' in web.get("/signing-in").html
    assert add(web, phone).location.endswith("/signing-in/passkeys")
    page = web.get("/signing-in/passkeys")
    assert "The passkey is added." in page.words
    assert "My phone" in page.words
    assert "Not used yet." in page.words
    web.new_browser()
    assert 'href="/sign-in/passkey"' in web.get("/sign-in").html
    assert come_in(web, phone).location == "/"
    page = web.get("/signing-in/passkeys")
    assert "Last used on 2 March 2026." in page.words
    path = next(part for part in page.html.split('"') if part.endswith("/remove"))
    assert web.post(path, page="/signing-in/passkeys").status == 303
    assert "You have no passkeys." in web.get("/signing-in/passkeys").words
    web.new_browser()
    page = come_in(web, phone)
    assert page.status == 422
    assert WORDS in page.words
    assert page.title.startswith("Error: ")


def test_known_or_not_the_answer_is_the_same(web: Web, anna: MemberAdded, phone: Device) -> None:
    add(web, phone)
    web.new_browser()
    wrong = Device(web.base, credential=phone.credential)
    said = [come_in(web, device) for device in (wrong, Device(web.base))]
    assert said[0].words == said[1].words
    assert [page.status for page in said] == [422, 422]


def test_an_answer_to_another_browsers_question_is_refused(
    web: Web, anna: MemberAdded, phone: Device
) -> None:
    add(web, phone)
    web.new_browser()
    options = begin(web, "/sign-in/passkey", "/sign-in/passkey/begin").html
    web.new_browser()
    page = web.post("/sign-in/passkey", {"credential": phone.use(options)})
    assert page.status == 422
    assert web.get("/history").status == 303


def test_on_a_device_of_many_somebody_is_signed_out_and_adds_none(
    web: Web, anna: MemberAdded, phone: Device
) -> None:
    add(web, phone)
    web.new_browser()
    come_in(web, phone, shared="yes")
    page = web.get("/signing-in/passkeys")
    assert "A passkey on it would let them in as you." in page.words
    assert "data-passkey-do" not in page.html
    web.community.clock.forward(minutes=31)
    assert web.get("/history").location.startswith("/sign-in")


def test_without_the_script_the_pages_say_so(web: Web, anna: MemberAdded) -> None:
    for path in ("/signing-in/passkeys", "/sign-in/passkey"):
        page = web.get(path)
        assert "They need JavaScript and a newer browser." in page.words
        assert page.html.count("novalidate hidden>") == 1 or path == "/sign-in/passkey"
    page = web.post("/signing-in/passkeys", {"label": "My phone"})
    assert page.status == 422
    assert "Your browser sent no passkey." in page.words
    assert page.value("label") == "My phone"
    page = web.post("/signing-in/passkeys", {"label": " ", "credential": "{}"})
    assert "Enter a name for it" in page.words
    web.new_browser()
    assert web.post("/sign-in/passkey").status == 422


def test_the_question_needs_the_mark_of_a_page_of_ours(web: Web, anna: MemberAdded) -> None:
    assert web.send("/sign-in/passkey/begin", {}).status == 400
    assert web.send("/signing-in/passkeys/begin", {}).status == 400


def test_an_address_that_is_a_number_has_none(web: Web, anna: MemberAdded) -> None:
    settings = web.app.extensions["timebank"].settings
    object.__setattr__(settings, "address", "https://192.168.1.9")
    for path in ("/signing-in/passkeys", "/sign-in/passkey"):
        assert "There are no passkeys at the address" in web.get(path).words
    web.new_browser()
    assert "/sign-in/passkey" not in web.get("/sign-in").html


def test_a_coordinator_stops_a_members_passkeys(web: Web, anna: MemberAdded, phone: Device) -> None:
    add(web, phone)
    path = f"/members/{anna.member_id}"
    assert web.send(f"{path}/passkeys/stop", begin_hidden(web)).status == 403
    cora = staff(web, "Cora Day")
    web.new_browser()
    web.sign_in(cora)
    assert "Anna Bell has 1 passkey." in web.get(f"{path}/card").words
    web.post(f"{path}/passkeys/stop", page=f"{path}/card")
    page = web.get(f"{path}/card")
    assert "1 passkey does not work any more." in page.words
    assert "Stop all passkeys" not in page.words


def begin_hidden(web: Web) -> dict[str, str]:
    """The fields around a form of a page that this person may see."""
    return {"csrf_token": web.get("/signing-in").hidden["csrf_token"], "key": "k" * 12}
