"""Digest version 1: the bytes that a transaction's SHA-256 is taken over.

The layout is written down in README.md and never changes; golden vectors made by hand keep it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

VERSION = 1
ZERO = bytes(32)

_TAG = b"timebank-ledger/1"
_ABSENT = b"\xff\xff\xff\xff"
_integer = struct.Struct(">Iq").pack
_numbers = struct.Struct(">IqIqIqIq").pack
_numbers_without_floor = struct.Struct(">IqIqIq4s").pack
_length = struct.Struct(">I").pack

# (account name, account_seq, amount, balance, floor)
DigestPosting = tuple[str, int, int, int, int | None]


def _text(value: str) -> bytes:
    raw = value.encode("ascii")
    return _length(len(raw)) + raw


# For what comes again and again: book key, kinds, days, actors, account names.
_known_text = lru_cache(maxsize=4096)(_text)


def transaction_digest(
    book_key: str,
    seq: int,
    kind: str,
    reference: str,
    occurred_on: str,
    posted_at: int,
    actor: str | None,
    key: str,
    reverses_seq: int | None,
    replaces_seq: int | None,
    postings: Sequence[DigestPosting],
    previous: bytes,
) -> bytes:
    """Return the 32 bytes of one transaction's digest.

    `postings` must come in byte order of their account names. Raises `UnicodeEncodeError` for
    text that is not ASCII and `struct.error` for integers beyond 64 bits.
    """
    raw = digest_bytes(
        book_key, seq, kind, reference, occurred_on, posted_at, actor, key, reverses_seq,
        replaces_seq, postings, previous
    )  # fmt: skip
    return sha256(raw).digest()


def digest_bytes(
    book_key: str,
    seq: int,
    kind: str,
    reference: str,
    occurred_on: str,
    posted_at: int,
    actor: str | None,
    key: str,
    reverses_seq: int | None,
    replaces_seq: int | None,
    postings: Sequence[DigestPosting],
    previous: bytes,
) -> bytes:
    """Return the bytes under the digest; arguments as for `transaction_digest`."""
    parts = [
        _TAG,
        _known_text(book_key),
        _integer(8, seq),
        _known_text(kind),
        _text(reference),
        _known_text(occurred_on),
        _integer(8, posted_at),
        _ABSENT if actor is None else _known_text(actor),
        _text(key),
        _ABSENT if reverses_seq is None else _integer(8, reverses_seq),
        _ABSENT if replaces_seq is None else _integer(8, replaces_seq),
        _integer(8, len(postings)),
    ]
    for account, account_seq, amount, balance, floor in postings:
        parts.append(_known_text(account))
        if floor is None:
            parts.append(_numbers_without_floor(8, account_seq, 8, amount, 8, balance, _ABSENT))
        else:
            parts.append(_numbers(8, account_seq, 8, amount, 8, balance, 8, floor))
    parts.append(previous)
    return b"".join(parts)
