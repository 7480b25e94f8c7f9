"""Direct SQL against the books, with real commits: each attack is refused by the database.

On SQLite through the sqlite3 module as it comes (foreign keys off) and with foreign keys on; on
PostgreSQL as the instance's own role. After each the books are the same, byte for byte.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from ledger import Book, GuardRefused, LedgerError, UnsealedPosting, guards, posting
from ledger.verify import verify
from tests.ledger.conftest import (
    DAY,
    MEMBER,
    NOON,
    OTHER,
    POT,
    credit,
    engine_for,
    move,
    new_book,
)

ZERO = "00" * 32


class Books:
    """A filled database and a plain driver connection to attack it through."""

    def __init__(self, database: Any, foreign_keys: bool) -> None:
        self.database = database
        self.sqlite = database.name == "sqlite"
        self.foreign_keys = foreign_keys
        self.engine = engine_for(database.url)
        with self.engine.begin() as connection:
            fill(new_book(connection))
        self.driver = self.connect()
        self.ids = dict(self.rows("SELECT name, id FROM ledger_account"))
        self.before = self.dump()

    def connect(self, url: str | None = None) -> Any:
        """Open another connection as an attacker would have it."""
        address = make_url(url or self.database.url)
        if self.sqlite:
            driver = sqlite3.connect(address.database or "", timeout=10)
            if self.foreign_keys:
                driver.execute("PRAGMA foreign_keys = ON")
            return driver
        plain = address.set(drivername="postgresql")
        return psycopg.connect(plain.render_as_string(hide_password=False))

    def rows(self, statement: str) -> list[Any]:
        rows = self.driver.execute(statement).fetchall()
        self.driver.rollback()
        return list(rows)

    def dump(self) -> list[Any]:
        """Return every row of the ledger."""
        return [
            self.rows(f"SELECT * FROM {table} ORDER BY 1, 2")
            for table in ("ledger_book", "ledger_account", "ledger_transaction", "ledger_posting")
        ]

    def blob(self, digits: str) -> str:
        """Write bytes as this engine's SQL wants them."""
        return f"x'{digits}'" if self.sqlite else f"'\\x{digits}'::bytea"

    def head(self) -> tuple[int, str]:
        ((seq, digest),) = self.rows("SELECT head_seq, head_digest FROM ledger_book")
        return seq, bytes(digest).hex()

    def posting(self, name: str, amount: int, *, seq: int | None = None, **changes: Any) -> str:
        """Return an INSERT of a posting that continues its account, but for `changes`."""
        account_id = self.ids[name]
        newest = self.rows(
            "SELECT account_seq, balance FROM ledger_posting "
            f"WHERE account = {account_id} ORDER BY account_seq DESC LIMIT 1"
        )
        account_seq, balance = newest[0] if newest else (0, 0)
        ((floor,),) = self.rows(f"SELECT floor FROM ledger_account WHERE id = {account_id}")
        values = {
            "account": account_id,
            "account_seq": account_seq + 1,
            "book": 1,
            "seq": self.head()[0] + 1 if seq is None else seq,
            "amount": amount,
            "balance": balance + amount,
            "floor": "NULL" if floor is None else floor,
            **changes,
        }
        return _insert("ledger_posting", values)

    def seal(self, **changes: Any) -> str:
        """Return an INSERT of the next transaction, with a digest nobody can judge here."""
        seq, digest = self.head()
        values = {
            "book": 1,
            "seq": seq + 1,
            "kind": "'forged'",
            "reference": "'forged'",
            "occurred_on": "'2026-01-05'",
            "posted_at": NOON + 100,
            "actor": "NULL",
            "idempotency_key": "'forged'",
            "reverses_seq": "NULL",
            "replaces_seq": "NULL",
            "posting_count": 2,
            "digest_version": 1,
            "previous_digest": self.blob(digest),
            "digest": self.blob("ab" * 32),
            **changes,
        }
        return _insert("ledger_transaction", values)

    def refused(self, *statements: str) -> None:
        """Run statements and commit; they must be refused, leaving the books as they were."""
        with pytest.raises((sqlite3.Error, psycopg.Error)) as refusal:
            for statement in statements:
                self.driver.execute(statement)
            self.driver.commit()
        self.driver.rollback()
        # Refused for what it does, not for how it is spelled.
        for clumsy in ("syntax error", "no such", "has no column", "incomplete input"):
            assert clumsy not in str(refusal.value)
        assert self.dump() == self.before
        self.still_hold()

    def still_hold(self) -> None:
        """The books prove themselves and take the next credit."""
        with self.engine.connect() as connection:
            assert verify(connection).findings == []
            Book.open(connection).post(credit("next"), posted_at=NOON + 1000)
            connection.rollback()


