"""Who is measured: the ledger as the product runs it, and the least a useful ledger writes.

Raw writes one transaction row, two postings with sequence and running balance, and two account
rows, for every transaction, with no checks, guards, chain or keys, on the same engine with the
same durability. One post is one statement on PostgreSQL and five on SQLite; more than one are
written as whole sets, in as few statements as either engine allows. Both contenders begin and
commit through SQLAlchemy, as the product's units do, and speak to the driver in between; `bare`
raw begins and commits on the driver itself, and a set writes each account once for all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from ledger import Book, Line, NewTransaction, guards, metadata
from tests.postgres import INSTANCE_ROLE, OWNER_ROLE, Server

MEMBERS = 300
DAY = date(2026, 1, 5)
STARTED = 1_767_614_400_000_000
ISSUED = "hours:issued"


# Made once: whoever posts has the names of accounts at hand.
MEMBER_ACCOUNTS = [f"member:{number:032x}" for number in range(MEMBERS)]


# --- ours -----------------------------------------------------------------------------------


def lay_out(owner: Engine, role: str | None = None) -> None:
    """Make the ledger's tables and guards, and the book with its accounts."""
    tables = [table for table in metadata.sorted_tables if table.name.startswith("ledger_")]
    with owner.begin() as connection:
        metadata.create_all(connection, tables=tables)
        guards.create(connection)
        if role:
            guards.grant(connection, role)
        book = Book.create(connection, "0123456789abcdef0123456789abcdef")
        book.open_account(ISSUED, floor=None)
        for name in MEMBER_ACCOUNTS:
            book.open_account(name, floor=0)


class Ours:
    """The ledger with everything on, over SQLAlchemy's connection; `first` keeps keys apart."""

    def __init__(self, engine: Engine, first: int = 0) -> None:
        self.connection = engine.connect()
        with self.connection.begin():
            self.book = Book.open(self.connection)
        self.posted = first

    def post(self, size: int) -> None:
        """Post and commit `size` credits, one to each member in turn."""
        with self.connection.begin():
            self.book.post_many([self.credit() for _ in range(size)], posted_at=STARTED)

    def credit(self) -> NewTransaction:
        """Return the next credit."""
        self.posted += 1
        return NewTransaction(
            kind="credit.session",
            reference=f"attendance:{self.posted:032x}",
            occurred_on=DAY,
            key=f"credit:{self.posted:032x}:1",
            lines=(
                Line(account=ISSUED, amount=-60),
                Line(account=MEMBER_ACCOUNTS[self.posted % MEMBERS], amount=60),
            ),
            actor="a" * 32,
        )

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()
        self.connection.engine.dispose()


# --- raw ------------------------------------------------------------------------------------

_TABLES = """
CREATE TABLE raw_account (id INTEGER PRIMARY KEY, seq BIGINT NOT NULL, balance BIGINT NOT NULL);
CREATE TABLE raw_transaction (id BIGINT PRIMARY KEY, kind TEXT NOT NULL, reference TEXT NOT NULL,
  occurred_on TEXT NOT NULL, posted_at BIGINT NOT NULL, actor TEXT);
CREATE TABLE raw_posting (account INTEGER NOT NULL, account_seq BIGINT NOT NULL,
  txn BIGINT NOT NULL, amount BIGINT NOT NULL, balance BIGINT NOT NULL,
  PRIMARY KEY (account, account_seq));
"""
_MOVE = """UPDATE raw_account SET seq = seq + 1, balance = balance + ?
WHERE id = ? RETURNING seq, balance"""
_CTE = """WITH giver AS (UPDATE raw_account SET seq = seq + 1, balance = balance - 60
  WHERE id = 0 RETURNING id, seq, balance),
taker AS (UPDATE raw_account SET seq = seq + 1, balance = balance + 60
  WHERE id = %s RETURNING id, seq, balance),
done AS (INSERT INTO raw_transaction VALUES (%s, %s, %s, %s, %s, %s))
INSERT INTO raw_posting SELECT id, seq, %s, -60, balance FROM giver
UNION ALL SELECT id, seq, %s, 60, balance FROM taker"""
_SET = """WITH moved AS (UPDATE raw_account a SET seq = n.seq, balance = n.balance
  FROM unnest(%s::integer[], %s::bigint[], %s::bigint[]) AS n (id, seq, balance)
  WHERE a.id = n.id),
done AS (INSERT INTO raw_transaction SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[],
  %s::text[], %s::bigint[], %s::text[]))
INSERT INTO raw_posting SELECT * FROM unnest(%s::integer[], %s::bigint[], %s::bigint[],
  %s::bigint[], %s::bigint[])"""


