"""Questions and complaints: opened by a member, or for them, and followed to their end.

Somebody answers by a day that is said at once. Whoever recorded the thing, or is complained about,
may explain it and does not decide it. Whoever does not agree with what was decided asks for
somebody else to look at it once more: a person who was not involved so far, and whose word is the
last. Words may be erased; that there was a query, and how it ended, stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from timebank import notices, people, query_subjects, texts, trail
from timebank.errors import Conflict, NotAllowed, RuleBroken
from timebank.ids import new_id, new_reference
from timebank.models import Member, Query, QueryMessage
from timebank.query_reading import of_member, queries, query, staff_names, to_answer
from timebank.query_rules import HOW, OUTCOMES, REPLY_DAYS, STATUSES, involved, steps
from timebank.unit import Unit

__all__ = [
    "AnswerQuery", "AppealQuery", "HOW", "OUTCOMES", "OpenQuery", "QueryMoved", "REPLY_DAYS",
    "ReplyToQuery", "ResolveQuery", "STATUSES", "SettleQuery", "answer_query", "appeal_query",
    "involved", "of_member", "open_query", "queries", "query", "reply_to_query", "resolve_query",
    "settle_query", "staff_names", "steps", "to_answer",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class OpenQuery:
    """Say that something is not right.

    ``subject`` is one of ``query_subjects.SUBJECTS``: a ``posting`` by its ``account_seq``, an
    attendance, redemption or statement by its ``subject_id``, a ``person`` by the person's id, or
    ``other``. ``how`` is online for oneself, phone or in_person for somebody else.
    """

    member_id: str
    subject: str
    subject_id: str | None = None
    account_seq: int | None = None
    how: str = "online"
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class AnswerQuery:
    """Explain, or ask back; the member answers or says that it is settled."""

    query_id: str
    revision: int
    words: str


@dataclass(frozen=True, kw_only=True)
class ReplyToQuery:
    """The member's next word, by themselves or written down for them."""

    query_id: str
    revision: int
    words: str


@dataclass(frozen=True, kw_only=True)
class ResolveQuery:
    """Decide it: ``outcome`` is a code of ``OUTCOMES``. After an appeal it is the last word."""

    query_id: str
    revision: int
    outcome: str
    words: str


@dataclass(frozen=True, kw_only=True)
class AppealQuery:
    """Ask for somebody who was not involved to look at it again, once."""

    query_id: str
    revision: int
    words: str


@dataclass(frozen=True, kw_only=True)
class SettleQuery:
    """The member says that it is settled; nobody else closes it for them without deciding it."""

    query_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class QueryMoved:
    """A query and how it stands now."""

    query_id: str
    reference: str
    status: str
    revision: int


# --- commands -----------------------------------------------------------------------------------


def open_query(unit: Unit, command: OpenQuery) -> QueryMoved:
    """Open a query for oneself, or for a member who said it by phone or in person.

    Raises ``NotFound``: ``member_unknown`` and what the subject raises; ``RuleBroken
    ('how_online_for_somebody')`` and what ``texts`` raises.
    """
    own = command.member_id == unit.actor.member_id
    unit.actor.require("query.open_own" if own else "query.answer")
    texts.one_of(command.how, HOW, "how")
    if not own and command.how not in ("phone", "in_person"):
        raise RuleBroken("how_online_for_somebody", field="how")
    words = _words(command.words)
    member = people.member(unit, command.member_id)
    about = query_subjects.find(
        unit, member, command.subject, command.subject_id, command.account_seq
    )
    return begin(unit, member, about, how=command.how, words=words)


def begin(
    unit: Unit, member: Member, about: query_subjects.Subject, *, how: str, words: str
) -> QueryMoved:
    """Write a new query; for commands that have decided that the actor may.

    Raises ``Conflict('query_open')`` where one about the same thing is open.
    """
    same = select(Query).where(
        Query.member_id == member.id,
        Query.subject == about.subject,
        Query.subject_id == about.subject_id,
        Query.account_seq == about.account_seq,
        Query.status.not_in(("resolved", "closed")),
    )
    if about.names_one_thing and unit.db.scalars(same).first() is not None:
        raise Conflict("query_open")
    found = Query(
        id=new_id(), reference=new_reference(), member_id=member.id, subject=about.subject,
        subject_id=about.subject_id, account_seq=about.account_seq, about_id=about.about_id,
        how=how, status="open", revision=0, reply_by_on=unit.today + timedelta(days=REPLY_DAYS),
        opened_by=unit.actor.id, opened_at=unit.now,
    )  # fmt: skip
    found.member = member
    unit.db.add(found)
    unit.db.flush()
    return _say(unit, found, "opened", words, "open")


