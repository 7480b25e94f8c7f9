"""Recount a whole database from its postings and name everything that is not as it must be.

Nothing is believed: digests are recomputed from the rows, running balances from the amounts, and
every rule of the tables and guards is applied again, since whoever owns the database can switch
rules off. Reads a few thousand transactions at a time and takes no lock; on PostgreSQL it looks
only as far as the head that it read first, so people can go on posting meanwhile.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from ledger import guards
from ledger.digest import VERSION, ZERO, transaction_digest
from ledger.names import floor_allowed, is_account_name, is_hex_id, is_kind, is_token
from ledger.records import Head
from ledger.tables import LAST_MICROSECOND, LIMIT
from ledger.tables import account as accounts
from ledger.tables import book as books
from ledger.tables import posting as postings
from ledger.tables import transaction as transactions

_CHUNK = 2000
# Findings of one code that are kept; more than that are counted.
KEPT = 100

_t = transactions.c
_p = postings.c
_LINES = select(_p.seq, _p.account, _p.account_seq, _p.amount, _p.balance, _p.floor)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong: a code, and params that name where (`seq`, `account`, ...)."""

    code: str
    params: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Report:
    """What `verify` found. `head` is the (first) book's own; None where there is no book."""

    findings: list[Finding]
    transactions: int
    head: Head | None


class _Findings:
    """Collects findings; of a kind that comes a thousand times only the first are kept."""

    def __init__(self) -> None:
        self.kept: list[Finding] = []
        self._counts: dict[str, int] = {}

    def add(self, code: str, **params: Any) -> None:
        count = self._counts[code] = self._counts.get(code, 0) + 1
        if count <= KEPT:
            self.kept.append(Finding(code=code, params=params))

    def closed(self) -> list[Finding]:
        more = [
            Finding(code="verify.more", params={"of": code, "count": count - KEPT})
            for code, count in self._counts.items()
            if count > KEPT
        ]
        return self.kept + more


@dataclass(slots=True)
class _Account:
    """What is known of an account while its postings pass by."""

    name: str
    floor: int | None = None
    account_seq: int = 0
    balance: int = 0
    count: int = 0
    differing: int = 0


@dataclass(slots=True)
class _Walk:
    """Where the walk along one book stands."""

    book_id: int
    book_key: str
    accounts: dict[int, _Account]
    seq: int = 0
    digest: bytes = ZERO
    # As recomputed: when only a digest was changed, the next one still hangs on this.
    true_digest: bytes = ZERO
    posted_at: int = 0
    count: int = 0
    reversed: set[int] = field(default_factory=set)
    replaced: set[int] = field(default_factory=set)


def verify(
    connection: Connection,
    *,
    against: tuple[int, str] | None = None,
    start: tuple[int, str] | None = None,
) -> Report:
    """Recount every book in the database and return what was found.

    `against` is a sequence number and a digest in hexadecimal that were noted outside the
    database earlier; it finds a history rewritten as a whole, and a tail that was cut off.
    `start` is such a note of a head up to which the book was proven before: only what came after
    is recounted. Where the book does not hold that digest, everything is. Both are about the
    first book alone.
    """
    findings = _Findings()
    for problem in guards.problems(connection):
        findings.add("verify.guard", guard=problem)
    rows = connection.execute(select(books).order_by(books.c.id)).all()
    count = 0
    if start is not None and not _check_against(connection, rows, start, findings):
        start = None
    for row in rows:
        first = start if row is rows[0] else None
        count += _verify_book(connection, row, findings, first)
    _check_strangers(connection, {row.id for row in rows}, findings)
    if against is not None:
        _check_against(connection, rows, against, findings)
    head = Head(seq=rows[0].head_seq, digest=bytes(rows[0].head_digest)) if rows else None
    return Report(findings=findings.closed(), transactions=count, head=head)


