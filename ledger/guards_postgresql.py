"""The guards of a PostgreSQL database: functions and triggers, kept as text.

Postings and transactions are judged once for each statement, over the rows it brought. Every
function sets its own search path, with temporary tables last: a temporary table of the same name
fools it otherwise. The posting guard locks the book before it looks at the head, so a posting
that raced a seal waits and is then refused (docs/decisions/0002-late-postings.md). Index scans
are insisted on because plans are kept for a connection's life, and tables grow while it lives: a
bitmap, chosen when an account had ten postings, reads all of them when it has a hundred thousand.
OFFSET 0 keeps a look-up by key from being turned into a join that filters a whole book.
"""

from __future__ import annotations

_FUNCTION = """CREATE FUNCTION public.{name}() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp{settings} AS $guard${body}$guard$"""
# Compiled, a plan that was made for a batch of ten thousand takes 40 ms for each post after it.
_KEPT = " SET plan_cache_mode = force_generic_plan SET jit = off"
_INDEXED = (
    " SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off"
    " SET enable_mergejoin = off" + _KEPT
)

_FROZEN = """
BEGIN
  RAISE EXCEPTION USING MESSAGE = 'ledger guard: ' || TG_TABLE_NAME || '_frozen';
END
"""

_BOOK_INSERT = """
BEGIN
  IF (NEW.head_seq = 0 AND NEW.head_digest = decode(repeat('00', 32), 'hex')
      AND NOT EXISTS (SELECT 1 FROM ledger_transaction WHERE book = NEW.id)) IS NOT TRUE THEN
    RAISE EXCEPTION 'ledger guard: book_not_empty';
  END IF;
  RETURN NEW;
END
"""

_BOOK_UPDATE = """
BEGIN
  IF (NEW.id = OLD.id AND NEW.key = OLD.key) IS NOT TRUE THEN
    RAISE EXCEPTION 'ledger guard: book_frozen';
  END IF;
  IF (SELECT seq = NEW.head_seq AND digest = NEW.head_digest FROM ledger_transaction
      WHERE book = NEW.id ORDER BY seq DESC LIMIT 1) IS NOT TRUE THEN
    RAISE EXCEPTION 'ledger guard: head_not_newest';
  END IF;
  RETURN NEW;
END
"""

_ACCOUNT = """
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.id = OLD.id AND NEW.book = OLD.book AND NEW.name = OLD.name) IS NOT TRUE THEN
      RAISE EXCEPTION 'ledger guard: account_frozen';
    END IF;
  END IF;
  IF (NEW.name = 'hours:held' OR substr(NEW.name, 1, 4) = 'pot:')
     AND (NEW.floor >= 0) IS NOT TRUE THEN
    RAISE EXCEPTION 'ledger guard: account_floor';
  END IF;
  RETURN NEW;
END
"""

# One statement brings postings of one book. What locks its row reads it as it is after the wait.
_POSTING_INSERT = """
DECLARE
  head record;
  wrong text;
BEGIN
  SELECT id, head_seq INTO head FROM ledger_book
    WHERE id = (SELECT book FROM fresh LIMIT 1) FOR NO KEY UPDATE;
  SELECT min(CASE
      WHEN (f.book = head.id AND f.seq > head.head_seq AND (
            SELECT book = f.book AND floor IS NOT DISTINCT FROM f.floor
            FROM ledger_account WHERE id = f.account)) IS NOT TRUE
        THEN 'posting_account'
      WHEN f.account_seq = 1 AND f.balance = f.amount THEN NULL
      WHEN (SELECT p.balance + f.amount = f.balance AND p.seq < f.seq AND p.book = f.book
            FROM ledger_posting p
            WHERE p.account = f.account AND p.account_seq = f.account_seq - 1) IS NOT TRUE
        THEN 'posting_not_next'
    END)
  INTO wrong FROM fresh f;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION USING MESSAGE = 'ledger guard: ' || wrong;
  END IF;
  RETURN NULL;
END
"""