def _insert(table: str, values: dict[str, Any]) -> str:
    columns = ", ".join(values)
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join(map(str, values.values()))})"


def fill(book: Book) -> None:
    """1 credit, 2 credit, 3 hold, 4 reversal of 2, 5 replacement of 2, 6 to the pot."""
    book.post_many([credit(1, 60), credit(2, 90, OTHER)], posted_at=NOON)
    book.post(move(3, MEMBER, "hours:held", 30), posted_at=NOON + 1)
    book.reverse(2, kind="correction.wrong_time", occurred_on=DAY, posted_at=NOON + 2)
    book.post(credit(4, 45, OTHER, replaces_seq=2), posted_at=NOON + 3)
    book.post(credit(5, 15, POT), posted_at=NOON + 4)


WAYS = [
    pytest.param("sqlite", False, id="sqlite as it comes"),
    pytest.param("sqlite", True, id="sqlite with foreign keys"),
    pytest.param("postgresql", True, id="postgresql", marks=pytest.mark.postgres),
]
every_way = pytest.mark.parametrize(
    ("empty_database", "foreign_keys"), WAYS, indirect=["empty_database"]
)
on_postgresql = pytest.mark.parametrize(
    ("empty_database", "foreign_keys"), WAYS[2:], indirect=["empty_database"]
)


@pytest.fixture
def foreign_keys() -> bool:
    return True


@pytest.fixture
def books(laid_out: Any, foreign_keys: bool) -> Iterator[Books]:
    books = Books(laid_out, foreign_keys)
    yield books
    books.driver.close()
    books.engine.dispose()


@every_way
def test_changing_what_stands(books: Books) -> None:
    for table, column, value in (
        ("ledger_posting", "amount", "amount + 1"),
        ("ledger_posting", "balance", "balance + 1"),
        ("ledger_posting", "floor", "-100"),
        ("ledger_posting", "seq", "seq + 10"),
        ("ledger_posting", "account", "account + 1"),
        ("ledger_transaction", "occurred_on", "'2026-01-06'"),
        ("ledger_transaction", "actor", "NULL"),
        ("ledger_transaction", "kind", "'x'"),
        ("ledger_transaction", "posted_at", "posted_at + 1"),
        ("ledger_transaction", "idempotency_key", "'x'"),
        ("ledger_transaction", "digest", books.blob(ZERO)),
        ("ledger_transaction", "posting_count", "3"),
        ("ledger_account", "name", "'hours:renamed'"),
        ("ledger_account", "id", "id + 100"),
        ("ledger_account", "book", "2"),
        ("ledger_book", "key", "'" + "f" * 32 + "'"),
        ("ledger_book", "id", "7"),
    ):
        books.refused(f"UPDATE {table} SET {column} = {value}")
        if books.sqlite:
            books.refused(f"UPDATE OR REPLACE {table} SET {column} = {value}")


@every_way
def test_moving_the_head(books: Books) -> None:
    seq, digest = books.head()
    ((earlier,),) = books.rows(f"SELECT digest FROM ledger_transaction WHERE seq = {seq - 1}")
    for new_seq, new_digest in (
        (seq - 1, bytes(earlier).hex()),
        (seq + 1, digest),
        (seq, ZERO),
        (0, ZERO),
    ):
        books.refused(
            f"UPDATE ledger_book SET head_seq = {new_seq}, head_digest = {books.blob(new_digest)}"
        )