def _verify_book(
    connection: Connection, book: Row[Any], findings: _Findings, start: tuple[int, str] | None
) -> int:
    if not is_hex_id(book.key):
        findings.add("verify.book_key", book=book.key)
    walk = _Walk(book.id, book.key, _read_accounts(connection, book.id, findings))
    if start is not None:
        _take_up(connection, walk, start[0])
    for rows, lines, targets in _chunks(connection, book.id, walk.seq, book.head_seq):
        for row in rows:
            _check_transaction(walk, row, lines.pop(row[1], ()), targets, findings)
        for stray in lines.values():
            _add_unsealed(walk, stray, findings)
    _check_end(connection, walk, book, findings)
    _check_accounts(walk, findings)
    return walk.count


def _read_accounts(
    connection: Connection, book_id: int, findings: _Findings
) -> dict[int, _Account]:
    known: dict[int, _Account] = {}
    for row in connection.execute(select(accounts).where(accounts.c.book == book_id)):
        if not is_account_name(row.name):
            findings.add("verify.account_name", account=row.name)
        if not floor_allowed(row.name, row.floor):
            findings.add("verify.account_floor", account=row.name, floor=row.floor)
        known[row.id] = _Account(row.name, row.floor)
    return known


def _take_up(connection: Connection, walk: _Walk, seq: int) -> None:
    """Put the walk where it stands after transaction `seq`, without recounting what led there."""
    first = connection.execute(
        select(_t.digest, _t.posted_at).where(_t.book == walk.book_id, _t.seq == seq)
    ).first()
    if first is None:  # from 0 on is everything
        return
    walk.digest = walk.true_digest = bytes(first.digest)
    walk.seq, walk.posted_at = seq, first.posted_at
    newest = (
        select(_p.account_seq)
        .where(_p.account == accounts.c.id, _p.seq <= seq)
        .order_by(_p.account_seq.desc())
        .limit(1)
        .correlate(accounts)
        .scalar_subquery()
    )
    tips = (
        select(_p.account, _p.account_seq, _p.balance)
        .join_from(accounts, postings, _p.account == accounts.c.id)
        .where(accounts.c.book == walk.book_id, _p.account_seq == newest)
    )
    for account_id, account_seq, balance in connection.execute(tips):
        account = walk.accounts[account_id]
        account.account_seq, account.balance, account.count = account_seq, balance, account_seq
    for column, known in ((_t.reverses_seq, walk.reversed), (_t.replaces_seq, walk.replaced)):
        linked = select(column).where(_t.book == walk.book_id, _t.seq <= seq, column.is_not(None))
        known.update(connection.execute(linked).scalars())


_Lines = Sequence[Any]
# What a reversal names: what that reverses itself (nothing, one hopes), and its lines.
_Targets = dict[int, tuple[int | None, _Lines]]


def _chunks(
    connection: Connection, book_id: int, proven: int, head_seq: int
) -> Iterator[tuple[Iterable[Any], dict[int, list[Any]], _Targets]]:
    """Yield some transactions, all postings up to the last of them, and what they reverse."""
    inside = [_t.book == book_id, _t.seq <= head_seq]
    last: int | None = proven or None
    while True:
        after = [] if last is None else [_t.seq > last]
        rows = _tuples(
            connection, select(transactions).where(*inside, *after).order_by(_t.seq).limit(_CHUNK)
        )
        if not rows:
            return
        since = [] if last is None else [_p.seq > last]
        last = rows[-1][1]
        lines = _by_seq(connection, _p.book == book_id, _p.seq <= last, *since)
        yield rows, lines, _read_targets(connection, book_id, rows)


