"""Offers and wishes, and exchanges: minutes move only when both have said the same."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.timebank.builders import Community
from timebank import accounts, audit, exchanges, listings
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken, TimebankError
from timebank.exchanges import (
    AnswerExchange,
    AskExchange,
    CancelExchange,
    CheckExchange,
    ReportExchange,
    UndoExchange,
)
from timebank.listings import AddListing, CloseListing, KeepEntry

TODAY = date(2026, 3, 2)


class Two:
    """Anna offers to help in the garden; Bob has three hours and asks."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.anna = community.member("Anna Bell")
        self.bob = community.member("Bob Carr")
        community.credit(community.session(minutes=180), [self.bob.member_id], minutes=180)
        for each in (self.anna, self.bob):
            self.do(each, listings.keep_entry, KeepEntry(member_id=each.member_id, shown=True))
        command = AddListing(member_id=self.anna.member_id, kind="offer", title_words="Gardening")
        self.listing_id = self.do(self.anna, listings.add_listing, command).listing_id

    def do(self, who, function, command):
        actor = self.community.actor_of(who.person_id) if who else self.community.actor
        return self.community.do(function, command, actor=actor)

    def ask(self):
        command = AskExchange(member_id=self.bob.member_id, listing_id=self.listing_id)
        return self.do(self.bob, exchanges.ask_exchange, command)

    def agreed(self):
        asked = self.ask()
        command = AnswerExchange(exchange_id=asked.exchange_id, revision=asked.revision, agree=True)
        return self.do(self.anna, exchanges.answer_exchange, command)

    def says(self, who, before, minutes, done_on=TODAY, *, by=None):
        command = ReportExchange(
            exchange_id=before.exchange_id,
            revision=before.revision,
            member_id=who.member_id,
            minutes=minutes,
            done_on=done_on,
        )
        return self.do(by if by is not None else who, exchanges.report_exchange, command)

    def done(self, minutes=50):
        return self.says(self.bob, self.says(self.anna, self.agreed(), minutes), minutes)

    def has(self, who) -> int:
        account = accounts.member(who.member_id)
        return self.community.read(lambda unit: unit.book.balance(account))

    def sound(self) -> bool:
        return not self.community.read(audit.verify, by=self.community.console).findings


@pytest.fixture
def two(community):
    return Two(community)


def test_the_minutes_move_when_both_say_the_same(two):
    first = two.says(two.anna, two.agreed(), 50)
    assert (first.status, two.has(two.anna)) == ("agreed", 0)
    last = two.says(two.bob, first, 50)
    assert (last.status, two.has(two.anna), two.has(two.bob)) == ("done", 50, 130)
    assert two.sound()


def test_different_figures_go_back_and_forth_and_move_nothing(two):
    moved = two.says(two.anna, two.agreed(), 60)
    moved = two.says(two.bob, moved, 50)
    assert (moved.status, two.has(two.anna)) == ("agreed", 0)
    moved = two.says(two.bob, moved, 60, TODAY - timedelta(days=1))
    assert moved.status == "agreed"  # the same time, but another day
    moved = two.says(two.anna, moved, 60, TODAY - timedelta(days=1))
    assert (moved.status, two.has(two.anna), two.has(two.bob)) == ("done", 60, 120)
    assert two.sound()


def test_a_wish_turns_the_other_way(two):
    command = AddListing(member_id=two.bob.member_id, kind="want", title_words="A lift")
    listed = two.do(two.bob, listings.add_listing, command)
    asked = two.do(
        two.anna,
        exchanges.ask_exchange,
        AskExchange(member_id=two.anna.member_id, listing_id=listed.listing_id),
    )
    found = two.community.read(exchanges.exchange, asked.exchange_id)
    assert (found.giver_id, found.receiver_id) == (two.anna.member_id, two.bob.member_id)
    with pytest.raises(TimebankError):
        two.do(
            two.anna,
            exchanges.answer_exchange,
            AnswerExchange(exchange_id=asked.exchange_id, revision=1, agree=True),
        )


def test_nothing_moves_without_the_hours_and_the_other_learns_no_balance(two):
    moved = two.says(two.bob, two.agreed(), 200)
    with pytest.raises(RuleBroken, match="exchange_not_covered") as refused:
        two.says(two.anna, moved, 200)
    assert refused.value.params == {}
    moved = two.says(two.anna, moved, 190)
    with pytest.raises(RuleBroken, match="hours_insufficient"):
        two.says(two.bob, moved, 190)
    assert two.has(two.bob) == 180


@pytest.mark.parametrize(
    ("minutes", "done_on", "code"),
    [
        (0, TODAY, "time_missing"),
        (-5, TODAY, "minutes_negative"),
        (1441, TODAY, "exchange_too_long"),
        (30, TODAY + timedelta(days=1), "exchange_in_future"),
    ],
)
def test_what_cannot_be_is_refused(two, minutes, done_on, code):
    with pytest.raises(RuleBroken, match=code):
        two.says(two.anna, two.agreed(), minutes, done_on)


