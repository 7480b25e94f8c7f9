"""A community that was set up, once on each engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.timebank.builders import Community


@pytest.fixture
def community(database: Database, tmp_path: Path) -> Iterator[Community]:
    """The community of `builders`, on a fresh database."""
    built = Community(database, tmp_path / "data")
    yield built
    built.close()
