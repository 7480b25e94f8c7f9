"""The home page and the history: what a member has, in a sentence."""

from __future__ import annotations

from tests.web.conftest import Web


def test_a_new_member_is_told_that_there_is_nothing_yet(web: Web) -> None:
    web.sign_in(web.member("Anna Bell"))
    page = web.get("/")
    assert page.status == 200
    assert page.words.startswith("You have no hours yet.")
    assert "Nothing has been recorded yet." in page.words


def test_home_says_hours_in_a_sentence_and_what_happened_last(web: Web) -> None:
    anna = web.member("Anna Bell")
    web.credited(anna.member_id, 450)
    web.sign_in(anna)
    page = web.get("/")
    assert page.words.startswith("You have 7 hours 30 minutes. You can use all of it.")
    assert "Community meeting on 2 March 2026: 7 hours 30 minutes" in page.words
    assert "7 hours 30 minutes added" in page.words


def test_home_says_what_is_set_aside(web: Web) -> None:
    anna = web.member("Anna Bell")
    web.credited(anna.member_id, 450)
    reward_id = web.reward(minutes=120)
    web.sign_in(anna)
    web.post(f"/rewards/{reward_id}/redeem")
    page = web.get("/")
    assert page.words.startswith(
        "You have 7 hours 30 minutes. You can use 5 hours 30 minutes of it now."
        " The rest is set aside for what you asked for."
    )
    assert "Pottery class 2 hours set aside. Waiting for an answer." in page.words


def test_history_turns_its_pages_without_missing_or_repeating(web: Web) -> None:
    anna = web.member("Anna Bell")
    for minutes in range(1, 31):
        web.credited(anna.member_id, minutes)
    web.sign_in(anna)
    first = web.get("/history")
    older = web.get(next(iter(_links(first.html, "before="))))
    rows = first.html.count('scope="row"') + older.html.count('scope="row"')
    assert (first.status, older.status, rows) == (200, 200, 30)
    assert "Community meeting on 2 March 2026: 1 minute " in older.words
    assert "Community meeting on 2 March 2026: 1 minute " not in first.words


def test_history_costs_the_same_number_of_queries_whatever_its_length(web: Web) -> None:
    from sqlalchemy import event

    anna = web.member("Anna Bell")
    web.credited(anna.member_id, 60)
    web.sign_in(anna)
    statements: list[str] = []
    engine = web.app.extensions["timebank"].engine
    event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    web.get("/history")
    statements.clear()
    web.get("/history")
    short = len(statements)
    for _ in range(20):
        web.credited(anna.member_id, 60)
    web.get("/history")  # what every page needs is read anew after a change
    statements.clear()
    assert web.get("/history").html.count('scope="row"') == 21
    assert len(statements) == short


def test_somebody_without_an_account_is_not_shown_hours(web: Web) -> None:
    web.sign_in(web.member("Anna Bell"))
    assert web.get("/history").status == 200
    added = web.community.do(_add_person, "Tess Reed")
    web.new_browser()
    web.sign_in(added)
    assert web.get("/history").status == 403


def _add_person(unit, name):  # type: ignore[no-untyped-def]
    from tests.timebank.builders import password_hash
    from timebank.models import Password
    from timebank.people import AddPerson, add_person

    email = "tess@example.org"
    added = add_person(unit, AddPerson(name=name, email=email))
    unit.db.add(Password(person_id=added.person_id, hash=password_hash(), changed_at=unit.now))
    return email


def _links(markup: str, part: str) -> list[str]:
    import html
    import re

    return [
        html.unescape(found) for found in re.findall(r'href="([^"]+)"', markup) if part in found
    ]
