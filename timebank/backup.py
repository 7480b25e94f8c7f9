"""A backup is one file: a zip of the whole community, read from one snapshot while people work.

It holds ``manifest.json`` (what it is and where the books stood), one file of JSON lines for each
table, and the instance's secret, so that links and sign-ins stay valid. Rows are written as plain
text, numbers and days, so a backup made on SQLite also restores into PostgreSQL and back.
With a passphrase the zip is sealed (see ``sealing``). Settings are not part of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    LargeBinary,
    MetaData,
    Table,
    insert,
    inspect,
    make_url,
    select,
    text,
)

import timebank
from timebank import sealing
from timebank.errors import RuleBroken
from timebank.settings import Settings, private
from timebank.unit import Database, make_engine

FORMAT = 1
ROWS_AT_ONCE = 1000
SECRET = "keys/secret"
# Made by the migration tool, and written in the manifest.
NOT_COPIED = {"alembic_version"}

# What may be in a folder before something is restored into it: the settings, and who was erased.
_MAY_WAIT = ("timebank.toml", "lost+found", "erased.txt")
# What reading a damaged zip can raise.
_DAMAGE = (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError)

Progress = Callable[[str, int], None]


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup says of itself. ``rows`` and ``sha256`` are by table; ``made_at`` is ISO, UTC.

    ``head`` is ``SEQ:DIGEST`` of the books, empty when there are none yet.
    """

    format: int
    version: str
    engine: str
    revision: str
    community: str
    book: str
    head: str
    made_at: str
    rows: dict[str, int]
    sha256: dict[str, str]


def make(
    database: Database,
    target: Path,
    *,
    passphrase: str | None = None,
    progress: Progress = lambda _table, _rows: None,
) -> Manifest:
    """Write a backup of everything to ``target``, which must not exist yet.

    Nobody has to stop working: everything is read in one database snapshot. The file appears
    whole or not at all, readable by its owner alone. Raises ``RuleBroken('backup_exists')``.
    """
    if target.exists():
        raise RuleBroken("backup_exists", path=str(target))
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        # A folder that only its owner may enter; what is in it is not yet sealed.
        plain = Path(folder) / "plain.zip"
        with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = _write(database, archive, progress)
        finished = plain
        if passphrase is not None:
            finished = Path(folder) / "sealed"
            with open(plain, "rb") as source, open(finished, "wb") as sealed:
                sealing.seal(source, sealed, passphrase)
        with open(finished, "rb") as source, open(target, "xb", opener=private) as file:
            shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
    return manifest


def _write(database: Database, archive: zipfile.ZipFile, progress: Progress) -> Manifest:
    rows: dict[str, int] = {}
    sha256: dict[str, str] = {}
    with _snapshot(database) as connection:
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name in NOT_COPIED:
                continue
            digest = hashlib.sha256()
            count = 0
            with archive.open(_member(table.name), "w", force_zip64=True) as file:
                for line in lines(connection, table):
                    digest.update(line)
                    file.write(line)
                    count += 1
            rows[table.name], sha256[table.name] = count, digest.hexdigest()
            progress(table.name, count)
        manifest = Manifest(
            format=FORMAT,
            version=timebank.__version__,
            engine=connection.dialect.name,
            made_at=database.clock().isoformat(timespec="seconds"),
            rows=rows,
            sha256=sha256,
            **_about(connection),
        )
    archive.writestr(SECRET, database.settings.secret)
    archive.writestr("manifest.json", json.dumps(asdict(manifest), indent=1))
    return manifest


def _snapshot(database: Database) -> Connection:
    # On SQLite any read transaction is one snapshot; PostgreSQL must be told.
    connection = database.engine.connect()
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def _about(connection: Connection) -> dict[str, str]:
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    name = connection.scalar(text("SELECT name FROM community"))
    book = connection.execute(text("SELECT key, head_seq, head_digest FROM ledger_book")).first()
    return {
        "revision": str(revision),
        "community": name or "",
        "book": book.key if book else "",
        "head": f"{book.head_seq}:{bytes(book.head_digest).hex()}" if book else "",
    }


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Each row as one line of JSON, in the order of the table's key."""
    query = select(table).order_by(*table.primary_key.columns)
    found = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query)
    for row in found.mappings():
        yield json.dumps(dict(row), default=_plain, separators=(",", ":")).encode("ascii") + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


# --- reading it back ------------------------------------------------------------------------


