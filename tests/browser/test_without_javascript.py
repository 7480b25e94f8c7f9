"""Every page and every form sent empty, without JavaScript on a small telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.checks import sideways
from tests.browser.conftest import Visit, copied, sign_in
from tests.browser.places import ROLES, Places
from tests.browser.site import Site
from tests.browser.test_error_pages import ALWAYS_RIGHT, forms
from tests.conftest import everything

pytestmark = pytest.mark.browser

# Staff see mostly what members see, and more of it: their walk is for when all is asked for.
WALKED = list(ROLES) if everything() else ["nobody", "member"]
_MAIN = re.compile(r"<main.*</main>", re.DOTALL)
_WORDS = re.compile(r">[^<]+<|\b(?:href|action|value|for|id|name|aria-[a-z]+)=\"[^\"]*\"")

# What a page is without any script: what can be read, and somewhere to go from there.
_USABLE = """() => {
  const seen = e => e.checkVisibility() && e.getClientRects().length > 0
  const main = document.querySelector("main")
  const wrong = []
  if (!main || !main.innerText.trim()) wrong.push("nothing to read")
  if ([...document.querySelectorAll("h1")].filter(seen).length !== 1) wrong.push("not one heading")
  if (![...document.querySelectorAll("a[href], button")].some(seen)) wrong.push("nowhere to go")
  for (const box of document.querySelectorAll("main form *:is(input, select, textarea, button)"))
    // A plain button does nothing without a script, and stays away.
    if (!/hidden|button/.test(box.type) && !seen(box) && !box.closest("details:not([open])"))
      wrong.push("cannot be reached: " + box.outerHTML.slice(0, 120))
  return wrong
}"""


@pytest.fixture(scope="module")
def looked_at(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample community, which empty forms change but little."""
    yield from copied(sample_folder, tmp_path_factory.mktemp("without") / "data")


@pytest.mark.parametrize("role", WALKED)
def test_every_page_and_every_empty_form(looked_at: Site, visit: Visit, role: str) -> None:
    page = visit(looked_at, width=320, java_script_enabled=False)
    if ROLES[role]:
        sign_in(page, ROLES[role])
    wrong: list[str] = []
    alike: set[str] = set()
    for place in Places(looked_at, role).all():
        # Asked first without drawing it: pages alike but for their words are drawn once.
        answer = page.request.get(place.path, max_redirects=0)
        found = _MAIN.search(answer.text())
        shape = _WORDS.sub("", found[0] if found else "")
        if answer.status != 200 or shape in alike:
            continue
        alike.add(shape)
        page.goto(place.path)
        wrong += [f"{place.path}: {line}" for line in _looked(page)]
        for number in range(forms(page).count()):
            wrong += [f"{place.path} form {number}: {line}" for line in _sent(page, number)]
            page.goto(place.path)
            if forms(page).count() <= number + 1:
                break
    assert "\n".join(wrong) == ""
    assert len(alike) > 4


def _looked(page: Page) -> list[str]:
    usable: list[str] = page.evaluate(_USABLE)
    return usable + sideways(page)


def _sent(page: Page, number: int) -> list[str]:
    """Empty what a person could empty, and press the button."""
    form = forms(page).nth(number)
    if (form.get_attribute("action") or "").endswith(ALWAYS_RIGHT):
        return []
    boxes = form.locator("input:is([type=text], [type=email], [type=tel], :not([type])), textarea")
    if boxes.count() == 0:
        return []  # one button, or choices: pressing it would do something
    closed = page.locator("main details:not([open]) > summary")
    while closed.count():
        closed.first.click()
    for box in boxes.all():
        if box.is_visible():
            box.fill("")
    with page.expect_navigation() as answer:
        form.locator("button[type=submit]").first.click()
    found = _looked(page)
    if answer.value is None or answer.value.status >= 500:
        return [*found, "no answer"]
    if answer.value.status == 422:
        summary = page.locator(".govuk-error-summary")
        if summary.count() != 1 or not page.title().startswith("Error: "):
            found.append("nothing says what is wrong")
    return found
