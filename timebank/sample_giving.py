"""In the sample community: a sign-in card, hours given, the pot, and members who exchange time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from timebank import exchanges, gifts, listings, pot_grants, sign_in_cards
from timebank.sample_content import STAFF

if TYPE_CHECKING:
    from timebank.sample import Sample

_COORDINATOR, _TREASURER = (staff.name for staff in STAFF)
_JOAN, _WINSTON, _CHEN = "Joan Atkinson", "Winston Brown", "Chen Mei-Ling"
_GRACE, _DOROTHY = "Grace Okafor", "Dorothy Clarke"


def tell(sample: Sample, months: list[date]) -> None:
    """Put these events into the sample's plan."""

    def day(month: int, of_month: int) -> date:
        return months[month] + timedelta(days=of_month - 1)

    sample.at(day(1, 10), "10:00", lambda: _card(sample))
    sample.at(day(3, 22), "10:00", lambda: _give(sample))
    sample.at(day(3, 24), "10:00", lambda: _list(sample))
    sample.at(day(4, 2), "10:00", lambda: _exchange(sample, day(4, 2)))
    sample.at(day(5, 27), "16:00", lambda: _ask_again(sample))
    sample.at(day(5, 27), "17:00", lambda: _propose(sample))


def _card(sample: Sample) -> None:
    """Dorothy would rather not remember a password."""
    sample.by(
        _COORDINATOR,
        sign_in_cards.issue_card,
        sign_in_cards.IssueCard(member_id=_id(sample, _DOROTHY)),
    )


def _give(sample: Sample) -> None:
    grace, winston = _id(sample, _GRACE), _id(sample, _WINSTON)
    note = "For the tomato plants. They are doing well."
    for to_member_id, words in ((winston, note), (None, "")):
        sample.by(
            _GRACE,
            gifts.give_hours,
            gifts.GiveHours(
                member_id=grace, to_member_id=to_member_id, given_minutes=60, words=words
            ),
        )


def _list(sample: Sample) -> None:
    """Two offers and a wish, by members who chose to be in the directory."""
    for name, kind, title in (
        (_WINSTON, "offer", "Help in the garden"),
        (_JOAN, "offer", "Letters and forms, read through together"),
        (_CHEN, "want", "Somebody to practise English with"),
    ):
        member_id = _id(sample, name)
        entry = listings.KeepEntry(member_id=member_id, shown=True, show_phone=True)
        sample.by(name, listings.keep_entry, entry)
        listed = listings.AddListing(member_id=member_id, kind=kind, title_words=title)
        sample.listed[title] = sample.by(name, listings.add_listing, listed).listing_id


def _exchange(sample: Sample, done_on: date) -> None:
    """Winston helps Chen in the garden, and both say that it took an hour and a quarter."""
    chen, winston = _id(sample, _CHEN), _id(sample, _WINSTON)
    asked = exchanges.AskExchange(member_id=chen, listing_id=sample.listed["Help in the garden"])
    moved = sample.by(_CHEN, exchanges.ask_exchange, asked)
    answer = exchanges.AnswerExchange(
        exchange_id=moved.exchange_id, revision=moved.revision, agree=True
    )
    moved = sample.by(_WINSTON, exchanges.answer_exchange, answer)
    for name, member_id in ((_WINSTON, winston), (_CHEN, chen)):
        said = exchanges.ReportExchange(
            exchange_id=moved.exchange_id,
            revision=moved.revision,
            member_id=member_id,
            minutes=75,
            done_on=done_on,
        )
        moved = sample.by(name, exchanges.report_exchange, said)


def _ask_again(sample: Sample) -> None:
    """Grace asks Joan for help, and waits for an answer."""
    listing_id = sample.listed["Letters and forms, read through together"]
    sample.by(
        _GRACE,
        exchanges.ask_exchange,
        exchanges.AskExchange(
            member_id=_id(sample, _GRACE), listing_id=listing_id, words="On a Tuesday?"
        ),
    )


def _propose(sample: Sample) -> None:
    sample.by(
        _TREASURER,
        pot_grants.propose_grant,
        pot_grants.ProposeGrant(
            member_id=_id(sample, "Callum Reid"), granted_minutes=30, words="For the class."
        ),
    )


def _id(sample: Sample, name: str) -> str:
    return sample.members[name]
