"""Old statements say for ever what they said: every form, after everything around them changed."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.timebank.builders import Community
from tests.timebank.golden_statements import GOLDEN, path_of, printed
from tests.timebank.statement_samples import READER, content
from tests.timebank.test_redemptions import add_reward, request
from timebank import statements, typesetting
from timebank.models import Member, Person, Redemption, Reward, Session
from timebank.roles import Actor
from timebank.statement_content import canonical, receipt, sha256_of
from timebank.statement_formats import FORMATS, wanted
from timebank.statement_said import reader_of

VERSIONS = sorted(int(path.name.rpartition("_")[2]) for path in GOLDEN.glob("statement_*"))


def stored(version: int) -> dict[str, Any]:
    text = (GOLDEN / f"statement_{version}" / "content.json").read_text("ascii")
    found: dict[str, Any] = json.loads(text)
    assert canonical(found) + "\n" == text
    return found


def test_every_version_there_was_is_kept() -> None:
    newest = content()["version"]
    assert list(range(1, newest + 1)) == VERSIONS
    assert stored(newest).keys() == content().keys()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("code", FORMATS)
def test_every_form_of_every_version_says_what_it_said(version: int, code: str) -> None:
    """Whoever changes a sentence makes a new version of the content, and says the old as before."""
    made = FORMATS[code].make(stored(version), READER, money_values=True)
    assert printed(made) == path_of(version, code).read_bytes()


# --- a year later -------------------------------------------------------------------------------


@pytest.fixture
def anna(community: Community) -> Actor:
    return community.member_actor("Anna Bell", "anna@example.org")


def everything(community: Community, statement_id: str) -> dict[str, bytes]:
    """Every form as somebody gets it now, in words; and the receipt."""
    with community.database.reading(community.console) as unit:
        found = statements.statement(unit, statement_id)
        forms = {code: wanted(unit, found, code) for code in FORMATS}
        assert sha256_of(found.content) == found.content_sha256
        receipt_now = receipt(found.content_sha256).encode()
    made = {code: printed(form.make(money_values=True)) for code, form in forms.items()}
    return made | {"receipt": receipt_now}


def test_a_reprint_a_year_later_is_the_same(community, anna, tmp_path, monkeypatch):
    """After renamed sessions and rewards, another name of the group, changed templates, and a
    neighbour who was erased: the same hash, words and figures in every form."""
    neighbour = community.member_actor("Nell Cox", "nell@example.org")
    session_id = community.session("Reading panel", on=date(2026, 3, 2))
    community.credit(session_id, [anna.member_id, neighbour.member_id], minutes=450)
    request(community, add_reward(community), anna.member_id, anna)
    community.clock.set(datetime(2026, 4, 1, 12, tzinfo=UTC))
    with community.unit(community.console) as unit:
        statements.issue(unit, date(2026, 3, 31))
    (issued,) = community.read(statements.of_member, anna.member_id, by=anna)
    before = everything(community, issued.id)

    community.clock.set(datetime(2027, 4, 2, 12, tzinfo=UTC))
    with community.unit(community.console) as unit:
        unit.db.get_one(Session, session_id).title = "Something else"
        for reward in unit.db.query(Reward):
            reward.title = "Another reward"
        for found in unit.db.query(Redemption):
            assert found.title != "Another reward"
        unit.community.name = "Renamed Time Bank"
        person = unit.db.get_one(Person, neighbour.person_id)
        person.name, person.email, person.phone, person.address = "", None, None, None
        unit.db.get_one(Member, neighbour.member_id).status = "left"
        statements.issue(unit, date(2027, 3, 31))
    _change_templates(tmp_path, monkeypatch)

    after = everything(community, issued.id)
    assert after.keys() == before.keys()
    for code in before:
        assert _flowing(after[code]) == _flowing(before[code]), code
    assert b"Reading panel" in after["text"]
    assert b"Something else" not in after["text"]


def _flowing(words: bytes) -> bytes:
    """On other paper lines and pages end elsewhere, in long words too."""
    return b"".join(re.sub(rb"Page \d+ of \d+", b"", words).split())


def _change_templates(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another page and another size of type: the layout is not part of a statement."""
    changed = folder / "typst"
    shutil.copytree(typesetting.TEMPLATES, changed)
    for path in changed.glob("*.typ"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("x: 20mm", "x: 25mm").replace("12pt", "13pt"), "utf-8")
    monkeypatch.setattr(typesetting, "TEMPLATES", changed)


def test_the_contact_is_who_can_be_asked_now(community, anna):
    """What a statement says is fixed; whom to ask about it is looked up each time."""
    community.clock.set(datetime(2026, 4, 1, 12, tzinfo=UTC))
    with community.unit(community.console) as unit:
        statements.issue(unit, date(2026, 3, 31))
        unit.community.contact_name = "Bo Lind"
    (issued,) = community.read(statements.of_member, anna.member_id, by=anna)
    with community.database.reading(anna) as unit:
        reader = reader_of(unit, statements.statement(unit, issued.id))
    assert reader.contact_name == "Bo Lind"
