"""The ``timebank`` command: what an operator does at a terminal.

An edge like the pages and the API: it reads options, opens a unit, calls a command of ``timebank``
and says what happened. It acts as the instance's own console actor, which is never a person, and
the audit trail says so.
"""

from __future__ import annotations

import click

import timebank
from web.command.attendance import session
from web.command.backups import backup, restore
from web.command.books import export, verify
from web.command.demo import demo
from web.command.doctor import doctor
from web.command.errors import PlainGroup
from web.command.history import import_
from web.command.members import balance, member, token
from web.command.moving import move
from web.command.serve import serve, tick, worker
from web.command.setup import db, setup
from web.command.statements import statement, statements


@click.group(cls=PlainGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(timebank.__version__, prog_name="timebank")
def main() -> None:
    """A time bank that a community group runs itself.

    \b
    Everything is kept in the folder named by TIMEBANK_DATA (now: ./data unless set).
    docs/settings.md lists all settings, docs/commands.md all commands.
    """


for command in (
    serve,
    worker,
    tick,
    db,
    setup,
    demo,
    member,
    token,
    session,
    import_,
    balance,
    statement,
    statements,
    verify,
    export,
    backup,
    restore,
    move,
    doctor,
):
    main.add_command(command)
