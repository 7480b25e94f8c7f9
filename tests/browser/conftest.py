"""Real sites and real browsers: see `site.py` for what is served, `checks.py` for what is asked.

def test_home(sample, visit):
    page = visit(sample)                      # a browser of its own; visit(sample, width=320)
    sign_in(page, "grace@example.org")
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page
from sqlalchemy import select, update

from tests.browser import after, looked_after
from tests.browser.checks import Watch
from tests.browser.site import START, Site, served
from tests.cheap import hash_password
from tests.mail_server import Kept, mail_server
from timebank import agreements, approvals, community, imports, people, sent_time, settings
from timebank import sample as samples
from timebank.attendance_plan import ImportOptions
from timebank.community import ChangeCommunity, change_community
from timebank.figures import Figures
from timebank.history_files import HistoryOptions
from timebank.history_import import apply_history, plan_history
from timebank.member_files import MemberOptions
from timebank.models import Attendance, Member, Password, Person, Redemption, Session
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
    return build_sample(tmp_path_factory.mktemp("sample") / "data")


def build_sample(folder: Path) -> Path:
    """The sample community, and one of everything else that a page can show, in a new folder."""
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
        waiting = select(Redemption.id).where(Redemption.status == "requested")
        asked = waiting.order_by(Redemption.title, Redemption.requested_at)
        redemption_id = unit.db.scalars(asked.limit(1)).one()
        dorothy = _person(unit, "Dorothy Clarke")
    ask = approvals.AskSecondApprover(redemption_id=redemption_id)
    by("Helen Marsh", approvals.ask_second_approver, ask)
    by("Helen Marsh", people.invite_person, people.InvitePerson(person_id=dorothy))
    after.add(by)
    looked_after.add(by)
    with database.reading(NOBODY) as unit:
        there = select(Attendance).join(Attendance.session).join(Attendance.member)
        named = there.join(Member.person)
        # By name: ids are drawn by chance, and the same person has to be met in every run.
        newest = named.order_by(Session.starts_on.desc(), Person.name).limit(1)
        attended = unit.db.scalars(newest).one()
        person, session_id = attended.member.person.name, attended.session_id
        member_id = attended.member_id
    figures = Figures(preparation_minutes=25)
    by(person, sent_time.send_time, sent_time.SendTime(session_id=session_id, figures=figures))
    agreed = agreements.ProposeAgreement(
        member_id=member_id, extra_preparation_minutes=30, from_on=START.date()
    )
    by("Helen Marsh", agreements.propose_agreement, agreed)
    _files(by, database, session_id)
    with database.unit(NOBODY) as unit:
        unit.db.execute(update(Password).values(hash=hash_password(PASSWORD)))
    database.dispose()


def _files(by: Callable[..., Any], database: Database, session_id: str) -> None:
    """Files that wait to be looked at, and a history that was brought over."""
    lists = {
        "attendance": (
            "Helen Marsh",
            b"member,minutes\nGrace Okafor,60\nDorothy Clark,60\nSomebody,1.5\n",
            ImportOptions(session_id=session_id, minutes=60),
        ),
        "members": ("Helen Marsh", b"name,email\nIvor Pugh,\nDorothy Clark,\n", MemberOptions()),
        "history": (
            "Priya Shah",
            b"member,date,kind,amount,balance\nIvor Pugh,2020-01-05,given,60,90\n",
            HistoryOptions(kinds_in=("given",), unit="minutes"),
        ),
    }
    for purpose, (name, content, options) in lists.items():
        subject_id = session_id if purpose == "attendance" else None
        command = imports.KeepFile(
            purpose=purpose, content=content, options=options, subject_id=subject_id
        )
        by(name, imports.keep_file, command)
    data = b"member,date,kind,amount\nIris Bell,2020-01-05,given,60\n"
    with database.reading(NOBODY) as unit:
        console = community.console_actor(unit)
    with database.reading(console) as unit:
        plan = plan_history(unit, data, HistoryOptions(kinds_in=("given",), unit="minutes"))
    with database.unit(console) as unit:
        apply_history(unit, plan)


def _person(unit: Unit, name: str) -> str:
    return unit.db.scalars(select(Person.id).where(Person.name == name)).one()


@pytest.fixture
def sample(sample_folder: Path, tmp_path: Path) -> Iterator[Site]:
    """The sample community, for one test to change as it likes."""
    yield from copied(sample_folder, tmp_path / "data")


def copied(folder: Path, target: Path, **where: str) -> Iterator[Site]:
    """Serve a copy of a data folder."""
    shutil.copytree(folder, target)
    with mail_server() as (mails, port), served(target, mails, port, **where) as found:
        # The story's own notices are of no interest to a test.
        found.tick()
        clear(mails)
        yield found


def clear(mails: Kept) -> None:
    """Forget the mails that came so far."""
    mails.mails.clear()
    mails.envelopes.clear()


PAGES = pytest.StashKey[list[Page]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[None]:
    """Say of a journey that failed where each of its browsers stood."""
    report = yield
    if call.when == "call" and report.failed:
        for page in item.stash.get(PAGES, []):
            with contextlib.suppress(Error):
                words = page.locator("body").inner_text(timeout=1000)
                report.sections.append((f"the browser stood at {page.url}", words))
    return report


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Opens browsers of their own; at the end none may have asked elsewhere or complained."""
    watches: list[Watch] = []
    opened: list[Any] = []
    pages = request.node.stash.setdefault(PAGES, [])

    def open_one(site: Site, *, width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(
            base_url=site.address, viewport={"width": width, "height": 900}, **options
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        watches.append(Watch(site.address))
        pages.append(watches[-1].over(context.new_page()))
        return pages[-1]

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
