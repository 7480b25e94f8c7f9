"""Given and received, for a member and for the whole group, with the community pot on both sides.

Added up from the books for the days asked for; of the group nobody is named, and nobody is ranked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select, union_all

from timebank import accounts, people
from timebank.clock import local_midnight, to_microseconds
from timebank.models import Attendance, Exchange, Gift
from timebank.unit import Unit


@dataclass(kw_only=True)
class GivenAndReceived:
    """A member's minutes from one day to another, after corrections.

    Time given: ``sessions_minutes`` into the account, ``sessions_to_pot_minutes`` at sessions too
    but straight to the pot, ``exchanges_given_minutes`` to other members. Hours passed on:
    ``to_pot_minutes``, and ``passed_on_minutes`` to members and groups. Received:
    ``from_members_minutes`` (and groups), ``from_pot_minutes``. Used:
    ``exchanges_received_minutes``, and ``rewards_minutes`` with what is set aside. The
    rest, such as hours brought over: ``other_minutes``.
    """

    sessions_minutes: int = 0
    sessions_to_pot_minutes: int = 0
    exchanges_given_minutes: int = 0
    to_pot_minutes: int = 0
    passed_on_minutes: int = 0
    from_members_minutes: int = 0
    from_pot_minutes: int = 0
    exchanges_received_minutes: int = 0
    rewards_minutes: int = 0
    other_minutes: int = 0

    @property
    def given_minutes(self) -> int:
        """All the time given, for whomever."""
        return self.sessions_minutes + self.sessions_to_pot_minutes + self.exchanges_given_minutes


@dataclass(frozen=True, kw_only=True)
class OfGroup:
    """The whole group's minutes from one day to another, after corrections.

    ``sessions_minutes`` were credited, ``sessions_to_pot_minutes`` of them to the pot;
    ``exchanges_minutes`` members gave one another. ``rewards_minutes`` were handed over, by kind;
    ``held_minutes`` are set aside now. The pot: ``pot_gifts_minutes`` given to it by members beside
    sessions, ``pot_granted_minutes`` given out of it, ``pot_minutes`` in it now.
    """

    sessions_minutes: int
    sessions_to_pot_minutes: int
    exchanges_minutes: int
    rewards_minutes: dict[str, int]
    held_minutes: int
    pot_gifts_minutes: int
    pot_granted_minutes: int
    pot_minutes: int


# Where a posting of a member counts, by kind and whether it added; and what it counts as there.
_SIDES: dict[tuple[str, bool], str] = {
    ("credit", True): "sessions_minutes",
    ("credit", False): "sessions_minutes",
    ("exchange", True): "exchanges_given_minutes",
    ("exchange.undone", False): "exchanges_given_minutes",
    ("exchange", False): "exchanges_received_minutes",
    ("exchange.undone", True): "exchanges_received_minutes",
    ("gift", False): "passed_on_minutes",
    ("gift.refused", True): "passed_on_minutes",
    ("gift.undone", True): "passed_on_minutes",
    ("group.to", False): "passed_on_minutes",
    ("gift", True): "from_members_minutes",
    ("gift.refused", False): "from_members_minutes",
    ("gift.undone", False): "from_members_minutes",
    ("group.from", True): "from_members_minutes",
    ("pot.grant", True): "from_pot_minutes",
    ("redemption.hold", False): "rewards_minutes",
    ("release.cancelled", True): "rewards_minutes",
    ("release.declined", True): "rewards_minutes",
}
_LESS = frozenset({"exchanges_received_minutes", "passed_on_minutes", "rewards_minutes"})


def of_member(unit: Unit, member_id: str, from_on: date, until_on: date) -> GivenAndReceived:
    """A member's given and received, both days included.

    ``NotFound('member_unknown')`` outside the actor's scope.
    """
    people.member(unit, member_id)
    bounds = _bounds(unit, from_on, until_on)
    found = GivenAndReceived()
    for kind, added, amount in _by_kind(unit, accounts.member(member_id), bounds):
        side = _SIDES.get((kind, added), "other_minutes")
        minutes = -amount if side in _LESS else amount
        setattr(found, side, getattr(found, side) + minutes)
    # What of a member's went into the pot stands in the pot's account alone.
    attended = select(Attendance.id).where(Attendance.member_id == member_id)
    given = select(Gift.id).where(Gift.member_id == member_id)
    theirs = union_all(attended, given).subquery()
    pot = unit.book.sums(accounts.COMMUNITY_POT, bounds, references=select(theirs.c.id))
    for each in pot:
        if (each.reversed_kind or each.kind) == "credit":
            found.sessions_to_pot_minutes += each.amount
        else:
            found.to_pot_minutes += each.amount
            found.passed_on_minutes -= each.amount
    return found


def of_group(unit: Unit, from_on: date, until_on: date) -> OfGroup:
    """The whole group's, both days included; for those who look after members."""
    unit.actor.require("member.view_all")
    bounds = _bounds(unit, from_on, until_on)
    issued = _total(unit, accounts.ISSUED, bounds)
    pot = _total(unit, accounts.COMMUNITY_POT, bounds)
    redeemed = {
        state.name.rpartition(":")[2]: sum(_total(unit, state.name, bounds).values())
        for state in unit.book.accounts(accounts.redeemed(""))
    }
    return OfGroup(
        sessions_minutes=-issued.get("credit", 0),
        sessions_to_pot_minutes=pot.get("credit", 0),
        exchanges_minutes=_exchanged(unit, from_on, until_on),
        rewards_minutes={kind: minutes for kind, minutes in redeemed.items() if minutes},
        held_minutes=unit.book.balance(accounts.HELD),
        pot_gifts_minutes=sum(pot.get(kind, 0) for kind in ("gift", "gift.undone")),
        pot_granted_minutes=-pot.get("pot.grant", 0),
        pot_minutes=unit.book.balance(accounts.COMMUNITY_POT),
    )


def _bounds(unit: Unit, from_on: date, until_on: date) -> list[int]:
    ends = (from_on, until_on + timedelta(days=1))
    return [to_microseconds(local_midnight(day, unit.zone)) for day in ends]


def _by_kind(unit: Unit, account: str, bounds: list[int]) -> Iterable[tuple[str, bool, int]]:
    """Kind, direction and minutes; what corrects something counts as a part of that."""
    for each in unit.book.sums(account, bounds):
        corrects = each.kind.startswith("correction.") and each.reversed_kind
        yield (each.reversed_kind or "") if corrects else each.kind, each.added, each.amount


def _total(unit: Unit, account: str, bounds: list[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for kind, _added, amount in _by_kind(unit, account, bounds):
        found[kind] = found.get(kind, 0) + amount
    return found


def _exchanged(unit: Unit, from_on: date, until_on: date) -> int:
    query = select(func.sum(Exchange.giver_minutes)).where(
        Exchange.status == "done",
        Exchange.done_at >= local_midnight(from_on, unit.zone),
        Exchange.done_at < local_midnight(until_on + timedelta(days=1), unit.zone),
    )
    return int(unit.db.scalar(query) or 0)