class _Raw:
    """What both raw baselines share: the connection, numbering, and laying out a whole set."""

    def __init__(self, engine: Engine, first: int = 0) -> None:
        self.connection = engine.connect()
        with self.connection.begin():
            self.driver: Any = self.connection.connection.driver_connection
        self.posted = first

    def post(self, size: int) -> None:
        """Write and commit `size` transactions."""
        with self.connection.begin():
            self._one() if size == 1 else self._set(size, bare=False)

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()
        self.connection.engine.dispose()

    def _one(self) -> None:
        raise NotImplementedError

    def _set(self, size: int, *, bare: bool) -> None:
        raise NotImplementedError

    def row(self) -> tuple[Any, ...]:
        """Return the next transaction's row."""
        self.posted += 1
        reference = f"attendance:{self.posted:032x}"
        return self.posted, "credit.session", reference, "2026-01-05", STARTED, "a" * 32

    def touched(self, size: int) -> set[int]:
        """Return the accounts that the next `size` transactions touch."""
        return {0, *((self.posted + n + 1) % MEMBERS + 1 for n in range(min(size, MEMBERS)))}

    def lay_out(self, size: int, tips: dict[int, list[int]]) -> tuple[list[Any], list[Any]]:
        """Return rows of transactions and postings, and move `tips` (seq and balance) on."""
        transactions = [self.row() for _ in range(size)]
        postings = []
        for number, *_ in transactions:
            for account, amount in ((0, -60), (number % MEMBERS + 1, 60)):
                tip = tips[account]
                tip[0] += 1
                tip[1] += amount
                postings.append((account, tip[0], number, amount, tip[1]))
        return transactions, postings


class RawSqlite(_Raw):
    """Plain statements on the driver; sets by `executemany`."""

    def lay_out_tables(self) -> None:
        """Make the tables and accounts."""
        keyed = "PRIMARY KEY (account, account_seq))"
        with self.connection.begin():
            for statement in _TABLES.replace(keyed, f"{keyed} WITHOUT ROWID").split(";"):
                self.driver.execute(statement)
            self.driver.executemany(
                "INSERT INTO raw_account VALUES (?, 0, 0)", [(n,) for n in range(MEMBERS + 1)]
            )

    def post_bare(self, size: int) -> None:
        """The same on the driver alone, writing each account once for a whole set."""
        self.driver.execute("BEGIN IMMEDIATE")
        self._one() if size == 1 else self._set(size, bare=True)
        self.driver.execute("COMMIT")

    def post_rows(self, size: int) -> None:
        """The same row by row, which is how a ledger without a batch path would do it."""
        with self.connection.begin():
            for _ in range(size):
                self._one()

    def _one(self) -> None:
        run = self.driver.execute
        row = self.row()
        run("INSERT INTO raw_transaction VALUES (?, ?, ?, ?, ?, ?)", row)
        for account, amount in ((0, -60), (row[0] % MEMBERS + 1, 60)):
            seq, balance = run(_MOVE, (amount, account)).fetchone()
            run(
                "INSERT INTO raw_posting VALUES (?, ?, ?, ?, ?)",
                (account, seq, row[0], amount, balance),
            )

    def _set(self, size: int, *, bare: bool) -> None:
        find = "SELECT seq, balance FROM raw_account WHERE id = ?"
        tips = {n: list(self.driver.execute(find, (n,)).fetchone()) for n in self.touched(size)}
        transactions, postings = self.lay_out(size, tips)
        if bare:
            moved = [(*tip, account) for account, tip in tips.items()]
        else:
            moved = [(seq, balance, account) for account, seq, _, _, balance in postings]
        many = self.driver.executemany
        many("INSERT INTO raw_transaction VALUES (?, ?, ?, ?, ?, ?)", transactions)
        many("INSERT INTO raw_posting VALUES (?, ?, ?, ?, ?)", postings)
        many("UPDATE raw_account SET seq = ?, balance = ? WHERE id = ?", moved)


