"""The members' directory, and what members offer one another and would like.

Only who chose to be found is found, and nobody's hours are shown. Leaving the directory closes
what somebody had listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from timebank import people, texts, trail
from timebank.errors import Conflict, NotFound, RuleBroken
from timebank.ids import new_id
from timebank.models import DirectoryEntry, Listing, Member
from timebank.unit import Unit

KINDS = ("offer", "want")
MOST_OPEN = 50


@dataclass(frozen=True, kw_only=True)
class KeepEntry:
    """Be found by other members, or (``shown`` False) not any more."""

    member_id: str
    shown: bool
    words: str = ""
    show_phone: bool = False
    show_email: bool = False


@dataclass(frozen=True, kw_only=True)
class EntryKept:
    """Whose entry it is."""

    member_id: str


@dataclass(frozen=True, kw_only=True)
class AddListing:
    """Something a member offers, or would like."""

    member_id: str
    kind: str
    title_words: str
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class CloseListing:
    """It is not offered or wanted any more."""

    listing_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class ListingKept:
    """The listing, and its revision now."""

    listing_id: str
    revision: int


def keep_entry(unit: Unit, command: KeepEntry) -> EntryKept:
    """Enter the directory, change the entry, or leave."""
    member = _acting_for(unit, command.member_id)
    entry = unit.db.get(DirectoryEntry, member.id)
    if not command.shown:
        leave(unit, member.id)
        return EntryKept(member_id=member.id)
    if entry is None:
        entry = DirectoryEntry(member_id=member.id, since_at=unit.now, revision=0)
        unit.db.add(entry)
        trail.record(unit, "directory.joined", "member", member.id)
    entry.words = texts.optional(command.words, "words", most=texts.MOST_WORDS, lines=True)
    entry.show_phone, entry.show_email = command.show_phone, command.show_email
    entry.revision += 1
    return EntryKept(member_id=member.id)


def leave(unit: Unit, member_id: str) -> None:
    """Take a member out of the directory, with everything they had listed."""
    entry = unit.db.get(DirectoryEntry, member_id)
    if entry is None:
        return
    unit.db.delete(entry)
    unit.db.execute(
        update(Listing)
        .where(Listing.member_id == member_id, Listing.status == "open")
        .values(status="closed", revision=Listing.revision + 1)
    )
    trail.record(unit, "directory.left", "member", member_id)


def add_listing(unit: Unit, command: AddListing) -> ListingKept:
    """List something. Raises ``RuleBroken('not_in_directory')`` for who is not in the directory."""
    member = _acting_for(unit, command.member_id)
    if unit.db.get(DirectoryEntry, member.id) is None:
        raise RuleBroken("not_in_directory")
    if len(of_member(unit, member.id)) >= MOST_OPEN:
        raise RuleBroken("listings_too_many", most=MOST_OPEN)
    found = Listing(
        id=new_id(),
        member_id=member.id,
        kind=texts.one_of(command.kind, KINDS, "kind"),
        title_words=texts.clean(command.title_words, "title_words"),
        words=texts.optional(command.words, "words", most=texts.MOST_WORDS, lines=True),
        status="open",
        revision=1,
        listed_at=unit.now,
    )
    unit.db.add(found)
    unit.db.flush()
    trail.record(unit, "listing.added", "listing", found.id)
    return ListingKept(listing_id=found.id, revision=1)


def close_listing(unit: Unit, command: CloseListing) -> ListingKept:
    """Take a listing down: one's own, or a member's by who may give for others."""
    found = unit.db.get(Listing, command.listing_id)
    if found is None or not _may(unit, found.member_id):
        raise NotFound("listing_unknown")
    if found.revision != command.revision or found.status != "open":
        raise Conflict("listing_changed")
    found.status = "closed"
    found.revision += 1
    trail.record(unit, "listing.closed", "listing", found.id)
    return ListingKept(listing_id=found.id, revision=found.revision)


def listing(unit: Unit, listing_id: str) -> Listing:
    """An open listing, or one's own; ``NotFound`` otherwise."""
    found = unit.db.get(Listing, listing_id)
    if found is None or (found.status != "open" and not _may(unit, found.member_id)):
        raise NotFound("listing_unknown")
    return found


def listings(unit: Unit, *, kind: str = "", limit: int, offset: int) -> Sequence[Listing]:
    """What is open, newest first, of members in the directory."""
    unit.actor.require("listing.view")
    query = (
        select(Listing)
        .join(DirectoryEntry, DirectoryEntry.member_id == Listing.member_id)
        .join(Member, Member.id == Listing.member_id)
        .where(Listing.status == "open", Member.status == "active")
        .options(joinedload(Listing.member).joinedload(Member.person))
        .order_by(Listing.listed_at.desc(), Listing.id)
        .limit(limit)
        .offset(offset)
    )
    if kind:
        query = query.where(Listing.kind == texts.one_of(kind, KINDS, "kind"))
    return unit.db.scalars(query).all()


def of_member(unit: Unit, member_id: str) -> Sequence[Listing]:
    """What one member has open; their own, or for who may give for others."""
    if not _may(unit, member_id):
        raise NotFound("member_unknown")
    query = (
        select(Listing)
        .where(Listing.member_id == member_id, Listing.status == "open")
        .order_by(Listing.listed_at.desc(), Listing.id)
    )
    return unit.db.scalars(query).all()


def entry_of(unit: Unit, member_id: str) -> DirectoryEntry | None:
    """A member's own entry in the directory, or None."""
    return unit.db.get(DirectoryEntry, member_id) if _may(unit, member_id) else None


def _may(unit: Unit, member_id: str) -> bool:
    if member_id == unit.actor.member_id:
        return True
    return unit.actor.may("exchange.help") and people.in_sight(unit, member_id)


def _acting_for(unit: Unit, member_id: str) -> Member:
    own = member_id == unit.actor.member_id
    unit.actor.require("exchange.own" if own else "exchange.help")
    member = people.member(unit, member_id)
    if member.status == "left":
        raise RuleBroken("member_left")
    return member