# Whatever lies beyond the head came with this statement, so one row before it, by the primary
# key, says whether a transaction is the next: no sorting, and one query for most of the work.
_SEAL = """
DECLARE
  head record;
  wrong text;
  linked boolean;
BEGIN
  SELECT id, head_seq, head_digest INTO head FROM ledger_book
    WHERE id = (SELECT book FROM fresh LIMIT 1);
  SELECT min(CASE
      WHEN (f.book = head.id AND f.seq > head.head_seq AND CASE WHEN f.seq = 1
            THEN f.previous_digest = head.head_digest
            ELSE f.previous_digest = e.digest AND f.posted_at >= e.posted_at END) IS NOT TRUE
        THEN 'seal_not_next'
      WHEN (s.lines = f.posting_count AND s.lines >= 2) IS NOT TRUE THEN 'seal_count'
      WHEN s.total IS DISTINCT FROM 0 THEN 'seal_unbalanced'
      WHEN s.below AND (f.reverses_seq IS NULL OR EXISTS (
          SELECT 1 FROM ledger_posting p JOIN ledger_account a ON a.id = p.account
          WHERE p.book = f.book AND p.seq = f.seq AND p.amount < 0 AND p.balance < p.floor
            AND substr(a.name, 1, 7) <> 'member:'))
        THEN 'seal_below_floor'
    END), bool_or(f.reverses_seq IS NOT NULL OR f.replaces_seq IS NOT NULL)
  INTO wrong, linked
  FROM fresh f
  LEFT JOIN LATERAL (
    SELECT digest, posted_at FROM ledger_transaction
    WHERE book = f.book AND seq = f.seq - 1 OFFSET 0) e ON true
  LEFT JOIN LATERAL (
    SELECT count(*) AS lines, sum(p.amount) AS total,
      bool_or(p.amount < 0 AND p.balance < p.floor) AS below
    FROM ledger_posting p WHERE p.book = f.book AND p.seq = f.seq) s ON true;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION USING MESSAGE = 'ledger guard: ' || wrong;
  END IF;
  IF linked THEN
    SELECT min(CASE
        WHEN f.reverses_seq IS NOT NULL AND (NOT EXISTS (
            SELECT 1 FROM ledger_transaction t
            WHERE t.book = f.book AND t.seq = f.reverses_seq AND t.seq < f.seq
              AND t.reverses_seq IS NULL AND t.posting_count = f.posting_count)
          OR EXISTS (
            SELECT 1 FROM ledger_posting p
            WHERE p.book = f.book AND p.seq = f.seq AND NOT EXISTS (
              SELECT 1 FROM ledger_posting q
              WHERE q.book = f.book AND q.seq = f.reverses_seq
                AND q.account = p.account AND q.amount = -p.amount)))
          THEN 'seal_not_mirror'
        WHEN f.replaces_seq IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM ledger_transaction r
            WHERE r.reverses_seq = f.replaces_seq AND r.book = f.book AND r.seq < f.seq)
          THEN 'seal_replaces_not_reversed'
      END)
    INTO wrong FROM fresh f;
    IF wrong IS NOT NULL THEN
      RAISE EXCEPTION USING MESSAGE = 'ledger guard: ' || wrong;
    END IF;
  END IF;
  UPDATE ledger_book b SET (head_seq, head_digest) = (
    SELECT t.seq, t.digest FROM ledger_transaction t
    WHERE t.book = b.id ORDER BY t.seq DESC LIMIT 1)
  WHERE b.id = head.id;
  RETURN NULL;
END
"""