@every_way
def test_deleting_and_truncating(books: Books) -> None:
    for table in ("ledger_posting", "ledger_transaction", "ledger_account", "ledger_book"):
        books.refused(f"DELETE FROM {table}")
        books.refused(f"DELETE FROM {table} WHERE 1 = 1")
        if not books.sqlite:
            books.refused(f"TRUNCATE {table}")
            books.refused(f"TRUNCATE {table} CASCADE")


@every_way
def test_replacing_rows(books: Books) -> None:
    """REPLACE deletes what is in its way without firing a delete trigger."""
    for table in ("ledger_book", "ledger_account", "ledger_transaction", "ledger_posting"):
        rows = books.rows(f"SELECT * FROM {table} ORDER BY 1, 2")
        marks = ", ".join(["?" if books.sqlite else "%s"] * len(rows[0]))
        verbs = (
            ("REPLACE INTO", "INSERT OR REPLACE INTO", "INSERT INTO")
            if books.sqlite
            else ("INSERT INTO",)
        )
        for verb in verbs:
            for row in rows:
                with pytest.raises((sqlite3.Error, psycopg.Error)):
                    books.driver.execute(f"{verb} {table} VALUES ({marks})", row)
                    books.driver.commit()
                books.driver.rollback()
        assert books.dump() == books.before


@every_way
def test_upserting_and_ignoring(books: Books) -> None:
    statement = _insert(
        "ledger_account", {"id": books.ids[MEMBER], "book": 1, "name": f"'{MEMBER}'", "floor": 0}
    )
    books.refused(f"{statement} ON CONFLICT (id) DO UPDATE SET name = 'hours:renamed'")
    if books.sqlite:
        books.refused(books.posting(MEMBER, 5, seq=1).replace("INSERT", "INSERT OR IGNORE"))
        books.refused("INSERT OR REPLACE INTO ledger_posting SELECT * FROM ledger_posting")
        books.refused("INSERT OR REPLACE INTO ledger_transaction SELECT * FROM ledger_transaction")


@every_way
def test_replacing_by_another_key(books: Books) -> None:
    """A next transaction whose key, or target, is taken would push the old row out."""
    verb = "INSERT OR REPLACE" if books.sqlite else "INSERT"
    pair = (books.posting("hours:issued", -5), books.posting(MEMBER, 5))
    books.refused(*pair, books.seal(idempotency_key="'key:1'").replace("INSERT", verb, 1))
    mirror = (books.posting("hours:issued", 90), books.posting(OTHER, -90))
    books.refused(*mirror, books.seal(reverses_seq=2).replace("INSERT", verb, 1))
    books.refused(*pair, books.seal(replaces_seq=2).replace("INSERT", verb, 1))


@every_way
def test_false_transactions(books: Books) -> None:
    issued, member = books.posting("hours:issued", -5), books.posting(MEMBER, 5)
    books.refused(issued, books.posting(MEMBER, 6), books.seal())  # unbalanced
    books.refused(books.seal())  # empty
    books.refused(issued, books.seal(posting_count=1))
    books.refused(issued, member, books.seal(posting_count=3))
    books.refused(issued, member, books.seal(posted_at=NOON))  # before the newest
    books.refused(issued, member, books.seal(previous_digest=books.blob(ZERO)))
    books.refused(issued, member, books.seal(digest_version=2))
    for field in ("kind", "reference", "idempotency_key", "actor"):
        books.refused(issued, member, books.seal(**{field: "'Zoë'"}))
    for day in ("'2026-02-30'", "'2026-1-5'", "'20260105'", "'today'", "''"):
        books.refused(issued, member, books.seal(occurred_on=day))
    if books.sqlite:
        nul = "CAST(x'610062' AS TEXT)"
        books.refused(issued, member, books.seal(reference=nul))
    gap = (books.posting("hours:issued", -5, seq=8), books.posting(MEMBER, 5, seq=8))
    books.refused(*gap, books.seal(seq=8))  # a gap in the sequence
    books.refused(issued, member, books.seal(), books.seal())  # a second seal


