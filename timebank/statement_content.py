"""What an issued statement says, fixed as canonical JSON, and the receipt that proves it.

The content is a dict of figures, ISO dates, codes and parameters, without a person's name or
address:

- ``version``, ``reference``, ``community`` (the group's name), ``language``;
- ``holder``: ``kind`` (``member``, ``group`` or ``pot``), a member's ``number``, a group's
  ``name``;
- ``period`` with ``from_on`` and ``until_on``, both included, and ``issued_on``;
- ``opening_minutes``, ``closing_minutes``, and what lies between them: ``given_minutes`` for time
  given, ``used_minutes`` for what was used or set aside, ``other_minutes`` for the rest, each after
  corrections: opening + given - used + other = closing;
- ``held_minutes``, set aside at the end of the period, and what for: ``set_aside`` with ``title``,
  ``reference`` and ``minutes``;
- ``lines``, in the order recorded: ``occurred_on``, ``recorded_on``, ``code``, ``params``,
  ``amount_minutes``, ``balance_minutes``, ``seq`` (transaction), ``account_seq``, and
  ``stood_until_on``: the end of the statement that has what the line corrects, or null;
- ``money_values``: ``title``, ``reference``, ``money_pence`` of the rewards asked for in the period
  that have one, apart from the lines, where there are only hours;
- ``head``: the newest transaction of the books when it was issued, as ``SEQ:DIGEST``.

Version 1 has ``member_number`` for its holder, and neither the sums, ``set_aside`` nor
``stood_until_on``. An old version stays readable and says for ever what it said: what is new to a
version is said of that version only, and a test keeps every form of an old one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from timebank.ids import ALPHABET

VERSION = 2
RECEIPT_BITS = 80
RECEIPT_LETTERS = 17


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """One posting in words: ``statement_text.line`` says ``text_code`` with ``params``.

    ``occurred_on`` is when the hours were given or used, ``recorded_on`` when that was recorded;
    ``balance_minutes`` is the account's after it; ``seq`` is the transaction, ``account_seq`` the
    place in the account; ``subject_id`` the attendance or redemption.
    """

    occurred_on: date
    recorded_on: date
    text_code: str
    params: dict[str, Any]
    amount_minutes: int
    balance_minutes: int
    seq: int
    account_seq: int
    subject_id: str


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


def holder_of(content: dict[str, Any]) -> dict[str, Any]:
    """Whose statement it is, of any version: ``kind``, and ``number`` or ``name``."""
    if content["version"] == 1:
        return {"kind": "member", "number": content["member_number"]}
    found: dict[str, Any] = content["holder"]
    return found


def line_content(line: HistoryLine, stood_until_on: date | None) -> dict[str, Any]:
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
        "stood_until_on": None if stood_until_on is None else stood_until_on.isoformat(),
    }


# What a line's code says of its hours. A test asks that every code stands in one of the three.
GIVEN = frozenset(
    {
        "line_credited", "line_credited_again", "line_credited_late", "line_credit_reversed",
        "line_exchange_given", "line_given_to_group", "line_pot_given", "line_pot_taken_back",
    }
)  # fmt: skip
USED = frozenset(
    {
        "line_set_aside", "line_back_cancelled", "line_back_declined", "line_exchange_received",
        "line_gift_given", "line_gift_back", "line_group_given", "line_given_by_group",
        "line_pot_given_out",
    }
)  # fmt: skip
OTHER = frozenset(
    {
        "line_brought_over", "line_brought_over_adjusted", "line_brought_over_kind",
        "line_elsewhere", "line_exchange_undone", "line_gift_received", "line_gift_refused",
        "line_gift_undone", "line_group_received", "line_merged", "line_opening",
        "line_opening_again", "line_other", "line_pot_granted", "line_starting",
        "line_starting_again", "line_taken_back",
    }
)  # fmt: skip


def sums(lines: Sequence[HistoryLine]) -> dict[str, int]:
    """What the lines come to, by what they say of their hours."""
    given = sum(line.amount_minutes for line in lines if line.text_code in GIVEN)
    used = -sum(line.amount_minutes for line in lines if line.text_code in USED)
    moved = sum(line.amount_minutes for line in lines)
    return {
        "given_minutes": given,
        "used_minutes": used,
        "other_minutes": moved - given + used,
    }


def content_of(
    *,
    reference: str,
    community: str,
    holder: dict[str, Any],
    language: str,
    from_on: date,
    until_on: date,
    issued_on: date,
    opening_minutes: int,
    closing_minutes: int,
    set_aside: Sequence[dict[str, Any]],
    lines: Sequence[HistoryLine],
    stood_until_on: dict[int, date],
    money_values: Sequence[dict[str, Any]],
    head: str,
) -> dict[str, Any]:
    """The content of a statement, of plain JSON values; ``stood_until_on`` by a line's ``seq``."""
    return {
        "version": VERSION,
        "reference": reference,
        "community": community,
        "holder": holder,
        "language": language,
        "period": {"from_on": from_on.isoformat(), "until_on": until_on.isoformat()},
        "issued_on": issued_on.isoformat(),
        "opening_minutes": opening_minutes,
        **sums(lines),
        "closing_minutes": closing_minutes,
        "held_minutes": sum(each["minutes"] for each in set_aside),
        "set_aside": list(set_aside),
        "lines": [line_content(line, stood_until_on.get(line.seq)) for line in lines],
        "money_values": list(money_values),
        "head": head,
    }
