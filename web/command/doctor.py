"""Look an instance over: one line for each finding, with what to do about it."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click
from sqlalchemy import func, select, text

from migrations import runner
from timebank import checkpoints, community, trail
from timebank.clock import from_microseconds
from timebank.errors import TimebankError
from timebank.models import OutboxMessage, TrailEvent
from timebank.settings import Settings
from timebank.unit import Unit
from web.command.errors import in_words
from web.command.instance import (
    Instance,
    count,
    open_instance,
    read_settings,
    refuse_unless_current,
    words,
)

GOOD, LOOK, BAD = "good", "look", "BAD"
Line = tuple[str, str]

BACKUP_DAYS = 7
# Checkpoints that are compared with the books; timebank verify compares them all.
NEWEST = 30
LEAST_BYTES = 500 * 1024 * 1024


@click.command()
@click.option(
    "--remove-unsealed",
    is_flag=True,
    help="Remove postings that no transaction belongs to; everything else stays.",
)
def doctor(remove_unsealed: bool) -> None:
    """Look over settings, folders, database, guards, mail, clock and backups.

    Prints one line for each thing looked at and exits with 1 when one of them is BAD.
    """
    settings = read_settings()
    if remove_unsealed:
        refuse_unless_current(settings)
        _remove_unsealed(settings)
    worst = GOOD
    for grade, line in _examine(settings):
        click.echo(f"{grade}  {line}")
        worst = BAD if BAD in (grade, worst) else worst
    if worst == BAD:
        sys.exit(1)


def _remove_unsealed(settings: Settings) -> None:
    removed = runner.remove_unsealed(settings.owner_url)
    if removed:
        with open_instance(settings) as instance, instance.acting() as unit:
            book = unit.community.book_key
            trail.record(unit, "unsealed.removed", "community", book, postings=removed)
    click.echo(f"{count(removed, 'unsealed posting', 'unsealed postings')} removed.")


def _examine(settings: Settings) -> Iterator[Line]:
    yield GOOD, "Settings: they can be read and used."
    yield from _address(settings)
    yield from _folder(settings)
    try:
        with open_instance(settings) as instance:
            yield GOOD, f"Database: at revision {runner.newest()}, as this version needs."
            with instance.reading() as unit:
                for look in (_file, _guards, _owner, _unsealed, _clock, _set_up):
                    yield from look(unit)
                yield from _mail(unit)
                yield from _backups(unit)
                yield from _checkpoints(unit)
            yield from _space(instance)
    except TimebankError as error:
        yield BAD, f"Database: {in_words(error)}"


def _address(settings: Settings) -> Iterator[Line]:
    parts = urlsplit(settings.address)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme == "http" and not local:
        yield (
            LOOK,
            (
                f"Address: {settings.address} is not https, so passwords travel in the open."
                " Put a server with a certificate in front, and set TIMEBANK_ADDRESS."
            ),
        )
    elif local and settings.smtp_host:
        yield (
            LOOK,
            (
                f"Address: links in mails lead to {settings.address}, which only works on this"
                " machine. Set TIMEBANK_ADDRESS to what members type."
            ),
        )
    else:
        yield GOOD, f"Address: {settings.address}"


def _folder(settings: Settings) -> Iterator[Line]:
    if not settings.data.is_dir():
        yield BAD, f"Data folder: {settings.data} is not there. Run: timebank db upgrade"
        return
    open_to_others = [
        path
        for path in (settings.data, settings.data / "keys", *(settings.data / "keys").glob("*"))
        if path.exists() and _others_may_read(path)
    ]
    if open_to_others:
        yield (
            LOOK,
            (
                f"Data folder: other accounts of this machine can read {open_to_others[0]}."
                f" Run: chmod -R go= {settings.data}"
            ),
        )
    else:
        yield GOOD, f"Data folder: {settings.data} is its owner's alone."


def _others_may_read(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & stat.S_IROTH)


def _file(unit: Unit) -> Iterator[Line]:
    if unit.connection.dialect.name != "sqlite":
        return
    found = unit.connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found == "ok":
        yield GOOD, "Database file: whole."
    else:
        yield BAD, f"Database file: damaged ({found}). Keep a copy of it, and restore a backup."


def _guards(unit: Unit) -> Iterator[Line]:
    missing = runner.guard_problems(unit.connection)
    if missing:
        yield (
            BAD,
            (
                f"Guards: {count(len(missing), 'is', 'are')} missing or changed ({missing[0]})."
                " Run timebank verify, find out who did it, then: timebank db upgrade"
            ),
        )
    else:
        yield GOOD, "Guards: all in place."


def _owner(unit: Unit) -> Iterator[Line]:
    if unit.connection.dialect.name != "postgresql":
        return
    owns = unit.connection.scalar(
        text(
            "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.rolname = current_user"
            " WHERE c.relname LIKE 'ledger\\_%' AND c.relkind = 'r'"
            " AND (c.relowner = r.oid OR r.rolsuper)"
        )
    )
    if owns:
        yield (
            LOOK,
            (
                "Role: this instance serves as the owner of its tables, who can take the guards"
                " away. Serve as another role: docs/settings.md, TIMEBANK_OWNER_DATABASE_URL"
            ),
        )
    else:
        yield GOOD, "Role: this instance does not own its tables."


def _unsealed(unit: Unit) -> Iterator[Line]:
    found = runner.unsealed(unit.connection)
    if found:
        yield (
            BAD,
            (
                f"Postings: {count(found, 'belongs', 'belong')} to no transaction, which stops the"
                " books. Run: timebank doctor --remove-unsealed"
            ),
        )
    else:
        yield GOOD, "Postings: each belongs to its transaction."


def _clock(unit: Unit) -> Iterator[Line]:
    newest = unit.connection.scalar(text("SELECT max(posted_at) FROM ledger_transaction"))
    if newest is not None and from_microseconds(newest) > unit.now + timedelta(minutes=5):
        yield (
            BAD,
            (
                f"Clock: it says {unit.now:%Y-%m-%d %H:%M} UTC, and the newest transaction is from"
                f" {from_microseconds(newest):%Y-%m-%d %H:%M}. Set this machine's clock."
            ),
        )
    else:
        yield GOOD, f"Clock: {unit.now:%Y-%m-%d %H:%M} UTC."


def _set_up(unit: Unit) -> Iterator[Line]:
    if community.is_set_up(unit):
        yield GOOD, "Set-up: done."
    else:
        yield LOOK, "Set-up: not done yet. Run timebank serve and open the address."


def _mail(unit: Unit) -> Iterator[Line]:
    query = select(OutboxMessage.status, func.count()).group_by(OutboxMessage.status)
    statuses = dict(unit.db.execute(query).all())
    waiting, failed = statuses.get("waiting", 0), statuses.get("failed", 0)
    settings = unit.settings
    if not settings.smtp_host:
        yield (
            LOOK,
            (
                f"Mail: no server is set, so nothing is sent; {waiting:,} waiting."
                " Set TIMEBANK_SMTP_HOST and TIMEBANK_MAIL_FROM."
            ),
        )
    elif not settings.mail_from:
        yield BAD, "Mail: TIMEBANK_MAIL_FROM is not set; mails need a sender's address."
    elif settings.smtp_security == "none" and settings.smtp_host not in ("127.0.0.1", "localhost"):
        yield (
            LOOK,
            (
                "Mail: it travels in the open to another machine."
                " Set TIMEBANK_SMTP_SECURITY to starttls or tls."
            ),
        )
    else:
        yield GOOD, f"Mail: through {settings.smtp_host}; {waiting:,} waiting."
    if failed:
        yield LOOK, f"Mail: {count(failed, 'notice', 'notices')} could not be sent."


def _backups(unit: Unit) -> Iterator[Line]:
    newest = unit.db.scalar(
        select(func.max(TrailEvent.at)).where(TrailEvent.action == "backup.made")
    )
    if newest is None:
        yield LOOK, "Backup: none is on record here. Run: timebank backup FILE, on another disk."
        return
    days = (unit.now - newest).days
    said = f"the last one was made {count(days, 'day', 'days')} ago."
    if days > BACKUP_DAYS:
        yield LOOK, f"Backup: {said} Run: timebank backup FILE"
    else:
        yield GOOD, f"Backup: {said}"


def _checkpoints(unit: Unit) -> Iterator[Line]:
    path = checkpoints.file_of(unit.settings)
    noted = checkpoints.read(path)[-NEWEST:] if path.exists() else []
    if not noted:
        yield LOOK, f"Checkpoints: none yet. serve, worker and tick keep them in {path}."
        return
    wrong = [params for _code, params in checkpoints.findings(unit, noted)]
    days = (unit.today - noted[-1].day).days - 1
    if wrong:
        yield (
            BAD,
            (
                f"Checkpoints: the books do not agree with what was noted on"
                f" {words.day(wrong[0]['day'])}. Run: timebank verify --against-file {path}"
            ),
        )
    elif days > 1:
        yield (
            LOOK,
            (
                f"Checkpoints: none for {count(days, 'day', 'days')}. Is timebank serve running, or"
                " timebank tick in cron?"
            ),
        )
    else:
        yield GOOD, f"Checkpoints: the books agree with the newest {len(noted)}."


def _space(instance: Instance) -> Iterator[Line]:
    free = shutil.disk_usage(instance.settings.data).free
    said = f"{free // (1024 * 1024):,} MB free where the data folder is."
    yield (LOOK if free < LEAST_BYTES else GOOD), f"Disk: {said}"
