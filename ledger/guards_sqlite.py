"""The guards of an SQLite database: triggers, kept as text and compared as text.

A REPLACE deletes the row in its way without firing a delete trigger, so every BEFORE INSERT
refuses keys that exist. Rows of one statement are judged one by one, and a CHECK can be switched
off by any client, so what must never happen is said here too. RAISE knows only fixed messages.
"""

from __future__ import annotations

_FROZEN = """CREATE TRIGGER {table}_{event} BEFORE {upper} ON {table}
BEGIN
  SELECT RAISE(ABORT, 'ledger guard: {table}_frozen');
END"""


def _frozen(table: str, event: str) -> tuple[str, str]:
    text = _FROZEN.format(table=table, event=event, upper=event.upper())
    return f"{table}_{event}", text


_BOOK_INSERT = """CREATE TRIGGER ledger_book_insert BEFORE INSERT ON ledger_book
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM ledger_book WHERE id = NEW.id OR key = NEW.key)
      THEN RAISE(ABORT, 'ledger guard: book_exists')
    WHEN (NEW.head_seq = 0 AND NEW.head_digest = zeroblob(32)
          AND NOT EXISTS (SELECT 1 FROM ledger_transaction WHERE book = NEW.id)) IS NOT 1
      THEN RAISE(ABORT, 'ledger guard: book_not_empty')
  END;
END"""

_BOOK_UPDATE = """CREATE TRIGGER ledger_book_update BEFORE UPDATE ON ledger_book
BEGIN
  SELECT CASE
    WHEN (NEW.id = OLD.id AND NEW.key = OLD.key) IS NOT 1
      THEN RAISE(ABORT, 'ledger guard: book_frozen')
    WHEN (SELECT seq = NEW.head_seq AND digest = NEW.head_digest FROM ledger_transaction
          WHERE book = NEW.id ORDER BY seq DESC LIMIT 1) IS NOT 1
      THEN RAISE(ABORT, 'ledger guard: head_not_newest')
  END;
END"""

_FLOOR_WRONG = """(((NEW.name <> 'hours:held' AND substr(NEW.name, 1, 4) <> 'pot:')
           OR (NEW.floor IS NOT NULL AND NEW.floor >= 0))
          AND (NEW.floor IS NULL OR NEW.floor BETWEEN -1000000000000 AND 1000000000000)) IS NOT 1"""

_ACCOUNT_INSERT = f"""CREATE TRIGGER ledger_account_insert BEFORE INSERT ON ledger_account
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM ledger_account WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM ledger_account WHERE name = NEW.name AND book = NEW.book)
      OR EXISTS (SELECT 1 FROM ledger_posting WHERE account = NEW.id)
      THEN RAISE(ABORT, 'ledger guard: account_exists')
    WHEN NOT EXISTS (SELECT 1 FROM ledger_book WHERE id = NEW.book)
      THEN RAISE(ABORT, 'ledger guard: account_without_book')
    WHEN {_FLOOR_WRONG}
      THEN RAISE(ABORT, 'ledger guard: account_floor')
  END;
END"""

_ACCOUNT_UPDATE = f"""CREATE TRIGGER ledger_account_update BEFORE UPDATE ON ledger_account
BEGIN
  SELECT CASE
    WHEN (NEW.id = OLD.id AND NEW.book = OLD.book AND NEW.name = OLD.name) IS NOT 1
      THEN RAISE(ABORT, 'ledger guard: account_frozen')
    WHEN {_FLOOR_WRONG}
      THEN RAISE(ABORT, 'ledger guard: account_floor')
  END;
END"""

# A posting comes after everything on its account, in account_seq and in seq: so an unsealed one
# blocks its account, and (book, seq, account) cannot exist already. The first case is the ordinary
# one in as few look-ups as it takes; the others find what is wrong, and let an account's first in.
_POSTING_INSERT = """CREATE TRIGGER ledger_posting_insert BEFORE INSERT ON ledger_posting
BEGIN
  SELECT CASE
    WHEN (SELECT p.account_seq + 1 = NEW.account_seq AND p.balance + NEW.amount = NEW.balance
            AND p.seq < NEW.seq AND p.book = NEW.book
          FROM ledger_posting AS p
          WHERE p.account = NEW.account ORDER BY p.account_seq DESC LIMIT 1)
      AND NEW.amount <> 0 AND NEW.amount BETWEEN -1000000000000 AND 1000000000000
      AND NEW.balance BETWEEN -1000000000000 AND 1000000000000
      AND EXISTS (
        SELECT 1 FROM ledger_account AS a JOIN ledger_book AS b ON b.id = a.book
        WHERE a.id = NEW.account AND a.book = NEW.book AND a.floor IS NEW.floor
          AND NEW.seq > b.head_seq)
      THEN NULL
    WHEN EXISTS (
        SELECT 1 FROM ledger_posting
        WHERE account = NEW.account AND account_seq >= NEW.account_seq)
      THEN RAISE(ABORT, 'ledger guard: posting_exists')
    WHEN (NEW.account_seq >= 1 AND NEW.amount <> 0
          AND NEW.amount BETWEEN -1000000000000 AND 1000000000000
          AND NEW.balance BETWEEN -1000000000000 AND 1000000000000) IS NOT 1
      THEN RAISE(ABORT, 'ledger guard: posting_amount')
    WHEN NOT EXISTS (
        SELECT 1 FROM ledger_account AS a JOIN ledger_book AS b ON b.id = a.book
        WHERE a.id = NEW.account AND a.book = NEW.book AND a.floor IS NEW.floor
          AND NEW.seq > b.head_seq)
      THEN RAISE(ABORT, 'ledger guard: posting_account')
    WHEN NEW.account_seq = 1 AND NEW.balance = NEW.amount
      THEN NULL
    WHEN NOT EXISTS (
        SELECT 1 FROM ledger_posting AS p
        WHERE p.account = NEW.account AND p.account_seq = NEW.account_seq - 1
          AND p.balance + NEW.amount = NEW.balance AND p.seq < NEW.seq AND p.book = NEW.book)
      THEN RAISE(ABORT, 'ledger guard: posting_not_next')
  END;
END"""

