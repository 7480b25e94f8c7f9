"""The record of who did what: names looked up when it is shown, and words for every code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.web.conftest import Web
from tests.web.work import ADMIN, queries, staff
from timebank import people
from timebank.models import Person
from web.trail_labels import ACTIONS


@pytest.fixture(autouse=True)
def _signed_in(web: Web) -> None:
    web.sign_in(ADMIN)


def test_every_code_has_words_and_every_word_a_code() -> None:
    """Codes that are written out where they are recorded, and the beginnings of those put together
    there (``gift.`` of f"gift.{status}"); a code may also reach the record through a variable."""
    import timebank
    import web

    recorded: set[str] = set()
    beginnings: set[str] = set()
    written: set[str] = set()
    for package in (timebank, web):
        for path in Path(package.__file__ or "").parent.rglob("*.py"):
            if path.name == "trail_labels.py":
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    written.add(node.value)
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("trail.record"):
                    code = node.args[1]
                    if isinstance(code, ast.Constant):
                        recorded.add(code.value)
                    elif isinstance(code, ast.JoinedStr):
                        beginnings.add(ast.literal_eval(code.values[0]))
    assert "session.credited" in recorded
    assert sorted(recorded - set(ACTIONS)) == []
    assert all(each.endswith(".") for each in beginnings)
    unused = set(ACTIONS) - written
    assert sorted(each for each in unused if not each.startswith(tuple(beginnings))) == []


def test_who_did_what_to_which(web: Web) -> None:
    anna = web.member("Anna Bell")
    web.credited(anna.member_id, 60)
    words = web.get("/trail").words
    assert "2 March 2026 at 10:00 Who Ada Marsh Did what added a member About Anna Bell" in words
    assert "credited a session About Community meeting" in words


def test_a_new_name_shows_at_once_and_an_erased_one_never(web: Web) -> None:
    anna = web.member("Anna Bell")
    with web.community.unit() as unit:
        unit.db.get_one(Person, anna.person_id).name = "Anna Belling"
    assert "Anna Belling" in web.get("/trail").words
    with web.community.unit() as unit:
        unit.db.get_one(Person, anna.person_id).name = ""
    assert "Anna" not in web.get("/trail").words


def test_older_ones_a_page_at_a_time_with_the_same_queries(web: Web) -> None:
    with queries(web) as few:
        web.get("/trail")
    for number in range(55):
        web.community.member(f"Person {number:02}")
    with queries(web) as many:
        page = web.get("/trail")
    assert len(many) <= len(few) + 1  # the first list had no members among its subjects
    assert "Person 54" in page.words
    assert "Person 03" not in page.words
    older = page.html.split('rel="next"')[0].rpartition('href="')[2].split('"')[0]
    assert "Person 03" in web.get(older).words
    assert web.get("/trail?before=x").status == 200


def test_who_may_see_it(web: Web) -> None:
    theo, cora = staff(web, "Theo Ward", "treasurer"), staff(web, "Cora Day")
    for who, status in ((theo, 200), (cora, 403)):
        web.new_browser()
        web.sign_in(who)
        assert web.get("/trail").status == status


def test_the_terminal_is_named(web: Web) -> None:
    command = people.AddMember(name="From the terminal")
    web.community.do(people.add_member, command, actor=web.community.console)
    done = "Who the operator Did what added a member About From the terminal"
    assert done in web.get("/trail").words