class RawPostgresql(_Raw):
    """One statement for one post; for a set one that locks and reads, and one that writes.

    A set writes each account once in either case: one statement can write a row but once.
    """

    def lay_out_tables(self) -> None:
        """Make the tables and accounts."""
        with self.connection.begin(), self.driver.cursor() as cursor:
            cursor.execute(_TABLES)
            cursor.executemany(
                "INSERT INTO raw_account VALUES (%s, 0, 0)", [(n,) for n in range(MEMBERS + 1)]
            )

    def post_bare(self, size: int) -> None:
        """The same on the driver alone."""
        self._one() if size == 1 else self._set(size, bare=True)
        self.driver.commit()

    def _one(self) -> None:
        row = self.row()
        self.driver.execute(_CTE, (row[0] % MEMBERS + 1, *row, row[0], row[0]))

    def _set(self, size: int, *, bare: bool) -> None:
        find = "SELECT id, seq, balance FROM raw_account WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
        found = self.driver.execute(find, (_array(self.touched(size)),)).fetchall()
        tips = {account: [seq, balance] for account, seq, balance in found}
        transactions, postings = self.lay_out(size, tips)
        moved = [(account, *tip) for account, tip in tips.items()]
        columns = [
            _array(c) for rows in (moved, transactions, postings) for c in zip(*rows, strict=True)
        ]
        self.driver.execute(_SET, columns)


def _array(values: Iterable[Any]) -> str:
    # As text: letting the driver adapt a list would make raw slower than it can be.
    return "{" + ",".join(map(str, values)) + "}"


# --- engines --------------------------------------------------------------------------------


def sqlite_engine(path: Path) -> Engine:
    """Return an engine set up as the product's."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _set_up(driver: Any, _record: Any) -> None:
        driver.isolation_level = None
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
            driver.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.connection.driver_connection.execute("BEGIN IMMEDIATE")

    return engine


@contextmanager
def ours_on(server: Server | None, folder: Path, name: str) -> Iterator[Ours]:
    """Give an empty ledger on SQLite (no `server`) or PostgreSQL, in a database of its own."""
    if server is None:
        engine = sqlite_engine(folder / f"{name}.db")
        lay_out(engine)
    else:
        server.create_database(name)
        owner = create_engine(server.url(name, OWNER_ROLE))
        lay_out(owner, INSTANCE_ROLE)
        owner.dispose()
        engine = create_engine(server.url(name, INSTANCE_ROLE))
    ours = Ours(engine)
    try:
        yield ours
    finally:
        ours.close()
        if server is not None:
            server.drop_database(name)


@contextmanager
def raw_on(server: Server | None, folder: Path, name: str) -> Iterator[Any]:
    """Give the raw baseline on the same engine, in a database of its own."""
    raw: Any
    if server is None:
        raw = RawSqlite(sqlite_engine(folder / f"{name}.db"))
    else:
        server.create_database(name)
        raw = RawPostgresql(create_engine(server.url(name, OWNER_ROLE)))
    raw.lay_out_tables()
    try:
        yield raw
    finally:
        raw.close()
        if server is not None:
            server.drop_database(name)
