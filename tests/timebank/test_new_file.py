"""A new SQLite file that several open at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from timebank.unit import make_engine

AT_ONCE, FILES = 4, 50


def test_whoever_comes_second_waits_for_the_file_to_be_laid_out(tmp_path: Path) -> None:
    barrier = Barrier(AT_ONCE)

    def open_it(path: Path) -> str:
        engine = make_engine(f"sqlite:///{path}")
        barrier.wait(30)
        with engine.connect() as connection:
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        engine.dispose()
        return str(mode)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for number in range(FILES):
            path = tmp_path / f"{number}.sqlite3"
            assert set(threads.map(open_it, [path] * AT_ONCE)) == {"wal"}


def test_what_cannot_write_ahead_is_opened_all_the_same() -> None:
    engine = make_engine("sqlite://")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "memory"
    engine.dispose()