@every_way
def test_false_postings(books: Books) -> None:
    seal = books.seal()
    issued = books.posting("hours:issued", -5)
    count = books.rows(
        f"SELECT max(account_seq) FROM ledger_posting WHERE account = {books.ids[MEMBER]}"
    )[0][0]
    for wrong in (
        {"account_seq": count + 2},  # a gap
        {"account_seq": count},  # taken
        {"account_seq": 0},
        {"account_seq": -1},
        {"balance": 5},  # not the one before and the amount
        {"balance": 0},
        {"floor": -100},  # not its account's
        {"floor": "NULL"},
        {"amount": 0, "balance": 30},
        {"book": 2},
        {"account": 999, "account_seq": 1, "balance": 5, "floor": "NULL"},
    ):
        books.refused(issued, books.posting(MEMBER, **{"amount": 5, **wrong}), seal)


@every_way
def test_joining_a_sealed_transaction(books: Books) -> None:
    for seq in (1, 6):
        books.refused(books.posting("hours:issued", -5, seq=seq), books.posting(MEMBER, 5, seq=seq))


@every_way
def test_going_below_the_floor(books: Books) -> None:
    for giver, amount in ((MEMBER, 31), ("hours:held", 31), (POT, 16)):
        books.refused(
            books.posting(giver, -amount), books.posting("hours:issued", amount), books.seal()
        )


@every_way
def test_false_reversals(books: Books) -> None:
    def attempt(lines: list[tuple[str, int]], **links: Any) -> None:
        statements = [books.posting(account, amount) for account, amount in lines]
        books.refused(*statements, books.seal(posting_count=len(lines), **links))

    attempt([("hours:issued", 59), (MEMBER, -59)], reverses_seq=1)  # another amount
    attempt([("hours:issued", 60), (OTHER, -60)], reverses_seq=1)  # another account
    attempt([("hours:issued", -60), (MEMBER, 60)], reverses_seq=1)  # not turned round
    attempt([("hours:issued", 61), (MEMBER, -60), (OTHER, -1)], reverses_seq=1)
    attempt([("hours:issued", -90), (OTHER, 90)], reverses_seq=4)  # a reversal of a reversal
    attempt([("hours:issued", 90), (OTHER, -90)], reverses_seq=2)  # a second one
    attempt([("hours:issued", 5), (MEMBER, -5)], reverses_seq=99)
    attempt([("hours:issued", 5), (MEMBER, -5)], reverses_seq=7)  # itself
    attempt([("hours:issued", 60), (MEMBER, -60)], reverses_seq=1, replaces_seq=2)
    attempt([("hours:issued", -5), (MEMBER, 5)], replaces_seq=1)  # not reversed
    attempt([("hours:issued", -5), (MEMBER, 5)], replaces_seq=2)  # replaced already


@every_way
def test_the_exemption_is_for_members_only(books: Books) -> None:
    """An exact mirror may leave a member below zero, and a pot never."""
    with books.engine.begin() as connection:
        Book.open(connection).post(move(6, POT, OTHER, 15), posted_at=NOON + 5)
    books.before = books.dump()
    books.refused(
        books.posting("hours:issued", 15), books.posting(POT, -15), books.seal(reverses_seq=6)
    )


@every_way
def test_floors_of_held_hours_and_pots(books: Books) -> None:
    for account in ("hours:held", POT):
        for floor in ("-1", "NULL"):
            books.refused(f"UPDATE ledger_account SET floor = {floor} WHERE name = '{account}'")
            if books.sqlite:
                books.refused(
                    "PRAGMA ignore_check_constraints = ON",
                    f"UPDATE ledger_account SET floor = {floor} WHERE name = '{account}'",
                )
                books.driver.execute("PRAGMA ignore_check_constraints = OFF")
    books.refused(
        _insert("ledger_account", {"book": 1, "name": "'pot:" + "1" * 32 + "'", "floor": -1})
    )


