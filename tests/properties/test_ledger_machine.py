"""Random commands against a plain model of dictionaries, on both engines.

After every step balances, pages and sums agree with the model; at the end the books prove
themselves and still have the head that every step saw grow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, text

from ledger import (
    BelowFloor,
    Book,
    KeyConflict,
    Line,
    NewTransaction,
    NotReversible,
    PostedTransaction,
)
from ledger.verify import verify
from tests.ledger.conftest import MEMBER, NOON, OTHER, POT, THIRD, engine, new_book

__all__ = ["engine"]  # the fixture: one database for each engine, every run rolled back

MEMBERS = (MEMBER, OTHER, THIRD)
members = st.sampled_from(MEMBERS)
minutes = st.integers(1, 240)
days = st.integers(0, 60).map(lambda n: date(2026, 1, 1) + timedelta(days=n))


@dataclass
class Model:
    """What a book is when nothing can go wrong: lists and dictionaries."""

    floors: dict[str, int | None]
    posted: list[NewTransaction] = field(default_factory=list)
    reversed: dict[int, int] = field(default_factory=dict)
    replaced: set[int] = field(default_factory=set)

    def balance(self, account: str) -> int:
        return sum(
            line.amount for txn in self.posted for line in txn.lines if line.account == account
        )

    def refuses(self, txn: NewTransaction) -> bool:
        """Say whether a line takes its account below its floor, without the exemption."""
        for line in txn.lines:
            floor = self.floors[line.account]
            exempt = txn.reverses_seq is not None and line.account.startswith("member:")
            below = floor is not None and self.balance(line.account) + line.amount < floor
            if line.amount < 0 and below and not exempt:
                return True
        return False


class LedgerMachine(RuleBasedStateMachine):
    """Credit, hold, fulfil, give, correct, correct again, replay; the model decides."""

    database: Engine

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.database.connect()
        self.book: Book = new_book(self.connection)
        self.model = Model(
            floors={each.name: each.floor for each in self.book.accounts()},
        )
        self.number = 0
        self.clock = NOON

    def teardown(self) -> None:
        assert verify(self.connection).findings == []
        # Deferred foreign keys are judged too, though the run is rolled back.
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        self.connection.rollback()
        self.connection.close()

    def new(self, kind: str, lines: list[tuple[str, int]], **changes: Any) -> NewTransaction:
        self.number += 1
        values: dict[str, Any] = {
            "kind": kind,
            "reference": f"reference:{self.number}",
            "occurred_on": date(2026, 1, 5),
            "key": f"key:{self.number}",
            "lines": tuple(Line(account=name, amount=amount) for name, amount in lines),
        }
        return NewTransaction(**{**values, **changes})

    def post(self, txn: NewTransaction) -> PostedTransaction | None:
        self.clock += 1
        if self.model.refuses(txn):
            with pytest.raises(BelowFloor):
                self.book.post(txn, posted_at=self.clock)
            return None
        posted = self.book.post(txn, posted_at=self.clock)
        self.model.posted.append(txn)
        assert posted.seq == len(self.model.posted)
        assert not posted.replayed
        return posted

    @rule(credits=st.lists(st.tuples(members, minutes), min_size=1, max_size=5), day=days)
    def credit_a_session(self, credits: list[tuple[str, int]], day: date) -> None:
        txns = [
            self.new("credit", [("hours:issued", -n), (who, n)], occurred_on=day)
            for who, n in credits
        ]
        posted = self.book.post_many(txns, posted_at=self.clock)
        assert [each.seq for each in posted] == [
            len(self.model.posted) + place for place in range(1, len(txns) + 1)
        ]
        self.model.posted += txns

    @rule(giver=members, taker=st.sampled_from([*MEMBERS, POT, "hours:held"]), amount=minutes)
    def move_hours(self, giver: str, taker: str, amount: int) -> None:
        if giver != taker:
            self.post(self.new("hold", [(giver, -amount), (taker, amount)]))

    @rule(amount=minutes, giver=st.sampled_from(["hours:held", POT]))
    def hand_over(self, amount: int, giver: str) -> None:
        self.post(self.new("fulfil", [(giver, -amount), ("hours:redeemed:class", amount)]))

    @rule(who=members, floor=st.sampled_from([0, -60, -600, None, 30]))
    def move_a_floor(self, who: str, floor: int | None) -> None:
        self.book.set_floor(who, floor)
        self.model.floors[who] = floor

    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        if not self.model.posted:
            return
        seq = data.draw(st.integers(1, len(self.model.posted)))
        target = self.model.posted[seq - 1]
        mirror = self.new(
            "correction",
            [(line.account, -line.amount) for line in target.lines],
            reverses_seq=seq,
        )
        if target.reverses_seq is not None or seq in self.model.reversed:
            with pytest.raises(NotReversible):
                self.book.post(mirror, posted_at=self.clock)
        elif self.post(mirror):
            self.model.reversed[seq] = len(self.model.posted)

    @rule(data=st.data(), amount=minutes)
    def replace(self, data: st.DataObject, amount: int) -> None:
        open_to = sorted(self.model.reversed.keys() - self.model.replaced)
        if open_to:
            seq = data.draw(st.sampled_from(open_to))
            lines = [("hours:issued", -amount), (MEMBER, amount)]
            if self.post(self.new("credit", lines, replaces_seq=seq)):
                self.model.replaced.add(seq)

    @rule(data=st.data(), other=st.booleans())
    def submit_again(self, data: st.DataObject, other: bool) -> None:
        if not self.model.posted:
            return
        seq = data.draw(st.integers(1, len(self.model.posted)))
        old = self.model.posted[seq - 1]
        if other:
            changed = old._replace(occurred_on=date(2025, 12, 31))
            with pytest.raises(KeyConflict):
                self.book.post(changed, posted_at=self.clock)
        else:
            again = self.book.post(old, posted_at=self.clock)
            assert (again.seq, again.replayed) == (seq, True)

    @invariant()
    def balances_agree(self) -> None:
        balances = self.book.balances(self.model.floors)
        assert balances == {name: self.model.balance(name) for name in self.model.floors}
        assert sum(balances.values()) == 0
        assert self.book.head().seq == len(self.model.posted)

    @invariant()
    def a_page_agrees(self) -> None:
        expected = [
            (seq, line.amount, self.model.reversed.get(seq))
            for seq, txn in enumerate(self.model.posted, 1)
            for line in txn.lines
            if line.account == MEMBER
        ]
        page = self.book.history(MEMBER, limit=4, newest_first=False)
        shown = [(each.seq, each.amount, each.reversed_by) for each in page.postings]
        assert shown == expected[:4]
        assert page.later == (len(expected) > 4)


def test_the_ledger_agrees_with_a_plain_model(engine: Engine) -> None:
    machine = type("Machine", (LedgerMachine,), {"database": engine})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=50,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
