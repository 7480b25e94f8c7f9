"""A real disk of a few megabytes, to be filled up; only root can make one (a tmpfs)."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

MEGABYTE = 1024 * 1024


class NoSmallDisk(Exception):
    """This account may not make a file system."""


@dataclass(frozen=True)
class SmallDisk:
    """A file system of its own; whoever may reach ``path`` may write there."""

    path: Path

    @property
    def used(self) -> int:
        """How many bytes are taken."""
        found = os.statvfs(self.path)
        return (found.f_blocks - found.f_bfree) * found.f_frsize

    def resize(self, size: int) -> None:
        """Make it ``size`` bytes large, and what lies on it stays."""
        remount = ["mount", "-o", f"remount,size={size}", str(self.path)]
        subprocess.run(remount, check=True)


@contextmanager
def small_disk(size: int) -> Iterator[SmallDisk]:
    """A disk of ``size`` bytes, where a server without rights can reach it too."""
    path = Path(tempfile.mkdtemp(prefix="timebank-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)]
    if (
        os.name == "nt"
        or os.geteuid() != 0
        or subprocess.run(mount, capture_output=True).returncode
    ):
        path.rmdir()
        raise NoSmallDisk("a small file system can only be made by root")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", str(path)], check=True)
        path.rmdir()


def given_to_server(folder: Path, admin: psycopg.Connection[object]) -> Path:
    """The folder, given to the account that a PostgreSQL server on this machine runs as."""
    row = admin.execute("SHOW data_directory").fetchone()
    assert isinstance(row, tuple)
    owner = os.stat(row[0])
    os.chown(folder, owner.st_uid, owner.st_gid)
    return folder
