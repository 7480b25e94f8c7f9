"""Planning a session, and the kinds of activity."""

from __future__ import annotations

from timebank import activities, sessions
from timebank.places import MOST_PLACES
from web.schemas import CommandSchema
from web.schemas.fields import N_, Day, Id, Line, Minutes, TimeOfDay, Whole, YesNo

_DAY = {"required": N_("Enter the day of the session.")}
_TYPE = {"empty": N_("Choose what kind of activity it is.")}


class PlanSessionSchema(CommandSchema):
    """A session to be; ``import_key`` belongs to imports and has no field."""

    command = sessions.PlanSession

    title = Line(error_messages={"empty": N_("Enter a title for the session.")})
    activity_type_id = Id(error_messages=_TYPE)
    starts_on = Day(error_messages=_DAY)
    ends_on = Day(load_default=None)
    starts_at_time = TimeOfDay(load_default="")
    ends_at_time = TimeOfDay(load_default="")
    place = Line(load_default="")
    places = Whole(least=1, most=MOST_PLACES, load_default=None)
    expected_people = Whole(least=1, most=MOST_PLACES, load_default=None)
    project_id = Id(load_default=None)
    usual_minutes = Minutes(load_default=0)
    online = YesNo(load_default=False)
    usual_preparation_minutes = Minutes(load_default=0)
    usual_travel_minutes = Minutes(load_default=0)
    usual_paperwork_minutes = Minutes(load_default=0)
    usual_follow_up_minutes = Minutes(load_default=0)
    organisation_id = Id(load_default=None)


class ChangeSessionSchema(PlanSessionSchema):
    """A planned session as it shall be; ``revision`` is the session's as read."""

    command = sessions.ChangeSession

    session_id = Id(from_path=True)
    revision = Whole()


class CancelSessionSchema(CommandSchema):
    """Call a planned session off; ``revision`` is the session's as read."""

    command = sessions.CancelSession

    session_id = Id(from_path=True)
    revision = Whole()


class AddActivityTypeSchema(CommandSchema):
    """A kind of activity and the four questions of what counts as work; ``reason`` is needed where
    it is not credited, and where it is although one of the answers is no."""

    command = activities.AddActivityType

    name = Line()
    credited = YesNo()
    reason = Line(load_default="", most=500)
    takes_time = YesNo()
    uses_experience = YesNo()
    one_team = YesNo()
    develops = YesNo()
    social = YesNo(load_default=False)


class ChangeActivityTypeSchema(AddActivityTypeSchema):
    """Everything about a kind of activity; ``revision`` is the kind's as read."""

    command = activities.ChangeActivityType

    activity_type_id = Id(from_path=True)
    revision = Whole()
