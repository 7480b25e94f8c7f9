"""The books of an instance on a small disk for a while: moved there, filled up, moved back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.conftest import Database
from tests.small_disk import MEGABYTE, SmallDisk, given_to_server, small_disk

# A tmpfs takes the memory of what lies on it, not of its size.
ROOMY = 8192 * MEGABYTE


@contextmanager
def books_on_small_disk(where: Database, data: Path) -> Iterator[SmallDisk]:
    """Database and data folder on a disk to be resized; nobody may be connected at either end.

    Raises ``NoSmallDisk`` where this account cannot make one.
    """
    data.mkdir(exist_ok=True)
    with small_disk(ROOMY) as disk, _moved(data, disk.path):
        if where.name == "sqlite":
            with _moved(Path(str(make_url(where.url).database)), disk.path):
                yield disk
        else:
            with _in_tablespace(where, disk.path):
                yield disk


@contextmanager
def _moved(path: Path, folder: Path) -> Iterator[None]:
    """A file or folder that lies elsewhere meanwhile, and is found under its name all the same."""
    there = folder / path.name
    shutil.move(path, there)
    path.symlink_to(there)
    try:
        yield
    finally:
        path.unlink()
        shutil.move(there, path)


@contextmanager
def _in_tablespace(where: Database, disk: Path) -> Iterator[None]:
    """A PostgreSQL database whose tables lie on the disk meanwhile; its log does not."""
    assert where.admin_url is not None
    url = make_url(where.admin_url)
    address = url.set(drivername="postgresql", database="postgres").render_as_string(False)
    folder = disk / "tables"
    folder.mkdir()
    name = url.database
    with psycopg.connect(address, autocommit=True) as admin:
        given_to_server(folder, admin)
        admin.execute(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
        _move_database(admin, str(name), str(name))
        try:
            yield
        finally:
            _move_database(admin, str(name), "pg_default")
            admin.execute(f"DROP TABLESPACE {name}")


def _move_database(admin: psycopg.Connection[object], name: str, tablespace: str) -> None:
    # What a process that has ended held open ends with the next word that its server gets.
    admin.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (name,)
    )
    admin.execute(f"ALTER DATABASE {name} SET TABLESPACE {tablespace}")