# What the posting path asks and writes, each in one round trip and with plans that are kept. They
# run with the caller's own rights, so every guard applies. A volatile function sees in each
# statement what was committed before it, so what it reads after a wait for the lock is current.
_STATE = f"""CREATE FUNCTION public.ledger_state(book_id integer, names text[], keys text[],
  lock_it boolean)
RETURNS TABLE (name text, id integer, floor bigint, account_seq bigint, balance bigint, seq bigint)
LANGUAGE plpgsql
SET search_path = public, pg_temp{_INDEXED} AS $guard$
#variable_conflict use_column
DECLARE
  head record;
BEGIN
  IF lock_it THEN
    SELECT head_seq, head_digest INTO head FROM ledger_book WHERE id = book_id FOR UPDATE;
  ELSE
    SELECT head_seq, head_digest INTO head FROM ledger_book WHERE id = book_id;
  END IF;
  -- The ends of the accounts; the keys that are posted, under no account; last the head.
  RETURN QUERY SELECT n.name, a.id, a.floor, coalesce(p.account_seq, 0), coalesce(p.balance, 0),
      coalesce(p.seq, 0)
    FROM (SELECT unnest(names) AS name) n
    CROSS JOIN LATERAL (
      SELECT id, floor FROM ledger_account WHERE name = n.name AND book = book_id OFFSET 0) a
    LEFT JOIN LATERAL (
      SELECT account_seq, balance, seq FROM ledger_posting
      WHERE account = a.id ORDER BY account_seq DESC LIMIT 1) p ON true
    UNION ALL SELECT k.key, NULL, NULL, 0, 0, t.seq
    FROM (SELECT unnest(keys) AS key) k
    CROSS JOIN LATERAL (
      SELECT seq FROM ledger_transaction
      WHERE idempotency_key = k.key AND book = book_id OFFSET 0) t
    UNION ALL SELECT encode(head.head_digest, 'hex'), 0, NULL, 0, coalesce((
        SELECT posted_at FROM ledger_transaction WHERE book = book_id AND seq = head.head_seq), 0),
      head.head_seq;
END
$guard$"""
# The arrays are columns. One transaction of two lines is what most posts are; unnesting 21
# arrays for it cost more than its guards.
_WRITE = f"""CREATE FUNCTION public.ledger_write(accounts integer[], account_seqs bigint[],
  books integer[], seqs bigint[], amounts bigint[], balances bigint[], floors bigint[],
  t_books integer[], t_seqs bigint[], kinds text[], references_ text[], occurred text[],
  posted bigint[], actors text[], keys text[], reverses bigint[], replaces bigint[],
  counts integer[], versions integer[], previous bytea[], digests bytea[])
RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp{_KEPT} AS $guard$
BEGIN
  IF cardinality(t_seqs) = 1 AND cardinality(seqs) = 2 THEN
    INSERT INTO ledger_posting (account, account_seq, book, seq, amount, balance, floor) VALUES
      (accounts[1], account_seqs[1], books[1], seqs[1], amounts[1], balances[1], floors[1]),
      (accounts[2], account_seqs[2], books[2], seqs[2], amounts[2], balances[2], floors[2]);
    INSERT INTO ledger_transaction (book, seq, kind, reference, occurred_on, posted_at, actor,
        idempotency_key, reverses_seq, replaces_seq, posting_count, digest_version,
        previous_digest, digest)
      VALUES (t_books[1], t_seqs[1], kinds[1], references_[1], occurred[1], posted[1], actors[1],
        keys[1], reverses[1], replaces[1], counts[1], versions[1], previous[1], digests[1]);
    RETURN;
  END IF;
  INSERT INTO ledger_posting (account, account_seq, book, seq, amount, balance, floor)
    SELECT * FROM unnest(accounts, account_seqs, books, seqs, amounts, balances, floors);
  INSERT INTO ledger_transaction (book, seq, kind, reference, occurred_on, posted_at, actor,
      idempotency_key, reverses_seq, replaces_seq, posting_count, digest_version,
      previous_digest, digest)
    SELECT * FROM unnest(t_books, t_seqs, kinds, references_, occurred, posted, actors, keys,
      reverses, replaces, counts, versions, previous, digests);
END
$guard$"""


def _function(name: str, body: str, settings: str = "") -> tuple[str, str]:
    return name, _FUNCTION.format(name=name, body=body, settings=settings)


# Name and text of every function; the body between the dollar quotes is what is compared.
FUNCTIONS: dict[str, str] = dict(
    [
        _function("ledger_frozen", _FROZEN),
        _function("ledger_book_insert", _BOOK_INSERT),
        _function("ledger_book_update", _BOOK_UPDATE),
        _function("ledger_account_guard", _ACCOUNT),
        _function("ledger_posting_insert", _POSTING_INSERT, _INDEXED),
        _function("ledger_transaction_insert", _SEAL, _INDEXED),
        ("ledger_state", _STATE),
        ("ledger_write", _WRITE),
    ]
)

_FRESH = "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"


def _trigger(name: str, when: str, table: str, each: str, function: str) -> tuple[str, str]:
    # In the very form in which the catalogue gives it back.
    return (
        name,
        f"CREATE TRIGGER {name} {when} ON public.{table} {each} EXECUTE FUNCTION {function}()",
    )


def _frozen(table: str, events: str) -> tuple[str, str]:
    return _trigger(
        f"{table}_frozen", f"BEFORE {events}", table, "FOR EACH STATEMENT", "ledger_frozen"
    )


TRIGGERS: dict[str, str] = dict(
    [
        _trigger(
            "ledger_book_insert",
            "BEFORE INSERT",
            "ledger_book",
            "FOR EACH ROW",
            "ledger_book_insert",
        ),
        _trigger(
            "ledger_book_update",
            "BEFORE UPDATE",
            "ledger_book",
            "FOR EACH ROW",
            "ledger_book_update",
        ),
        _frozen("ledger_book", "DELETE OR TRUNCATE"),
        _trigger(
            "ledger_account_guard",
            "BEFORE INSERT OR UPDATE",
            "ledger_account",
            "FOR EACH ROW",
            "ledger_account_guard",
        ),
        _frozen("ledger_account", "DELETE OR TRUNCATE"),
        _trigger(
            "ledger_posting_insert",
            "AFTER INSERT",
            "ledger_posting",
            _FRESH,
            "ledger_posting_insert",
        ),
        _frozen("ledger_posting", "DELETE OR UPDATE OR TRUNCATE"),
        _trigger(
            "ledger_transaction_insert",
            "AFTER INSERT",
            "ledger_transaction",
            _FRESH,
            "ledger_transaction_insert",
        ),
        _frozen("ledger_transaction", "DELETE OR UPDATE OR TRUNCATE"),
    ]
)
