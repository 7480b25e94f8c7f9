"""Move an instance to PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from migrations import runner
from timebank import moving
from web.command.instance import count, instance_role_of, open_instance, read_settings


@click.command()
@click.option(
    "--to",
    "url",
    required=True,
    metavar="URL",
    help="Where it works from now on: postgresql+psycopg://role:password@host/database",
)
@click.option(
    "--to-owner",
    "owner_url",
    metavar="URL",
    help="The same database for the role that owns its tables; without it, one role does both.",
)
def move(url: str, owner_url: str | None) -> None:
    """Move this instance from SQLite into an empty PostgreSQL database, and verify both ends.

    The SQLite file stays, and refuses every change from then on. docs/moving.md goes through it.
    """
    settings = read_settings()
    target = replace(settings, database_url=url, owner_url=owner_url or url)

    def migrate(*, revision: str, load: Any) -> None:
        runner.upgrade(
            target.owner_url, instance_role=instance_role_of(target), load=load, load_at=revision
        )

    with open_instance(settings) as instance:
        moved = moving.move(instance.database, instance.actor, target, migrate)
    click.echo(f"{count(moved.rows, 'row', 'rows')} moved. Both ends hold, up to {moved.head}")
    click.echo(f"As it was before: {moved.copy}")
    click.echo("Now set TIMEBANK_DATABASE_URL to the new database, and start again.")
