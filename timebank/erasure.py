"""Emptying what identifies somebody: which columns, which rows, and what stays.

``PLAN`` names every table that holds something about a person; a test compares it with the tables
there are, so that nothing is forgotten. The books, sums and other people's statements stay as they
are: they hold opaque ids alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, delete, false, or_, select, update

from timebank import models as m
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class About:
    """Whose details go: the person, and the member where they are or were one."""

    person_id: str
    member_id: str | None


Where = Callable[[Any, About], ColumnElement[bool]]


def _of_person(table: Any, who: About) -> ColumnElement[bool]:
    found: ColumnElement[bool] = table.person_id == who.person_id
    return found


def _of_member(table: Any, who: About) -> ColumnElement[bool]:
    return table.member_id == who.member_id if who.member_id else false()


def _of_either(*names: str) -> Where:
    def where(table: Any, who: About) -> ColumnElement[bool]:
        return or_(*(getattr(table, name) == who.member_id for name in names))

    return where


def _everybodys(table: Any, who: About) -> ColumnElement[bool]:
    found: ColumnElement[bool] = table.id.is_not(None)
    return found


def _of_attendance(table: Any, who: About) -> ColumnElement[bool]:
    theirs = select(m.Attendance.id).where(m.Attendance.member_id == who.member_id)
    found: ColumnElement[bool] = table.attendance_id.in_(theirs)
    return found


def _of_query(table: Any, who: About) -> ColumnElement[bool]:
    theirs = select(m.Query.id).where(m.Query.member_id == who.member_id)
    found: ColumnElement[bool] = table.query_id.in_(theirs)
    return found


def _proposed_about(table: Any, who: About) -> ColumnElement[bool]:
    theirs = select(m.Attendance.id).where(m.Attendance.member_id == who.member_id)
    named = table.details.contains(who.member_id) if who.member_id else false()
    found: ColumnElement[bool] = or_(table.subject_id.in_(theirs), named)
    return found


def _either_side(table: Any, who: About) -> ColumnElement[bool]:
    return or_(table.person_id == who.person_id, table.member_id == (who.member_id or ""))


def _in_application(table: Any, who: About) -> ColumnElement[bool]:
    return or_(table.person_id == who.person_id, table.same_email_id == who.person_id)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What happens with one table's rows about somebody: ``gone``, or ``emptied`` columns."""

    table: Any
    where: Where
    emptied: dict[str, Any] = field(default_factory=dict)

    @property
    def gone(self) -> bool:
        """Whether the rows themselves are deleted."""
        return not self.emptied


def _gone(table: Any, where: Where = _of_person) -> Step:
    return Step(table=table, where=where)


def _words(table: Any, where: Where = _of_member, **emptied: Any) -> Step:
    return Step(table=table, where=where, emptied=emptied or {"words": None})


_NOTHING = {"name": "", "email": None, "phone": None, "address": None, "needs": None,
            "language": None}  # fmt: skip

PLAN: tuple[Step, ...] = (
    # Ways in, and what was noted to reach and to look after somebody.
    _gone(m.SignIn),
    _gone(m.SignInCard),
    _gone(m.Password),
    _gone(m.Passkey),
    _gone(m.PasskeyChallenge),
    _gone(m.ApiToken),
    _gone(m.Trust, _either_side),
    _gone(m.SingleUseLink),
    _gone(m.CalendarFeed),
    _gone(m.Communication),
    _gone(m.Conversation),
    _gone(m.JoiningStep),
    _gone(m.SafetyCheckView),
    _gone(m.SafetyCheck),
    _gone(m.CreditDraft),
    _gone(m.Application, _in_application),
    _gone(m.DirectoryEntry, _of_member),
    _gone(m.EarlierNumber, _of_member),
    _gone(m.ChoiceMade, _of_member),
    _gone(m.Skill, _of_member),
    # A file that waits to be imported may name anybody. It is sent in again where it is needed.
    _gone(m.ImportFile, _everybodys),
    # Words that somebody wrote, or that were written about them.
    _words(m.Agreement),
    _words(m.Amendment),
    _words(m.AttendanceEntry, _of_attendance),
    _words(m.Exchange, _of_either("giver_id", "receiver_id"), words=None, title_words=""),
    _words(m.Gift, _of_either("member_id", "to_member_id")),
    _words(m.HistoryRow, _of_either("source_id", "target_id")),
    _words(m.Listing, words=None, title_words="", status="closed"),
    _words(m.PotGrant),
    _words(m.Proposal, _proposed_about),
    _words(m.QueryMessage, _of_query, words=""),
    _words(m.Redemption),
    _words(m.SentTime, words=None, question_words=None),
    _words(m.SignUp),
    _words(m.ThankYou),
    _words(m.Person, lambda table, who: table.id == who.person_id, **_NOTHING),
)

# Text columns that say nothing about any person: codes, ids, digests, the group's own words. The
# rest of a table's text columns stand in PLAN. Statements and certificates hold no name.
OF_NOBODY: frozenset[str] = frozenset(
    {
        "activity_type.name",
        "certificate.content",
        "command_receipt.result",
        "community.contact_email",
        "community.contact_name",
        "community.contact_phone",
        "community.name",
        "feedback.words",
        "hours_group.name",
        "import_file.options",
        "minor_issue.words",
        "opening_list.words",
        "opportunity.access",
        "opportunity.content_note",
        "opportunity.preparation",
        "opportunity.rewards",
        "opportunity.travel",
        "opportunity.what",
        "organisation.contact",
        "organisation.name",
        "policy.advice_contact",
        "project.capacities",
        "project.on_behalf_of",
        "project.title",
        "project_seat.title",
        "proposal.details",
        "reward.access",
        "reward.conditions",
        "reward.description",
        "reward.place",
        "reward.provider",
        "reward.title",
        "redemption.title",
        "session.place",
        "session.title",
        "session_follow_up.words",
        "statement.content",
        "trail_event.details",
    }
)


def empty(unit: Unit, who: About) -> None:
    """Empty everything in ``PLAN`` about somebody. Harmless when it was done before."""
    for step in PLAN:
        condition = step.where(step.table, who)
        if step.gone:
            unit.db.execute(delete(step.table).where(condition))
        else:
            unit.db.execute(update(step.table).where(condition).values(**step.emptied))
    unit.db.execute(
        update(m.OutboxMessage)
        .where(m.OutboxMessage.person_id == who.person_id, m.OutboxMessage.status == "waiting")
        .values(status="cancelled")
    )
    unit.db.expire_all()
