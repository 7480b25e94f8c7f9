"""Real sites and real browsers: see `site.py` for what is served, `checks.py` for what is asked.

def test_home(sample, visit):
    page = visit(sample)                      # a browser of its own; visit(sample, width=320)
    sign_in(page, "grace@example.org")
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from tests.browser.checks import Watch
from tests.browser.site import START, Site, served
from tests.mail_server import Kept, mail_server
from timebank import approvals, people, settings
from timebank import sample as samples
from timebank.community import ChangeCommunity, change_community
from timebank.models import Person, Redemption
from timebank.sample_content import COMMUNITY, PASSWORD
from timebank.unit import NOBODY, Database, Unit
from web.command.instance import migrate

Visit = Callable[..., Page]
SAM = "sam@example.org"  # the second approver


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A time bank that was started in an empty folder and not set up yet."""
    with mail_server() as (mails, port), served(tmp_path / "data", mails, port) as found:
        yield found


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of the sample community, to copy."""
    folder = tmp_path_factory.mktemp("sample") / "data"
    found = settings.load({"TIMEBANK_DATA": str(folder)})
    migrate(found)
    samples.build(found, end=START)
    _more(found)
    return folder


def _more(found: settings.Settings) -> None:
    """What the sample leaves out: a second approver with a link, and links to choose a password."""
    database = Database(found, clock=lambda: START)

    def by(name: str, function: Callable[[Unit, Any], Any], command: Any) -> Any:
        with database.reading(NOBODY) as unit:
            actor = people.actor_for(unit, _person(unit, name))
        with database.unit(actor) as unit:
            return function(unit, command)

    sam = by("Priya Shah", people.add_person, people.AddPerson(name="Sam Trustee", email=SAM))
    details = {**asdict(COMMUNITY), "second_approver_id": sam.person_id, "revision": 1}
    change = ChangeCommunity(**{each.name: details[each.name] for each in fields(ChangeCommunity)})
    by("Priya Shah", change_community, change)
    with database.reading(NOBODY) as unit:
        asked = select(Redemption.id).where(Redemption.status == "requested")
        redemption_id = unit.db.scalars(asked.limit(1)).one()
        dorothy = _person(unit, "Dorothy Clarke")
    ask = approvals.AskSecondApprover(redemption_id=redemption_id)
    by("Helen Marsh", approvals.ask_second_approver, ask)
    by("Helen Marsh", people.invite_person, people.InvitePerson(person_id=dorothy))
    database.dispose()


def _person(unit: Unit, name: str) -> str:
    return unit.db.scalars(select(Person.id).where(Person.name == name)).one()


@pytest.fixture
def sample(sample_folder: Path, tmp_path: Path) -> Iterator[Site]:
    """The sample community, for one test to change as it likes."""
    yield from copied(sample_folder, tmp_path / "data")


def copied(folder: Path, target: Path) -> Iterator[Site]:
    """Serve a copy of a data folder."""
    shutil.copytree(folder, target)
    with mail_server() as (mails, port), served(target, mails, port) as found:
        # The story's own notices are of no interest to a test.
        found.tick()
        clear(mails)
        yield found


def clear(mails: Kept) -> None:
    """Forget the mails that came so far."""
    mails.mails.clear()
    mails.envelopes.clear()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens browsers of their own; at the end none may have asked elsewhere or complained."""
    watches: list[Watch] = []
    opened: list[Any] = []

    def open_one(site: Site, *, width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(
            base_url=site.address, viewport={"width": width, "height": 900}, **options
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        watches.append(Watch(site.address))
        return watches[-1].over(context.new_page())

    yield open_one
    for context in opened:
        context.close()
    assert [line for watch in watches for line in watch.noticed] == []


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Sign in through the form."""
    page.goto("/sign-in")
    fill_in_sign_in(page, name, password)


def fill_in_sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Sign in on the page that is open, and wait for where it leads."""
    page.get_by_label("E-mail address or member number").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
