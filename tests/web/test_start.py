"""The set-up page: guarded by the terminal's code, once, and kind to what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cheap import Templates
from tests.conftest import Database
from tests.timebank.builders import FakeClock, instance_settings
from tests.web.conftest import Page, Web
from timebank import community
from timebank.models import Community
from timebank.unit import NOBODY
from web.app import create_app

ANSWERS = {
    "name": "Ferry Road Time Bank",
    "brand_colour": "#1d5c4b",
    "contact_name": "Ines Holt",
    "contact_phone": "020 7946 0111",
    "contact_email": "",
    "admin_name": "Ines Holt",
    "admin_email": "ines@example.org",
    "password": "three green doors",
    "admin_is_member": "yes",
}


class NewInstance(Web):
    """A browser on an instance that nobody has set up."""

    def __init__(self, database: Database, data: Path) -> None:
        self.settings = instance_settings(database, data)
        self.app = create_app(self.settings, clock=FakeClock())
        self.app.jinja_env.bytecode_cache = Templates()
        self.app.testing = True
        self.base = self.settings.address
        self.browser = self.app.test_client()

    def answer(self, **more: str) -> Page:
        return self.post("/set-up", {**ANSWERS, **more})

    def row(self) -> Community | None:
        with self.app.extensions["timebank"].reading(NOBODY) as unit:
            return unit.db.get(Community, 1)


@pytest.fixture
def new(sqlite_database: Database, tmp_path: Path) -> Iterator[NewInstance]:
    found = NewInstance(sqlite_database, tmp_path / "data")
    yield found
    found.app.extensions["timebank"].dispose()


def test_every_page_leads_to_the_set_up_until_it_is_done(new: NewInstance) -> None:
    for path in ("/", "/sign-in", "/rewards", "/how-it-works", "/link/abc"):
        answer = new.get(path)
        assert (answer.status, answer.location) == (303, "/set-up"), path
    page = new.get("/set-up")
    assert "It was printed where the time bank was started" in page.words
    assert new.get("/theme.css").status == new.get("/healthz").status == 200


def test_sets_up_signs_in_and_is_over(new: NewInstance) -> None:
    code = community.new_setup_code(new.settings)
    done = new.answer(setup_code=code.lower().replace("-", " "))
    assert (done.status, done.location) == (303, "/")
    home = new.get("/")
    assert home.words.startswith("Done Your time bank is ready.")
    assert "You have no hours yet." in home.words
    assert "Ferry Road Time Bank" in home.title
    assert "Ask Ines Holt: 020 7946 0111." in home.html
    assert "#1d5c4b" in new.get("/theme.css").html
    assert new.get("/set-up").location == "/"
    assert not community.check_setup_code(new.settings, code)


def test_a_wrong_code_sets_nothing_up_and_keeps_what_was_typed(new: NewInstance) -> None:
    community.new_setup_code(new.settings)
    page = new.answer(setup_code="AAAA-BBBB-CCCC")
    assert page.status == 422
    assert "This is not the code on the terminal." in page.words
    assert page.value("name") == "Ferry Road Time Bank"
    assert page.value("setup_code") == "AAAA-BBBB-CCCC"
    assert "three green doors" not in page.html
    assert new.row() is None


def test_without_a_code_on_file_no_code_is_right(new: NewInstance) -> None:
    assert new.answer(setup_code="").status == 422
    assert new.answer(setup_code="AAAA-BBBB-CCCC").status == 422
    assert new.row() is None


def test_errors_stand_at_their_boxes_in_the_order_of_the_form(new: NewInstance) -> None:
    code = community.new_setup_code(new.settings)
    page = new.answer(
        setup_code=code, name="", brand_colour="#ffee00", admin_email="ines", password="short"
    )
    assert page.status == 422
    places = [
        page.html.index(f'href="#{name}"') for name in ("name", "brand_colour", "admin_email")
    ]
    assert places == sorted(places)
    assert "White letters cannot be read on this colour." in page.words
    short = new.answer(setup_code=code, password="short")
    assert short.status == 422
    assert 'href="#password"' in short.html
    assert new.row() is None


def test_a_second_set_up_is_refused(new: NewInstance) -> None:
    form = new.get("/set-up").hidden
    new.answer(setup_code=community.new_setup_code(new.settings))
    again = community.new_setup_code(new.settings)
    page = new.send("/set-up", {**form, **ANSWERS, "setup_code": again, "name": "Another"})
    assert page.status in (400, 409)
    row = new.row()
    assert row is not None
    assert row.name == "Ferry Road Time Bank"


def test_healthz_fails_when_the_database_is_gone(new: NewInstance, tmp_path: Path) -> None:
    new.app.testing = False
    assert new.get("/healthz").html == "ok\n"
    new.app.extensions["timebank"].dispose()
    (tmp_path / "timebank.db").write_bytes(b"not a database")
    assert new.get("/healthz").status == 503
