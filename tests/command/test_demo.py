"""The sample community: believable, in a folder of its own, mailed to nobody."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.command.conftest import Place
from timebank import doors, sample
from timebank.models import (
    AttendanceEntry,
    Member,
    OutboxMessage,
    Policy,
    Redemption,
    RoleHeld,
    Session,
    Statement,
    TrailEvent,
)
from timebank.sample_content import PASSWORD, SIGN_INS
from timebank.unit import NOBODY, Database
from web.command.instance import migrate


def test_everything_happens_in_it(sample_place: Place) -> None:
    database = Database(sample_place.settings)
    with database.reading(NOBODY) as unit:
        db = unit.db
        states = set(db.scalars(select(Redemption.status)))
        assert states == {"requested", "approved", "fulfilled", "declined", "cancelled"}
        assert set(db.scalars(select(Redemption.kind))) == {
            "training", "class", "voucher", "charity",
        }  # fmt: skip
        entries = db.scalars(select(AttendanceEntry)).all()
        assert {e.choice for e in entries} == {"accept", "decline", "pot"}
        assert {e.capacity for e in entries} == {"own_time", "paid_job"}
        assert any(e.reason == "wrong_time" for e in entries)
        members = db.scalars(select(Member)).all()
        assert len(members) == 14
        assert sum(m.person.email is None for m in members) == 2
        assert any("mother" in (m.person.needs or "") for m in members)
        assert set(db.scalars(select(RoleHeld.role))) == {
            "administrator", "coordinator", "treasurer",
        }  # fmt: skip
        sessions = db.scalars(select(Session)).all()
        assert all(s.status == "planned" for s in sessions if not s.activity_type.credited)
        assert sum(s.status == "credited" for s in sessions) >= 12
        assert any(s.status == "planned" and s.starts_on > unit.today for s in sessions)
        assert len(set(db.scalars(select(Statement.until_on)))) == 6
        assert not db.scalars(select(OutboxMessage.id).where(OutboxMessage.attempts > 0)).all()
    database.dispose()


def test_everybody_on_the_list_can_sign_in(sample_place: Place) -> None:
    shown = sample_place.run("demo", "--no-serve").output
    database = Database(sample_place.settings)
    for name, (email, _roles) in SIGN_INS.items():
        assert name in shown
        assert email in shown
        assert doors.PasswordDoor().sign_in(database, email, PASSWORD)
    database.dispose()
    assert f"The password of each is: {PASSWORD}" in shown


def test_run_again_it_is_the_same_one(sample_place: Place) -> None:
    before = sample_place.run("verify").output
    sample_place.run("demo", "--no-serve")
    assert sample_place.run("verify").output == before


def test_an_interrupted_one_is_built_anew_with_nothing_of_the_environment(
    empty_place: Place, tmp_path: Path
) -> None:
    empty_place.data.mkdir()
    (empty_place.data / "sample.json").write_text('{"finished": false, "sign_ins": []}')
    (empty_place.data / "timebank.sqlite3").write_text("half")
    elsewhere = tmp_path / "real.sqlite3"
    real = {
        "TIMEBANK_DATABASE_URL": f"sqlite:///{elsewhere}",
        "TIMEBANK_SMTP_HOST": "127.0.0.1",
        "TIMEBANK_SMTP_PORT": "1",
        "TIMEBANK_MAIL_FROM": "hello@example.org",
    }
    place = Place(empty_place.data, {**empty_place.environ, **real})
    begun = time.monotonic()
    assert "Priya Shah" in place.run("demo", "--no-serve").output
    assert time.monotonic() - begun < 30
    assert not elsewhere.exists()
    assert "The books hold." in empty_place.run("verify").output


def test_it_never_goes_into_a_real_community(place: Place) -> None:
    place.run("member", "add", "Ada")
    assert "holds something else" in place.fail("demo", "--no-serve")
    assert place.run("member", "list").stderr == "1 member\n"


@pytest.mark.parametrize("day", ["2026-03-01", "2028-02-29"])
def test_any_day_of_the_year_is_a_good_day_for_it(empty_place: Place, day: str) -> None:
    settings = empty_place.settings
    migrate(settings)
    end = datetime.fromisoformat(f"{day}T09:30").replace(tzinfo=UTC)
    sample.build(settings, end=end)
    assert "The books hold." in empty_place.run("verify").output
    # Nothing in it is younger than the story: not the first rules, not the row of its set-up.
    database = Database(settings)
    with database.reading(NOBODY) as unit:
        agreed = unit.db.scalars(select(Policy.agreed_at).order_by(Policy.version)).all()
        done = unit.db.scalars(select(TrailEvent.at).order_by(TrailEvent.id)).all()
    database.dispose()
    assert agreed == sorted(agreed)
    assert done == sorted(done)
    assert done[0] == agreed[0] <= agreed[-1] < end
