"""Get an instance ready: its database, the code for the set-up page, a way back in."""

from __future__ import annotations

import click

from timebank import community, links, recovery
from timebank.recovery import RecoverAdministrator
from web.command.errors import Failed
from web.command.instance import open_instance, read_settings, upgrade


@click.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
@click.option(
    "--instance-role",
    metavar="ROLE",
    help="The PostgreSQL role that serves; it gets the rights it needs and no more.",
)
def db_upgrade(instance_role: str | None) -> None:
    """Make the database, or bring it to what this version needs.

    An SQLite database is copied to the folder "backups" first. Connects as the owner
    (TIMEBANK_OWNER_DATABASE_URL) where there is one. All or nothing, and the books are verified.
    """
    done = upgrade(read_settings(), instance_role=instance_role)
    if done.guards_back:
        click.echo(f"Guards put back: {', '.join(done.guards_back)}")
    if done.before == done.after and not done.guards_back:
        click.echo(f"Nothing to do: the database is at revision {done.after}. The books hold.")
        return
    if done.copy is not None:
        click.echo(f"A copy from before: {done.copy}")
    click.echo(f"The database is at revision {done.after}. The books hold.")


@click.command()
@click.option(
    "--recover",
    is_flag=True,
    help="Print a link with which an administrator chooses a new password, once.",
)
@click.option(
    "--who",
    metavar="NAME",
    help="Which administrator, by name or e-mail address, when there are several.",
)
def setup(recover: bool, who: str | None) -> None:
    """Print a fresh code for the set-up page.

    Until a community is set up, its set-up page asks for this code; an older code stops working.
    With --recover: help an administrator who lost the password.
    """
    if who is not None and not recover:
        raise click.UsageError("--who goes with --recover.")
    with open_instance() as instance:
        if recover:
            with instance.reading() as unit:
                chosen = recovery.administrator(unit, who)
            made = instance.run(
                recovery.recover_administrator,
                RecoverAdministrator(person_id=chosen.id),
                None,
            )
            with instance.reading() as unit:
                address = links.address_of(unit, made.link_id)
            click.echo(f"{chosen.name} can choose a new password once, within 14 days, at")
            click.echo(address)
            return
        with instance.reading() as unit:
            if community.is_set_up(unit):
                raise Failed(
                    "This time bank is set up already."
                    " For a lost password: timebank setup --recover"
                )
        click.echo(community.new_setup_code(instance.settings))
