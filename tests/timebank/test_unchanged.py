"""What is kept is read again after any commit, by whomever, and never without one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.timebank.builders import Community
from timebank.models import Community as Row
from timebank.unchanged import MOST, Unchanged
from timebank.unit import make_engine


@pytest.fixture
def unchanged(community: Community) -> Iterator[Unchanged]:
    found = Unchanged(community.database.engine)
    yield found
    found.close()


def name_of(community: Community) -> str:
    return str(community.read(lambda unit: unit.db.scalar(select(Row.name))))


def rename(community: Community, name: str) -> None:
    with community.unit() as unit:
        unit.db.execute(update(Row).values(name=name))


def test_a_change_is_seen_at_once(community: Community, unchanged: Unchanged) -> None:
    def read() -> str:
        return name_of(community)

    assert unchanged.get("name", read) == "Riverside Time Bank"
    for name in ("Hillside", "Lakeside", "Hillside"):
        rename(community, name)
        assert unchanged.get("name", read) == name
        assert unchanged.get("name", read) == name


def test_it_is_read_once_for_each_change_on_sqlite(
    community: Community, unchanged: Unchanged
) -> None:
    times = 0

    def read() -> int:
        nonlocal times
        times += 1
        return times

    keeps = community.database.engine.dialect.name == "sqlite"
    first = [unchanged.get("times", read) for _ in range(3)]
    assert first == ([1, 1, 1] if keeps else [1, 2, 3])
    name_of(community)  # reading changes nothing
    assert unchanged.get("times", read) == (1 if keeps else 4)
    rename(community, "Hillside")
    assert unchanged.get("times", read) == (2 if keeps else 5)


def test_another_process_commits(community: Community, unchanged: Unchanged) -> None:
    url = community.database.engine.url
    if url.get_backend_name() != "sqlite":
        return
    assert unchanged.get("name", lambda: name_of(community)) == "Riverside Time Bank"
    other = sqlite3.connect(str(url.database))
    other.execute("UPDATE community SET name = 'Elsewhere'")
    assert unchanged.get("name", lambda: name_of(community)) == "Riverside Time Bank"
    other.commit()
    other.close()
    assert unchanged.get("name", lambda: name_of(community)) == "Elsewhere"


def test_what_cannot_be_read_is_not_kept(community: Community, unchanged: Unchanged) -> None:
    def fail() -> str:
        raise LookupError

    with pytest.raises(LookupError):
        unchanged.get("name", fail)
    assert unchanged.get("name", lambda: "there") == "there"


def test_it_does_not_grow_without_end(unchanged: Unchanged) -> None:
    for number in range(3 * MOST):
        assert unchanged.get(number, lambda number=number: number) == number
    assert len(unchanged._kept[1]) <= MOST + 1


def test_a_database_that_cannot_be_opened_is_told_by_the_reading(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database at all" * 100)
    unchanged = Unchanged(make_engine(f"sqlite:///{tmp_path / 'broken.db'}"))
    times = [unchanged.get("anything", object) for _ in range(2)]
    assert times[0] is not times[1]  # nothing is kept of what nothing watches over
    unchanged.close()