@every_way
def test_a_book_starts_empty(books: Books) -> None:
    key = "'" + "c" * 32 + "'"
    for head_seq, digest in ((5, ZERO), (0, "ab" * 32)):
        books.refused(
            _insert(
                "ledger_book",
                {"key": key, "head_seq": head_seq, "head_digest": books.blob(digest)},
            )
        )


@every_way
def test_names_that_say_something_about_a_person(books: Books) -> None:
    for name in ("member:anna", "group:anna", "Anna", "hours:Zoë", "hours:", "x"):
        books.refused(_insert("ledger_account", {"book": 1, "name": f"'{name}'", "floor": 0}))


@every_way
def test_a_well_formed_forgery_is_named_by_verify(books: Books) -> None:
    """The database cannot judge a digest: a forged transaction passes it, and verify finds it."""
    for statement in (
        books.posting("hours:issued", -5),
        books.posting(MEMBER, 5),
        books.seal(),
    ):
        books.driver.execute(statement)
    books.driver.commit()
    with books.engine.connect() as connection:
        found = verify(connection).findings
        assert [(each.code, each.params.get("seq")) for each in found] == [("verify.digest", 7)]


@every_way
def test_an_unsealed_posting_blocks_loudly_until_it_is_removed(books: Books) -> None:
    if not books.sqlite or books.foreign_keys:
        books.refused(books.posting(MEMBER, 5))
        books.refused(books.posting(MEMBER, 5, seq=50))
        return
    for statement in (books.posting(MEMBER, 5), books.posting(OTHER, 5, seq=8)):
        books.driver.execute(statement)
    books.driver.commit()
    with books.engine.connect() as connection:
        found = verify(connection).findings
        assert {(each.code, each.params["account"]) for each in found} == {
            ("verify.unsealed", MEMBER),
            ("verify.unsealed", OTHER),
        }
        book = Book.open(connection)
        with pytest.raises(UnsealedPosting) as refused:
            book.post(credit(7), posted_at=NOON + 9)
        assert refused.value.params["account"] == MEMBER
        # Another account is served until the stray posting's number is reached.
        with pytest.raises(UnsealedPosting):
            book.post(credit(7, member=POT), posted_at=NOON + 9)
    with books.engine.begin() as connection:
        assert guards.remove_unsealed(connection) == 2
        assert guards.problems(connection) == []
    assert books.dump() == books.before
    books.still_hold()


# --- PostgreSQL alone -----------------------------------------------------------------------


@on_postgresql
def test_temporary_tables_do_not_fool_the_guards(books: Books) -> None:
    spoof = [
        f"CREATE TEMPORARY TABLE {table} AS SELECT * FROM public.{table}"
        for table in ("ledger_book", "ledger_account", "ledger_transaction", "ledger_posting")
    ]
    issued, member = books.posting("hours:issued", -5), books.posting(MEMBER, 6)
    seal = books.seal()
    public = [each.replace("INTO ", "INTO public.") for each in (issued, member, seal)]
    books.refused(
        *spoof,
        "UPDATE pg_temp.ledger_book SET head_seq = 0",
        "UPDATE pg_temp.ledger_posting SET amount = 0",
        *public,
    )
    books.refused(*spoof, "UPDATE pg_temp.ledger_account SET floor = NULL", books.posting(
        POT, -99, floor="NULL").replace("INTO ", "INTO public."))  # fmt: skip


