"""Whether a statement's number, closing hours and receipt belong together: for whoever holds one.

Asked without signing in, so it says yes or no and nothing else, does the same work whether or not
there is such a statement, and is throttled: by statement, and for everybody together.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import select

from timebank import throttle
from timebank.models import Statement
from timebank.statement_content import receipt
from timebank.unit import Database

# Within a quarter of an hour: so many tries at one number, and so many at all numbers together.
MOST_AT_ONE = 10
MOST_AT_ALL = 300


@dataclass(frozen=True, kw_only=True)
class CheckStatement:
    """What stands on somebody's copy; capitals, spaces and hyphens do not matter.

    ``closing_minutes`` is as it is read, without a sign; ``below_zero`` says which way.
    """

    reference: str
    closing_minutes: int
    below_zero: bool = False
    receipt: str


def belongs_together(database: Database, command: CheckStatement) -> bool:
    """Whether a statement was issued with this number, these closing hours and this receipt.

    Raises ``NotAllowed('check_throttled', minutes=)``. Every try counts, before it is judged.
    """
    wanted = _letters(command.reference)
    with database.doorstep() as unit:
        for named, most in ((f"check:{wanted}", MOST_AT_ONE), ("check", MOST_AT_ALL)):
            throttle.count(unit, named, most=most, code="check_throttled")
    with database.doorstep() as unit:
        row = unit.db.execute(
            select(Statement.closing_minutes, Statement.content_sha256).where(
                Statement.reference == "-".join((wanted[:4], wanted[4:]))
            )
        ).first()
        nobodys = hmac.new(unit.settings.secret, b"no statement", hashlib.sha256).hexdigest()
    # Where there is no such statement, its place is taken by one that nobody can have.
    same = agrees((row[0], row[1]) if row else (0, nobodys), command)
    return same and row is not None


def agrees(issued: tuple[int, str], command: CheckStatement) -> bool:
    """Whether closing minutes and SHA-256 of a statement are those of somebody's copy."""
    minutes = -command.closing_minutes if command.below_zero else command.closing_minutes
    there = _sha256(f"{issued[0]}:{_letters(receipt(issued[1]))}")
    return hmac.compare_digest(there, _sha256(f"{minutes}:{_letters(command.receipt)}"))


def _letters(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isascii() and letter.isalnum())


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode("ascii")).digest()