# The seal. The exemption from the floor is an exact mirror's alone, and only on members' accounts.
_SEAL = """CREATE TRIGGER ledger_transaction_insert BEFORE INSERT ON ledger_transaction
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM ledger_transaction
                 WHERE idempotency_key = NEW.idempotency_key AND book = NEW.book)
      THEN RAISE(ABORT, 'ledger guard: seal_key_exists')
    WHEN (SELECT NEW.seq = head_seq + 1 AND NEW.previous_digest = head_digest
          FROM ledger_book WHERE id = NEW.book) IS NOT 1
      OR (SELECT NEW.seq > seq AND NEW.posted_at >= posted_at
          FROM ledger_transaction WHERE book = NEW.book ORDER BY seq DESC LIMIT 1) IS 0
      THEN RAISE(ABORT, 'ledger guard: seal_not_next')
  END;
  SELECT CASE
    WHEN (lines = NEW.posting_count AND lines >= 2) IS NOT 1
      THEN RAISE(ABORT, 'ledger guard: seal_count')
    WHEN total IS NOT 0
      THEN RAISE(ABORT, 'ledger guard: seal_unbalanced')
    WHEN below > 0 AND (NEW.reverses_seq IS NULL OR EXISTS (
        SELECT 1 FROM ledger_posting AS p JOIN ledger_account AS a ON a.id = p.account
        WHERE p.book = NEW.book AND p.seq = NEW.seq AND p.amount < 0 AND p.balance < p.floor
          AND substr(a.name, 1, 7) <> 'member:'))
      THEN RAISE(ABORT, 'ledger guard: seal_below_floor')
  END
  FROM (SELECT count(*) AS lines, sum(amount) AS total,
               total(amount < 0 AND balance < floor) AS below
        FROM ledger_posting WHERE book = NEW.book AND seq = NEW.seq);
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM ledger_transaction
                 WHERE reverses_seq = NEW.reverses_seq AND book = NEW.book)
      THEN RAISE(ABORT, 'ledger guard: seal_reversed_before')
    WHEN NEW.replaces_seq IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM ledger_transaction AS t
        WHERE t.book = NEW.book AND t.seq = NEW.reverses_seq
          AND t.reverses_seq IS NULL AND t.posting_count = NEW.posting_count)
      OR EXISTS (
        SELECT 1 FROM ledger_posting AS p
        WHERE p.book = NEW.book AND p.seq = NEW.seq AND NOT EXISTS (
          SELECT 1 FROM ledger_posting AS q
          WHERE q.book = NEW.book AND q.seq = NEW.reverses_seq
            AND q.account = p.account AND q.amount = -p.amount))
      THEN RAISE(ABORT, 'ledger guard: seal_not_mirror')
  END
  WHERE NEW.reverses_seq IS NOT NULL;
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM ledger_transaction
                 WHERE replaces_seq = NEW.replaces_seq AND book = NEW.book)
      THEN RAISE(ABORT, 'ledger guard: seal_replaced_before')
    WHEN NOT EXISTS (SELECT 1 FROM ledger_transaction
                     WHERE reverses_seq = NEW.replaces_seq AND book = NEW.book)
      THEN RAISE(ABORT, 'ledger guard: seal_replaces_not_reversed')
  END
  WHERE NEW.replaces_seq IS NOT NULL;
END"""

_HEAD = """CREATE TRIGGER ledger_transaction_head AFTER INSERT ON ledger_transaction
BEGIN
  UPDATE ledger_book SET head_seq = NEW.seq, head_digest = NEW.digest WHERE id = NEW.book;
END"""

# Name and text of every guard, in the order in which they are made.
TRIGGERS: dict[str, str] = dict(
    [
        ("ledger_book_insert", _BOOK_INSERT),
        ("ledger_book_update", _BOOK_UPDATE),
        _frozen("ledger_book", "delete"),
        ("ledger_account_insert", _ACCOUNT_INSERT),
        ("ledger_account_update", _ACCOUNT_UPDATE),
        _frozen("ledger_account", "delete"),
        ("ledger_posting_insert", _POSTING_INSERT),
        _frozen("ledger_posting", "update"),
        _frozen("ledger_posting", "delete"),
        ("ledger_transaction_insert", _SEAL),
        ("ledger_transaction_head", _HEAD),
        _frozen("ledger_transaction", "update"),
        _frozen("ledger_transaction", "delete"),
    ]
)
