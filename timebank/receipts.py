"""A command's key: the same key and command replay the first result, anything else is a conflict.

The receipt is written in the unit that carries the command out, and looked up first. Together with
the ledger's own keys, which name the fact, a double click, a retry or a second door records once.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from timebank.errors import Conflict, RuleBroken
from timebank.models import CommandReceipt
from timebank.unit import Unit

Command = TypeVar("Command")
Result = TypeVar("Result")

LONGEST_KEY = 100


def once(
    unit: Unit, key: str, function: Callable[[Unit, Command], Result], command: Command
) -> Result:
    """Carry ``command`` out, or replay what the same key and command made before.

    ``Result`` is a frozen dataclass of text, whole numbers, booleans and None (no names: a receipt
    is kept as long as the books). Raises ``Conflict('key_used')`` when the key belongs to another
    command or actor, ``RuleBroken('key_wrong')`` for an unusable key.
    """
    if not (key.isascii() and key.isprintable() and 8 <= len(key) <= LONGEST_KEY):
        raise RuleBroken("key_wrong")
    name = type(command).__name__
    digest = command_sha256(command)
    found = unit.db.get(CommandReceipt, key)
    if found is not None:
        if (found.command, found.actor, found.command_sha256) != (name, unit.actor.id, digest):
            raise Conflict("key_used")
        return _result_type(function)(**json.loads(found.result))
    result = function(unit, command)
    unit.db.add(
        CommandReceipt(
            key=key,
            command=name,
            actor=unit.actor.id,
            command_sha256=digest,
            result=json.dumps(dataclasses.asdict(result)),  # type: ignore[call-overload]
            recorded_at=unit.now,
        )
    )
    return result


def command_sha256(command: Any) -> str:
    """SHA-256, in hexadecimal digits, of a command's canonical JSON."""
    content = json.dumps(
        dataclasses.asdict(command),
        sort_keys=True,
        ensure_ascii=True,
        separators=(",", ":"),
        default=_plain,
    )
    return hashlib.sha256(content.encode("ascii")).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _result_type(function: Callable[..., Result]) -> type[Result]:
    import typing

    return typing.cast("type[Result]", typing.get_type_hints(function)["return"])
