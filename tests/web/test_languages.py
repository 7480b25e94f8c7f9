"""Languages in the browser: chosen by anybody, passed by an administrator, shown everywhere."""

from __future__ import annotations

import re

from tests.timebank.test_languages import passed
from tests.web.conftest import Page, Web
from tests.web.work import ADMIN
from timebank import languages, statements
from timebank.models import LanguagePassed, Person
from timebank.words import Words

WELSH = Words("cy")


def language_of(page: Page) -> str:
    found = re.search(r'<html lang="([^"]+)"', page.html)
    assert found is not None
    return found[1]


def change(web: Web, language: str, page: str = "/") -> Page:
    """Press a button of the chooser at the top of a page."""
    shown = web.get(page).html
    form, *_same = re.findall(r'<form class="tb-languages".*?</form>', shown, re.S)
    assert f'name="language" value="{language}"' in form
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return web.send("/language", {**hidden, "language": language})


def own(web: Web, person_id: str) -> str | None:
    with web.community.unit() as unit:
        return unit.db.get_one(Person, person_id).language


def test_without_a_passed_language_nothing_is_offered(web: Web) -> None:
    for path in ("/sign-in", "/how-it-works"):
        assert "tb-languages" not in web.get(path).html
    web.sign_in(web.member("Anna Bell"))
    assert "tb-languages" not in web.get("/").html


def test_before_sign_in_this_browser_keeps_it(web: Web) -> None:
    passed(web.community)
    answer = change(web, "cy", "/how-it-works?x=1")
    assert (answer.status, answer.location) == (303, "/how-it-works?x=1")
    page = web.get("/how-it-works")
    assert language_of(page) == "cy"
    assert WELSH.say("Main menu") not in page.html  # nobody is signed in
    assert WELSH.say("Sign in") in page.html
    assert ">English</button>" in page.html
    assert 'lang="en"' in page.html
    web.new_browser()
    assert language_of(web.get("/how-it-works")) == "en"


def test_after_sign_in_the_person_keeps_it(web: Web) -> None:
    passed(web.community)
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    change(web, "cy", "/choices")
    assert own(web, anna.person_id) == "cy"
    page = web.get("/choices")
    assert language_of(page) == "cy"
    assert WELSH.say("My choices") in page.title
    assert "Cymraeg" in page.words
    # In every browser; and whoever else uses this one is not asked to read it.
    web.new_browser()
    assert language_of(web.get("/sign-in")) == "en"
    web.sign_in(anna)
    assert language_of(web.get("/")) == "cy"
    change(web, "en")
    assert own(web, anna.person_id) == "en"
    assert language_of(web.get("/")) == "en"


def test_dates_durations_plurals_and_errors_are_in_it(web: Web) -> None:
    passed(web.community)
    anna = web.member("Anna Bell")
    web.credited(anna.member_id, 390)
    web.sign_in(anna)
    change(web, "cy")
    home = web.get("/").words
    assert "6 awr 30 munud" in home
    assert "6 hours" not in home
    assert WELSH.month_name(web.community.clock().month) in web.get("/history").words
    wrong = web.post("/choices", {"choice": "double", "statement_by": "paper"})
    assert wrong.status == 422
    assert WELSH.say("Choose one of the answers.") in wrong.words
    assert wrong.title.startswith(WELSH.say("Error:"))
    # A page that was refused leads back to itself, in the other language.
    assert 'name="next" value="/choices"' in wrong.html
    assert WELSH.say("Page not found") in web.get("/no-such-page").html


def test_nothing_but_a_language_that_is_on_can_be_chosen(web: Web) -> None:
    passed(web.community)
    token = web.get("/sign-in").hidden["csrf_token"]
    for made_up in ("xx", "../../etc", "", "a" * 50):
        sent = {"csrf_token": token, "language": made_up, "next": "//elsewhere.example.org"}
        answer = web.send("/language", sent)
        assert (answer.status, answer.location) == (303, "/")
        assert language_of(web.get("/sign-in")) == "en"
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    token = web.get("/choices").hidden["csrf_token"]
    answer = web.send("/language", {"csrf_token": token, "language": "xx", "next": "/choices"})
    assert answer.location == "/choices"
    assert "This language is not in use here." in web.get("/choices").words
    assert own(web, anna.person_id) is None


def test_a_language_switched_off_is_gone_at_once(web: Web) -> None:
    passed(web.community)
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    change(web, "cy")
    off = languages.SwitchLanguageOff(language="cy", revision=1)
    web.community.do(languages.switch_language_off, off)
    page = web.get("/")
    assert language_of(page) == "en"
    assert "tb-languages" not in page.html


