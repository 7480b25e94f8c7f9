"""Sums of an account's postings by stretch of time and kind: what adding them up by hand gives."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import literal, select

from ledger import Book, errors
from tests.ledger.conftest import DAY, MEMBER, NOON, OTHER, credit, move

HOUR = 3_600_000_000
BOUNDS = [NOON + each * HOUR for each in (1, 3, 4, 9)]


def busy(book: Book, seed: int) -> None:
    """Credits, holds and reversals of some of them, over ten hours."""
    chance = random.Random(seed)
    seqs: list[int] = []
    for number in range(60):
        at = NOON + number * HOUR // 6
        done = chance.random()
        if done < 0.2 and seqs:
            seq = seqs.pop(chance.randrange(len(seqs)))
            book.reverse(seq, kind="correction.other", occurred_on=DAY, posted_at=at)
        elif done < 0.4 and book.balance(MEMBER) >= 10:
            book.post(move(number, MEMBER, "hours:held", 10, kind="hold"), posted_at=at)
        else:
            who = MEMBER if chance.random() < 0.7 else OTHER
            made = book.post(credit(number, 10 + number, who), posted_at=at)
            if who == MEMBER:
                seqs.append(made.seq)


def added_up(book: Book, account: str, bounds: list[int]) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for each in book.history(account, limit=1000).postings:
        for part, (first, end) in enumerate(pairwise(bounds)):
            if first <= each.posted_at < end:
                reversed_kind = each.reverses_seq and book.transaction(each.reverses_seq).kind
                found[part, each.kind, reversed_kind, each.amount > 0] += each.amount
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("account", [MEMBER, "hours:issued"])
def test_sums_are_what_adding_up_gives(book: Book, seed: int, account: str) -> None:
    busy(book, seed)
    found = book.sums(account, BOUNDS)
    assert {tuple(each[:4]): each.amount for each in found} == added_up(book, account, BOUNDS)
    assert {each.part for each in found} == {0, 1, 2}


def test_the_whole_of_an_account_sums_to_its_balance(book: Book) -> None:
    busy(book, 7)
    everything = [0, NOON + 1000 * HOUR]
    assert sum(each.amount for each in book.sums(MEMBER, everything)) == book.balance(MEMBER)


def test_only_some_references_count(book: Book) -> None:
    for number in (1, 2, 3):
        book.post(credit(number, 10 * number), posted_at=NOON)
    wanted = select(literal("reference:1")).union_all(select(literal("reference:3"))).subquery()
    (found,) = book.sums(MEMBER, [0, NOON + 1], references=select(wanted))
    assert (found.amount, found.kind, found.added) == (40, "credit.session", True)


def test_nothing_in_that_time_and_unknown_accounts(book: Book) -> None:
    book.post(credit(1), posted_at=NOON)
    assert book.sums(MEMBER, [NOON + 1, NOON + HOUR]) == []
    with pytest.raises(errors.UnknownAccount):
        book.sums("member:" + "f" * 32, [0, NOON])
