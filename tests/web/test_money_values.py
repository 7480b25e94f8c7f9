"""Money values: who wants none is offered none at any door; the information is one for everybody.

Nobody is asked why they want none; the words about benefits depend on the reward and on nothing
that is known of a person.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.timebank.reaching import wants
from tests.web.conftest import Web
from timebank import calls, doors, letter_pdf, letters, people, reward_waiting, rewards, to_do
from timebank.models import OutboxMessage, RewardWait
from timebank.people import ChangeChoices, MemberAdded

ADMIN = "ada@example.org"
VOUCHER = "High street voucher"
OLD = "That is more than a year ago, so some of it may not be right any more."


def no_money(web: Web, added: MemberAdded) -> None:
    revision = web.community.read(people.member, added.member_id).revision
    choices = ChangeChoices(
        revision=revision, choice="accept", no_money_rewards=True, statement_by="paper",
        member_id=added.member_id,
    )  # fmt: skip
    web.community.do(people.change_choices, choices)


@pytest.fixture
def voucher(web: Web) -> str:
    web.money_rewards_on()
    web.reward("Art class")
    return web.reward(VOUCHER, 60, kind="voucher", money_pence=2000, places=1, place="Town")


def test_who_wants_none_finds_none_on_any_page(web: Web, voucher: str) -> None:
    anna = web.member("Anna Bell")
    web.credited(anna.member_id, 300)
    web.sign_in(anna)
    paths = ("/rewards", "/rewards?near=town", "/rewards?kind=voucher", "/rewards?now=1",
             "/rewards/printed")  # fmt: skip
    assert all(VOUCHER in web.get(path).words for path in paths)
    no_money(web, anna)
    for path in paths:
        assert VOUCHER not in web.get(path).words, path
    assert "Art class" in web.get("/rewards/printed").words
    assert "benefits" not in web.get("/rewards/printed").words
    for path in (f"/rewards/{voucher}", f"/rewards/{voucher}/redeem"):
        assert web.get(path).status == 404
    assert VOUCHER not in web.get("/").words


def test_whoever_helps_reads_none_out_and_prints_none(web: Web, voucher: str) -> None:
    anna = web.member("Anna Bell")
    web.credited(anna.member_id, 300)
    web.sign_in(ADMIN)
    to_print = f"/members/{anna.member_id}/rewards"
    read_out = f"/members/{anna.member_id}/redeem/{voucher}"
    assert VOUCHER in web.get(to_print).words
    assert "You are asking for" in web.get(read_out).words
    no_money(web, anna)
    for path in (to_print, f"/members/{anna.member_id}/redeem"):
        assert VOUCHER not in web.get(path).words, path
        assert "Art class" in web.get(path).words, path
    page = web.get(read_out)
    assert "has chosen not to be offered rewards with a money value" in page.words
    assert "You are asking for" not in page.words
    assert "Use 1 hour" not in page.html
    assert "reason" not in page.words.lower()


def test_nor_through_the_api(web: Web, voucher: str) -> None:
    anna = web.member("Anna Bell")
    no_money(web, anna)

    def titles(person_id: str, query: str = "") -> list[str]:
        with web.community.unit(web.community.actor_of(person_id)) as unit:
            token = doors.new_api_token(unit, person_id, "tests")
        answer = web.browser.get(
            f"/api/v1/rewards{query}", headers={"Authorization": f"Bearer {token}"},
            base_url=web.base,
        )  # fmt: skip
        return [each["title"] for each in answer.json["items"]]

    assert titles(anna.person_id) == ["Art class"]
    admin = web.community.admin.person_id
    assert titles(admin) == ["Art class", VOUCHER]
    assert titles(admin, f"?for_member_id={anna.member_id}") == ["Art class"]


def test_nor_on_a_waiting_list_joined_before(web: Web, voucher: str) -> None:
    first, anna, cleo = (web.member(name) for name in ("First One", "Anna Bell", "Cleo Day"))
    for each in (first, anna, cleo):
        web.credited(each.member_id, 300)
    asked = web.ask(voucher, first)
    for each in (anna, cleo):
        command = reward_waiting.JoinWaiting(reward_id=voucher, member_id=each.member_id)
        web.community.do(reward_waiting.join_waiting, command,
                         actor=web.community.actor_of(each.person_id))  # fmt: skip
    no_money(web, anna)
    web.new_browser()
    web.sign_in(first)
    assert web.post(f"/redemptions/{asked}/cancel").status == 303
    with web.community.unit() as unit:
        found = {row.member_id: row.status for row in unit.db.scalars(select(RewardWait))}
        told = set(
            unit.db.scalars(
                select(OutboxMessage.person_id).where(OutboxMessage.kind == "reward_place_offered")
            )
        )
    assert found == {anna.member_id: "withdrawn", cleo.member_id: "offered"}
    assert anna.person_id not in told
    # A second tick finds nothing more to do.
    assert reward_waiting.move_on(web.community.database, web.community.console) == 0


def test_the_words_stand_everywhere_the_same_and_warn_once_they_are_old(
    web: Web, voucher: str
) -> None:
    by_post = web.member("Iris Lane", address="1 Mill Lane")
    by_phone = web.member("Joe Park", phone="01632 960200", no_money_rewards=False)
    wants(web.community, by_post, "post")
    wants(web.community, by_phone, "phone")
    second = web.reward("Book token", 60, kind="voucher", money_pence=1000)
    for each in (by_post, by_phone):
        web.credited(each.member_id, 300)
        web.sign_in(each)
        places = [f"/rewards/{second}", f"/rewards/{second}/redeem", "/rewards/printed"]
        places.append(web.post(f"/rewards/{second}/redeem").location)
        said = [_information(web.get(path).words) for path in places]
        assert len(set(said)) == 1, said
        assert OLD not in said[0]
        web.new_browser()
    web.sign_in(ADMIN)
    help_path = f"/members/{by_post.member_id}/redeem/{second}"
    assert "None of these choices changes how we value your time." in web.get(help_path).words
    script = web.community.read(calls.script, by_phone.person_id).text
    printed = web.community.do(letters.print_letters, letters.PrintLetters())
    told = " ".join(_sentences(web, printed.run_id))
    for text in (script, told):
        assert "may count as income for some benefits." in text
        assert "Riverside Law Centre last checked this text on 2 March 2026." in text
        assert OLD not in text
    assert "check_information" not in _verbs(web)

    web.community.clock.forward(days=370)
    assert "check_information" in _verbs(web)
    web.new_browser()
    web.sign_in(by_post)
    places = [f"/rewards/{second}", f"/rewards/{second}/redeem", "/rewards/printed"]
    places.append(web.post(f"/rewards/{second}/redeem").location)
    for path in places:
        assert OLD in web.get(path).words, path
    with web.community.unit(web.community.actor_of(by_phone.person_id)) as unit:
        assert rewards.reward(unit, second)
    told = " ".join(_sentences(web, web.community.do(
        letters.print_letters, letters.PrintLetters()).run_id))  # fmt: skip
    assert OLD in told
    web.new_browser()
    web.sign_in(by_phone)
    web.post(f"/rewards/{second}/redeem")
    assert OLD in web.community.read(calls.script, by_phone.person_id).text
    web.new_browser()
    web.sign_in(ADMIN)
    for path in (help_path, f"/members/{by_phone.member_id}/redeem/{second}", "/community/policy"):
        assert OLD in web.get(path).words, path


def test_nothing_without_a_money_value_brings_the_words_up(web: Web, voucher: str) -> None:
    iris = web.member("Iris Lane", address="1 Mill Lane")
    wants(web.community, iris, "post")
    web.credited(iris.member_id, 300)
    web.ask(web.reward("Tea with the chair", 60, kind="thanks"), iris)
    printed = web.community.do(letters.print_letters, letters.PrintLetters())
    assert "benefits" not in " ".join(_sentences(web, printed.run_id))


def _information(words: str) -> str:
    """The words about benefits on a page, from their first to the day they were checked."""
    return words[words.index("If you get benefits.") : words.index("on 2 March 2026.")]


def _sentences(web: Web, run_id: str) -> list[str]:
    sheets = web.community.read(letter_pdf.sheets, run_id)
    return [text for each in sheets.data["letters"] for text in each["sentences"]]


def _verbs(web: Web) -> set[str]:
    return {task.verb for task in web.community.read(to_do.waiting)}


def test_administrators_see_by_when_the_words_are_to_be_checked(web: Web) -> None:
    web.sign_in(ADMIN)
    assert "To be checked again by Not provided" in web.get("/community").words
    web.money_rewards_on()
    assert "To be checked again by 3 March 2027" in web.get("/community").words