def test_a_coordinator_chooses_for_who_rings_up(web: Web) -> None:
    passed(web.community)
    anna = web.member("Anna Bell", phone="01632 960001")
    web.sign_in(ADMIN)
    path = f"/members/{anna.member_id}/contact"
    assert '<option value="cy"' in web.get(path).html
    assert web.post(path, {"channel": "phone", "form": "script", "language": "cy"}).status == 303
    assert own(web, anna.person_id) == "cy"
    # The next change, of something else, leaves it as it is.
    page = web.get(path)
    assert re.search(r'<option value="cy" selected', page.html)


def test_the_administrator_passes_it_and_switches_it_off(web: Web) -> None:
    web.sign_in(ADMIN)
    assert "Draft, off" in web.get("/community/languages").words
    path = "/community/languages/cy"
    page = web.get(path)
    assert "Cymraeg" in page.words
    nobody = web.post(f"{path}/pass", {"passed_by_id": ""}, page=path)
    assert nobody.status == 422
    assert "Choose who read the words." in nobody.words
    sent = {
        "passed_by_id": web.community.admin.person_id,
        "passed_on_day": "1", "passed_on_month": "1", "passed_on_year": "2026",
    }  # fmt: skip
    late = {**sent, "passed_on_year": "2099"}
    assert web.post(f"{path}/pass", late, page=path).status == 422
    assert web.post(f"{path}/pass", sent, page=path).status == 303
    assert "Everybody can read the pages in this language now." in web.get(path).words
    assert "tb-languages" in web.get("/").html
    # A second administrator with the page from before.
    stale = {**web.get(path).hidden, "revision": "0", **sent, "key": "a-stale-page"}
    assert web.send(f"{path}/pass", stale).status == 409
    assert "In English" in web.get("/community/languages").words
    assert web.post(f"{path}/pass-information", sent, page=path).status == 303
    assert "In English" not in web.get("/community/languages").words
    assert web.post(f"{path}/switch-off", {}, page=path).status == 303
    assert "tb-languages" not in web.get("/").html
    with web.community.unit() as unit:
        row = unit.db.get_one(LanguagePassed, "cy")
        assert row.off_at is not None
        assert row.information_sha256 is None
    assert web.get("/community/languages/xx").status == 404
    assert web.get("/community/languages/en").status == 404


def test_an_administrator_looks_through_a_draft_and_nobody_else(web: Web) -> None:
    web.sign_in(ADMIN)
    path = "/community/languages/cy"
    assert web.post(f"{path}/look", {}, page=path).status == 303
    page = web.get("/")
    assert language_of(page) == "cy"
    change(web, "en")
    assert language_of(web.get("/")) == "en"
    web.new_browser()
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    token = web.get("/choices").hidden["csrf_token"]
    assert web.send(f"{path}/look", {"csrf_token": token}).status == 403
    assert language_of(web.get("/")) == "en"


def test_unpassed_words_about_benefits_are_english_and_marked_so(web: Web) -> None:
    passed(web.community)
    anna = web.member("Anna Bell")
    web.credited(anna.member_id, 240)
    web.money_rewards_on()
    voucher = web.reward("Voucher", kind="voucher", money_pence=1000)
    web.sign_in(anna)
    assert '<div lang="en">' not in web.get(f"/rewards/{voucher}").html
    change(web, "cy")
    page = web.get(f"/rewards/{voucher}")
    assert re.search(r'<div lang="en">\s*<p class="govuk-body">If you get benefits\.', page.html)
    command = languages.PassInformation(
        language="cy", revision=1, passed_by_id=web.community.admin.person_id or "",
        passed_on=web.community.clock().date(),
    )  # fmt: skip
    web.community.do(languages.pass_information, command)
    after = web.get(f"/rewards/{voucher}")
    assert "If you get benefits." not in after.html
    assert '<div lang="en">' not in after.html


def test_a_statement_keeps_the_language_it_was_issued_in(web: Web) -> None:
    passed(web.community)
    anna = web.member("Anna Bell")
    web.credited(anna.member_id, 60)
    web.community.clock.forward(days=40)
    with web.community.unit() as unit:
        statements.issue(unit, statements.last_ended(unit))
    web.sign_in(anna)
    path = re.findall(r'href="(/statements/[0-9a-f]{32})"', web.get("/statements").html)[0]
    assert "<span>" in web.get(path).html
    change(web, "cy", path)
    page = web.get(path)
    assert language_of(page) == "cy"
    assert '<p class="govuk-body-l" lang="en">' in page.html
    assert '<span lang="en">' in page.html
