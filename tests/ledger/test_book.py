"""Posting, replaying, reversing and reading, on both engines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from ledger import (
    AccountState,
    BelowFloor,
    Book,
    Head,
    InvalidAccount,
    InvalidBook,
    InvalidTransaction,
    KeyConflict,
    LedgerError,
    Line,
    NewReversal,
    NotReversible,
    Unbalanced,
    UnknownAccount,
    UnknownBook,
    UnknownTransaction,
)
from ledger.verify import verify
from tests.ledger.conftest import (
    DAY,
    MEMBER,
    NOON,
    OTHER,
    POT,
    THIRD,
    credit,
    move,
)

REASON = "correction.wrong_time"


@pytest.fixture(autouse=True)
def _books_hold(request: pytest.FixtureRequest) -> Any:
    """After each test that has a book: whatever happened, the books prove themselves."""
    used = "connection" in request.fixturenames
    connection = request.getfixturevalue("connection") if used else None
    yield
    if connection is not None:
        assert verify(connection).findings == []


def reverse(book: Book, seq: int, **changes: Any) -> Any:
    values: dict[str, Any] = {"kind": REASON, "occurred_on": DAY, "posted_at": NOON}
    return book.reverse(seq, **{**values, **changes})


# --- posting --------------------------------------------------------------------------------


def test_a_posted_transaction_says_where_it_stands(book: Book) -> None:
    posted = book.post(credit(1, 90), posted_at=NOON)
    assert (posted.seq, posted.posted_at, posted.replayed) == (1, NOON, False)
    assert [(line.account, line.amount, line.balance, line.floor) for line in posted.lines] == [
        ("hours:issued", -90, -90, None),
        (MEMBER, 90, 90, 0),
    ]
    assert book.head() == Head(seq=1, digest=posted.digest)
    assert book.transaction(1) == posted
    assert book.transaction_by_key("key:1") == posted
    assert book.transaction_by_key("key:2") is None
    with pytest.raises(UnknownTransaction):
        book.transaction(2)


def test_a_session_is_one_transaction_for_each_person(book: Book) -> None:
    posted = book.post_many(
        [credit(number, 60, who) for number, who in enumerate((MEMBER, OTHER, THIRD))],
        posted_at=NOON,
    )
    assert [each.seq for each in posted] == [1, 2, 3]
    assert book.balance("hours:issued") == -180
    assert book.balances([MEMBER, OTHER]) == {MEMBER: 60, OTHER: 60}
    assert book.accounts("member:") == [AccountState(n, 0, 60) for n in (MEMBER, OTHER, THIRD)]
    assert book.post_many([], posted_at=NOON) == []
    assert book.balances([]) == {}


@pytest.mark.parametrize("size", [1, 14, 15, 16, 29, 30, 31, 61, 95])
def test_a_batch_of_any_size_stands_as_it_was_given_back(book: Book, size: int) -> None:
    book.post(credit("before"), posted_at=NOON)
    takers = (MEMBER, OTHER, THIRD, POT)
    wishes = [credit(n, n, takers[n % 4]) for n in range(1, size + 1)]
    posted = book.post_many(wishes, posted_at=NOON + 1)
    assert [txn.seq for txn in posted] == [*range(2, size + 2)]
    assert [txn.key for txn in posted] == [wish.key for wish in wishes]
    assert list(book.transactions(2)) == posted
    assert book.balance("hours:issued") == -60 - size * (size + 1) // 2


def test_a_transaction_may_have_many_lines(book: Book) -> None:
    lines = [Line(account="hours:issued", amount=-90)]
    lines += [Line(account=name, amount=30) for name in (THIRD, POT, MEMBER)]
    posted = book.post(credit(1)._replace(lines=tuple(lines)), posted_at=NOON)
    assert [line.account for line in posted.lines] == sorted(line.account for line in lines)


def test_a_clock_that_stepped_back_repeats_the_last_instant(book: Book) -> None:
    book.post(credit(1), posted_at=NOON)
    assert book.post(credit(2), posted_at=NOON - 5).posted_at == NOON
    assert book.post(credit(3), posted_at=NOON + 5).posted_at == NOON + 5


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "Credit"}, "ledger.invalid_kind"),
        ({"kind": ""}, "ledger.invalid_kind"),
        ({"kind": None}, "ledger.invalid_kind"),
        ({"reference": "Anna's session"}, "ledger.invalid_reference"),
        ({"reference": "a\x00b"}, "ledger.invalid_reference"),
        ({"reference": "r" * 201}, "ledger.invalid_reference"),
        ({"key": "clé"}, "ledger.invalid_key"),
        ({"key": "=1+1"}, "ledger.invalid_key"),
        ({"actor": "anna"}, "ledger.invalid_actor"),
        ({"actor": "A" * 32}, "ledger.invalid_actor"),
        ({"occurred_on": "2026-01-05"}, "ledger.invalid_occurred_on"),
        ({"occurred_on": datetime(2026, 1, 5, 12)}, "ledger.invalid_occurred_on"),
        ({"lines": ()}, "ledger.too_few_lines"),
        ({"reverses_seq": 0}, "ledger.invalid_link"),
        ({"reverses_seq": 1, "replaces_seq": 1}, "ledger.reverses_and_replaces"),
    ],
)
def test_what_no_book_could_take_is_refused(book: Book, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidTransaction) as refused:
        book.post(credit(1, **changes), posted_at=NOON)
    assert refused.value.code == code
    assert book.head().seq == 0


@pytest.mark.parametrize("amount", [0, 1.5, True, None, 10**12 + 1, -(10**12) - 1])
def test_absurd_amounts_are_refused(book: Book, amount: Any) -> None:
    lines = (Line(account="hours:issued", amount=-60), Line(account=MEMBER, amount=amount))
    with pytest.raises(InvalidTransaction) as refused:
        book.post(credit(1, lines=lines), posted_at=NOON)
    assert refused.value.code == "ledger.invalid_amount"


def test_unbalanced_lines_and_an_account_twice_are_refused(book: Book) -> None:
    uneven = (Line(account="hours:issued", amount=-60), Line(account=MEMBER, amount=61))
    with pytest.raises(Unbalanced) as refused:
        book.post(credit(1, lines=uneven), posted_at=NOON)
    assert refused.value.params == {"key": "key:1", "total": 1}
    twice = (*credit(1).lines, Line(account=MEMBER, amount=1), Line(account=OTHER, amount=-1))
    with pytest.raises(InvalidTransaction) as refused_too:
        book.post(credit(1, lines=twice), posted_at=NOON)
    assert refused_too.value.code == "ledger.account_twice"


@pytest.mark.parametrize("name", ["member:" + "f" * 32, "nobody", "", "a:\x00", None, 'x:"{}'])
def test_an_unknown_account_is_named(book: Book, name: Any) -> None:
    with pytest.raises(UnknownAccount) as refused:
        book.post(credit(1, member=name), posted_at=NOON)
    assert refused.value.params == {"account": name}
    with pytest.raises(UnknownAccount):
        book.balance(name)


@pytest.mark.parametrize("posted_at", [-1, 1.0, None, 253402300800000000])
def test_an_absurd_instant_is_refused(book: Book, posted_at: Any) -> None:
    with pytest.raises(InvalidTransaction) as refused:
        book.post(credit(1), posted_at=posted_at)
    assert refused.value.code == "ledger.invalid_posted_at"


def test_a_balance_beyond_the_limit_is_refused(book: Book) -> None:
    book.post(credit(1, 10**12), posted_at=NOON)
    with pytest.raises(InvalidTransaction) as refused:
        book.post(credit(2, 1), posted_at=NOON)
    assert refused.value.code == "ledger.balance_too_large"


# --- keys -----------------------------------------------------------------------------------


def test_a_known_key_replays_and_mixes_with_new_ones(book: Book) -> None:
    first = book.post(credit(1), posted_at=NOON)
    again = book.post_many([credit(2), credit(1), credit(2)], posted_at=NOON + 9)
    assert [each.seq for each in again] == [2, 1, 2]
    assert [each.replayed for each in again] == [False, True, True]
    assert again[1] == first._replace(replayed=True)
    assert book.head().seq == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "other"},
        {"reference": "other"},
        {"occurred_on": date(2026, 1, 6)},
        {"actor": None},
        {"lines": credit(1, 61).lines},
        {"lines": credit(1, member=OTHER).lines},
    ],
)
def test_the_same_key_with_other_content_is_a_conflict(book: Book, changes: dict[str, Any]) -> None:
    book.post(credit(1), posted_at=NOON)
    with pytest.raises(KeyConflict) as refused:
        book.post(credit(1, **changes), posted_at=NOON)
    assert refused.value.params == {"key": "key:1", "seq": 1}
    with pytest.raises(KeyConflict) as refused_in_batch:
        book.post_many([credit(5), credit(5)._replace(**changes)], posted_at=NOON)
    assert refused_in_batch.value.params == {"key": "key:5", "seq": None}
    assert book.head().seq == 1


# --- floors ---------------------------------------------------------------------------------


def test_nothing_takes_an_account_below_its_floor(book: Book) -> None:
    book.post(credit(1, 60), posted_at=NOON)
    with pytest.raises(BelowFloor) as refused:
        book.post(move(2, MEMBER, "hours:held", 61), posted_at=NOON)
    assert refused.value.params == {
        "account": MEMBER, "floor": 0, "balance": 60, "amount": -61, "key": "key:2",
    }  # fmt: skip
    book.post(move(3, MEMBER, "hours:held", 60), posted_at=NOON)
    with pytest.raises(BelowFloor):
        book.post_many(
            [move(4, "hours:held", MEMBER, 60), move(5, "hours:held", MEMBER, 1)], posted_at=NOON
        )
    assert book.balance("hours:held") == 60


def test_a_floor_may_be_moved_and_each_posting_keeps_its_own(book: Book) -> None:
    book.set_floor(MEMBER, -60)
    book.post(move(1, MEMBER, OTHER, 60), posted_at=NOON)
    book.set_floor(MEMBER, 0)
    assert book.balance(MEMBER) == -60
    with pytest.raises(BelowFloor):
        book.post(move(2, MEMBER, OTHER, 1), posted_at=NOON)
    # What lifts the account is welcome even where it still ends below.
    assert book.post(credit(3, 10), posted_at=NOON).lines[1].balance == -50


# --- reversal -------------------------------------------------------------------------------


def test_a_reversal_mirrors_once_and_is_never_reversed(book: Book) -> None:
    book.post(credit(1, 60), posted_at=NOON)
    reversal = reverse(book, 1)
    assert (reversal.key, reversal.reverses_seq, reversal.reference) == (
        "reverse:1", 1, "reference:1",
    )  # fmt: skip
    assert book.balance(MEMBER) == 0
    assert book.reversal_of(1) == reversal
    assert book.reversal_of(2) is None
    assert reverse(book, 1).replayed
    for seq, key, code in (
        (1, "another", "ledger.already_reversed"),
        (2, "back", "ledger.reverses_reversal"),
        (9, "nothing", "ledger.reverses_unknown"),
    ):
        with pytest.raises(NotReversible) as refused:
            reverse(book, seq, key=key)
        assert refused.value.code == code
        assert refused.value.params["seq"] == seq


def test_a_reversal_that_is_no_mirror_is_refused(book: Book) -> None:
    book.post(credit(1, 60), posted_at=NOON)
    for wrong in (
        move(2, MEMBER, "hours:issued", 59, reverses_seq=1),
        move(2, OTHER, "hours:issued", 60, reverses_seq=1),
        credit(2, 60, reverses_seq=1),
    ):
        with pytest.raises(NotReversible) as refused:
            book.post(wrong, posted_at=NOON)
        assert refused.value.code == "ledger.not_mirror"


def test_correcting_may_leave_a_member_below_zero_and_nobody_else(book: Book) -> None:
    book.post(credit(1, 60), posted_at=NOON)
    book.post(move(2, MEMBER, OTHER, 60), posted_at=NOON)
    reverse(book, 1)
    assert book.balance(MEMBER) == -60
    book.post(credit(3, 60, POT), posted_at=NOON)
    book.post(move(4, POT, THIRD, 60), posted_at=NOON)
    with pytest.raises(BelowFloor):
        reverse(book, 4)


def test_a_correction_is_a_reversal_and_a_replacement_in_one_batch(book: Book) -> None:
    book.post(credit(1, 60), posted_at=NOON)
    with pytest.raises(InvalidTransaction) as refused:
        book.post(credit(2, 45, replaces_seq=1), posted_at=NOON)
    assert refused.value.code == "ledger.replaces_not_reversed"
    wish = NewReversal(seq=1, kind=REASON, occurred_on=DAY)
    posted = book.post_many(
        [*book.mirrors([wish]), credit("1b", 45, replaces_seq=1)], posted_at=NOON
    )
    assert [(each.reverses_seq, each.replaces_seq) for each in posted] == [(1, None), (None, 1)]
    assert book.balance(MEMBER) == 45
    with pytest.raises(InvalidTransaction) as refused:
        book.post(credit(3, 45, replaces_seq=1), posted_at=NOON)
    assert refused.value.code == "ledger.already_replaced"
    with pytest.raises(InvalidTransaction) as refused:
        book.post(credit(4, 45, replaces_seq=99), posted_at=NOON)
    assert refused.value.code == "ledger.replaces_unknown"
    # A correction of a correction reverses the replacement.
    reverse(book, 3)
    assert book.post(credit("1c", 30, replaces_seq=3), posted_at=NOON).lines[1].balance == 30


def test_a_whole_session_is_reversed_in_one_batch(book: Book) -> None:
    people = (MEMBER, OTHER, THIRD)
    book.post_many([credit(n, 60, who) for n, who in enumerate(people)], posted_at=NOON)
    wishes = [NewReversal(seq=seq, kind=REASON, occurred_on=DAY) for seq in (1, 2, 3)]
    assert len(book.reverse_many(wishes, posted_at=NOON)) == 3
    assert set(book.balances(people).values()) == {0}
    twice = [NewReversal(seq=1, kind=REASON, occurred_on=DAY, key=key) for key in ("a", "b")]
    with pytest.raises(NotReversible):
        book.reverse_many(twice, posted_at=NOON)


# --- reading --------------------------------------------------------------------------------


@pytest.fixture
def ten(book: Book) -> Book:
    """A book with ten credits of one member, on the 1st to the 10th of January."""
    for number in range(1, 11):
        book.post(
            credit(number, number, occurred_on=date(2026, 1, number)), posted_at=NOON + number
        )
    return book


def numbers(page: Any) -> tuple[list[int], bool, bool]:
    return [posting.account_seq for posting in page.postings], page.earlier, page.later


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ([10, 9, 8], True, False)),
        ({"newest_first": False}, ([1, 2, 3], False, True)),
        ({"before": 8}, ([7, 6, 5], True, True)),
        ({"before": 8, "newest_first": False}, ([5, 6, 7], True, True)),
        ({"before": 3}, ([2, 1], False, True)),
        ({"before": 1}, ([], False, True)),
        ({"after": 4}, ([7, 6, 5], True, True)),
        ({"after": 8}, ([10, 9], True, False)),
        ({"after": 10}, ([], True, False)),
        ({"after": 2, "before": 5}, ([4, 3], True, True)),
        ({"after": 2, "before": 9}, ([8, 7, 6], True, True)),
        ({"after": 0, "before": 3, "newest_first": False}, ([1, 2], False, True)),
        ({"since": date(2026, 1, 9)}, ([10, 9], False, False)),
        ({"until": date(2026, 1, 2)}, ([2, 1], False, False)),
        ({"since": date(2026, 1, 3), "until": date(2026, 1, 8)}, ([8, 7, 6], True, False)),
        (
            {"since": date(2026, 1, 3), "until": date(2026, 1, 8), "before": 6},
            ([5, 4, 3], False, True),
        ),
    ],
)
def test_history_pages_both_ways(ten: Book, asked: dict[str, Any], expected: Any) -> None:
    assert numbers(ten.history(MEMBER, limit=3, **asked)) == expected


def test_a_posting_says_all_about_itself(ten: Book) -> None:
    reverse(ten, 2, posted_at=NOON + 20)
    (newest, *_) = ten.history(MEMBER).postings
    assert (newest.amount, newest.balance, newest.reverses_seq) == (-2, 53, 2)
    second = ten.postings_between(MEMBER, 2, 3)[0]
    assert (second.account_seq, second.seq, second.reversed_by) == (2, 2, 11)
    assert (second.occurred_on, second.posted_at) == (date(2026, 1, 2), NOON + 2)
    assert ten.history(OTHER).postings == ()
    with pytest.raises(UnknownAccount):
        ten.history("member:" + "0" * 32)


def test_the_last_posting_before_an_instant(ten: Book) -> None:
    def last(instant: int) -> int | None:
        found = ten.last_posting_before(MEMBER, instant)
        return found.account_seq if found else None

    assert [last(NOON + 1), last(NOON + 5), last(NOON + 99)] == [None, 4, 10]


def test_transactions_stream_in_order(ten: Book) -> None:
    assert [each.seq for each in ten.transactions()] == list(range(1, 11))
    assert [each.seq for each in ten.transactions(3, 5)] == [3, 4, 5]
    assert [each.seq for each in ten.transactions(9, 99)] == [9, 10]


# --- books and accounts ---------------------------------------------------------------------


def test_books_are_found_by_key_or_by_being_the_only_one(connection: Connection) -> None:
    with pytest.raises(UnknownBook):
        Book.open(connection)
    first = Book.create(connection, "a" * 32)
    assert Book.open(connection).key == first.key
    for key in ("a" * 32, "b", "B" * 32, None):
        with pytest.raises(InvalidBook):
            Book.create(connection, key)  # type: ignore[arg-type]
    second = Book.create(connection, "b" * 32)
    with pytest.raises(UnknownBook):
        Book.open(connection)
    # Two books share nothing: not accounts, not keys, not numbers.
    for book in (first, second):
        book.open_account("hours:issued", floor=None)
        book.open_account(MEMBER, floor=0)
        assert book.post(credit(1), posted_at=NOON).seq == 1
    assert Book.open(connection, "b" * 32).balance(MEMBER) == 60
    # One transaction and several are asked for in different words: neither looks across.
    for book, minutes in ((first, 5), (second, 7)):
        book.post(credit(2, minutes), posted_at=NOON)
        book.post_many([credit(3, minutes), credit(4, minutes)], posted_at=NOON)
    assert [book.balance(MEMBER) for book in (first, second)] == [60 + 15, 60 + 21]


@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("member:anna", 0),
        ("member:" + "A" * 32, 0),
        ("pot:community", 0),
        ("pot:" + "0" * 32, None),
        ("pot:" + "0" * 32, -1),
        ("hours", None),
        ("hours:", None),
        ("hours::x", None),
        ("Hours:x", None),
        ("hours:é", None),
        ("hours:" + "x" * 100, None),
        ("hours:x", 1.5),
        ("hours:x", 10**12 + 1),
        (None, 0),
    ],
)
def test_account_names_and_floors_the_layout_forbids(book: Book, name: Any, floor: Any) -> None:
    with pytest.raises(InvalidAccount):
        book.open_account(name, floor=floor)
    with pytest.raises(InvalidAccount):
        book.ensure_account(name, floor=floor)


def test_accounts_are_opened_once_and_held_hours_keep_their_floor(book: Book) -> None:
    with pytest.raises(InvalidAccount) as refused:
        book.open_account(MEMBER, floor=0)
    assert refused.value.code == "ledger.account_exists"
    book.ensure_account(MEMBER, floor=-60)
    assert book.accounts(MEMBER) == [AccountState(MEMBER, 0, 0)]
    for floor in (-1, None):
        with pytest.raises(InvalidAccount):
            book.set_floor("hours:held", floor)
    with pytest.raises(UnknownAccount):
        book.set_floor("hours:unheard_of", 0)
    assert book.accounts("hours:r_") == []


def test_errors_show_their_code_and_params() -> None:
    error = LedgerError("ledger.some_code", account="x")
    assert (error.code, error.params) == ("ledger.some_code", {"account": "x"})
    assert str(error) == "ledger.some_code(account='x')"
    assert BelowFloor(account="x").code == "ledger.below_floor"


def test_nothing_is_committed_here(engine: Engine) -> None:
    with engine.connect() as connection:
        Book.create(connection, "a" * 32)
    with engine.connect() as connection, pytest.raises(UnknownBook):
        Book.open(connection)