@on_postgresql
def test_a_second_book_in_one_statement_is_not_overlooked(books: Books) -> None:
    """A guard looks at one book for each statement: rows of another one do not slip through."""
    other = "(SELECT id FROM ledger_book WHERE key LIKE 'c%')"
    accounts = [f"(SELECT id FROM ledger_account WHERE book = {other} AND name = '{name}')"
                for name in ("hours:issued", MEMBER)]  # fmt: skip
    second = (
        _insert("ledger_book", {"key": f"'{'c' * 32}'", "head_seq": 0,
                                "head_digest": books.blob(ZERO)}),
        *(_insert("ledger_account", {"book": other, "name": f"'{name}'", "floor": "NULL"})
          for name in ("hours:issued", MEMBER)),
    )  # fmt: skip
    sound = books.posting("hours:issued", -5)
    stray = (
        f"({accounts[0]}, 1, {other}, 1, -5, -5, NULL), ({accounts[1]}, 1, {other}, 1, 5, 5, NULL)"
    )
    books.refused(*second, f"{sound}, {stray}", books.posting(MEMBER, 5), books.seal())
    with pytest.raises(psycopg.Error, match="posting_account"):
        for statement in (*second, f"{sound}, {stray}"):
            books.driver.execute(statement)
    books.driver.rollback()


@on_postgresql
def test_the_instance_cannot_switch_anything_off(books: Books) -> None:
    for statement in (
        "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
        "DROP TRIGGER ledger_posting_insert ON ledger_posting",
        "ALTER TABLE ledger_posting DROP CONSTRAINT fk_ledger_posting_transaction",
        "SET session_replication_role = replica",
        "DROP TABLE ledger_posting",
        "ALTER FUNCTION public.ledger_frozen() SET search_path = pg_temp",
        "CREATE OR REPLACE FUNCTION public.ledger_frozen() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RETURN NEW; END'",
        "CREATE TABLE public.anything (id integer)",
    ):
        books.refused(statement)


@on_postgresql
def test_a_posting_that_races_a_seal_is_refused(books: Books) -> None:
    """Begun before the seal, judged after it: the posting waits for the book and is refused."""
    late = books.posting(OTHER, 5)
    outcome: list[str] = []

    def attack() -> None:
        with books.connect() as driver:
            try:
                driver.execute(late)
                driver.commit()
                outcome.append("committed")
            except psycopg.Error as error:
                outcome.append(str(error))

    with books.engine.begin() as connection:
        Book.open(connection).post(credit(7), posted_at=NOON + 9)
        racer = threading.Thread(target=attack)
        racer.start()
        deadline = time.monotonic() + 10
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while not books.rows(waiting)[0][0] and time.monotonic() < deadline:
            time.sleep(0.01)
    racer.join(timeout=20)
    assert outcome
    assert "posting_account" in outcome[0]
    with books.engine.connect() as connection:
        assert verify(connection).findings == []


@on_postgresql
def test_a_posting_that_came_before_a_seal_is_not_committed(books: Books) -> None:
    """The other way round: the poster waits for the stray posting, which cannot be committed."""
    books.driver.execute(books.posting(OTHER, 5))
    done: list[int] = []

    def post() -> None:
        with books.engine.begin() as connection:
            done.append(Book.open(connection).post(credit(7), posted_at=NOON + 9).seq)

    poster = threading.Thread(target=post)
    poster.start()
    time.sleep(0.2)
    assert done == []
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        books.driver.commit()
    poster.join(timeout=20)
    assert done == [7]
    with books.engine.connect() as connection:
        assert verify(connection).findings == []


@every_way
def test_what_a_guard_refuses_reaches_the_caller_with_its_name(books: Books) -> None:
    """If Python ever let something through, the caller hears which guard stopped it."""
    with books.engine.connect() as connection, pytest.MonkeyPatch.context() as patch:
        book = Book.open(connection)
        patch.setattr(posting, "_check_reversal", lambda *arguments: None)
        with pytest.raises(GuardRefused) as refused:
            book.post(credit(7, reverses_seq=1), posted_at=NOON + 9)
    assert refused.value.params == {"guard": "seal_not_mirror"}
    assert isinstance(refused.value, LedgerError)
