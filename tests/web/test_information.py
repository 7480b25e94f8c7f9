"""The pages that are the same for everybody, and the source of what runs."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from tests.web.conftest import Web
from timebank.roles import MAY
from web.pages import information, source


@pytest.mark.parametrize(
    "path", ["/how-it-works", "/roles", "/accessibility", "/privacy", "/source"]
)
def test_everybody_may_read_them(web: Web, path: str) -> None:
    page = web.get(path)
    assert page.status == 200
    assert "None" not in page.words


def test_every_action_is_said_in_words() -> None:
    assert set(information.ACTIONS) == set(MAY)


def test_who_may_what_is_the_table_that_commands_read(web: Web) -> None:
    words = web.get("/roles").words
    members = words[words.index("Every member") : words.index("Coordinators")]
    assert "See their own hours" in members
    assert "Credit other people's hours" not in members


def test_how_it_works_says_what_the_group_agreed(web: Web) -> None:
    before = web.get("/how-it-works").words
    assert "Our group offers no rewards with a money value." in before
    assert "to the minute" in before
    web.money_rewards_on()
    assert "Some rewards have a money value." in web.get("/how-it-works").words


def test_the_source_is_what_runs_and_holds_nobody(web: Web) -> None:
    answer = web.get("/source/timebank.tar.gz").response
    assert answer.mimetype == "application/gzip"
    with tarfile.open(fileobj=io.BytesIO(answer.data)) as tar:
        names = set(tar.getnames())
        member = tar.extractfile("timebank/web/app.py")
        assert member
        ours = Path(source.__file__).resolve().parent.parent / "app.py"
        assert member.read() == ours.read_bytes()
        assert all(entry.isfile() and not entry.uname for entry in tar.getmembers())
    assert {"timebank/LICENSE", "timebank/setup.cfg", "timebank/run.py"} <= names
    assert any(name.startswith("timebank/migrations/versions/") for name in names)
    assert any(name.startswith("timebank/web/templates/") for name in names)
    for name in names:
        top = name.split("/")[1]
        assert top in {*source.PACKAGES, *source.BESIDE}, name
        assert not name.endswith((".pyc", ".db", ".sqlite3")), name


def test_an_installed_copy_brings_its_licence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without setup.cfg beside it, licences come from the installed metadata."""
    for name in source.PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
    monkeypatch.setattr(source.web, "__file__", str(tmp_path / "web" / "__init__.py"))
    source.packed.cache_clear()
    try:
        with tarfile.open(fileobj=io.BytesIO(source.packed())) as tar:
            names = tar.getnames()
    finally:
        source.packed.cache_clear()
    assert "timebank/ledger/__init__.py" in names
    assert "timebank/setup.cfg" not in names
