"""A book: one chain of transactions over named accounts, bound to one open connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Select, and_, func, insert, select, update

from ledger import errors, paging, postgresql, posting, reading, sqlite, summing
from ledger.digest import ZERO
from ledger.driver import Driver
from ledger.names import floor_allowed, is_account_name, is_hex_id
from ledger.records import (
    AccountState,
    Head,
    Line,
    NewTransaction,
    Page,
    PostedTransaction,
    Posting,
    Sum,
)
from ledger.tables import account as accounts
from ledger.tables import book as books
from ledger.tables import posting as postings
from ledger.tables import transaction as transactions

_ENGINES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


@dataclass(frozen=True, kw_only=True)
class NewReversal:
    """A wish to reverse the transaction `seq`; without a `key` it is `reverse:<seq>`."""

    seq: int
    kind: str
    occurred_on: date
    actor: str | None = None
    key: str | None = None


class Book:
    """One book on one SQLAlchemy connection, inside the caller's database transaction.

    Nothing here commits or rolls back. Whoever writes on SQLite has begun with BEGIN IMMEDIATE;
    on PostgreSQL at READ COMMITTED the book's lock is taken here. After any error from the
    database the caller can only roll back. Every amount is in minutes.
    """

    def __init__(self, connection: Connection, book_id: int, key: str) -> None:
        self._connection = connection
        self._id = book_id
        self.key = key
        self._engine = _ENGINES[connection.dialect.name]
        self._locked_in: object = None
        # Ids of accounts that were read before: they never change.
        self._ids: dict[str, int] = {}

    @classmethod
    def create(cls, connection: Connection, key: str) -> Book:
        """Start an empty book under a key of 32 hexadecimal digits. Raises `InvalidBook`."""
        if not is_hex_id(key):
            raise errors.InvalidBook(key=key)
        if connection.execute(select(books.c.id).where(books.c.key == key)).first():
            raise errors.InvalidBook("ledger.book_exists", key=key)
        made = connection.execute(
            insert(books).values(key=key, head_seq=0, head_digest=ZERO).returning(books.c.id)
        )
        return cls(connection, made.scalar_one(), key)

    @classmethod
    def open(cls, connection: Connection, key: str | None = None) -> Book:
        """Open the book of that key, or the only book there is. Raises `UnknownBook`."""
        query = select(books.c.id, books.c.key).limit(2)
        if key is not None:
            query = query.where(books.c.key == key)
        rows = connection.execute(query).all()
        if len(rows) != 1:
            raise errors.UnknownBook(key=key, books=len(rows))
        return cls(connection, rows[0].id, rows[0].key)

    def lock(self) -> None:
        """Take the book's lock until the database transaction ends. Raises `BooksBusy`.

        On SQLite there is nothing to do. Read only after this has returned: on PostgreSQL a
        read in the locking statement would see the books as they were before the wait.
        """
        with Driver(self._connection) as driver:
            self._engine.lock(driver, self._id)
        self._locked_in = self._connection.get_transaction()

    def head(self) -> Head:
        """Return the newest transaction's number and digest."""
        row = self._connection.execute(
            select(books.c.head_seq, books.c.head_digest).where(books.c.id == self._id)
        ).one()
        return Head(seq=row.head_seq, digest=bytes(row.head_digest))

    # --- accounts ---------------------------------------------------------------------------

    def open_account(self, name: str, *, floor: int | None) -> None:
        """Open an account that does not exist yet. Raises `InvalidAccount`.

        No line may take from the account what would leave it below `floor`; None is no floor.
        """
        self._check_account(name, floor)
        self._write_lock()
        if self._find(name) is not None:
            raise errors.InvalidAccount("ledger.account_exists", account=name)
        self._insert_account(name, floor)

    def ensure_account(self, name: str, *, floor: int | None) -> None:
        """Open an account unless it exists; one that exists keeps the floor it has."""
        self._check_account(name, floor)
        if self._find(name) is not None:
            return
        self._write_lock()
        if self._find(name) is None:
            self._insert_account(name, floor)

    def set_floor(self, name: str, floor: int | None) -> None:
        """Change an account's floor for postings from now on.

        Raises `UnknownAccount`, and `InvalidAccount` for a floor the layout forbids.
        """
        self._check_account(name, floor)
        self._write_lock()
        changed = self._connection.execute(
            update(accounts)
            .where(accounts.c.name == name, accounts.c.book == self._id)
            .values(floor=floor)
            .returning(accounts.c.id)
        ).first()
        if changed is None:
            raise errors.UnknownAccount(account=name)

    def accounts(self, prefix: str = "") -> list[AccountState]:
        """Return the accounts whose names begin with `prefix`, by name, with their balances."""
        newest = (
            select(func.max(postings.c.account_seq))
            .where(postings.c.account == accounts.c.id)
            .correlate(accounts)
            .scalar_subquery()
        )
        query = (
            select(accounts.c.name, accounts.c.floor, func.coalesce(postings.c.balance, 0))
            .outerjoin(
                postings,
                and_(postings.c.account == accounts.c.id, postings.c.account_seq == newest),
            )
            .where(accounts.c.book == self._id)
        )
        if prefix:
            query = query.where(accounts.c.name.startswith(prefix, autoescape=True))
        # Sorted here: a database may sort by the rules of some language.
        return sorted(AccountState(*row) for row in self._connection.execute(query))

    # --- posting ----------------------------------------------------------------------------

    def post(self, txn: NewTransaction, *, posted_at: int) -> PostedTransaction:
        """Post one transaction; `post_many` of one."""
        return self.post_many((txn,), posted_at=posted_at)[0]

    def post_many(
        self, txns: Sequence[NewTransaction], *, posted_at: int
    ) -> list[PostedTransaction]:
        """Post transactions in order, all or none, and return them as they stand in the book.

        `posted_at` is microseconds since 1970 UTC; an instant before the newest transaction's
        is replaced by that one. A key that is posted already with the same content is not
        posted again but returned with `replayed`.

        Raises `InvalidTransaction` (and `Unbalanced`), `UnknownAccount`, `BelowFloor`,
        `KeyConflict`, `NotReversible`, `UnsealedPosting`, `BooksBusy`, `GuardRefused`.
        """
        posting.check_posted_at(posted_at)
        for txn in txns:
            posting.check(txn)
        if not txns:
            return []
        names = {line.account for txn in txns for line in txn.lines}
        for name in names:
            if not is_account_name(name):
                raise errors.UnknownAccount(account=name)
        with Driver(self._connection) as driver:
            state = self._engine.read(
                driver, self._id, names, [t.key for t in txns], lock=not self._is_locked()
            )
            self._locked_in = self._connection.get_transaction()
            replays = self._replays(state)
            batch = posting.lay_out(
                self._id, self.key, state, txns, posted_at, replays, self._links(txns, state)
            )
            if batch.transactions:
                self._engine.write(driver, batch)
        return batch.results

    def reverse(
        self,
        seq: int,
        *,
        kind: str,
        occurred_on: date,
        posted_at: int,
        actor: str | None = None,
        key: str | None = None,
    ) -> PostedTransaction:
        """Post the exact mirror of transaction `seq`, once. Raises as `post_many` does."""
        wish = NewReversal(seq=seq, kind=kind, occurred_on=occurred_on, actor=actor, key=key)
        return self.reverse_many((wish,), posted_at=posted_at)[0]

    def reverse_many(
        self, reversals: Sequence[NewReversal], *, posted_at: int
    ) -> list[PostedTransaction]:
        """Post the exact mirrors of several transactions, all or none, in the order given."""
        self._write_lock()
        return self.post_many(self.mirrors(reversals), posted_at=posted_at)

    def mirrors(self, reversals: Sequence[NewReversal]) -> list[NewTransaction]:
        """Return the reversals as transactions to post, say in one batch with replacements."""
        targets = reading.by_seqs(self._connection, self._id, [each.seq for each in reversals])
        made = []
        for each in reversals:
            target = targets.get(each.seq)
            if target is None:
                raise errors.NotReversible("ledger.reverses_unknown", seq=each.seq)
            made.append(
                NewTransaction(
                    kind=each.kind,
                    reference=target.reference,
                    occurred_on=each.occurred_on,
                    key=each.key or f"reverse:{each.seq}",
                    lines=tuple(
                        Line(account=line.account, amount=-line.amount) for line in target.lines
                    ),
                    actor=each.actor,
                    reverses_seq=each.seq,
                )
            )
        return made

    # --- reading ----------------------------------------------------------------------------

    def balance(self, account: str) -> int:
        """Return an account's balance. Raises `UnknownAccount`."""
        return self.balances((account,))[account]

    def balances(self, names: Iterable[str]) -> dict[str, int]:
        """Return the balances of several accounts. Raises `UnknownAccount`."""
        wanted = set(names)
        for name in wanted:
            if not is_account_name(name):
                raise errors.UnknownAccount(account=name)
        if not wanted:
            return {}
        with Driver(self._connection) as driver:
            tips = self._engine.read(driver, self._id, wanted, ()).tips
        for name in wanted:
            if name not in tips:
                raise errors.UnknownAccount(account=name)
        return {name: tip.balance for name, tip in tips.items()}

    def history(
        self,
        account: str,
        *,
        limit: int = 50,
        before: int | None = None,
        after: int | None = None,
        since: date | None = None,
        until: date | None = None,
        newest_first: bool = True,
    ) -> Page:
        """Return a page of an account's postings. Raises `UnknownAccount`.

        `before` and `after` are positions (`account_seq`, not included): the page holds the
        postings nearest to the position given, else those nearest to the end that is shown
        first. `since` and `until` keep postings by `occurred_on`, both days included.
        """
        return self._paged(account, since, until).page(
            limit=limit, before=before, after=after, newest_first=newest_first
        )

    def postings_between(self, account: str, first_seq: int, last_seq: int) -> list[Posting]:
        """Return an account's postings by `account_seq`, both ends included, oldest first."""
        return self._paged(account).between(first_seq, last_seq)

    def last_posting_before(self, account: str, posted_at: int) -> Posting | None:
        """Return an account's newest posting posted strictly before an instant, or None."""
        return self._paged(account).last_before(posted_at)

    def sums(
        self,
        account: str,
        bounds: Sequence[int],
        *,
        references: Select[Any] | None = None,
    ) -> list[Sum]:
        """Return what an account's postings come to, by kind, between instants given in order.

        A `Sum`'s `part` counts from 0: from `bounds[part]` on, before `bounds[part + 1]`.
        `references` asks for references: only their transactions count then. Raises
        `UnknownAccount`.
        """
        found = self._paged(account)
        return summing.between(self._connection, found.id, bounds, references=references)

    def transaction(self, seq: int) -> PostedTransaction:
        """Return one transaction. Raises `UnknownTransaction`."""
        found = reading.by_seqs(self._connection, self._id, (seq,))
        if seq not in found:
            raise errors.UnknownTransaction(seq=seq)
        return found[seq]

    def transaction_by_key(self, key: str) -> PostedTransaction | None:
        """Return the transaction of a key, or None."""
        seq = self._connection.execute(
            select(transactions.c.seq).where(
                transactions.c.idempotency_key == key, transactions.c.book == self._id
            )
        ).scalar()
        return None if seq is None else self.transaction(seq)

    def reversal_of(self, seq: int) -> PostedTransaction | None:
        """Return the transaction that reverses `seq`, or None."""
        found = self._connection.execute(
            select(transactions.c.seq).where(
                transactions.c.reverses_seq == seq, transactions.c.book == self._id
            )
        ).scalar()
        return None if found is None else self.transaction(found)

    def transactions(self, first: int = 1, last: int | None = None) -> Iterator[PostedTransaction]:
        """Yield transactions in order of `seq`, both ends included, a few hundred at a time."""
        end = self.head().seq if last is None else min(last, self.head().seq)
        return reading.between(self._connection, self._id, max(first, 1), end)

    # --- inside -----------------------------------------------------------------------------

    def _is_locked(self) -> bool:
        held = self._locked_in
        return held is not None and held is self._connection.get_transaction()

    def _write_lock(self) -> None:
        if not self._is_locked():
            self.lock()

    def _replays(self, state: posting.State) -> dict[int, PostedTransaction]:
        if not state.posted:
            return {}
        return reading.by_seqs(self._connection, self._id, state.posted.values(), replayed=True)

    def _links(
        self, txns: Sequence[NewTransaction], state: posting.State
    ) -> dict[int, posting.Linked]:
        seqs = {
            seq
            for txn in txns
            if (seq := txn.reverses_seq or txn.replaces_seq) and txn.key not in state.posted
        }
        return reading.linked(self._connection, self._id, seqs) if seqs else {}

    def _check_account(self, name: str, floor: int | None) -> None:
        if not is_account_name(name):
            raise errors.InvalidAccount("ledger.invalid_account_name", account=name)
        if not floor_allowed(name, floor):
            raise errors.InvalidAccount("ledger.invalid_floor", account=name, floor=floor)

    def _find(self, name: str) -> int | None:
        found: int | None = self._connection.execute(
            select(accounts.c.id).where(accounts.c.name == name, accounts.c.book == self._id)
        ).scalar()
        return found

    def _paged(
        self, name: str, since: date | None = None, until: date | None = None
    ) -> paging.Account:
        found = self._ids.get(name) or self._find(name)
        if found is None:
            raise errors.UnknownAccount(account=name)
        self._ids[name] = found
        return paging.Account(
            connection=self._connection,
            book_id=self._id,
            id=found,
            name=name,
            since=since,
            until=until,
        )

    def _insert_account(self, name: str, floor: int | None) -> None:
        self._connection.execute(insert(accounts).values(book=self._id, name=name, floor=floor))