def answer_query(unit: Unit, command: AnswerQuery) -> QueryMoved:
    """Answer without deciding; whoever is involved may, so that they can explain."""
    found = _step(unit, command.query_id, command.revision, "answer")
    status = "answered" if found.status == "open" else found.status
    return _say(unit, found, "answer", _words(command.words), status)


def reply_to_query(unit: Unit, command: ReplyToQuery) -> QueryMoved:
    """The member's next word; it waits for an answer again."""
    found = _step(unit, command.query_id, command.revision, "reply")
    status = "open" if found.status == "answered" else found.status
    if status == "open":
        found.reply_by_on = unit.today + timedelta(days=REPLY_DAYS)
    return _say(unit, found, "reply", _words(command.words), status)


def resolve_query(unit: Unit, command: ResolveQuery) -> QueryMoved:
    """Decide it; nobody does who is involved.

    Raises ``NotAllowed('query_involved')``, ``Conflict('query_changed')``,
    ``RuleBroken('query_step')`` and what ``texts`` raises.
    """
    found = _step(unit, command.query_id, command.revision, "resolve")
    found.outcome = texts.one_of(command.outcome, OUTCOMES, "outcome")
    last = found.status == "appealed"
    if not last:
        found.resolved_by, found.resolved_at = unit.actor.id, unit.now
    else:
        found.closed_by, found.closed_at = unit.actor.id, unit.now
    kind, status = ("closed", "closed") if last else ("resolved", "resolved")
    return _say(unit, found, kind, _words(command.words), status)


def appeal_query(unit: Unit, command: AppealQuery) -> QueryMoved:
    """Ask for somebody else to look at it; by the member, or for them."""
    found = _step(unit, command.query_id, command.revision, "appeal")
    found.reply_by_on = unit.today + timedelta(days=REPLY_DAYS)
    return _say(unit, found, "appealed", _words(command.words), "appealed")


def settle_query(unit: Unit, command: SettleQuery) -> QueryMoved:
    """The member is content, or takes it back."""
    found = _step(unit, command.query_id, command.revision, "settle")
    found.closed_by, found.closed_at = unit.actor.id, unit.now
    return _say(unit, found, "settled", "", "closed")


# --- inside -------------------------------------------------------------------------------------


def _step(unit: Unit, query_id: str, revision: int, step: str) -> Query:
    found = query(unit, query_id)
    if found.revision != revision:
        last = found.messages[-1]
        raise Conflict("query_changed", by=last.by, at=last.at)
    if step in steps(unit.actor, found):
        return found
    if step == "resolve" and unit.actor.id in involved(found):
        raise NotAllowed("query_involved")
    raise RuleBroken("query_step")


_NOTICES = {
    "opened": "query_opened",
    "answer": "query_answered",
    "resolved": "query_decided",
    "closed": "query_decided",
}


def _say(unit: Unit, found: Query, kind: str, words: str, status: str) -> QueryMoved:
    """Add a message, move the query on, tell the member, and keep the trail."""
    number = unit.db.scalar(
        select(func.count()).select_from(QueryMessage).where(QueryMessage.query_id == found.id)
    )
    unit.db.add(
        QueryMessage(
            id=new_id(), query_id=found.id, number=(number or 0) + 1, kind=kind,
            by=unit.actor.id, at=unit.now, words=words or None,
        )
    )  # fmt: skip
    found.status = status
    found.revision += 1
    unit.db.flush()
    if kind in _NOTICES:
        notices.send_later(unit, _NOTICES[kind], found.member.person_id, found.id)
    trail.record(unit, "query.moved", "query", found.id, step=kind, status=status)
    return QueryMoved(
        query_id=found.id, reference=found.reference, status=status, revision=found.revision
    )


def _words(text: str) -> str:
    return texts.clean(text, "words", most=texts.MOST_WORDS, lines=True)
