"""Put right what stands for no attendance: opening hours, starting hours, imported history.

Like a correction of a credit: the transaction is reversed and, where something is right after all,
posted anew between the same accounts; each step is a row of ``amendment``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from timebank import accounts, notices, people, proposals, texts, trail
from timebank.errors import Conflict, NotFound, RuleBroken
from timebank.ids import new_id
from timebank.models import Amendment, Member
from timebank.roles import not_for_oneself
from timebank.unit import Unit

# The kinds of transaction that are put right here; each moves minutes between a member's account
# and one of the book's own.
KINDS = ("opening", "starting", "import.in", "import.out", "import.adjustment")
REASONS = ("wrong_time", "wrong_person", "other")


@dataclass(frozen=True, kw_only=True)
class AmendPosting:
    """What is right in place of transaction ``first_seq``: ``minutes``, 0 when nothing is.

    ``revision`` is how often it was put right when it was looked at (0: never).
    """

    first_seq: int
    revision: int
    minutes: int
    reason: str
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class PostingAmended:
    """The new revision and the member's balance; ``proposal_id`` when it waits for a second."""

    first_seq: int
    revision: int
    balance_minutes: int
    proposal_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A transaction as it stands after its corrections; ``seq`` None when nothing is left.

    ``added`` says whether it adds to the member's account or takes from it.
    """

    first_seq: int
    revision: int
    seq: int | None
    minutes: int
    kind: str
    reference: str
    occurred_on: date
    member: Member
    source: str
    target: str
    added: bool


@dataclass(frozen=True, kw_only=True)
class AmendmentPreview:
    """What the correction would do to the member's balance."""

    standing: Standing
    minutes: int
    balance_before_minutes: int
    balance_after_minutes: int
    needs_second: bool


def standing(unit: Unit, seq: int) -> Standing:
    """What stands now in place of a transaction, which may be a replacement itself.

    Raises ``NotFound('posting_unknown')`` when it is none of ``KINDS`` or not this actor's to see.
    """
    by_replacement = select(Amendment).where(Amendment.seq == seq)
    replaced = unit.db.scalars(by_replacement).one_or_none()
    first_seq = seq if replaced is None else replaced.first_seq
    if not 0 < first_seq <= unit.book.head().seq:
        raise NotFound("posting_unknown")
    first = unit.book.transaction(first_seq)
    if first.kind not in KINDS:
        raise NotFound("posting_unknown")
    last = next(reversed(history(unit, first_seq)), None)
    own = next(line for line in first.lines if line.account.startswith("member:"))
    other = next(line for line in first.lines if line is not own)
    added = own.amount > 0
    return Standing(
        first_seq=first_seq,
        revision=0 if last is None else last.revision,
        seq=first_seq if last is None else last.seq,
        minutes=abs(own.amount) if last is None else last.minutes,
        kind=first.kind,
        reference=first.reference,
        occurred_on=first.occurred_on,
        member=people.member(unit, own.account.removeprefix("member:")),
        source=other.account if added else own.account,
        target=own.account if added else other.account,
        added=added,
    )


def history(unit: Unit, first_seq: int) -> Sequence[Amendment]:
    """Every correction of a transaction, oldest first."""
    query = select(Amendment).where(Amendment.first_seq == first_seq).order_by(Amendment.revision)
    return unit.db.scalars(query).all()


def preview_amendment(unit: Unit, command: AmendPosting) -> AmendmentPreview:
    """The same checks as putting it right, raising the same errors; posts nothing."""
    unit.actor.require("credit.correct")
    found = plan_of(unit, command)
    before = unit.book.balance(accounts.member(found.member.id))
    change = command.minutes - found.minutes
    return AmendmentPreview(
        standing=found,
        minutes=command.minutes,
        balance_before_minutes=before,
        balance_after_minutes=before + (change if found.added else -change),
        needs_second=proposals.above_limit(unit, abs(change)),
    )


