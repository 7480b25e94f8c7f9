"""With every guard dropped by force: whatever is changed, `verify` names it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, text

from ledger import Book, guards
from ledger.verify import KEPT, Finding, verify
from tests.ledger.conftest import MEMBER, NOON, OTHER, POT, build, credit, engine_for, new_book
from tests.ledger.test_attacks import fill

ZERO = bytes(32)


@pytest.fixture
def forced(empty_database: Any) -> Any:
    """A connection that owns everything, with foreign keys, checks and guards switched off."""
    build(empty_database)
    engine = engine_for(empty_database.url)
    with engine.begin() as connection:
        fill(new_book(connection))
    engine.dispose()
    if empty_database.name == "sqlite":
        owner = create_engine(empty_database.owner_url)

        @event.listens_for(owner, "connect")
        def _off(driver: Any, _record: Any) -> None:
            driver.execute("PRAGMA ignore_check_constraints = ON")
    else:
        owner = create_engine(empty_database.admin_url)
    with owner.connect() as connection:
        guards.drop(connection)
        if empty_database.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
            for table, kind in connection.execute(
                text(
                    "SELECT conrelid::regclass::text, conname FROM pg_constraint "
                    "WHERE contype = 'c' AND conrelid::regclass::text LIKE 'ledger_%'"
                )
            ).all():
                connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {kind}"))
        yield connection
    owner.dispose()


def found(connection: Connection, **options: Any) -> list[tuple[str, Any]]:
    """Return code and seq (or account) of each finding, but for the missing guards."""
    return [
        (finding.code, finding.params.get("seq", finding.params.get("account")))
        for finding in verify(connection, **options).findings
        if finding.code != "verify.guard"
    ]


def run(connection: Connection, statement: str, **values: Any) -> None:
    outcome = connection.execute(text(statement), values)
    assert outcome.rowcount != 0


def test_sound_books_with_guards_dropped_name_only_the_guards(forced: Connection) -> None:
    report = verify(forced)
    assert {finding.code for finding in report.findings} == {"verify.guard"}
    assert (
        Finding(code="verify.guard", params={"guard": "missing:ledger_posting_insert"})
        in report.findings
    )
    assert report.transactions == 6
    assert report.head == Book.open(forced).head()
    assert found(forced, against=(6, Book.open(forced).head().digest.hex())) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("occurred_on", "2026-01-06"),
        ("actor", "b" * 32),
        ("actor", None),
        ("kind", "gift"),
        ("reference", "other"),
        ("idempotency_key", "other"),
        ("posted_at", NOON + 1),
    ],
)
def test_a_changed_transaction_is_named(forced: Connection, column: str, value: Any) -> None:
    run(forced, f"UPDATE ledger_transaction SET {column} = :value WHERE seq = 3", value=value)
    expected = [("verify.digest", 3)]
    if column == "posted_at":  # the same instant as it had: nothing changed
        expected = []
        run(forced, "UPDATE ledger_transaction SET posted_at = posted_at + 1 WHERE seq = 6")
        expected = [("verify.digest", 6)]
    named = [each for each in found(forced) if each[0] != "verify.account_differs"]
    assert named == expected


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("occurred_on", "2026-02-30", "verify.field"),
        ("occurred_on", "2026-W01-1", "verify.field"),
        ("kind", "Kind", "verify.field"),
        ("kind", "sesión", "verify.field"),
        ("reference", "Anna Smith", "verify.field"),
        ("idempotency_key", "", "verify.field"),
        ("actor", "anna", "verify.field"),
        ("posted_at", -1, "verify.field"),
        ("posted_at", 1, "verify.posted_at"),
        ("digest_version", 2, "verify.field"),
        ("posting_count", 3, "verify.posting_count"),
        ("replaces_seq", 1, "verify.replacement"),
        ("reverses_seq", 1, "verify.reversal"),
    ],
)
def test_what_the_tables_forbid_is_named(
    forced: Connection, column: str, value: Any, code: str
) -> None:
    run(forced, f"UPDATE ledger_transaction SET {column} = :value WHERE seq = 3", value=value)
    assert (code, 3) in found(forced)


def test_a_changed_digest_is_named_alone(forced: Connection) -> None:
    for seq in (3, 6):
        run(forced, "UPDATE ledger_transaction SET digest = :zero WHERE seq = :seq", zero=ZERO,
            seq=seq)  # fmt: skip
    named = [each for each in found(forced) if each[0] != "verify.account_differs"]
    assert named == [("verify.digest", 3), ("verify.digest", 6)]


def test_a_changed_amount_is_named(forced: Connection) -> None:
    run(forced, "UPDATE ledger_posting SET amount = amount + 1 WHERE seq = 3 AND amount > 0")
    named = found(forced)
    for code in ("verify.unbalanced", "verify.balance", "verify.digest"):
        assert (code, 3) in named


def test_an_amount_changed_on_both_sides_is_named(forced: Connection) -> None:
    """Balanced, running balances recomputed, digest recomputed: the chain still tells."""
    run(forced, "UPDATE ledger_posting SET amount = amount * 2, balance = balance + amount "
        "WHERE seq = 6")  # fmt: skip
    assert ("verify.digest", 6) in found(forced)


def test_changed_floors_sequences_and_balances_are_named(forced: Connection) -> None:
    for change, code in (
        ("floor = 1000", "verify.below_floor"),
        ("floor = -5", "verify.digest"),
        ("balance = balance + 1", "verify.balance"),
        ("account_seq = 99", "verify.account_seq"),
        ("amount = 0", "verify.amount"),
    ):
        run(forced, f"UPDATE ledger_posting SET {change} WHERE seq = 3 AND amount < 0")
        assert (code, 3) in found(forced)
        forced.rollback()
        guards.drop(forced)
        if forced.dialect.name == "postgresql":
            forced.execute(text("SET session_replication_role = replica"))
            forced.execute(
                text("ALTER TABLE ledger_posting DROP CONSTRAINT ck_ledger_posting_allowed")
            )


def test_a_posting_below_an_owners_floor_is_named(forced: Connection) -> None:
    run(forced, "UPDATE ledger_posting SET floor = -1 WHERE account = "
        "(SELECT id FROM ledger_account WHERE name = 'hours:held')")  # fmt: skip
    assert ("verify.floor", 3) in found(forced)


def test_floors_and_names_of_accounts_are_named(forced: Connection) -> None:
    run(forced, "UPDATE ledger_account SET floor = NULL WHERE name = 'hours:held'")
    run(forced, "UPDATE ledger_account SET floor = -1 WHERE name = :pot", pot=POT)
    run(forced, "INSERT INTO ledger_account (book, name, floor) VALUES (1, 'member:anna', 0)")
    named = found(forced)
    for account in ("hours:held", POT):
        assert ("verify.account_floor", account) in named
    assert ("verify.account_name", "member:anna") in named


def test_a_renamed_account_is_named_with_its_transactions(forced: Connection) -> None:
    renamed = "member:" + "e" * 32
    run(forced, "UPDATE ledger_account SET name = :new WHERE name = :old", new=renamed, old=MEMBER)
    named = found(forced)
    assert ("verify.account_differs", renamed) in named
    assert [seq for code, seq in named if code == "verify.digest"] == [1, 3]


def test_swapped_accounts_are_named(forced: Connection) -> None:
    run(forced, "UPDATE ledger_posting SET account = 99 WHERE seq = 1 AND amount > 0")
    assert ("verify.unknown_account", 1) in found(forced)


def test_a_deleted_middle_is_named(forced: Connection) -> None:
    for table in ("ledger_posting", "ledger_transaction"):
        run(forced, f"DELETE FROM {table} WHERE seq = 3")
    missing = [f for f in verify(forced).findings if f.code == "verify.missing"]
    assert [each.params for each in missing] == [{"first_seq": 3, "last_seq": 3}]
    assert ("verify.chain", 4) in found(forced)


def test_deleted_postings_and_deleted_transactions_are_named(forced: Connection) -> None:
    run(forced, "DELETE FROM ledger_posting WHERE seq = 3 AND amount > 0")
    run(forced, "DELETE FROM ledger_transaction WHERE seq = 1")
    named = found(forced)
    assert ("verify.posting_count", 3) in named
    assert named.count(("verify.unsealed", 1)) == 2


def test_a_cut_tail_is_named_by_the_head(forced: Connection) -> None:
    for table in ("ledger_posting", "ledger_transaction"):
        run(forced, f"DELETE FROM {table} WHERE seq >= 5")
    missing = [f.params for f in verify(forced).findings if f.code == "verify.missing"]
    assert missing == [{"first_seq": 5, "last_seq": 6}]


def test_a_tail_cut_with_its_head_is_found_by_an_outside_head(forced: Connection) -> None:
    noted = Book.open(forced).head()
    for table in ("ledger_posting", "ledger_transaction"):
        run(forced, f"DELETE FROM {table} WHERE seq >= 5")
    run(forced, "UPDATE ledger_book SET head_seq = 4, head_digest = "
        "(SELECT digest FROM ledger_transaction WHERE seq = 4)")  # fmt: skip
    assert found(forced) == []
    assert found(forced, against=(6, noted.digest.hex())) == [("verify.against_missing", 6)]


def test_a_history_rewritten_as_a_whole_is_found_by_an_outside_head(forced: Connection) -> None:
    noted = Book.open(forced).transaction(4).digest.hex()
    for table in ("ledger_posting", "ledger_transaction"):
        run(forced, f"DELETE FROM {table}")
    run(forced, "UPDATE ledger_book SET head_seq = 0, head_digest = :zero", zero=ZERO)
    guards.create(forced)
    if forced.dialect.name == "postgresql":
        forced.execute(text("SET session_replication_role = origin"))
    book = Book.open(forced)
    book.post_many([credit(number, 61) for number in range(6)], posted_at=NOON)
    assert found(forced) == []
    assert found(forced, against=(4, noted)) == [("verify.against_differs", 4)]
    assert found(forced, against=(4, book.transaction(4).digest.hex().upper())) == []
    assert found(forced, against=(0, "00" * 32)) == []


def test_from_a_head_only_what_came_after_is_recounted(forced: Connection) -> None:
    book = Book.open(forced)
    noted = [(seq, book.transaction(seq).digest.hex()) for seq in range(1, 7)]
    for start in [(0, "00" * 32), *noted]:
        assert found(forced, start=start) == [], start
        assert verify(forced, start=start).transactions == 6 - start[0]
    # A change before the head that was proven is not looked for; one after it is found.
    run(forced, "UPDATE ledger_transaction SET reference = 'changed' WHERE seq = 2")
    assert found(forced, start=noted[3]) == []
    assert found(forced, start=noted[0]) == [("verify.digest", 2)]
    run(forced, "UPDATE ledger_posting SET balance = balance + 5 WHERE seq = 6")
    named = found(forced, start=noted[3])
    assert {("verify.balance", 6), ("verify.digest", 6), ("verify.book_sum", None)} <= set(named)
    # Only the pot has nothing before that agrees.
    assert {name for code, name in named if code == "verify.account_differs"} == {POT}
    assert not {seq for _, seq in named if isinstance(seq, int)} - {6}


def test_from_a_head_that_is_not_the_books_everything_is_recounted(forced: Connection) -> None:
    run(forced, "UPDATE ledger_transaction SET reference = 'changed' WHERE seq = 2")
    for start, code in (((4, "ab" * 32), "differs"), ((9, "ab" * 32), "missing")):
        named = [(f"verify.against_{code}", start[0]), ("verify.digest", 2)]
        assert found(forced, start=start) == named
    assert verify(forced, start=(4, "ab" * 32)).transactions == 6


def test_a_forged_extra_is_named(forced: Connection) -> None:
    run(forced, "INSERT INTO ledger_transaction SELECT book, 7, kind, reference, occurred_on, "
        "posted_at, actor, 'forged', NULL, NULL, posting_count, digest_version, digest, digest "
        "FROM ledger_transaction WHERE seq = 6")  # fmt: skip
    assert found(forced) == [("verify.beyond_head", 7)]
    run(forced, "UPDATE ledger_book SET head_seq = 7")
    named = found(forced)
    assert ("verify.posting_count", 7) in named
    assert ("verify.digest", 7) in named


def test_a_moved_head_is_named(forced: Connection) -> None:
    run(forced, "UPDATE ledger_book SET head_digest = :zero", zero=ZERO)
    assert found(forced) == [("verify.head", 6)]
    run(forced, "UPDATE ledger_book SET head_seq = 4, head_digest = "
        "(SELECT digest FROM ledger_transaction WHERE seq = 4)")  # fmt: skip
    assert found(forced) == [("verify.beyond_head", 5), ("verify.beyond_head", 6)]


def test_a_renamed_book_and_a_stranger_are_named(forced: Connection) -> None:
    run(forced, "INSERT INTO ledger_account (book, name) VALUES (9, 'hours:x')")
    codes = [code for code, _ in found(forced)]
    assert codes == ["verify.unknown_book"]
    run(forced, "UPDATE ledger_book SET key = :key", key="f" * 32)
    assert [seq for code, seq in found(forced) if code == "verify.digest"] == [1, 2, 3, 4, 5, 6]


def test_an_unsealed_posting_is_named(forced: Connection) -> None:
    run(forced, "INSERT INTO ledger_posting VALUES "
        "((SELECT id FROM ledger_account WHERE name = :name), 99, 1, 50, 5, 5, 0)",
        name=OTHER)  # fmt: skip
    assert found(forced) == [("verify.unsealed", 50)]


def test_of_many_findings_some_are_kept_and_all_are_counted(forced: Connection) -> None:
    guards.create(forced)
    if forced.dialect.name == "postgresql":
        forced.execute(text("SET session_replication_role = origin"))
    Book.open(forced).post_many([credit(n, 1) for n in range(100, 250)], posted_at=NOON + 9)
    guards.drop(forced)
    run(forced, "UPDATE ledger_transaction SET actor = NULL")
    findings = verify(forced).findings
    assert sum(finding.code == "verify.digest" for finding in findings) == KEPT
    more = [f.params for f in findings if f.code == "verify.more"]
    assert more == [{"of": "verify.digest", "count": 155 - KEPT}]


def test_the_start_up_check_names_changed_and_foreign_guards(forced: Connection) -> None:
    guards.create(forced)
    assert guards.problems(forced) == []
    guards.create(forced)  # again, over what is there
    assert guards.problems(forced) == []
    forced.execute(text("DROP INDEX uq_ledger_transaction_reverses"))
    forced.execute(text("DROP INDEX uq_ledger_transaction_replaces"))
    forced.execute(text("CREATE INDEX uq_ledger_transaction_replaces ON ledger_transaction (book)"))
    if forced.dialect.name == "sqlite":
        forced.execute(text("DROP TRIGGER ledger_posting_update"))
        forced.execute(text("CREATE TRIGGER ledger_posting_update BEFORE UPDATE ON ledger_posting "
                            "BEGIN SELECT 1; END"))  # fmt: skip
        forced.execute(text("CREATE TRIGGER helper AFTER INSERT ON ledger_posting "
                            "BEGIN SELECT 1; END"))  # fmt: skip
        expected = ["changed:ledger_posting_update", "unexpected:helper"]
    else:
        forced.execute(text("ALTER TABLE ledger_posting DISABLE TRIGGER ledger_posting_frozen"))
        forced.execute(text("CREATE OR REPLACE FUNCTION ledger_frozen() RETURNS trigger "
                            "LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"))  # fmt: skip
        forced.execute(text("CREATE TRIGGER helper AFTER INSERT ON ledger_posting "
                            "EXECUTE FUNCTION ledger_frozen()"))  # fmt: skip
        forced.execute(text("CREATE OR REPLACE FUNCTION ledger_posting_allowed(account_seq bigint,"
                            " seq bigint, amount bigint, balance bigint) RETURNS boolean "
                            "LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN true; END'"))  # fmt: skip
        expected = [
            "changed:function:ledger_frozen",
            "changed:function:ledger_posting_allowed",
            "changed:ledger_posting_frozen",
            "unexpected:helper",
        ]
    expected += [
        "changed:index:uq_ledger_transaction_replaces",
        "missing:index:uq_ledger_transaction_reverses",
    ]
    assert guards.problems(forced) == sorted(expected)
    guards.create(forced)
    assert [each for each in guards.problems(forced) if "index" in each] == []


def test_a_database_without_a_book_has_nothing_to_say(forced: Connection) -> None:
    for table in ("ledger_posting", "ledger_transaction", "ledger_account", "ledger_book"):
        run(forced, f"DELETE FROM {table}")
    report = verify(forced)
    assert (report.transactions, report.head) == (0, None)
    assert found(forced, against=(3, "ab" * 32)) == [("verify.against_missing", 3)]
