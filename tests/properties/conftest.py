"""Fresh databases by the dozen, for tests that try many histories."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path

import pytest

from tests.conftest import ENGINES, Database, _fresh_name, _postgresql, _sqlite


@pytest.fixture(params=ENGINES)
def new_database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[], AbstractContextManager[Database]]:
    """A function that gives one more migrated database each time, once on each engine."""
    if request.param == "sqlite":
        migrated = request.getfixturevalue("_migrated_file")
        numbers = count()

        @contextmanager
        def on_sqlite() -> Iterator[Database]:
            path = tmp_path / f"{next(numbers)}.db"
            shutil.copyfile(migrated, path)
            yield _sqlite(path)
            for part in tmp_path.glob(f"{path.name}*"):
                part.unlink()

        return on_sqlite
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("_migrated_template")

    @contextmanager
    def on_postgresql() -> Iterator[Database]:
        name = _fresh_name()
        server.create_database(name, template=template)
        yield _postgresql(server, name)
        server.drop_database(name)

    return on_postgresql
