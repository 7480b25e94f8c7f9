"""Projects and who should be in them, repeating a session, and calendars."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from timebank import calendars, projects, series
from web.schemas import CommandSchema
from web.schemas.fields import N_, Day, Id, Line, OneOf, Paragraph, Spoken, Whole, YesNo


class ListOf(Spoken, fields.List):
    """Any number of the same up to ``most``, loaded as a tuple."""

    default_error_messages = {
        "invalid": N_("This must be a list."),
        "many": N_("This has more than %(most)s of them."),
    }

    def __init__(self, inner: Any, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(inner, **kwargs)

    def documented(self) -> dict[str, Any]:
        return {"maxItems": self.most}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, list) and len(value) > self.most:
            raise self.make_error("many", most=f"{self.most:,}")
        return tuple(super()._deserialize(value, attr, data, **kwargs))


class AddProjectSchema(CommandSchema):
    """A new project; ``capacities`` are as what people are asked."""

    command = projects.AddProject

    title = Line(error_messages={"empty": N_("Enter a name for the project.")})
    purpose = Paragraph(
        most=projects.MOST_PURPOSE, error_messages={"empty": N_("Say what the project is for.")}
    )
    on_behalf_of = Line(error_messages={"empty": N_("Say on whose behalf people are asked.")})
    capacities = ListOf(OneOf(projects.CAPACITIES), most=len(projects.CAPACITIES), load_default=())
    organisation_id = Id(load_default=None)


class ChangeProjectSchema(AddProjectSchema):
    """A project as it shall be; ``revision`` is the project's as read."""

    command = projects.ChangeProject

    class Meta(AddProjectSchema.Meta):
        exclude = ("organisation_id",)

    project_id = Id(from_path=True)
    revision = Whole()
    ended = YesNo(load_default=False)


class AddSeatSchema(CommandSchema):
    """A kind of experience that should be in the room; nobody's name."""

    command = projects.AddSeat

    project_id = Id(from_path=True)
    title = Line(error_messages={"empty": N_("Say what experience should be in the room.")})


class MarkSeatSchema(CommandSchema):
    """Whether that experience is in the room."""

    command = projects.MarkSeat

    project_id = Id(from_path=True)
    seat_id = Id(from_path=True)
    filled = YesNo()


class RemoveSeatSchema(CommandSchema):
    """Take it off the list."""

    command = projects.RemoveSeat

    project_id = Id(from_path=True)
    seat_id = Id(from_path=True)


class RepeatSessionSchema(CommandSchema):
    """Plan the same on further days; ``leave_out`` are days on which it does not take place."""

    command = series.RepeatSession

    session_id = Id(from_path=True)
    revision = Whole()
    every = OneOf(series.EVERY, error_messages={"invalid": N_("Choose how often.")})
    times = Whole(
        least=1,
        most=series.MOST_TIMES,
        error_messages={"required": N_("Enter how many more sessions to plan.")},
    )
    leave_out = ListOf(Day(), most=series.MOST_TIMES, load_default=())


class MakeFeedSchema(CommandSchema):
    """A new address for one's own calendar."""

    command = calendars.MakeFeed


class StopFeedSchema(CommandSchema):
    """Stop the address of one's own calendar."""

    command = calendars.StopFeed
