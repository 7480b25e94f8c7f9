"""The texts and floors the tables allow; the same rules as the CHECKs, said in Python."""

from __future__ import annotations

import re
from functools import lru_cache

from ledger.tables import LIMIT

_kind = re.compile(r"[a-z_.]{1,100}").fullmatch
_token = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.:/-]{0,199}").fullmatch
_hex_id = re.compile(r"[0-9a-f]{32}").fullmatch
_account = re.compile(
    r"(?=.{1,100}\Z)(?:(?:member|group|pot):[0-9a-f]{32}"
    r"|(?!member:|group:|pot:)[a-z][a-z0-9_]*(?::[a-z0-9_]+)+)"
).fullmatch


# The same few come again and again.
_known_kind = lru_cache(maxsize=256)(_kind)
_known_id = lru_cache(maxsize=1024)(_hex_id)
_known_account = lru_cache(maxsize=4096)(_account)


def is_kind(value: object) -> bool:
    """Say whether `value` may be a transaction's kind: lower-case words, dots, underscores."""
    return isinstance(value, str) and _known_kind(value) is not None


def is_token(value: object) -> bool:
    """Say whether `value` may be a reference or a key: 1 to 200 plain ASCII characters."""
    return isinstance(value, str) and _token(value) is not None


def is_hex_id(value: object) -> bool:
    """Say whether `value` is 32 lower-case hexadecimal digits, as every id is."""
    return isinstance(value, str) and _known_id(value) is not None


def is_account_name(value: object) -> bool:
    """Say whether `value` may name an account; a member's, group's or pot's ends in an id."""
    return isinstance(value, str) and _known_account(value) is not None


def floor_allowed(name: str, floor: object) -> bool:
    """Say whether an account may have this floor: held hours and pots never go below zero."""
    held = name == "hours:held" or name.startswith("pot:")
    if floor is None:
        return not held
    return type(floor) is int and (0 if held else -LIMIT) <= floor <= LIMIT
