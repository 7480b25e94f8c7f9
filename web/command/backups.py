"""Back up and restore a whole instance."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select

from migrations import runner
from timebank import audit, trail
from timebank import backup as backups
from timebank import erasure_list as erased_list
from timebank.errors import RuleBroken
from timebank.models import Attendance, Member, OutboxMessage, Session, Statement
from timebank.settings import Settings
from timebank.unit import Unit
from web.command.books import finding_in_words
from web.command.errors import Failed
from web.command.instance import (
    count,
    instance_role_of,
    open_instance,
    progress,
    read_settings,
    words,
)

passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Seal (or open) the backup with the passphrase on the first line of this file.",
)


@click.command()
@click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@passphrase_option
def backup(target: Path, passphrase_file: Path | None) -> None:
    """Write everything into one FILE, while people go on working.

    The file holds names and addresses: keep it as you keep the members' list, or seal it with a
    passphrase. Settings (timebank.toml, the environment) are not in it.
    """
    passphrase = _passphrase(passphrase_file)
    with open_instance() as instance:
        show = progress("Backing up")
        manifest = backups.make(instance.database, target, passphrase=passphrase, progress=show)
        with instance.acting() as unit:
            trail.record(unit, "backup.made", "community", manifest.book, rows=_rows(manifest))
    click.echo(
        f"{target}: {_rows(manifest):,} rows{' sealed with your passphrase' if passphrase else ''}."
    )
    click.echo(f"The books stand at {manifest.head}")


def _rows(manifest: backups.Manifest) -> int:
    return sum(manifest.rows.values())


@click.command()
@click.argument(
    "source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@passphrase_option
@click.option(
    "--instance-role",
    metavar="ROLE",
    help="The PostgreSQL role that serves; it gets the rights it needs and no more.",
)
@click.option(
    "--erased",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The list of erased people (erased.txt) of the instance that the backup is of.",
)
def restore(
    source: Path,
    passphrase_file: Path | None,
    instance_role: str | None,
    erased: Path | None,
) -> None:
    """Restore a backup FILE into the empty folder TIMEBANK_DATA, and verify it.

    Into PostgreSQL when the settings name a database there; it must be empty too. A backup made
    on the other engine, or by an earlier version, restores as well. Whoever is on the list of
    erased people, in that folder or named with --erased, is erased again.
    """
    settings = read_settings()
    with tempfile.TemporaryDirectory(prefix="timebank-restore-") as folder:
        found = backups.open_backup(source, Path(folder), _passphrase(passphrase_file))

        def migrate(*, revision: str, load: Any) -> None:
            runner.upgrade(
                settings.owner_url,
                instance_role=instance_role or instance_role_of(settings),
                load=load,
                load_at=revision,
            )

        backups.restore(settings, found, migrate)
        manifest = found.manifest
    _erase_again(settings, erased)
    _say_what_was_found(settings, manifest)


def _erase_again(settings: Settings, erased: Path | None) -> None:
    with open_instance(settings) as instance:
        for path in (erased_list.file_of(settings), erased):
            if path is not None and path.exists():
                count_again = erased_list.replay(instance.database, instance.actor, path)
                click.echo(f"{path}: {count(count_again, 'person', 'people')} erased again.")
        erased_list.keep(instance.database, instance.actor)


def _say_what_was_found(settings: Settings, manifest: backups.Manifest) -> None:
    with open_instance(settings) as instance, instance.reading() as unit:
        report = audit.verify(unit)
        lines = _contents(unit)
        name = unit.community.name
    made_at = datetime.fromisoformat(manifest.made_at).astimezone(settings.zone)
    click.echo(
        f"{name}, as it was on {words.day(made_at.date())} at {made_at:%H:%M},"
        f" is in {settings.data}."
    )
    click.echo(", ".join(lines) + ".")
    for finding in report.findings:
        click.echo(finding_in_words(finding), err=True)
    head = f"{report.head.seq}:{report.head.digest.hex()}"
    if report.findings:
        raise Failed(
            f"Restored, but {count(len(report.findings), 'thing', 'things')} in it"
            " should not be: see above."
        )
    if head != manifest.head:
        raise Failed(f"The books stand at {head}, and the backup says {manifest.head}.")
    click.echo(f"The books hold, up to {head}")


def _contents(unit: Unit) -> list[str]:
    def number(model: type) -> int:
        return unit.db.scalar(select(func.count()).select_from(model)) or 0

    waiting = unit.db.scalar(
        select(func.count()).select_from(OutboxMessage).where(OutboxMessage.status == "waiting")
    )
    lines = [
        count(number(Member), "member", "members"),
        count(number(Session), "session", "sessions"),
        count(number(Attendance), "attendance", "attendances"),
        count(unit.book.head().seq, "transaction", "transactions"),
        count(number(Statement), "statement", "statements"),
    ]
    if waiting:
        lines.append(f"{count(waiting, 'notice', 'notices')} still to be sent")
    return lines


def _passphrase(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        passphrase = path.read_text(encoding="utf-8").partition("\n")[0].strip("\r")
    except UnicodeDecodeError as error:
        raise RuleBroken("passphrase_missing", path=str(path)) from error
    if not passphrase.strip():
        raise RuleBroken("passphrase_missing", path=str(path))
    return passphrase
