"""Reading issued statements, and the list of those that wait to be printed.

Reached as ``statements.statement``, ``statements.of_member``, ``statements.to_print`` and so on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from timebank import accounts, groups, notices, people, trail
from timebank.errors import NotFound
from timebank.models import Member, OutboxMessage, Statement
from timebank.statement_holders import may_read
from timebank.unit import Unit


def statement(unit: Unit, statement_id: str) -> Statement:
    """One statement: one's own, the pot's, or any for those who may; else ``NotFound``."""
    return _mine_or_any(unit, unit.db.get(Statement, statement_id))


def statement_by_reference(unit: Unit, reference: str) -> Statement:
    """The statement with a reference as read aloud: capitals and spaces do not matter."""
    wanted = "".join(letter for letter in reference.upper() if letter.isalnum())
    wanted = "-".join(wanted[i : i + 4] for i in range(0, len(wanted), 4))
    query = select(Statement).where(Statement.reference == wanted)
    return _mine_or_any(unit, unit.db.scalars(query).first())


def of_pot(unit: Unit) -> Sequence[Statement]:
    """The community pot's statements, newest first: for who may see what it holds."""
    unit.actor.require("pot.view")
    query = select(Statement).where(Statement.account == accounts.COMMUNITY_POT)
    return unit.db.scalars(query.order_by(Statement.until_on.desc())).all()


def of_group(unit: Unit, group_id: str) -> Sequence[Statement]:
    """A group's statements, newest first; ``NotFound('group_unknown')`` outside one's sight."""
    account = accounts.group(groups.group(unit, group_id).id)
    query = select(Statement).where(Statement.account == account)
    return unit.db.scalars(query.order_by(Statement.until_on.desc())).all()


def of_member(unit: Unit, member_id: str) -> Sequence[Statement]:
    """A member's statements, newest first; ``NotFound`` outside the actor's scope."""
    if member_id != unit.actor.member_id and not unit.actor.may("statement.view_all"):
        raise NotFound("member_unknown")
    people.member(unit, member_id)
    query = (
        select(Statement)
        .where(Statement.account == accounts.member(member_id))
        .order_by(Statement.until_on.desc())
    )
    return unit.db.scalars(query).all()


@dataclass(frozen=True, kw_only=True)
class PrintStatement:
    """A statement that waited on paper was printed, to be handed over or posted."""

    statement_id: str


@dataclass(frozen=True, kw_only=True)
class StatementPrinted:
    """The statement that waits no longer."""

    statement_id: str


def to_print(unit: Unit) -> Sequence[Statement]:
    """Statements that wait to be printed, the oldest first, with their members and persons."""
    unit.actor.require("statement.view_all")
    query = (
        select(Statement)
        .join(OutboxMessage, OutboxMessage.subject_id == Statement.id)
        .where(OutboxMessage.kind == notices.PAPER, OutboxMessage.status == "waiting")
        .options(joinedload(Statement.member).joinedload(Member.person))
        .order_by(Statement.until_on, Statement.id)
    )
    return unit.db.scalars(query).all()


def print_statement(unit: Unit, command: PrintStatement) -> StatementPrinted:
    """Take a statement off the list of those to print; harmless when it is not on it."""
    unit.actor.require("statement.view_all")
    found = statement(unit, command.statement_id)
    query = select(OutboxMessage).where(
        OutboxMessage.subject_id == found.id,
        OutboxMessage.kind == notices.PAPER,
        OutboxMessage.status == "waiting",
    )
    for message in unit.db.scalars(query):
        message.status, message.sent_at = "sent", unit.now
        trail.record(unit, "statement.printed", "statement", found.id)
    return StatementPrinted(statement_id=found.id)


def _mine_or_any(unit: Unit, found: Statement | None) -> Statement:
    if found is None or not may_read(unit, found):
        raise NotFound("statement_unknown")
    return found
