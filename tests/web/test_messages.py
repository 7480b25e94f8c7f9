"""Letters, calls, the page of messages, figures for a monitor, certificates, no more thanks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests.mail_server import mail_server
from tests.timebank.pdf_reading import words_of
from tests.timebank.reaching import wants
from tests.web.conftest import Web
from tests.web.work import ADMIN, queries, staff
from timebank import communication, news, notices
from timebank.models import Letter, OutboxMessage
from timebank.people import MemberAdded

STEP = "redemption_requested"


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    """Anna, by post; an administrator is signed in."""
    added = web.member("Anna Bell", address="1 High Street\nTown", phone="020 7946 0001")
    wants(web.community, added, "post")
    web.sign_in(ADMIN)
    return added


def _tell(web: Web, added: MemberAdded, kind: str = STEP) -> None:
    with web.community.unit() as unit:
        notices.send_later(unit, kind, added.person_id, "0" * 32)


def _statuses(web: Web, added: MemberAdded) -> list[tuple[str, str]]:
    with web.community.database.reading(web.community.console) as unit:
        query = select(OutboxMessage.kind, OutboxMessage.status).where(
            OutboxMessage.person_id == added.person_id
        )
        return sorted((kind, status) for kind, status in unit.db.execute(query))


# --- how to be in touch ---------------------------------------------------------------------------


def test_a_member_says_how_to_be_in_touch(web: Web) -> None:
    ben = web.member("Ben Cole", "ben@example.org", phone="020 7946 0002")
    web.sign_in(ben)
    page = web.get("/choices/contact")
    assert "By text message" not in page.words  # not set up
    sent = web.post("/choices/contact", {"channel": "phone", "form": "script", "words": "After 10"})
    assert sent.location == "/choices"
    row = web.community.read(communication.of_person, ben.person_id)
    assert (row.channel, row.form, row.words) == ("phone", "script", "After 10")


def test_what_is_missing_is_said_at_the_box_and_kept(web: Web, anna: MemberAdded) -> None:
    ben = web.community.member("Ben Cole", "ben@example.org")
    path = f"/members/{ben.member_id}/contact"
    boxes = {"channel": "post", "form": "large_print", "copy_name": "Zoë"}
    page = web.post(path, boxes)
    assert page.status == 422
    assert '<a href="#channel">' in page.html
    assert page.value("copy_name") == "Zoë"
    page = web.post(path, {**boxes, "channel": "mail", "copy_email": "zoe@example.org"})
    assert '<a href="#copy_agreed">' in page.html
    sent = web.post(path, {**boxes, "channel": "mail", "copy_email": "zoe@example.org",
                           "copy_agreed": "yes"})  # fmt: skip
    assert sent.status == 303


def test_two_who_change_it_at_once(web: Web, anna: MemberAdded) -> None:
    path = f"/members/{anna.member_id}/contact"
    stale = web.get(path).hidden
    wants(web.community, anna, "phone")
    late = web.send(path, {**stale, "channel": "post", "form": "standard"})
    assert late.status == 409
    assert "By telephone" in late.words


def test_a_mail_that_came_back_stops_what_goes_there(web: Web, anna: MemberAdded) -> None:
    ben = web.community.member("Ben Cole", "ben@example.org")
    path = f"/members/{ben.member_id}/contact"
    for _ in range(2):
        hidden = web.get(f"/members/{anna.member_id}/contact").hidden
        assert web.send(f"{path}/returned", hidden).location == path
    page = web.get(path)
    assert "Something we sent came back" in page.words
    assert "Did something come back?" not in page.words
    assert "Ask how to reach somebody" in web.get("/to-do").words
    assert web.post(path, {"channel": "mail", "form": "standard"}).status == 303
    assert "Ask how to reach somebody" not in web.get("/to-do").words


# --- letters --------------------------------------------------------------------------------------


def test_letters_from_the_queue_to_the_post_and_back(web: Web, anna: MemberAdded) -> None:
    _tell(web, anna)
    _tell(web, anna, "credit_corrected")
    assert "Print the letters that wait: 1" in web.get("/to-do").words
    assert "Anna Bell Address 1 High Street Town" in web.get("/letters").words
    made = web.post("/letters")
    assert made.status == 303
    page = web.get(made.location)
    assert "1 letter" in page.words
    # A second click on a page that was open makes no second file.
    answer = web.browser.get(f"{made.location}/letters.pdf", base_url=web.base)
    words = words_of(answer.get_data())
    for said in ("1 High Street", "Dear Anna Bell,", "We have your request.", "in another form"):
        assert said in words, said
    assert "https://" not in words
    none = web.post(f"{made.location}/posted", page=made.location)
    assert none.status == 422
    ids = _letters(web)
    sent = web.post(f"{made.location}/posted", {"letter": ids[0]}, page=made.location)
    assert "1 letter counts as sent." in web.get(sent.location).words
    assert {status for _, status in _statuses(web, anna)} == {"sent"}
    back = web.post(f"{made.location}/{ids[0]}/returned", page=made.location)
    assert back.status == 303
    assert "Ask how to reach somebody whose post or mail came back" in web.get("/to-do").words
    assert "No letter waits to be made." in web.get("/letters").words
    path = f"/members/{anna.member_id}/contact"
    assert "Something we sent came back" in web.get(path).words
    assert web.post(path, {"channel": "phone", "form": "script"}).status == 303
    assert "Ring somebody and read out what is new" in web.get("/to-do").words


def _letters(web: Web) -> list[str]:
    with web.community.database.reading(web.community.console) as unit:
        return list(unit.db.scalars(select(Letter.id).order_by(Letter.place)))


def test_one_click_too_many_makes_one_file(web: Web, anna: MemberAdded) -> None:
    _tell(web, anna)
    hidden = web.get("/letters").hidden
    first, second = web.send("/letters", hidden), web.send("/letters", hidden)
    assert first.location == second.location
    assert len(_letters(web)) == 1


def test_a_letter_of_somebody_else_is_not_ticked_with_these(web: Web, anna: MemberAdded) -> None:
    _tell(web, anna)
    made = web.post("/letters")
    page = web.send(f"{made.location}/posted", {**web.get(made.location).hidden,
                                                "letter": "0" * 32})  # fmt: skip
    assert page.status == 404
    assert web.get(f"/letters/{'0' * 32}").status == 404


def test_letters_printed_and_not_posted_are_asked_about(web: Web, anna: MemberAdded) -> None:
    _tell(web, anna)
    web.post("/letters")
    assert "Post the letters that are printed: 1" not in web.get("/to-do").words
    web.community.clock.forward(days=2)
    assert "Post the letters that are printed: 1" in web.get("/to-do").words


# --- calls ----------------------------------------------------------------------------------------


def test_a_call_from_the_list_to_the_tick(web: Web, anna: MemberAdded) -> None:
    wants(web.community, anna, "phone", "script", words="Let it ring for long")
    _tell(web, anna)
    assert "Anna Bell Telephone 020 7946 0001" in web.get("/calls").words
    path = f"/calls/{anna.person_id}"
    page = web.get(path)
    assert "Let it ring for long" in page.words
    assert "We have your request." in page.words
    web.post(f"{path}/not-answered", page=path)
    assert "Tried once" in web.get("/calls").words
    page = web.get(path)
    _tell(web, anna, "credit_corrected")  # while the page is open
    message = page.hidden["message"]
    assert web.send(f"{path}/read", {**page.hidden, "message": message}).status == 303
    assert ("credit_corrected", "waiting") in _statuses(web, anna)
    assert (STEP, "sent") in _statuses(web, anna)


def test_nobody_to_ring(web: Web, anna: MemberAdded) -> None:
    assert "Nobody waits to be rung." in web.get("/calls").words
    assert web.get(f"/calls/{anna.person_id}").status == 404


# --- the page of messages -------------------------------------------------------------------------


def test_what_failed_is_named_and_sent_again(web: Web, anna: MemberAdded) -> None:
    ben = web.community.member("Ben Cole", "ben@example.org")
    with web.community.unit() as unit:
        for message in unit.db.scalars(select(OutboxMessage)):
            message.status = "failed" if message.person_id == ben.person_id else "cancelled"
            message.problem = "address_refused" if message.status == "failed" else "too_old"
    page = web.get("/messages")
    assert "Choose your password To Ben Cole" in page.words
    assert "The mail server does not accept this address. What happens Given up" in page.words
    assert "No mail server is set" in page.words
    with web.community.database.reading(web.community.console) as unit:
        (failed,) = unit.db.scalars(select(OutboxMessage.id).where(
            OutboxMessage.status == "failed"))  # fmt: skip
    assert "Look at the messages that could not be sent: 1" in web.get("/to-do").words
    sent = web.post(f"/messages/{failed}/send-again", page="/messages")
    assert sent.status == 303
    assert "Everything went out." in web.get("/messages").words
    assert web.post(f"/messages/{failed}/send-again", page="/messages").status == 303


def test_the_same_queries_for_many_messages(web: Web, anna: MemberAdded) -> None:
    with queries(web) as few:
        web.get("/messages")
    for number in range(6):
        added = web.community.member(f"Person {number}", f"p{number}@example.org")
        _tell(web, added)
    with web.community.unit() as unit:
        for message in unit.db.scalars(select(OutboxMessage)):
            message.problem = "server_lost"
    with queries(web) as many:
        assert "Person 5" in web.get("/messages").words
    assert len(many) == len(few)


def test_a_trial_mail_and_what_is_wrong_in_plain_words(web: Web, anna: MemberAdded) -> None:
    page = web.post("/messages/trial", page="/messages")
    assert "No mail server is set." in page.words
    database = web.app.extensions["timebank"]
    usual = database.settings
    with mail_server() as (kept, port):
        database.settings = replace(
            usual, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none"
        )
        sent = web.post("/messages/trial", page="/messages")
        assert "The mail server took it." in web.get(sent.location).words
        assert [made["Subject"] for made in kept.mails] == ["A trial"]
    page = web.post("/messages/trial", page="/messages")
    assert page.status == 502
    assert "The mail server could not be reached." in page.words
    database.settings = usual


def test_members_and_treasurers_have_no_business_there(web: Web, anna: MemberAdded) -> None:
    theo = staff(web, "Theo Ward", "treasurer")
    web.new_browser()
    web.sign_in(theo)
    for path in ("/letters", "/calls", "/messages"):
        assert web.get(path).status == 403, path


# --- figures --------------------------------------------------------------------------------------


def test_figures_for_a_monitor_with_the_token(web: Web, anna: MemberAdded) -> None:
    _tell(web, anna)
    assert web.get("/metrics").status == 404
    database = web.app.extensions["timebank"]
    database.settings = replace(database.settings, metrics_token="a long token")
    for wrong in ("", "Bearer", "Bearer a long tokeN", "Bearer ü"):
        assert web.get("/metrics", headers={"Authorization": wrong}).status == 404
    answer = web.get("/metrics", headers={"Authorization": "Bearer a long token"})
    assert answer.status == 200
    assert 'timebank_messages{channel="post",state="due"} 1.0' in answer.html
    assert "timebank_letters_to_post 0.0" in answer.html
    assert "Anna" not in answer.html


# --- certificates ---------------------------------------------------------------------------------


def _days(**boxes: str) -> dict[str, str]:
    days = {"from_on_day": "1", "from_on_month": "3", "from_on_year": "2026",
            "until_on_day": "2", "until_on_month": "3", "until_on_year": "2026"}  # fmt: skip
    return {**days, **boxes}


def test_a_certificate_from_the_form_to_the_check(web: Web) -> None:
    ben = web.member("Ben Cole")
    web.credited(ben.member_id, 90)
    web.sign_in(ben)
    made = web.post("/certificates", _days())
    page = web.get(made.location)
    assert "Ben Cole took part with Riverside Time Bank" in page.words
    assert "1 hour 30 minutes" in page.words
    reference = page.words.split("Reference ")[1].split(".")[0]
    receipt = page.words.split("Receipt ")[1].split(".")[0]
    for layout in ("pdf", "large-print"):
        answer = web.browser.get(f"{made.location}/{layout}.pdf", base_url=web.base)
        assert receipt in words_of(answer.get_data())
    assert web.get(f"{made.location}/other.pdf").status == 404
    web.new_browser()
    boxes = {"reference": reference.lower(), "minutes_hours": "1", "minutes_minutes": "30",
             "receipt": receipt}  # fmt: skip
    assert "These three belong together" in web.post("/check-certificate", boxes).words
    for wrong in ({"minutes_minutes": "31"}, {"reference": "2222-2222"}, {"receipt": "2222"}):
        assert "They do not" in web.post("/check-certificate", {**boxes, **wrong}).words
    assert web.get(made.location).status == 303  # who is not signed in reads none


def test_no_certificate_of_nothing_or_of_tomorrow(web: Web) -> None:
    ben = web.member("Ben Cole")
    web.sign_in(ben)
    wrong = (
        (_days(), "from_on"),
        (_days(until_on_year="2027"), "until_on"),
        (_days(from_on_day="3"), "until_on"),
        (_days(from_on_day=""), "from_on"),
    )
    for boxes, box in wrong:
        page = web.post("/certificates", boxes)
        assert page.status == 422, boxes
        assert f'<a href="#{box}' in page.html, boxes


def test_nobody_sees_somebody_elses_certificate(web: Web) -> None:
    ben, cora = web.member("Ben Cole"), web.member("Cora Dunn")
    web.credited(ben.member_id, 90)
    web.sign_in(ADMIN)
    made = web.post(f"/members/{ben.member_id}/certificates", _days())
    assert web.get(made.location).status == 200
    web.new_browser()
    web.sign_in(cora)
    assert web.get(made.location).status == 404
    assert web.get(f"{made.location}/pdf.pdf").status == 404


# --- declining thanks -----------------------------------------------------------------------------


def test_thanks_are_declined_with_one_click_by_a_mail_program(web: Web) -> None:
    ben = web.member("Ben Cole", "ben@example.org")
    with web.community.database.reading(web.community.console) as unit:
        path = f"/no-thanks/{news.code_of(unit, ben.person_id)}"
    assert "No more thank-you messages?" in web.get(path).words
    assert web.community.read(communication.of_person, ben.person_id) is None
    # No cookie and no hidden field: a mail program sends these words alone.
    page = web.send(path, {"List-Unsubscribe": "One-Click"})
    assert "You get no more thank-you messages" in page.words
    assert web.community.read(communication.of_person, ben.person_id).no_news
    assert web.send(path[:-1], {"List-Unsubscribe": "One-Click"}).status == 404


def test_a_reprint_years_later_is_the_same(web: Web) -> None:
    ben = web.member("Ben Cole")
    web.credited(ben.member_id, 90)
    web.sign_in(ben)
    made = web.post("/certificates", _days())
    first = web.browser.get(f"{made.location}/pdf.pdf", base_url=web.base).get_data()
    web.community.clock.set(datetime(2028, 3, 2, tzinfo=UTC))
    with web.community.unit() as unit:
        unit.community.name = "Another name"
    web.new_browser()
    web.sign_in(ben)
    assert web.browser.get(f"{made.location}/pdf.pdf", base_url=web.base).get_data() == first
