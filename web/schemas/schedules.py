"""When statements come: agreed by the group, chosen by a member, held back, asked for now."""

from __future__ import annotations

from timebank import pauses, periods, schedules, statements
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, OneOf, Whole, YesNo

_OFTEN = {"invalid": N_("Choose how often statements come.")}


class AgreeScheduleSchema(CommandSchema):
    """The group's schedule; ``day`` is 1 to 28, and 29 to 31 all mean the last of the month."""

    command = schedules.AgreeSchedule

    follows_id = Whole(most=10**12)
    frequency = OneOf(periods.FREQUENCIES, error_messages=_OFTEN)
    day = Whole(least=1, most=periods.LAST_DAY)
    year_month = Whole(least=1, most=12)
    skip_quiet = YesNo(load_default=False)


class ChooseScheduleSchema(CommandSchema):
    """A member's own; with ``group`` the day and the quiet periods are the group's.

    Without ``member_id`` it is the actor's own; ``revision`` is the member's as read.
    """

    command = schedules.ChooseSchedule

    revision = Whole()
    frequency = OneOf(periods.OWN_FREQUENCIES, error_messages=_OFTEN)
    day = Whole(least=1, most=periods.LAST_DAY, load_default=periods.LAST_DAY)
    skip_quiet = YesNo(load_default=False)
    member_id = Id(load_default=None, from_path=True)


class PauseStatementsSchema(CommandSchema):
    """Hold statements back: a member's, or without ``member_id`` everybody's."""

    command = pauses.PauseStatements

    member_id = Id(load_default=None)


class ResumeStatementsSchema(CommandSchema):
    """Let them follow again."""

    command = pauses.ResumeStatements

    member_id = Id(load_default=None)


class RequestStatementSchema(CommandSchema):
    """A statement up to yesterday; without ``member_id`` the actor's own."""

    command = statements.RequestStatement

    member_id = Id(load_default=None)
