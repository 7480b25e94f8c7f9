"""What an issued statement says, fixed as canonical JSON, and the receipt that proves it.

The content is a dict of figures, ISO dates, codes and parameters, without a name or address:

- ``version`` 1, ``reference``, ``community`` (the group's name), ``member_number``, ``language``;
- ``period`` with ``from_on`` and ``until_on``, both included, and ``issued_on``;
- ``opening_minutes``, ``closing_minutes``, ``held_minutes`` (set aside at the end of the period);
- ``lines``, in the order recorded: ``occurred_on``, ``recorded_on``, ``code``, ``params``,
  ``amount_minutes``, ``balance_minutes``, ``seq`` (transaction) and ``account_seq``;
- ``money_values``: ``title``, ``reference``, ``money_pence`` of the rewards asked for in the period
  that have one, apart from the lines, where there are only hours;
- ``head``: the newest transaction of the books when it was issued, as ``SEQ:DIGEST``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from timebank.ids import ALPHABET

if TYPE_CHECKING:
    # The lines know people and notices, and those a statement's text, which needs this module.
    from timebank.statement_lines import HistoryLine

VERSION = 1
RECEIPT_BITS = 80
RECEIPT_LETTERS = 17


def canonical(content: dict[str, Any]) -> str:
    """ASCII JSON with sorted keys and no spaces: the same bytes for the same content, for ever."""
    return json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def sha256_of(text: str) -> str:
    """SHA-256 of canonical JSON, in hexadecimal digits."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def receipt(content_sha256: str) -> str:
    """The short form of a hash to print and read aloud: ``7KQ4-M2XW-...``.

    Its first 80 bits as 17 letters of ``ids.ALPHABET`` (16 of the 31 would hold only 79).
    """
    number = int(content_sha256[: RECEIPT_BITS // 4], 16)
    letters = ""
    for _ in range(RECEIPT_LETTERS):
        number, rest = divmod(number, len(ALPHABET))
        letters = ALPHABET[rest] + letters
    return "-".join((letters[:4], letters[4:8], letters[8:12], letters[12:]))


def receipt_of(content: dict[str, Any]) -> str:
    """The receipt of a statement with this content."""
    return receipt(sha256_of(canonical(content)))


def line_content(line: HistoryLine) -> dict[str, Any]:
    """One line as it stands in the content."""
    return {
        "occurred_on": line.occurred_on.isoformat(),
        "recorded_on": line.recorded_on.isoformat(),
        "code": line.text_code,
        "params": line.params,
        "amount_minutes": line.amount_minutes,
        "balance_minutes": line.balance_minutes,
        "seq": line.seq,
        "account_seq": line.account_seq,
    }


def content_of(
    *,
    reference: str,
    community: str,
    member_number: int,
    language: str,
    from_on: date,
    until_on: date,
    issued_on: date,
    opening_minutes: int,
    closing_minutes: int,
    held_minutes: int,
    lines: Sequence[HistoryLine],
    money_values: Sequence[dict[str, Any]],
    head: str,
) -> dict[str, Any]:
    """The content of a statement, of plain JSON values."""
    return {
        "version": VERSION,
        "reference": reference,
        "community": community,
        "member_number": member_number,
        "language": language,
        "period": {"from_on": from_on.isoformat(), "until_on": until_on.isoformat()},
        "issued_on": issued_on.isoformat(),
        "opening_minutes": opening_minutes,
        "closing_minutes": closing_minutes,
        "held_minutes": held_minutes,
        "lines": [line_content(line) for line in lines],
        "money_values": list(money_values),
        "head": head,
    }
