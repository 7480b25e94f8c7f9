"""Every way in and out: a password, a link by e-mail, a printed card, a coordinator's help."""

from __future__ import annotations

import pytest

from tests.browser.journeys.conftest import Come
from tests.browser.journeys.scene import COORDINATOR, number_of
from tests.browser.journeys.ways import Visitor
from tests.browser.site import Site, link_in
from timebank import doors
from timebank.errors import NotAllowed
from timebank.sample_content import PASSWORD
from timebank.words import ERRORS

pytestmark = pytest.mark.browser

HISTORY = "Everything that happened to your hours"


def type_in(visitor: Visitor, name: str, password: str) -> None:
    """Sign in on the page that is open."""
    visitor.fill("E-mail address or member number", name)
    visitor.fill("Password", password)
    visitor.press("Sign in")


def to_member(visitor: Visitor, name: str) -> None:
    """From the coordinator's list of members to one of them."""
    visitor.go("/members")
    visitor.page.locator("#q").fill(name)
    visitor.press("Find")
    visitor.follow(name)


def test_a_link_by_mail_works_once(come: Come, riverside: Site) -> None:
    joan = come()
    for name in ("nobody@example.org", "joan@example.org"):
        joan.go("/sign-in")
        joan.follow("Send me a link by e-mail")
        joan.fill("E-mail address or member number", name)
        joan.press("Send me a link")
        joan.arrived("Look in your e-mail")
    riverside.tick()
    assert riverside.mails_to("nobody@example.org") == []
    mail = riverside.mails_to("joan@example.org")[-1]
    assert joan.say("Somebody asked for a link to sign in with this e-mail address.") in mail
    link = link_in(mail)
    joan.go(link)
    joan.go(link)  # opening it uses nothing up
    joan.arrived("Sign in with your link")
    joan.press("Sign in")
    joan.reads("What happened last")
    joan.go(link)
    joan.arrived("This link cannot be used")


def test_a_password_on_a_device_that_others_use(come: Come, riverside: Site) -> None:
    grace = come()
    grace.go("/history")
    grace.arrived("Sign in")
    for name in ("grace@example.org", "nobody@example.org"):  # nobody learns who is a member
        type_in(grace, name, "something else entirely")
        grace.refused(ERRORS["sign_in_failed"])
    grace.choose("Other people use this device too")
    type_in(grace, "grace@example.org", PASSWORD)
    grace.arrived(HISTORY)
    riverside.clock.forward(minutes=31)
    grace.go("/history")
    grace.arrived("Sign in")


def test_too_many_tries_are_told_plainly(
    come: Come, riverside: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "MOST_FAILURES", 3)  # a hash is slow on purpose
    for _ in range(doors.MOST_FAILURES):
        with pytest.raises(NotAllowed, match="sign_in_failed"):
            doors.PasswordDoor().sign_in(riverside.database, "sian@example.org", "not that one")
    sian = come()
    type_in(sian, "sian@example.org", PASSWORD)
    sian.refused(ERRORS["sign_in_throttled"], minutes=15)
    riverside.clock.forward(minutes=16)
    type_in(sian, "sian@example.org", PASSWORD)
    sian.reads("What happened last")


def test_a_printed_card_until_it_is_stopped(come: Come) -> None:
    helen = come(COORDINATOR)
    to_member(helen, "Winston Brown")
    helen.follow("Sign-in card")
    helen.press("Make a new card")
    code = helen.page.locator(".tb-sign-in-card__code").inner_text()
    assert not set(code) & set("01OIL")
    winston = come()
    winston.follow("I have a sign-in card")
    winston.fill("Code on your card", "ABCD-EFGH-JKMN")
    winston.press("Sign in")
    winston.refused(ERRORS["sign_in_card_unknown"])
    winston.fill("Code on your card", code.lower().replace("-", " "))
    winston.press("Sign in")
    winston.reads("What happened last")
    to_member(helen, "Winston Brown")
    helen.follow("Sign-in card")
    helen.press("Stop this card")
    helen.reads("The card does not work any more.")
    other = come()
    other.go("/sign-in/card")
    other.fill("Code on your card", code)
    other.press("Sign in")
    other.refused(ERRORS["sign_in_card_unknown"])


def test_signing_out_everywhere(come: Come) -> None:
    phone, library = come("Tom Ferguson"), come("Tom Ferguson")
    library.go("/history")
    phone.go("/signing-in")
    phone.press("Sign out everywhere")
    phone.reads("You have signed out everywhere.")
    library.go("/history")
    library.arrived("Sign in")


def test_back_in_through_a_coordinator(come: Come, riverside: Site) -> None:
    """Without e-mail the link is given on paper."""
    number = str(riverside.read(number_of, "Dorothy Clarke"))
    helen = come(COORDINATOR)
    to_member(helen, "Dorothy Clarke")
    helen.press("Make a new link to choose a password")
    helen.arrived("A link to choose a password")
    helen.reads("Then sign in with the member number %(number)s and the password.", number=number)
    dorothy = come()
    dorothy.go(helen.page.locator(".tb-address").inner_text())
    dorothy.arrived("Choose a password")
    dorothy.fill("New password", "short")
    dorothy.press("Save the password")
    dorothy.refused(ERRORS["password_short"], least=10)
    dorothy.fill("New password", "marigold kettle 7")
    dorothy.press("Save the password")
    dorothy.reads("Your password is saved. Sign in with it now.")
    type_in(dorothy, number, "marigold kettle 7")
    dorothy.reads("What happened last")
