"""A member's own choices."""

from __future__ import annotations

from tests.web.conftest import Web
from timebank import people


def test_choices_are_kept_and_nothing_else_changes(web: Web) -> None:
    anna = web.member("Anna Bell", "anna@example.org")
    web.credited(anna.member_id, 60)
    web.sign_in(anna)
    data = {"choice": "pot", "statement_by": "mail", "no_money_rewards": "yes"}
    assert web.post("/choices", data).status == 303
    assert "Your choices are saved." in web.get("/choices").words
    member = web.community.read(people.member, anna.member_id)
    assert (member.choice, member.statement_by, member.no_money_rewards) == ("pot", "mail", True)
    assert web.community.balance(anna.member_id) == 60
    web.post("/choices", {"choice": "accept", "statement_by": "mail"})
    assert web.community.read(people.member, anna.member_id).no_money_rewards is False


def test_without_an_email_only_paper_works(web: Web) -> None:
    web.sign_in(web.member("Ben Okafor"))
    assert "We have no e-mail address for you, so only paper works." in web.get("/choices").words
    page = web.post("/choices", {"choice": "decline", "statement_by": "link"})
    assert page.status == 422
    assert 'href="#statement_by"' in page.html
    assert page.title.startswith("Error: ")
    # What was chosen is still chosen.
    assert 'value="decline" checked' in page.html
    assert 'value="link" checked' in page.html


def test_nothing_chosen_and_made_up_choices_are_refused(web: Web) -> None:
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    assert web.post("/choices", {}).status == 422
    assert web.post("/choices", {"choice": "double", "statement_by": "paper"}).status == 422
    assert web.community.read(people.member, anna.member_id).choice == "accept"


def test_nobody_changes_anothers_choices_by_the_form(web: Web) -> None:
    anna, ben = web.member("Anna Bell"), web.member("Ben Okafor")
    web.sign_in(anna)
    data = {"choice": "pot", "statement_by": "paper", "member_id": ben.member_id}
    web.post("/choices", data)
    assert web.community.read(people.member, ben.member_id).choice == "accept"
    assert web.community.read(people.member, anna.member_id).choice == "pot"


def test_a_change_made_meanwhile_by_telephone_is_not_undone_unseen(web: Web) -> None:
    anna = web.member("Anna Bell", "anna@example.org")
    web.sign_in(anna)
    hidden = web.get("/choices").hidden
    web.community.do(people.change_choices, people.ChangeChoices(
        revision=1, choice="pot", no_money_rewards=False, statement_by="paper",
        member_id=anna.member_id,
    ))  # fmt: skip
    late = web.send("/choices", {**hidden, "choice": "decline", "statement_by": "link"})
    assert late.status == 409
    assert "Hours credited It is now Community pot You typed No hours" in late.words
    assert "Ada Marsh" not in late.words.partition("About me")[0]
    assert 'value="decline" checked' in late.html
    sent = web.send("/choices", {**late.hidden, "choice": "decline", "statement_by": "link"})
    assert sent.status == 303
