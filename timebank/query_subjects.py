"""What a query is about: the thing must be the member's own, and it has somebody behind it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from timebank import accounts, role_holders, texts
from timebank.errors import NotFound, RuleBroken
from timebank.models import Attendance, Member, Person, Redemption, Statement
from timebank.unit import Unit

SUBJECTS = ("posting", "attendance", "redemption", "statement", "person", "other")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What it is about, and in ``about_id`` the person behind it, who does not decide."""

    subject: str
    subject_id: str | None = None
    account_seq: int | None = None
    about_id: str | None = None

    @property
    def names_one_thing(self) -> bool:
        """Whether a second query about it would be about the very same."""
        return self.subject not in ("person", "other")


def find(
    unit: Unit, member: Member, subject: str, subject_id: str | None, account_seq: int | None
) -> Subject:
    """The subject, if it is this member's.

    Raises ``NotFound``: ``posting_unknown``, ``attendance_unknown``, ``redemption_unknown``,
    ``statement_unknown``, ``person_unknown``; ``RuleBroken('subject_missing')``.
    """
    texts.one_of(subject, SUBJECTS, "subject")
    if subject == "other":
        return Subject(subject=subject)
    if subject == "posting":
        if account_seq is None:
            raise RuleBroken("subject_missing", field="account_seq")
        return _posting(unit, member, account_seq)
    if subject_id is None:
        raise RuleBroken("subject_missing", field="subject_id")
    about_id = _behind(unit, member, subject, subject_id)
    return Subject(subject=subject, subject_id=subject_id, about_id=about_id)


def staff(unit: Unit) -> list[tuple[str, str]]:
    """``(person id, name)`` of everybody with a role today but the actor, by name."""
    query = (
        select(Person.id, Person.name)
        .where(
            Person.id.in_(role_holders.with_a_role(unit)),
            Person.id != unit.actor.id,
            Person.name != "",
        )
        .order_by(func.lower(Person.name))
    )
    return [(row.id, row.name) for row in unit.db.execute(query)]


def _posting(unit: Unit, member: Member, account_seq: int) -> Subject:
    found = unit.book.postings_between(accounts.member(member.id), account_seq, account_seq)
    if not found:
        raise NotFound("posting_unknown")
    return Subject(
        subject="posting", account_seq=account_seq, about_id=_person(unit, found[0].actor)
    )


def _behind(unit: Unit, member: Member, subject: str, subject_id: str) -> str | None:
    """Who recorded the thing, or who is complained about."""
    if subject == "person":
        person = _person(unit, subject_id)
        if person is None or person == member.person_id:
            raise NotFound("person_unknown", field="subject_id")
        return person
    if subject == "attendance":
        found = unit.db.get(Attendance, subject_id)
        if found is None or found.member_id != member.id:
            raise NotFound("attendance_unknown")
        return _person(unit, found.entries[-1].recorded_by)
    if subject == "redemption":
        redemption = unit.db.get(Redemption, subject_id)
        if redemption is None or redemption.member_id != member.id:
            raise NotFound("redemption_unknown")
        return _person(unit, redemption.fulfilled_by or redemption.decided_by)
    statement = unit.db.get(Statement, subject_id)
    if statement is None or statement.account != accounts.member(member.id):
        raise NotFound("statement_unknown")
    return None


def _person(unit: Unit, actor_id: str | None) -> str | None:
    """The id, where it is a person's (the console is none)."""
    return unit.db.scalar(select(Person.id).where(Person.id == actor_id))
