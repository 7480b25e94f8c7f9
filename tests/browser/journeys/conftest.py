"""One site for each file and way, made from the sample community with a little more in it.

The journeys of a file share the site, so that each takes other people's hours; whoever comes is
signed in already, unless signing in is what the journey is about.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.browser.conftest import Visit, clear
from tests.browser.journeys import scene
from tests.browser.journeys.ways import Visitor, Way, ways
from tests.browser.site import Site, served
from tests.conftest import everything
from tests.mail_server import mail_server
from timebank import community, languages, sign_ins
from timebank.models import Person
from timebank.unit import NOBODY

Come = Callable[..., Visitor]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take every journey in English, and the first of each file in other languages too.

    `make test-all` takes all of them in every way.
    """
    if everything():
        return
    firsts: dict[Path, str] = {}
    left_out = []
    for item in items:
        if item.path.parent == HERE and isinstance(item, pytest.Function):
            first = firsts.setdefault(item.path, item.originalname)
            aside = item.originalname != first or "[no JavaScript-" in item.name
            if aside and "[English-" not in item.name:
                left_out.append(item)
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def prepared(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample community with what the journeys need; its own mails have gone out."""
    folder = tmp_path_factory.mktemp("journeys") / "data"
    shutil.copytree(sample_folder, folder)
    with mail_server() as (mails, port), served(folder, mails, port) as site:
        scene.set_up(site.database)
        site.tick()
    return folder


@pytest.fixture(scope="module", params=ways())
def way(request: pytest.FixtureRequest) -> Way:
    """How the journey is taken this time."""
    return ways()[request.param]


@pytest.fixture(scope="module")
def riverside(way: Way, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of this file and way; everybody on file reads the way's language."""
    target = tmp_path_factory.mktemp("riverside") / "data"
    shutil.copytree(prepared, target)
    with mail_server() as (mails, port), served(target, mails, port) as site:
        with site.database.reading(NOBODY) as unit:
            operator = community.console_actor(unit)
        with site.database.unit(operator) as unit:
            for person in unit.db.scalars(select(Person)):
                languages.keep(unit, person, way.language)
        clear(mails)
        yield site


@pytest.fixture
def come(riverside: Site, way: Way, visit: Visit) -> Come:
    """Opens a browser for somebody: ``come("Grace Okafor")`` at their first page, ``come()`` at
    the door."""

    def come_in(name: str | None = None, *, by: Way = way) -> Visitor:
        page = visit(riverside, width=by.width, java_script_enabled=by.scripts)
        config = riverside.app.config["SESSION_COOKIE_NAME"]
        cookies = {f"{config}-language": by.language}
        if name is not None:
            cookies[config] = _signed_in(riverside, name)
        page.context.add_cookies(
            [
                {"name": key, "value": value, "url": riverside.address}
                for key, value in cookies.items()
            ]
        )
        visitor = Visitor(page, by)
        visitor.go("/" if name is not None else "/sign-in")
        return visitor

    return come_in


def _signed_in(site: Site, name: str) -> str:
    """The cookie of a browser in which somebody signed in just now."""
    with site.database.doorstep() as unit:
        person_id = unit.db.scalars(select(Person.id).where(Person.name == name)).one()
        token = sign_ins.start(unit, person_id, way="password", shared=False)
    sessions = site.app.session_interface.get_signing_serializer(site.app)  # type: ignore[attr-defined]
    return str(sessions.dumps({"_user_id": token, "_fresh": True}))