def test_a_stale_page_records_nothing(two):
    agreed = two.agreed()
    two.says(two.anna, agreed, 50)
    with pytest.raises(Conflict, match="exchange_changed"):
        two.says(two.bob, agreed, 50)
    assert two.has(two.anna) == 0


def test_a_coordinator_helps_each_but_never_in_their_own(two):
    moved = two.says(two.anna, two.agreed(), 50, by=two.community.admin)
    assert two.says(two.bob, moved, 50, by=two.community.admin).status == "done"
    admin = two.community.admin
    asked = two.do(
        admin,
        exchanges.ask_exchange,
        AskExchange(member_id=admin.member_id, listing_id=two.listing_id),
    )
    with pytest.raises(NotAllowed, match="own_exchange"):
        two.do(
            admin,
            exchanges.answer_exchange,
            AnswerExchange(exchange_id=asked.exchange_id, revision=1, agree=True),
        )


def test_nobody_else_sees_it_or_acts(two):
    agreed = two.agreed()
    cleo = two.community.member("Cleo")
    as_cleo = two.community.actor_of(cleo.person_id)
    with pytest.raises(NotFound, match="exchange_unknown"):
        two.community.read(exchanges.exchange, agreed.exchange_id, by=as_cleo)
    with pytest.raises(NotFound, match="exchange_unknown"):
        two.says(two.anna, agreed, 50, by=cleo)


def test_calling_off_and_saying_no(two):
    asked = two.ask()
    no = AnswerExchange(exchange_id=asked.exchange_id, revision=asked.revision, agree=False)
    assert two.do(two.anna, exchanges.answer_exchange, no).status == "declined"
    agreed = two.agreed()
    off = CancelExchange(exchange_id=agreed.exchange_id, revision=agreed.revision)
    assert two.do(two.bob, exchanges.cancel_exchange, off).status == "cancelled"
    assert two.has(two.bob) == 180


def test_a_mistake_is_undone_openly(two):
    done = two.done(50)
    undo = UndoExchange(exchange_id=done.exchange_id, revision=done.revision)
    with pytest.raises(NotAllowed):
        two.do(two.bob, exchanges.undo_exchange, undo)
    assert two.do(None, exchanges.undo_exchange, undo).status == "undone"
    assert (two.has(two.anna), two.has(two.bob)) == (0, 180)
    assert two.sound()


def test_a_coordinator_is_reminded_until_somebody_asked(two):
    done = two.done()
    actor = two.community.actor

    def waiting():
        return [task.verb for task in two.community.read(exchanges.to_check, by=actor)]

    assert waiting() == []
    two.community.clock.forward(days=7)
    assert waiting() == ["check_exchange"]
    check = CheckExchange(exchange_id=done.exchange_id, revision=done.revision)
    two.do(None, exchanges.check_exchange, check)
    assert waiting() == []


# --- listings -----------------------------------------------------------------------------------


def listed(two, by) -> list[str]:
    found = two.community.read(
        lambda unit: listings.listings(unit, limit=10, offset=0),
        by=two.community.actor_of(by.person_id),
    )
    return [each.title_words for each in found]


def test_only_who_chose_to_be_found_is_found(two):
    assert listed(two, two.bob) == ["Gardening"]
    two.do(two.anna, listings.keep_entry, KeepEntry(member_id=two.anna.member_id, shown=False))
    assert listed(two, two.bob) == []
    with pytest.raises(NotFound, match="listing_unknown"):
        two.ask()
    with pytest.raises(RuleBroken, match="not_in_directory"):
        two.do(
            two.anna,
            listings.add_listing,
            AddListing(member_id=two.anna.member_id, kind="offer", title_words="Cooking"),
        )


def test_taking_a_listing_down(two):
    with pytest.raises(NotFound, match="listing_unknown"):
        two.do(two.bob, listings.close_listing, CloseListing(listing_id=two.listing_id, revision=1))
    two.do(two.anna, listings.close_listing, CloseListing(listing_id=two.listing_id, revision=1))
    assert listed(two, two.bob) == []


def test_nobody_exchanges_with_themselves(two):
    with pytest.raises(RuleBroken, match="exchange_with_oneself"):
        two.do(
            two.anna,
            exchanges.ask_exchange,
            AskExchange(member_id=two.anna.member_id, listing_id=two.listing_id),
        )


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=st.lists(st.tuples(st.booleans(), st.integers(1, 3)), min_size=1, max_size=6))
def test_any_row_of_answers_moves_only_what_both_said_last(two, said):
    """A plain model: what each said last; once the same, exactly that has moved and no more."""
    before = two.has(two.anna)
    moved, last = two.agreed(), {True: None, False: None}
    for giving, minutes in said:
        if moved.status == "done":
            break
        moved = two.says(two.anna if giving else two.bob, moved, minutes)
        last[giving] = minutes
    same = last[True] is not None and last[True] == last[False]
    assert (moved.status == "done") == same
    assert two.has(two.anna) - before == (last[True] if same else 0)
