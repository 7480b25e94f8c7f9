"""Hours by month and year, and given and received: the figures that statements have."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.timebank.builders import Community
from timebank import community as communities
from timebank import (
    corrections,
    exchanges,
    gifts,
    months,
    people,
    pot_grants,
    reciprocity,
    redemptions,
    rewards,
    sessions,
    statement_lines,
)
from timebank.clock import local_midnight, to_microseconds
from timebank.crediting import AttendanceLine
from timebank.errors import NotAllowed, NotFound
from timebank.figures import Figures
from timebank.models import Exchange, Listing
from timebank.statement_content import sums


def at(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 10, tzinfo=UTC)


@pytest.fixture
def anna(community: Community) -> people.MemberAdded:
    """Anna's five months: credits, one corrected, a gift to the pot and one to Bob, a class that
    was asked for and one that was called off, hours out of the pot."""
    anna = community.member("Anna Bell")
    bob = community.member("Bob Carr")
    actor = community.actor_of(anna.person_id)
    wrong = community.session("Planning", minutes=120)
    community.credit(wrong, [anna.member_id])
    community.clock.set(at(4, 30))
    line = AttendanceLine(
        member_id=anna.member_id, figures=Figures(session_minutes=300), pot_minutes=60
    )
    community.credit(community.session("Panel", minutes=300), lines=[line])
    community.clock.set(datetime(2026, 4, 30, 23, 30, tzinfo=UTC))  # in London it is May
    community.credit(community.session("Late", minutes=45, on=date(2026, 4, 30)), [anna.member_id],
                     minutes=45)  # fmt: skip
    community.clock.set(at(5, 20))
    (attendance,) = community.read(sessions.attendances, wrong)
    community.do(corrections.correct_credit, corrections.CorrectCredit(
        attendance_id=attendance.attendance_id, revision=1, capacity="own_time", choice=None,
        figures=Figures(session_minutes=90), reason="wrong_time",
    ))  # fmt: skip
    for to, minutes in ((None, 30), (bob.member_id, 20)):
        community.do(gifts.give_hours, gifts.GiveHours(
            member_id=anna.member_id, to_member_id=to, given_minutes=minutes, words=None,
            how="online"), actor=actor)  # fmt: skip
    community.clock.set(at(6, 1))
    reward_id = community.do(rewards.add_reward, rewards.AddReward(
        kind="class", title="Pottery", price_minutes=50)).reward_id  # fmt: skip
    version = community.read(communities.policy).version
    ask = redemptions.RequestRedemption(
        reward_id=reward_id, reward_revision=1, member_id=anna.member_id,
        information_version=version)  # fmt: skip
    made = community.do(redemptions.request_redemption, ask, actor=actor)
    community.do(redemptions.cancel_redemption, redemptions.CancelRedemption(
        redemption_id=made.redemption_id, revision=1), actor=actor)  # fmt: skip
    community.clock.set(at(7, 1))
    community.do(redemptions.request_redemption, ask, actor=actor)
    grant = community.do(pot_grants.propose_grant, pot_grants.ProposeGrant(
        member_id=anna.member_id, granted_minutes=15, words=None))  # fmt: skip
    second = community.coordinator("Cora Finch")
    community.do(pot_grants.decide_grant, pot_grants.DecideGrant(
        pot_grant_id=grant.pot_grant_id, revision=1, agree=True), actor=second)  # fmt: skip
    community.clock.set(at(8, 15))
    return anna


def test_each_month_has_what_its_statement_has(community: Community, anna) -> None:
    with community.database.reading(community.actor) as unit:
        found = months.over_time(unit, anna.member_id)
        account = f"member:{anna.member_id}"
        everything = unit.book.history(account, limit=100, newest_first=False).postings
        balance = 0
        assert len(found.stretches) == 12
        for stretch in found.stretches:
            inside = [
                each
                for each in everything
                if stretch.from_on
                <= datetime.fromtimestamp(each.posted_at / 10**6, unit.zone).date()
                <= stretch.until_on
            ]
            said = sums(statement_lines.in_words(unit, inside))
            names = ("given_minutes", "used_minutes", "other_minutes")
            assert {name: getattr(stretch, name) for name in names} == said
            balance += sum(each.amount for each in inside)
            assert stretch.closing_minutes == balance
        assert balance == unit.book.balance(account) == everything[-1].balance
    by_month = {s.from_on.month: s for s in found.stretches}
    assert found.stretches[0].from_on == date(2025, 9, 1)
    assert found.stretches[-1].until_on == date(2026, 8, 31)
    assert (by_month[3].given_minutes, by_month[4].given_minutes) == (120, 240)
    assert by_month[5].given_minutes == 45 - 30  # the late one in London's May, and the correction
    assert (by_month[5].used_minutes, by_month[6].used_minutes) == (50, 0)
    assert (by_month[7].used_minutes, by_month[7].other_minutes) == (50, 15)
    assert months_sum(found) == (375, 100, 15)
    lately = community.read(months.lately, anna.member_id)
    assert lately == (375, 100)


def months_sum(found: months.OverTime) -> tuple[int, int, int]:
    parts = ("given_minutes", "used_minutes", "other_minutes")
    given, used, other = (sum(getattr(each, p) for each in found.stretches) for p in parts)
    return given, used, other


def test_the_months_of_a_year_and_every_year(community: Community, anna) -> None:
    community.clock.set(at(2, 3, 2028))
    community.credit(community.session(minutes=60), [anna.member_id], minutes=60)

    def ask(**more: object) -> months.OverTime:
        found: months.OverTime = community.read(months.over_time, anna.member_id, **more)
        return found

    assert ask().years == (2028, 2027, 2026)
    whole, this = ask(year=2026), ask(year=2028)
    assert [each.from_on.month for each in whole.stretches] == list(range(1, 13))
    assert (whole.opening_minutes, months_sum(whole)) == (0, (375, 100, 15))
    assert [each.from_on for each in this.stretches] == [date(2028, 1, 1), date(2028, 2, 1)]
    assert this.opening_minutes == 290 == ask(year=2027).stretches[-1].closing_minutes
    years = ask(by_year=True)
    assert [each.closing_minutes for each in years.stretches] == [290, 290, 350]
    assert years.stretches[0].from_on == date(2026, 1, 1)
    for year in (2025, 2029):
        with pytest.raises(NotFound, match="year_empty"):
            ask(year=year)


def test_an_account_without_postings_has_empty_months(community: Community) -> None:
    zoe = community.member("Zoe Hart")
    found = community.read(months.over_time, zoe.member_id)
    assert months_sum(found) == (0, 0, 0)
    assert {each.closing_minutes for each in found.stretches} == {0}
    assert found.years == (2026,)
    assert community.read(months.lately, zoe.member_id) == (0, 0)


def test_given_and_received_with_the_pot_on_both_sides(community: Community, anna) -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    both = community.read(reciprocity.of_member, anna.member_id, first, last)
    assert both == reciprocity.GivenAndReceived(
        sessions_minutes=375, sessions_to_pot_minutes=60, to_pot_minutes=30, passed_on_minutes=20,
        from_pot_minutes=15, rewards_minutes=50,
    )  # fmt: skip
    assert both.given_minutes == 435
    bob = next(m for m in community.read(people.members) if m.person.name == "Bob Carr")
    theirs = community.read(reciprocity.of_member, bob.id, first, last)
    assert theirs == reciprocity.GivenAndReceived(from_members_minutes=20)
    group = community.read(reciprocity.of_group, first, last)
    assert group == reciprocity.OfGroup(
        sessions_minutes=435, sessions_to_pot_minutes=60, exchanges_minutes=0, rewards_minutes={},
        held_minutes=50, pot_gifts_minutes=30, pot_granted_minutes=15, pot_minutes=75,
    )  # fmt: skip
    quiet = community.read(reciprocity.of_group, date(2025, 1, 1), date(2025, 12, 31))
    assert (quiet.sessions_minutes, quiet.pot_gifts_minutes, quiet.pot_minutes) == (0, 0, 75)


def test_time_between_members_counts_on_both_sides(community: Community, anna) -> None:
    with community.unit() as unit:
        bob = next(m for m in people.members(unit) if m.person.name == "Bob Carr")
        listing = Listing(
            id="1" * 32, member_id=bob.id, kind="offer", title_words="Gardening", words=None,
            status="open", revision=1, listed_at=unit.now,
        )  # fmt: skip
        unit.db.add(listing)
        unit.db.flush()
        unit.db.add(Exchange(
            id="2" * 32, reference="EX-1", listing_id=listing.id, giver_id=bob.id,
            receiver_id=anna.member_id, asked_by_giver=False, title_words="Gardening", words=None,
            status="agreed", revision=2, asked_at=unit.now, answered_at=unit.now,
        ))  # fmt: skip
    for who, person_id, revision in (
        (bob.id, bob.person_id, 2),
        (anna.member_id, anna.person_id, 3),
    ):
        community.do(exchanges.report_exchange, exchanges.ReportExchange(
            exchange_id="2" * 32, member_id=who, revision=revision, minutes=40,
            done_on=date(2026, 8, 14)), actor=community.actor_of(person_id))  # fmt: skip
    days = date(2026, 8, 1), date(2026, 8, 31)
    gave = community.read(reciprocity.of_member, bob.id, *days)
    got = community.read(reciprocity.of_member, anna.member_id, *days)
    assert gave == reciprocity.GivenAndReceived(exchanges_given_minutes=40)
    assert got == reciprocity.GivenAndReceived(exchanges_received_minutes=40)
    assert community.read(reciprocity.of_group, *days).exchanges_minutes == 40


def test_only_who_may_sees_them(community: Community, anna) -> None:
    bob = community.member_actor("Bill Carter")
    days = date(2026, 1, 1), date(2026, 12, 31)
    for function, args in (
        (months.over_time, (anna.member_id,)),
        (reciprocity.of_member, (anna.member_id, *days)),
    ):
        with pytest.raises(NotFound, match="member_unknown"):
            community.read(function, *args, by=bob)
    with pytest.raises(NotAllowed):
        community.read(reciprocity.of_group, *days, by=bob)


def test_months_begin_at_local_midnight() -> None:
    # What the whole calculation rests on: London's May began an hour before UTC's.
    may = to_microseconds(local_midnight(date(2026, 5, 1), ZoneInfo("Europe/London")))
    assert may == to_microseconds(datetime(2026, 4, 30, 23, tzinfo=UTC))
