"""When statements come: read, chosen, agreed, held back, asked for now, and foreseen."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema

from timebank import pauses, people, schedules, statements
from timebank.pauses import PauseChanged, PauseStatements, ResumeStatements
from timebank.schedules import AgreeSchedule, ChooseSchedule, ScheduleAgreed, ScheduleChosen
from timebank.statements import RequestStatement, StatementRequested
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, PageQuery, page, run
from web.api.people import own_member_id
from web.filters import words
from web.schemas.fields import Day
from web.schemas.schedules import (
    AgreeScheduleSchema,
    ChooseScheduleSchema,
    PauseStatementsSchema,
    RequestStatementSchema,
    ResumeStatementsSchema,
)

blp = Blueprint("schedules", __name__, description="When statements come")


class GroupScheduleShape(Schema):
    """The group's schedule; send ``id`` back as ``follows_id`` with a change.

    ``day`` 31 is the last day of any month; ``words`` says the whole of it.
    """

    id = shapes.whole()
    frequency = shapes.text()
    day = shapes.whole()
    year_month = shapes.whole()
    skip_quiet = shapes.yes_no()
    words = shapes.text()
    paused = shapes.yes_no()


class MemberScheduleShape(Schema):
    """A member's: ``choice`` may be ``group``, ``frequency`` is what it comes to."""

    member_id = shapes.text()
    revision = shapes.whole()
    choice = shapes.text()
    frequency = shapes.text()
    day = shapes.whole()
    skip_quiet = shapes.yes_no()
    words = shapes.text()
    paused = shapes.yes_no()


class DueStatementShape(Schema):
    """A statement that would be issued; ``member_id`` is null for the community pot's."""

    member_id = shapes.text_or_none()
    kind = shapes.text()
    from_on = shapes.day()
    until_on = shapes.day()
    lines = shapes.whole()


DuePage = shapes.listed(DueStatementShape)


class DueQuery(PageQuery):
    """``until_on``: up to which day; yesterday without it."""

    until_on = Day(load_default=None)


@blp.route("/statements/schedule")
@access("statement.schedule")
@blp.response(200, GroupScheduleShape)
def read_group() -> dict[str, Any]:
    """Read the group's schedule, and whether statements are paused for everybody."""
    with units.reading() as unit:
        number, schedule = schedules.agreed(unit)
        return {
            "id": number,
            "frequency": schedule.frequency,
            "day": schedule.day,
            "year_month": schedule.year_month,
            "skip_quiet": schedule.skip_quiet,
            "words": schedules.say(words(), schedule),
            "paused": pauses.paused(unit) is not None,
        }


@blp.route("/statements/schedule", methods=["POST"])
@access("statement.schedule")
@blp.may_be_keyed
@blp.arguments(AgreeScheduleSchema)
@blp.response(201, shapes.of_result(ScheduleAgreed))
def agree(command: AgreeSchedule) -> ScheduleAgreed:
    """Put a schedule in force for the group from today on."""
    return run(schedules.agree_schedule, command, keyed=False)


@blp.route("/me/schedule")
@access("choices.change_own")
@blp.response(200, MemberScheduleShape)
def read_own() -> dict[str, Any]:
    """Read when your own statements come."""
    return _of(own_member_id())


@blp.route("/me/schedule", methods=["PUT"])
@access("choices.change_own")
@blp.may_be_keyed
@blp.arguments(ChooseScheduleSchema)
@blp.response(200, shapes.of_result(ScheduleChosen))
def choose_own(command: ChooseSchedule) -> ScheduleChosen:
    """Choose when your own statements come, from today on."""
    return run(schedules.choose_schedule, command, keyed=False)


@blp.route("/members/<id:member_id>/schedule")
@access("member.change")
@blp.response(200, MemberScheduleShape)
def read_theirs(member_id: str) -> dict[str, Any]:
    """Read when a member's statements come."""
    return _of(member_id)


@blp.route("/members/<id:member_id>/schedule", methods=["PUT"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(ChooseScheduleSchema)
@blp.response(200, shapes.of_result(ScheduleChosen))
def choose_for(command: ChooseSchedule, member_id: str) -> ScheduleChosen:
    """Choose for a member, from today on."""
    return run(schedules.choose_schedule, command, keyed=False)


@blp.route("/statements/pause", methods=["POST"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(PauseStatementsSchema)
@blp.response(200, shapes.of_result(PauseChanged))
def pause(command: PauseStatements) -> PauseChanged:
    """Hold back a member's statements; without ``member_id`` everybody's."""
    return run(pauses.pause, command, keyed=False)


@blp.route("/statements/resume", methods=["POST"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(ResumeStatementsSchema)
@blp.response(200, shapes.of_result(PauseChanged))
def resume(command: ResumeStatements) -> PauseChanged:
    """Let statements follow again; what ended meanwhile is issued, in order."""
    return run(pauses.resume, command, keyed=False)


@blp.route("/statements/request", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(RequestStatementSchema)
@blp.response(200, shapes.of_result(StatementRequested))
def request(command: RequestStatement) -> StatementRequested:
    """Make a statement up to yesterday: your own, or a member's."""
    return run(statements.request_statement, command, keyed=False)


@blp.route("/statements/due")
@access("statement.view_all")
@blp.arguments(DueQuery, location="query")
@blp.response(200, DuePage)
def due(query: dict[str, Any]) -> dict[str, Any]:
    """List what would be issued by a day if nothing more were recorded; nothing is issued."""
    start = query["offset"]
    with units.reading() as unit:
        until_on: date = query["until_on"] or statements.last_ended(unit)
        found = statements.due_statements(unit, until_on)[start : start + query["limit"] + 1]
        items = [
            {
                "member_id": each.holder.member and each.holder.member.id,
                "kind": each.holder.kind,
                "from_on": each.from_on,
                "until_on": each.until_on,
                "lines": each.lines,
            }
            for each in found
        ]
        return page(items, query)


def _of(member_id: str) -> dict[str, Any]:
    with units.reading() as unit:
        member = people.member(unit, member_id)
        now = schedules.standing(unit, member_id)
        return {
            "member_id": member_id,
            "revision": member.revision,
            "choice": now.choice,
            "frequency": now.schedule.frequency,
            "day": now.schedule.day,
            "skip_quiet": now.schedule.skip_quiet,
            "words": schedules.say(words(), now.schedule),
            "paused": pauses.paused(unit, member_id) is not None,
        }