def _by_seq(connection: Connection, *where: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for line in _tuples(connection, _LINES.where(*where)):
        found.setdefault(line[0], []).append(line)
    return found


def _tuples(connection: Connection, query: Select[Any]) -> list[Any]:
    """Return the driver's own tuples: half of a plain read is spent on dressing them up."""
    cursor: Any = connection.execute(query).cursor
    found: list[Any] = cursor.fetchall()
    return found


def _read_targets(connection: Connection, book_id: int, rows: Iterable[Any]) -> _Targets:
    seqs = [row[8] for row in rows if row[8] is not None]
    if not seqs:
        return {}
    lines = _by_seq(connection, _p.book == book_id, _p.seq.in_(seqs))
    found = connection.execute(
        select(_t.seq, _t.reverses_seq).where(_t.book == book_id, _t.seq.in_(seqs))
    )
    return {seq: (reverses, lines.get(seq, [])) for seq, reverses in found}


def _check_transaction(
    walk: _Walk, row: Any, lines: _Lines, targets: _Targets, findings: _Findings
) -> None:
    # Unpacked once, in the order of the table's columns: this runs for every transaction.
    (_, seq, kind, reference, occurred_on, posted_at, actor, key, reverses_seq, replaces_seq) = row[
        :10
    ]
    posting_count, version, previous, stored = row[10:]
    if seq != walk.seq + 1:
        findings.add("verify.missing", first_seq=walk.seq + 1, last_seq=seq - 1)
    if not (
        _is_day(occurred_on)
        and _is_known_kind(kind)
        and is_token(reference)
        and is_token(key)
        and (actor is None or _is_known_actor(actor))
        and 0 <= posted_at <= LAST_MICROSECOND
        and version == VERSION
        and (reverses_seq is None or replaces_seq is None)
    ):
        findings.add("verify.field", seq=seq, key=key)
    if posted_at < walk.posted_at:
        findings.add("verify.posted_at", seq=seq)
    count = len(lines)
    if posting_count != count or count < 2:
        findings.add("verify.posting_count", seq=seq, stored=posting_count, found=count)
    numbers, touched = _check_lines(walk, seq, reverses_seq is not None, lines, findings)
    if reverses_seq is not None:
        _check_reversal(walk, seq, reverses_seq, lines, targets, findings)
    if replaces_seq is not None:
        if replaces_seq not in walk.reversed or replaces_seq in walk.replaced:
            findings.add("verify.replacement", seq=seq, replaces_seq=replaces_seq)
        walk.replaced.add(replaces_seq)
    if previous not in (walk.digest, walk.true_digest):
        findings.add("verify.chain", seq=seq, previous_seq=walk.seq)
    try:
        true = transaction_digest(
            walk.book_key,
            seq,
            kind,
            reference,
            occurred_on,
            posted_at,
            actor,
            key,
            reverses_seq,
            replaces_seq,
            numbers,
            previous,
        )
    except (UnicodeEncodeError, struct.error):  # text or numbers that could never be digested
        true = b""
    if true != stored:
        findings.add("verify.digest", seq=seq, key=key)
        for account in touched:
            account.differing += 1
    walk.digest, walk.true_digest = stored, true
    walk.seq, walk.posted_at = seq, posted_at
    walk.count += 1


@lru_cache(maxsize=1024)
def _is_day(text: str) -> bool:
    try:
        # There and back: Python also reads 2026-W01-1.
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_is_known_kind = lru_cache(maxsize=1024)(is_kind)
_is_known_actor = lru_cache(maxsize=1024)(is_hex_id)


def _check_lines(
    walk: _Walk, seq: int, reversal: bool, lines: _Lines, findings: _Findings
) -> tuple[list[tuple[str, int, int, int, int | None]], list[_Account]]:
    numbers = []
    touched = []
    total = 0
    for _, account_id, account_seq, amount, balance, floor in lines:
        account = walk.accounts.get(account_id)
        if account is None:
            findings.add("verify.unknown_account", seq=seq, account_id=account_id)
            account = walk.accounts[account_id] = _Account("")
        name = account.name
        if account_seq != account.account_seq + 1:
            findings.add("verify.account_seq", seq=seq, account=name, account_seq=account_seq)
        if balance != account.balance + amount:
            findings.add("verify.balance", seq=seq, account=name, account_seq=account_seq)
        below = amount < 0 and floor is not None and balance < floor
        if below and not (reversal and name.startswith("member:")):
            findings.add("verify.below_floor", seq=seq, account=name, floor=floor)
        # The account's own floor is judged already; a posting's may be an earlier one.
        if floor != account.floor and not floor_allowed(name, floor):
            findings.add("verify.floor", seq=seq, account=name, floor=floor)
        if amount == 0 or not (-LIMIT <= amount <= LIMIT and -LIMIT <= balance <= LIMIT):
            findings.add("verify.amount", seq=seq, account=name, amount=amount)
        account.account_seq, account.balance = account_seq, balance
        account.count += 1
        total += amount
        numbers.append((name, account_seq, amount, balance, floor))
        touched.append(account)
    if total:
        findings.add("verify.unbalanced", seq=seq, total=total)
    numbers.sort()
    return numbers, touched


def _check_reversal(
    walk: _Walk,
    seq: int,
    reverses_seq: int,
    lines: _Lines,
    targets: _Targets,
    findings: _Findings,
) -> None:
    target = targets.get(reverses_seq)
    mirrored = {account: -amount for _, account, _, amount, _, _ in lines}
    if (
        target is None
        or reverses_seq >= seq
        or target[0] is not None
        or reverses_seq in walk.reversed
        or mirrored != {account: amount for _, account, _, amount, _, _ in target[1]}
    ):
        findings.add("verify.reversal", seq=seq, reverses_seq=reverses_seq)
    walk.reversed.add(reverses_seq)


def _check_end(connection: Connection, walk: _Walk, book: Row[Any], findings: _Findings) -> None:
    if book.head_seq > walk.seq:
        findings.add("verify.missing", first_seq=walk.seq + 1, last_seq=book.head_seq)
    elif bytes(book.head_digest) not in (walk.digest, walk.true_digest):
        findings.add("verify.head", seq=book.head_seq)
    # In one statement each, so that a transaction posted meanwhile is not taken for a forgery.
    beyond = connection.execute(
        select(_t.seq, _t.idempotency_key)
        .join(books, books.c.id == _t.book)
        .where(_t.book == walk.book_id, _t.seq > books.c.head_seq)
        .order_by(_t.seq)
    )
    for row in beyond:
        findings.add("verify.beyond_head", seq=row.seq, key=row.idempotency_key)
    loose = connection.execute(
        _LINES.outerjoin(transactions, and_(_t.book == _p.book, _t.seq == _p.seq)).where(
            _p.book == walk.book_id, _p.seq > walk.seq, _t.seq.is_(None)
        )
    ).all()
    _add_unsealed(walk, loose, findings)


def _add_unsealed(walk: _Walk, lines: _Lines, findings: _Findings) -> None:
    for seq, account_id, account_seq, amount, _, _ in lines:
        account = walk.accounts.get(account_id)
        findings.add(
            "verify.unsealed",
            seq=seq,
            account=account.name if account else None,
            account_seq=account_seq,
            amount=amount,
        )


def _check_accounts(walk: _Walk, findings: _Findings) -> None:
    total = sum(account.balance for account in walk.accounts.values())
    if total:
        findings.add("verify.book_sum", total=total)
    for account in walk.accounts.values():
        # A renamed account shows as every one of its transactions having another digest.
        if account.count and account.differing == account.count:
            findings.add("verify.account_differs", account=account.name, count=account.count)


def _check_strangers(connection: Connection, known: set[int], findings: _Findings) -> None:
    for table in (accounts, transactions, postings):
        # From one book to the next by the index: DISTINCT would read every row.
        query = select(func.min(table.c.book))
        book_id = connection.execute(query).scalar()
        while book_id is not None:
            if book_id not in known:
                findings.add("verify.unknown_book", table=table.name, book_id=book_id)
            book_id = connection.execute(query.where(table.c.book > book_id)).scalar()


def _check_against(
    connection: Connection, rows: Iterable[Any], against: tuple[int, str], findings: _Findings
) -> bool:
    """Say whether the first book holds this digest, and add a finding where it does not."""
    seq, expected = against
    stored = ZERO if seq == 0 else None
    for book in rows:
        found = connection.execute(
            select(_t.digest).where(_t.book == book.id, _t.seq == seq)
        ).scalar()
        stored = bytes(found) if found is not None else stored
        break
    if stored is None:
        findings.add("verify.against_missing", seq=seq)
        return False
    if stored.hex() != expected.strip().lower():
        findings.add("verify.against_differs", seq=seq, stored=stored.hex())
        return False
    return True
