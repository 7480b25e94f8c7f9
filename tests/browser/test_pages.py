"""Every page, as each role sees it: axe, 320 pixels, titles; nothing asked elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.checks import axe, sideways
from tests.browser.conftest import Visit, copied, sign_in
from tests.browser.places import ROLES, Places
from tests.browser.site import Site

pytestmark = pytest.mark.browser

# Endpoints whose pages were shown to some role.
shown: set[str] = set()
# What was looked at: main parts alike but for their words, and main parts word for word.
alike: set[str] = set()
same: set[str] = set()
_MAIN = re.compile(r"<main.*</main>", re.DOTALL)
_WORDS = re.compile(r">[^<]+<|\b(?:href|action|value|for|id|name|aria-[a-z]+)=\"[^\"]*\"")
_EACH_TIME = re.compile(r"<input type=\"hidden\"[^>]*>")


@pytest.fixture(scope="module")
def looked_at(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample community, for looking only."""
    yield from copied(sample_folder, tmp_path_factory.mktemp("looked-at") / "data")


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role(looked_at: Site, visit: Visit, role: str) -> None:
    page = visit(looked_at)
    if ROLES[role]:
        sign_in(page, ROLES[role])
        # The header and the menu are the same on all pages of a role.
        assert axe(page) + sideways(page) == []
    wrong: list[str] = []
    titles: dict[str, str] = {}
    for place in Places(looked_at, role).all():
        # Asked first without drawing it: most roles are sent away from most pages.
        answer = page.request.get(place.path, max_redirects=0)
        assert answer.status < 500, place
        found = _MAIN.search(answer.text())
        main = _EACH_TIME.sub("", found[0] if found else "")
        if answer.status == 200:
            shown.add(place.endpoint)
            title = re.findall("<title>(.*)</title>", answer.text())[0]
            if titles.setdefault(title, place.endpoint) != place.endpoint:
                wrong.append(f"{place.path}: the title of {titles[title]}: {title}")
        if main not in same:
            same.add(main)
            page.goto(place.path)
            wrong += [f"{place.path}: {line}" for line in sideways(page)]
            if (shape := _WORDS.sub("", main)) not in alike:
                alike.add(shape)
                wrong += [f"{place.path}: {line}" for line in axe(page)]
    assert "\n".join(wrong) == ""


def test_no_page_was_left_out(looked_at: Site) -> None:
    every = {place.endpoint for place in Places(looked_at, "member").all()}
    # Set up, there is no set-up page any more: the newcomer's journey looks at it.
    assert every - shown == {"start.set_up"}
