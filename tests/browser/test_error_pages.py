"""Every form sent empty: the answer says so, and is as good a page as any."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.checks import axe, sideways
from tests.browser.conftest import Visit, sign_in
from tests.browser.places import ROLES, Places
from tests.browser.site import Site
from tests.conftest import everything

pytestmark = pytest.mark.browser

# Empties what a person could empty, and makes the page one of yesterday.
_SPOIL = """form => {
  for (const box of form.elements) {
    if (box.type === "hidden") { if (/(revision|version|reason)$/.test(box.name)) box.value = "0" }
    else if (box.type === "checkbox" || box.type === "radio") box.checked = false
    else if (box.tagName === "SELECT") box.selectedIndex = 0
    else if (box.tagName !== "BUTTON") box.value = ""
  }
  form.requestSubmit(form.querySelector("button[type=submit]"))
}"""


# One button and nothing to fill in.
ALWAYS_RIGHT = ("/sign-out/everywhere", "/invite", "/paper", "/roles/end")
# Where a form may be right as it is: one button, or every answer may be left out.
NOTHING_NEEDED = {
    "calendars.mine",
    "coming.door",
    "coming.who",
    "exchanges.exchange",
    "groups.group",
    "histories.bring",
    "joining.checks",
    "languages.language",
    "links.link",
    "listings.listing",
    "listings.mine",
    "listings.of_member",
    "news.ask",
    "opportunities.opportunity",
    "organisations.of_member",
    "projects.project",
    "showing.mine",
    "showing.theirs",
    "sign_in_cards.offer",
    "statements.mine",
    "trusted.card",
    "trusted.theirs",
}


WALKED = [("nobody", 2), ("member", 3), *([("administrator", 18)] if everything() else [])]


@pytest.mark.parametrize(("role", "least"), WALKED)
def test_every_form_sent_empty(sample: Site, visit: Visit, role: str, least: int) -> None:
    page = visit(sample)
    if ROLES[role]:
        sign_in(page, ROLES[role])
    wrong: list[str] = []
    seen: set[str] = set()
    for place in Places(sample, role).all():
        answer = page.request.get(place.path, max_redirects=0)
        if answer.status != 200 or place.endpoint in seen:
            continue
        page.goto(place.path)
        for number in range(forms(page).count()):
            page.goto(place.path)
            if forms(page).count() <= number:
                break
            if not (forms(page).nth(number).get_attribute("action") or "").endswith(ALWAYS_RIGHT):
                seen.add(place.endpoint)
                found = _sent_empty(page, number, place.endpoint in NOTHING_NEEDED)
                wrong += [f"{place.endpoint} {line}" for line in found]
    assert not wrong, "\n".join(wrong)
    assert len(seen) >= least, seen


def forms(page: Page) -> Locator:
    """The forms in the main part of a page that change something."""
    return page.locator("main form[method=post]")


def _sent_empty(page: Page, number: int, may_pass: bool) -> list[str]:
    with page.expect_navigation() as answer:
        forms(page).nth(number).evaluate(_SPOIL)
    found = axe(page) + sideways(page)
    if may_pass and answer.value is not None and answer.value.ok:
        return found
    if answer.value is None or answer.value.status not in (409, 422):
        return [f"form {number}: {answer.value and answer.value.status} is no refusal"]
    if answer.value.status == 409 and forms(page).count() == 0:
        return found  # a page of its own says that something changed in the meantime
    if not page.title().startswith("Error: "):
        found.append(f"the title does not say so: {page.title()}")
    summary = page.locator(".govuk-error-summary")
    if summary.count() != 1:
        return [f"form {number}: {line}" for line in [*found, "no summary of the errors"]]
    if not summary.evaluate("summary => summary === document.activeElement"):
        found.append("the summary has not the focus")
    for link in summary.locator("a").all():
        target = link.get_attribute("href") or ""
        if page.locator(f"[id='{target.removeprefix('#')}']").count() != 1:
            found.append(f"the summary leads nowhere: {target}")
    return [f"form {number}: {line}" for line in found]
