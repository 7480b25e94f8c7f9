"""Every route as every role, with another member's ids: nothing of theirs is shown or changed.

The routes come from the URL map, the ids from the tables, the forms from the pages that the other
member and the coordinators see, and what a role may do from ``timebank.roles``: nothing is listed
by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.web.neighbours import ID, MARK, leaks
from tests.web.walks import (
    NOT_A_MEMBERS,
    STAFF,
    Found,
    Walk,
    begin,
    look_through,
    operations,
    work_through,
)
from timebank import listings
from web.access import every_rule

OUTSIDERS = ("nobody", "member", "limited coordinator")


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The sample community, with every page of the victim's and of the staff's looked through."""
    started = begin(tmp_path_factory.mktemp("walk"))
    made, paths = started.walk, set(started.pages)
    # Whoever has an entry in the directory shows it to all on purpose; she does not.
    with made.world.database.unit(made.actors["victim"]) as unit:
        listings.leave(unit, made.theirs.member_id)
    made.look_again()
    looked: set[str] = set()
    for role in ("victim", *STAFF):
        hers = {where for path, where in made.pages(role, 2) if path not in looked}
        look_through(made, role, made.browsers[role], sorted(hers | paths))
        paths = set()
        if role != "victim":  # what one of the staff sees of her, the next need not look through
            looked |= {path for path, _ in made.pages(role, 1)}
    work_through(made, "coordinator")
    yield made
    made.world.close()


# --- what a role may not do -------------------------------------------------------------------


@pytest.mark.parametrize("who", [*OUTSIDERS, "coordinator", "treasurer", "administrator alone"])
def test_a_role_that_may_not_gets_no_further(walk: Walk, who: str) -> None:
    wrong = []
    for method, path, rule in every_rule(walk.world.app):
        if walk.may(who, rule):
            continue
        (where,) = walk.filled(path, 1)
        answer = _open(walk, who, method, where, {})
        if not _turned_away(walk, who, answer, where) or walk.world.changed():
            wrong.append(f"{method} {where}: {answer.status_code}")
            walk.world.restore()
    for found in walk.forms:
        if not walk.may(who, walk.rule("POST", found.path)[1]):
            answer = walk.browsers[who].send(found.path, found.form.filled())
            if not _turned_away(walk, who, answer, found.path) or walk.world.changed():
                wrong.append(f"form {found.path}: {answer.status_code}")
                walk.world.restore()
    assert wrong == []


def _open(walk: Walk, who: str, method: str, where: str, body: Any) -> TestResponse:
    browser = walk.browsers[who]
    if where.startswith("/api/v1/"):
        return browser.ask(method, where, None if method == "GET" else body)
    return browser.get(where) if method == "GET" else browser.send(where, body)


def _turned_away(walk: Walk, who: str, answer: TestResponse, where: str) -> bool:
    if leaks(answer, walk.secrets, where):
        return False
    if who != "nobody":
        return answer.status_code == 403
    if where.startswith("/api/v1/"):
        return answer.status_code == 401
    return answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")


# --- what somebody else may do, but not with her things ----------------------------------------


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_address_shows_what_is_hers(walk: Walk, who: str) -> None:
    patterns = [path for method, path, rule in every_rule(walk.world.app)
                if method == "GET" and walk.may(who, rule)]  # fmt: skip
    asked = {where for path in patterns for where in walk.filled(path, 3)}
    asked |= {each for each in walk.addresses if walk.may(who, walk.rule("GET", each)[1])}
    wrong = []
    for where in sorted(asked):
        answer = _open(walk, who, "GET", where, None)
        assert answer.status_code < 500, where
        wrong += [f"{where} shows {each}" for each in leaks(answer, walk.secrets, where)]
        wrong += _harm(walk, where)
    assert wrong == []


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_form_shows_or_changes_what_is_hers(walk: Walk, who: str) -> None:
    """Her own forms and those about her, sent by somebody else; also with half their ids."""
    wrong = []
    for found in walk.forms:
        if not walk.may(who, walk.rule("POST", found.path)[1]):
            continue
        for where, fields in _ways(walk, found):
            answer = walk.browsers[who].send(where, fields)
            assert answer.status_code < 500, where
            said = f"{where} {fields}"
            wrong += [f"{said} shows {each}" for each in leaks(answer, walk.secrets, said)]
            wrong += _harm(walk, said)
    assert wrong == []


def _ways(walk: Walk, found: Found) -> Iterator[tuple[str, dict[str, Any]]]:
    fields = found.form.filled()
    yield found.path, fields
    own = walk.instead
    path = ID.sub(lambda each: own.get(each[0], each[0]), found.path)
    body = {name: [own.get(each, each) for each in values] for name, values in fields.items()}
    if path != found.path and body != fields:
        yield path, fields
        yield found.path, body


def _harm(walk: Walk, said: str) -> list[str]:
    """What the request just made did to her rows; everything is put back."""
    if not walk.world.changed():
        return []
    harm = walk.world.harm(walk.theirs)
    walk.world.restore()
    return [f"{said}: {each}" for each in harm]


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_operation_shows_or_changes_what_is_hers(walk: Walk, who: str) -> None:
    wrong = []
    for method, where, body in operations(walk):
        if not walk.may(who, walk.rule(method, where)[1]):
            continue
        answer = _open(walk, who, method, where, body)
        assert answer.status_code < 500, where
        said = f"{method} {where} {body}"
        wrong += [f"{said} shows {each}" for each in leaks(answer, walk.secrets, said)]
        wrong += _harm(walk, said)
    assert wrong == []


# --- that the walk would notice ----------------------------------------------------------------


def test_she_has_one_of_everything(walk: Walk) -> None:
    missing = {table.name for table in walk.world.missing(walk.theirs)}
    assert missing - NOT_A_MEMBERS == set()
    assert len(walk.theirs.figures) > 3, walk.theirs.figures


def test_she_herself_reaches_her_things(walk: Walk) -> None:
    """The same addresses, forms and operations, by those whose they are."""
    hers = [where for where in walk.addresses if walk.may("victim", walk.rule("GET", where)[1])]
    shown = [where for where in hers if leaks(walk.browsers["victim"].get(where), {MARK}, where)]
    assert len(shown) > 20, (len(hers), shown)
    assert {figure for where in hers for figure in
            leaks(walk.browsers["victim"].get(where), walk.theirs.figures, "")}  # fmt: skip
    assert [f for f in walk.forms if f.status in (400, 401, 403) or f.status >= 500] == []
    took = {walk.rule("POST", found.path)[0] for found in walk.forms if found.changed}
    reached = {walk.rule("POST", found.path)[0] for found in walk.forms}
    assert len(took) > 0.7 * len(reached), sorted(reached - took)
