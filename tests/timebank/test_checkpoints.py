"""Checkpoints: a line a day, whatever happens, and what they find out."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import Database
from tests.mail_server import mail_server, settings_for
from tests.timebank.builders import Community, FakeClock, instance_settings
from timebank import audit, checkpoints, delivery, scheduler
from timebank.checkpoints import Checkpoint
from timebank.errors import RuleBroken
from timebank.models import OutboxMessage
from timebank.settings import load
from timebank.unit import Database as Instance


def path(community: Community) -> Path:
    return checkpoints.file_of(community.settings)


def days(community: Community) -> list[str]:
    return [line.split()[0] for line in path(community).read_text().splitlines()]


def credit_one(community: Community) -> None:
    member = community.member(f"Member at {community.clock()}")
    community.credit(community.session(), [member.member_id])


def keep(community: Community) -> int:
    return checkpoints.keep(community.database, community.console)


def verified(community: Community, noted: list[Checkpoint]) -> list[str]:
    with community.database.reading(community.console) as unit:
        return [found.code for found in audit.verify(unit, noted=noted).findings]


def test_a_day_gets_its_line_once_it_is_over(community):
    credit_one(community)
    scheduler.tick(community.database)
    assert not path(community).exists()
    community.clock.set(datetime(2026, 3, 3, 0, 0, tzinfo=UTC))
    credit_one(community)  # already of the next day
    for _ in range(3):
        scheduler.tick(community.database)
        community.clock.forward(hours=7)
    with community.database.reading(community.console) as unit:
        first = unit.book.transaction(1)
    assert path(community).read_text() == f"2026-03-02 1:{first.digest.hex()}\n"
    assert path(community).stat().st_mode & 0o777 == 0o600


def test_the_day_ends_at_local_midnight(community):
    community.clock.set(datetime(2026, 7, 1, 22, 59, tzinfo=UTC))  # 23:59 in London
    keep(community)
    assert days(community)[-1] == "2026-06-30"
    community.clock.forward(minutes=1)
    assert keep(community) == 1
    assert days(community)[-1] == "2026-07-01"


def test_a_month_switched_off_is_caught_up_as_if_it_had_run(community):
    """What is written late says the same as what would have been written in time."""
    expected = []
    for _ in range(12):
        credit_one(community)
        with community.database.reading(community.console) as unit:
            head = unit.book.head()
        expected += [f"{head.seq}:{head.digest.hex()}"] * 3
        community.clock.forward(days=3)
    assert keep(community) == 36
    assert [line.split()[1] for line in path(community).read_text().splitlines()] == expected
    assert days(community)[0] == "2026-03-02"
    assert len(set(days(community))) == 36
    assert keep(community) == 0
    assert verified(community, checkpoints.read(path(community))) == []


def test_lines_are_never_rewritten(community):
    community.clock.forward(days=2)
    keep(community)
    before = path(community).read_bytes()
    credit_one(community)
    community.clock.forward(days=2)
    keep(community)
    assert path(community).read_bytes().startswith(before)
    community.clock.forward(days=-3)  # a clock that steps back
    assert keep(community) == 0
    assert days(community) == sorted(set(days(community)))


def test_several_processes_write_each_line_once(community):
    credit_one(community)
    community.clock.forward(days=20)
    others = [Instance(community.settings, clock=community.clock) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        wrote = list(pool.map(lambda other: checkpoints.keep(other, community.console), others))
    for other in others:
        other.dispose()
    assert sorted(wrote) == [0, 0, 0, 20]
    assert len(set(days(community))) == len(days(community)) == 20


@pytest.mark.parametrize("kept", [1, 11, 40, 76])
def test_a_line_half_written_by_a_crash_is_written_anew(community, kept):
    credit_one(community)
    community.clock.forward(days=3)
    keep(community)
    whole = path(community).read_bytes()
    newest = whole.splitlines(keepends=True)[-1]
    path(community).write_bytes(whole[: -len(newest) + kept])
    assert keep(community) == 1
    assert path(community).read_bytes() == whole[: -len(newest) + kept] + b"\n" + newest
    noted = checkpoints.read(path(community))
    assert [each.day.day for each in noted] == [2, 3, 4]
    assert verified(community, noted) == []


def test_a_file_lost_is_made_again_from_the_books(community):
    credit_one(community)
    community.clock.forward(days=3)
    keep(community)
    before = path(community).read_bytes()
    path(community).unlink()
    keep(community)
    assert path(community).read_bytes() == before


def test_another_line_is_named_with_its_day(community):
    credit_one(community)
    community.clock.forward(days=3)
    keep(community)
    noted = checkpoints.read(path(community))
    assert verified(community, noted) == []
    changed = Checkpoint(day=noted[1].day, seq=1, digest="ab" * 32)
    beyond = Checkpoint(day=noted[2].day, seq=7, digest="ab" * 32)
    nothing = Checkpoint(day=noted[0].day, seq=0, digest="cd" * 32)
    assert verified(community, [noted[0], changed, beyond, nothing]) == [
        "checkpoint_differs", "checkpoint_missing", "checkpoint_differs",
    ]  # fmt: skip


def test_what_is_no_checkpoint_is_refused_by_its_line(tmp_path):
    good = f"2026-03-02 0:{'0' * 64}\n"
    for wrong in ("2026-02-30 0:" + "0" * 64, "hello", good[:-2] + "x"):
        (tmp_path / "file").write_text(good + wrong + "\n" + good)
        with pytest.raises(RuleBroken) as refused:
            checkpoints.read(tmp_path / "file")
        assert refused.value.params["number"] == 2
    (tmp_path / "file").write_text("\n" + good)
    assert checkpoints.read(tmp_path / "file") == [
        Checkpoint(day=date(2026, 3, 2), seq=0, digest="0" * 64)
    ]


def test_a_folder_that_cannot_be_written_does_not_stop_the_rest(community, caplog):
    path(community).mkdir(parents=True)
    community.member("Anna Bell")
    community.clock.set(datetime(2026, 4, 2, tzinfo=UTC))
    assert scheduler.tick(community.database).statements > 0
    assert "checkpoint" in caplog.text


# --- by mail --------------------------------------------------------------------------------


@pytest.fixture
def mailing(database: Database, tmp_path: Path) -> Iterator[tuple[Community, object]]:
    with mail_server() as (kept, port):
        built = Community(
            database, tmp_path / "data", TIMEBANK_CHECKPOINT_TO="Auditor@Example.org",
            **settings_for(port),
        )  # fmt: skip
        yield built, kept
        built.close()


def to_auditor(kept) -> list[str]:
    return [
        m.get_content().replace("\r\n", "\n")
        for m in kept.mails
        if "auditor@example.org" in m["To"]
    ]


def test_the_lines_are_mailed_day_by_day(mailing):
    community, kept = mailing
    credit_one(community)
    for _ in range(3):
        community.clock.forward(days=1)
        for _ in range(2):
            scheduler.tick(community.database)
    lines = path(community).read_text().splitlines()
    assert len(lines) == len(to_auditor(kept)) == 3
    for line, text in zip(lines, to_auditor(kept), strict=True):
        assert f"\n\n{line}\n\n" in text
        assert "Riverside Time Bank" in text


def test_days_switched_off_come_in_one_mail(mailing):
    community, kept = mailing
    community.clock.forward(days=1)
    scheduler.tick(community.database)
    credit_one(community)
    community.clock.forward(days=9)
    scheduler.tick(community.database)
    lines = path(community).read_text().splitlines()
    assert "\n".join(lines[1:]) in to_auditor(kept)[1]
    assert lines[0] not in to_auditor(kept)[1]


def test_a_line_in_the_file_is_mailed_even_when_its_unit_was_lost(mailing):
    """The file and the outbox each know what they lack: neither takes the other's word."""
    community, kept = mailing
    community.clock.forward(days=1)
    with community.database.reading(community.console) as unit:
        lines = checkpoints.of_days(unit, [date(2026, 3, 2)])
    path(community).parent.mkdir()
    path(community).write_text(f"{lines[0]}\n")
    scheduler.tick(community.database)
    assert path(community).read_text() == f"{lines[0]}\n"
    assert str(lines[0]) in to_auditor(kept)[0]


def test_an_address_taken_away_again_gets_nothing_more(mailing, database):
    community, kept = mailing
    community.clock.forward(days=1)
    checkpoints.keep(community.database, community.console)
    other = Instance(
        instance_settings(database, community.settings.data,
                          TIMEBANK_SMTP_HOST="127.0.0.1", TIMEBANK_SMTP_PORT="1"),
        clock=FakeClock(community.clock()),
    )  # fmt: skip
    delivery.send_due(other)
    with other.reading(community.console) as unit:
        query = select(OutboxMessage).where(OutboxMessage.kind == checkpoints.KIND)
        assert [row.status for row in unit.db.scalars(query)] == ["cancelled"]
    other.dispose()
    assert to_auditor(kept) == []


def test_the_setting_must_be_an_address(tmp_path):
    with pytest.raises(RuleBroken, match="setting_wrong"):
        load({"TIMEBANK_DATA": str(tmp_path), "TIMEBANK_CHECKPOINT_TO": "the auditor"})