class Backup:
    """A backup that was opened and checked; ``load`` puts its rows into an empty schema."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.manifest = _read_manifest(archive)
        # A file that is not as it was written is refused before anything is made from it.
        try:
            self.secret = archive.read(SECRET)
            sound = all(
                self._sha256(table) == expected for table, expected in self.manifest.sha256.items()
            )
        except _DAMAGE as error:
            raise RuleBroken("backup_damaged") from error
        if not sound:
            raise RuleBroken("backup_damaged")

    def _sha256(self, table: str) -> str:
        with self._archive.open(_member(table)) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]

    def load(self, connection: Connection) -> None:
        """Insert every row, in the order of the foreign keys; the guards must not stand yet."""
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name not in self.manifest.sha256:
                continue
            with self._archive.open(_member(table.name)) as file:
                for rows in _batches(map(_reader(table), file)):
                    connection.execute(insert(table), rows)
            if connection.dialect.name == "postgresql":
                _continue_numbers(connection, table)


def open_backup(path: Path, folder: Path, passphrase: str | None = None) -> Backup:
    """Open and check a backup; a sealed one is unsealed into ``folder``, which is the caller's.

    Raises ``RuleBroken`` with ``backup_unknown``, ``backup_newer``, ``backup_damaged``,
    ``backup_passphrase_missing`` or ``backup_passphrase_wrong``.
    """
    plain = path
    with open(path, "rb") as source:
        if sealing.is_sealed(source):
            if passphrase is None:
                raise RuleBroken("backup_passphrase_missing")
            plain = folder / "plain.zip"
            with open(plain, "xb", opener=private) as target:
                sealing.unseal(source, target, passphrase)
    try:
        return Backup(zipfile.ZipFile(plain))
    except zipfile.BadZipFile as error:
        raise RuleBroken("backup_unknown", path=str(path)) from error


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        content = json.loads(archive.read("manifest.json"))
        if content["format"] > FORMAT:
            raise RuleBroken("backup_newer", version=str(content["version"]))
        return Manifest(**{field.name: content[field.name] for field in fields(Manifest)})
    except (zipfile.BadZipFile, zlib.error) as error:
        raise RuleBroken("backup_damaged") from error
    except (KeyError, ValueError, TypeError) as error:
        raise RuleBroken("backup_unknown", path=str(archive.filename)) from error


def _reader(table: Table) -> Callable[[bytes], dict[str, Any]]:
    """What turns one line of JSON into a row of this table, on this engine."""
    convert: dict[str, Callable[[str], Any]] = {}
    for column in table.columns:
        if isinstance(column.type, LargeBinary):
            convert[column.name] = bytes.fromhex
        elif isinstance(column.type, Date):
            convert[column.name] = date.fromisoformat

    def read(line: bytes) -> dict[str, Any]:
        row: dict[str, Any] = json.loads(line)
        for name, function in convert.items():
            if row[name] is not None:
                row[name] = function(row[name])
        return row

    return read


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == ROWS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _continue_numbers(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after the ones that came with their numbers."""
    for column in table.primary_key.columns:
        sequence = connection.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": table.name, "column": column.name},
        )
        if sequence is not None:
            connection.execute(
                text(
                    f"SELECT setval(:sequence, m.newest) FROM"
                    f" (SELECT max({column.name}) AS newest FROM {table.name}) AS m"
                    " WHERE m.newest IS NOT NULL"
                ),
                {"sequence": sequence},
            )


def restore(settings: Settings, backup: Backup, migrate: Callable[..., Any]) -> None:
    """Put a backup into an instance that has nothing yet.

    ``migrate(revision=, load=)`` makes the schema, loads, guards and verifies in one database
    transaction (the runner's ``upgrade``). Raises ``RuleBroken('restore_not_empty')``.
    """
    refuse_unless_empty(settings)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        migrate(revision=backup.manifest.revision, load=backup.load)
    except BaseException:
        # Nothing was there before, so nothing stays: the same command can be tried again.
        for path in _database_files(settings):
            path.unlink(missing_ok=True)
        raise
    path = settings.data / SECRET
    path.parent.mkdir(exist_ok=True, mode=0o700)
    with open(path, "xb", opener=private) as file:
        file.write(backup.secret)


def refuse_unless_empty(settings: Settings) -> None:
    """Refuse to restore over anything.

    ``RuleBroken``: ``restore_not_empty`` (the data folder), ``restore_database_not_empty``.
    """
    # A settings file may be waiting there: it says which database to restore into.
    found = [p for p in settings.data.glob("*") if p.name not in _MAY_WAIT]
    if found:
        raise RuleBroken("restore_not_empty", path=str(settings.data))
    refuse_unless_empty_database(settings)


def refuse_unless_empty_database(settings: Settings) -> None:
    """``RuleBroken('restore_database_not_empty')`` unless there is nothing in the database."""
    if files := _database_files(settings):
        if any(path.exists() for path in files):
            raise RuleBroken("restore_database_not_empty")
        return
    engine = make_engine(settings.owner_url)
    try:
        if inspect(engine).get_table_names():
            raise RuleBroken("restore_database_not_empty")
    finally:
        engine.dispose()


def _database_files(settings: Settings) -> list[Path]:
    """The files of an SQLite database, whether they are there or not; none on PostgreSQL."""
    url = make_url(settings.owner_url)
    if url.get_backend_name() != "sqlite":
        return []
    return [Path(f"{url.database}{suffix}") for suffix in ("", "-wal", "-shm", "-journal")]