def amend_posting(unit: Unit, command: AmendPosting) -> PostingAmended:
    """Put a transaction right, or propose it where a second person must agree.

    Raises ``NotFound('posting_unknown')``, ``NotAllowed('own_correction')``,
    ``Conflict('credit_changed')``, ``Conflict('proposal_waiting')``,
    ``RuleBroken('nothing_changed')`` and what ``texts`` raises.
    """
    unit.actor.require("credit.correct")
    found = plan_of(unit, command)
    if not proposals.above_limit(unit, abs(command.minutes - found.minutes)):
        return carry_out(unit, command)
    made = proposals.propose(
        unit, "amendment", str(found.first_seq), revision=command.revision,
        words=_words(command), minutes=abs(command.minutes - found.minutes),
        details={
            "minutes": command.minutes, "reason": command.reason, "member_id": found.member.id,
        },
    )  # fmt: skip
    return PostingAmended(
        first_seq=found.first_seq,
        revision=found.revision,
        balance_minutes=unit.book.balance(accounts.member(found.member.id)),
        proposal_id=made.id,
    )


def plan_of(unit: Unit, command: AmendPosting) -> Standing:
    """Every check but the actor's role, and what stands now."""
    found = not_own(unit, command.first_seq)
    if found.first_seq != command.first_seq or found.revision != command.revision:
        last = next(reversed(history(unit, found.first_seq)), None)
        raise Conflict(
            "credit_changed",
            by=last.recorded_by if last else None,
            at=last.recorded_at if last else unit.now,
        )
    texts.one_of(command.reason, REASONS, "reason")
    texts.whole_minutes(command.minutes, "minutes")
    _words(command)
    if command.minutes == found.minutes:
        raise RuleBroken("nothing_changed")
    return found


def not_own(unit: Unit, seq: int) -> Standing:
    """What stands, which must be somebody else's: ``NotAllowed('own_correction')``."""
    found = standing(unit, seq)
    not_for_oneself(unit.actor, found.member.person_id, "own_correction")
    return found


def carry_out(unit: Unit, command: AmendPosting) -> PostingAmended:
    """Reverse and post anew; for commands that have decided that the actor may."""
    found = plan_of(unit, command)
    revision = found.revision + 1
    reversed_seq, reversal_seq = _take_back(unit, found, command.reason)
    seq = _post_anew(unit, found, revision, command.minutes, reversed_seq)
    unit.db.add(
        Amendment(
            id=new_id(), member_id=found.member.id, first_seq=found.first_seq, revision=revision,
            minutes=command.minutes, seq=seq, reversed_seq=reversed_seq,
            reversal_seq=reversal_seq, reason=command.reason, words=_words(command) or None,
            recorded_by=unit.actor.id, recorded_at=unit.now,
        )
    )  # fmt: skip
    unit.db.flush()
    notices.send_later(unit, "posting_corrected", found.member.person_id, found.member.id)
    trail.record(
        unit, "posting.corrected", "member", found.member.id, first_seq=found.first_seq,
        before_minutes=found.minutes, after_minutes=command.minutes, reason=command.reason,
    )  # fmt: skip
    return PostingAmended(
        first_seq=found.first_seq,
        revision=revision,
        balance_minutes=unit.book.balance(accounts.member(found.member.id)),
    )


def _take_back(unit: Unit, found: Standing, reason: str) -> tuple[int | None, int | None]:
    """Reverse what stands, if anything does; what was reversed, and by which transaction."""
    if found.seq is None:
        return None, None
    made = unit.book.reverse(
        found.seq, kind=f"correction.{reason}", key=f"reverse:{found.seq}", actor=unit.actor.id,
        occurred_on=found.occurred_on, posted_at=unit.posted_at,
    )  # fmt: skip
    return found.seq, made.seq


def _post_anew(
    unit: Unit, found: Standing, revision: int, minutes: int, reversed_seq: int | None
) -> int | None:
    if minutes == 0:
        return None
    gone = [each.seq for each in history(unit, found.first_seq) if each.seq is not None]
    movement = accounts.movement(
        found.kind,
        key=f"amend:{found.first_seq}:{revision}",
        reference=found.reference,
        occurred_on=found.occurred_on,
        actor=unit.actor.id,
        source=found.source,
        target=found.target,
        minutes=minutes,
        # Nothing stood any more: then it takes the place of what was taken back last.
        replaces_seq=reversed_seq or (gone[-1] if gone else found.first_seq),
    )
    return unit.book.post(movement, posted_at=unit.posted_at).seq


def _words(command: AmendPosting) -> str:
    return texts.clean(command.words, "words", most=texts.MOST_WORDS, required=False, lines=True)
