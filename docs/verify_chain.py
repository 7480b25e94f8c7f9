#!/usr/bin/env python3
"""Check the books of a time bank without the time bank: needs Python 3.9 or later, nothing else.

    timebank export --format chain --output books.jsonl
    python3 verify_chain.py books.jsonl [SEQ:DIGEST or a file of checkpoints]...

Recomputes every digest and follows each account from its first posting to its last. Each SEQ:DIGEST
(from a statement, a checkpoint, or noted by hand) must be where the books once stood: that finds a
history rewritten as a whole, and a cut tail. Names each finding; exits with 1 when there is one.
"""

import hashlib
import json
import os
import re
import struct
import sys

# The fields of a transaction in the order of the digest's bytes; its postings come after them.
FIELDS = "seq kind reference occurred_on posted_at actor key reverses_seq replaces_seq"


def field(value):
    """One field: 4 bytes of length, then ASCII text or 8 bytes; only the length where absent."""
    if value is None:
        return b"\xff\xff\xff\xff"
    raw = struct.pack(">q", value) if isinstance(value, int) else value.encode("ascii")
    return struct.pack(">I", len(raw)) + raw


def digest_of(book, txn, previous):
    fields = [book, *(txn[name] for name in FIELDS.split()), len(txn["postings"])]
    fields += [value for posting in sorted(txn["postings"]) for value in posting]
    raw = b"timebank-ledger/1" + b"".join(map(field, fields)) + previous
    return hashlib.sha256(raw).digest()


def check(lines, noted):
    """Yield what is wrong; `noted` is a list of (seq, digest in hex). Ends with the head."""
    header = json.loads(next(lines))
    if header["format"] != "timebank-chain/1":
        raise SystemExit("this is not an export in the format chain")
    noted, keys, accounts, moves, undone, replaced = dict(noted), set(), {}, {}, set(), set()
    seq, digest, posted_at = 0, bytes(32), 0
    if noted.pop(0, digest.hex()) != digest.hex():
        yield "noted position 0 has a digest, and books begin without one"
    for txn in map(json.loads, lines):
        seq, where = seq + 1, f"transaction {txn['seq']} ({txn['key']})"
        if txn["seq"] != seq:
            yield f"{where} stands where {seq} should"
        if digest_of(header["book"], txn, digest).hex() != txn["digest"]:
            yield f"{where}: the digest is not that of its content and of the one before"
        if txn["posted_at"] < posted_at or txn["key"] in keys:
            yield f"{where}: posted before the one ahead of it, or a second time"
        change = {posting[0]: posting[2] for posting in txn["postings"]}
        if sum(change.values()) or not len(change) == len(txn["postings"]) >= 2:
            yield f"{where} does not balance"
        for account, account_seq, amount, balance, floor in txn["postings"]:
            was_seq, was_balance = accounts.get(account, (0, 0))
            if (account_seq, balance) != (was_seq + 1, was_balance + amount) or not amount:
                yield f"{where}: {account} does not go on from {was_balance}"
            mistake = txn["reverses_seq"] is not None and account.startswith("member:")
            if amount < 0 and floor is not None and balance < floor and not mistake:
                yield f"{where}: {account} is below its floor"
            accounts[account] = account_seq, balance
        if (target := txn["reverses_seq"]) is not None:
            mirror = {account: -amount for account, amount in change.items()}
            if moves.get(target) != mirror or target in undone:
                yield f"{where} is not the one exact reversal of transaction {target}"
            undone.update((target, txn["seq"]))  # nor is a reversal ever reversed
        if (target := txn["replaces_seq"]) is not None:
            if target not in undone or target in replaced:
                yield f"{where} replaces transaction {target}, which was not reversed"
            replaced.add(target)
        seq, posted_at, digest = txn["seq"], txn["posted_at"], bytes.fromhex(txn["digest"])
        keys.add(txn["key"])
        moves[seq] = change
        if noted.pop(seq, txn["digest"]) != txn["digest"]:
            yield f"{where}: history was rewritten since its digest was noted"
    for missing in sorted(noted):
        yield f"transaction {missing}, which was noted, is not there: the end was cut off"
    if header["head"] != f"{seq}:{digest.hex()}":
        yield f"the books say that they end at {header['head']}, and end at {seq}:{digest.hex()}"


def main(export, *against):
    texts = [open(each).read() if os.path.isfile(each) else each for each in against]  # noqa: SIM115
    noted = [(int(s), d) for s, d in re.findall(r"\b(\d+):([0-9a-f]{64})\b", "\n".join(texts))]
    with open(export, encoding="ascii") as lines:
        findings = list(check(lines, noted))
    said = findings or [f"The books hold, and agree with {len(noted)} noted positions."]
    sys.stdout.write("\n".join(said) + "\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) > 1 else __doc__)
