"""Queries: opening one, answering, deciding, asking somebody else to look again."""

from __future__ import annotations

from timebank import minor_issues, queries, query_subjects
from timebank.query_rules import HOW, OUTCOMES
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, OneOf, Paragraph, Whole

_WORDS = {"empty": N_("Say it in a few words.")}


class OpenQuerySchema(CommandSchema):
    """Say that something is not right. ``subject`` says whether ``subject_id`` or ``account_seq``
    names the thing; ``how`` is phone or in_person for somebody else."""

    command = queries.OpenQuery

    member_id = Id()
    subject = OneOf(query_subjects.SUBJECTS)
    subject_id = Id(load_default=None)
    account_seq = Whole(load_default=None, most=10**9)
    how = OneOf([way for way in HOW if way != "link"], load_default="online")
    words = Paragraph(error_messages=_WORDS)


class _Moving(CommandSchema):
    """What every step needs: which query, and its revision as read."""

    query_id = Id(from_path=True)
    revision = Whole()


class _Saying(_Moving):
    words = Paragraph(error_messages=_WORDS)


class AnswerQuerySchema(_Saying):
    """Explain, or ask back."""

    command = queries.AnswerQuery


class ReplyToQuerySchema(_Saying):
    """The member's next word."""

    command = queries.ReplyToQuery


class ResolveQuerySchema(_Saying):
    """Decide it."""

    command = queries.ResolveQuery

    outcome = OneOf(OUTCOMES, error_messages={"invalid": N_("Choose what was decided.")})


class AppealQuerySchema(_Saying):
    """Ask for somebody who was not involved to look again."""

    command = queries.AppealQuery


class SettleQuerySchema(_Moving):
    """It is settled."""

    command = queries.SettleQuery


class NoteMinorIssueSchema(CommandSchema):
    """A small matter, without names."""

    command = minor_issues.NoteMinorIssue

    kind = OneOf(minor_issues.KINDS, error_messages={"invalid": N_("Choose what it was about.")})
    words = Paragraph(most=500, error_messages=_WORDS)
