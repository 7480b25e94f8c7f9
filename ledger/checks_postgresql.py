"""What PostgreSQL allows in a row of the tables that posting touches: one function for each table.

A CHECK that is a long expression is read from the catalogue, as text, by every statement: ten of
them cost more than the rows. A function is compiled once for a connection. Laid down by a
migration and never dropped with the guards, since the CHECKs rest on them; compared all the same.
Lengths are counted apart from patterns: a bounded repeat costs 170 microseconds a value.
"""

from __future__ import annotations

_FUNCTION = """CREATE OR REPLACE FUNCTION public.ledger_{table}_allowed({columns})
RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $check$
BEGIN
  RETURN {rule};
END
$check$"""

_BOOK = _FUNCTION.format(
    table="book",
    columns="id integer, key text, head_seq bigint, head_digest bytea",
    rule="""id > 0 AND length(key) = 32 AND key ~ '^[0-9a-f]+$'
    AND head_seq >= 0 AND length(head_digest) = 32""",
)
_TRANSACTION = _FUNCTION.format(
    table="transaction",
    columns="""seq bigint, kind text, reference text,
  occurred_on text, posted_at bigint, actor text, idempotency_key text, reverses_seq bigint,
  replaces_seq bigint, posting_count integer, digest_version integer, previous_digest bytea,
  digest bytea""",
    rule="""length(kind) <= 100 AND kind ~ '^[a-z_.]+$'
    AND length(reference) <= 200 AND reference ~ '^[0-9A-Za-z][0-9A-Za-z_.:/-]*$'
    AND length(idempotency_key) <= 200 AND idempotency_key ~ '^[0-9A-Za-z][0-9A-Za-z_.:/-]*$'
    AND (actor IS NULL OR length(actor) = 32 AND actor ~ '^[0-9a-f]+$')
    AND occurred_on ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
    AND make_date(CAST(substr(occurred_on, 1, 4) AS integer),
      CAST(substr(occurred_on, 6, 2) AS integer),
      CAST(substr(occurred_on, 9, 2) AS integer)) IS NOT NULL
    AND seq >= 1 AND posted_at BETWEEN 0 AND 253402300799999999
    AND posting_count >= 2 AND digest_version = 1
    AND length(previous_digest) = 32 AND length(digest) = 32
    AND (reverses_seq IS NULL OR replaces_seq IS NULL)
    AND (reverses_seq IS NULL OR reverses_seq BETWEEN 1 AND seq - 1)
    AND (replaces_seq IS NULL OR replaces_seq BETWEEN 1 AND seq - 1)""",
)
_POSTING = _FUNCTION.format(
    table="posting",
    columns="account_seq bigint, seq bigint, amount bigint, balance bigint",
    rule="""account_seq >= 1 AND seq >= 1
    AND amount <> 0 AND amount BETWEEN -1000000000000 AND 1000000000000
    AND balance BETWEEN -1000000000000 AND 1000000000000""",
)

# By name; the body between the dollar quotes is what is compared.
FUNCTIONS = {
    "ledger_book_allowed": _BOOK,
    "ledger_transaction_allowed": _TRANSACTION,
    "ledger_posting_allowed": _POSTING,
}
