"""What codes are called on the pages of those who look after the time bank.

Beside ``web.labels``, which speaks to members about themselves. ``install`` adds the filters of
these pages: ``labelled`` (a table as options), ``moment_time`` (an instant with its time of day),
``signed`` ("2 hours added"), ``lines`` (text with its line breaks).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Flask
from flask_babel import gettext as _
from markupsafe import Markup, escape

from timebank import statement_text
from timebank.models import AttendanceEntry
from timebank.words import N_
from web.filters import words
from web.labels import options
from web.units import database

CHOICES_FOR_THEM = {
    "accept": N_("Put them in their account"),
    "pot": N_("Give them to the community pot"),
    "decline": N_("Record that they were there, but no hours"),
}
CHOICES_SHORT = {
    "accept": N_("Their account"),
    "pot": N_("Community pot"),
    "decline": N_("No hours"),
}
STATEMENTS_FOR_THEM = {
    "link": N_("An e-mail with a link to it"),
    "mail": N_("The whole statement by e-mail"),
    "paper": N_("On paper: it waits under “To do” to be printed"),
}
STATEMENTS_SHORT = {
    "link": N_("By e-mail, as a link"),
    "mail": N_("By e-mail, in full"),
    "paper": N_("On paper"),
}
FREQUENCIES = {
    "group": N_("As the group does"),
    "monthly": N_("Every month"),
    "quarterly": N_("Every three months"),
    "yearly": N_("Once a year"),
    "request": N_("Only when asked for"),
    "none": N_("None at all"),
}
CAPACITIES = {"own_time": N_("In their own time"), "paid_job": N_("As part of a paid job")}
CAPACITIES_SHORT = {"own_time": N_("Own time"), "paid_job": N_("Paid job")}
COMPONENTS = {
    "session_minutes": N_("Session"),
    "preparation_minutes": N_("Preparation"),
    "travel_minutes": N_("Travel"),
    "paperwork_minutes": N_("Minutes or agenda"),
    "follow_up_minutes": N_("Follow-up"),
}
# The columns of the table in which a session is credited that have boxes.
GRID = {
    "involvement": N_("Took part as"),
    **COMPONENTS,
    "capacity": N_("Paid job"),
    "choice": N_("Hours go to"),
    "pot_minutes": N_("Part to the pot"),
}
# The four questions of what counts as work.
QUESTIONS = {
    "takes_time": N_("It takes time and commitment"),
    "uses_experience": N_("It uses what people know, or have lived through"),
    "one_team": N_("Everybody works on it as one team"),
    "develops": N_("Something is developed or made better by it"),
}
INVOLVEMENTS = {
    "took_part": N_("Took part"),
    "prepared": N_("Prepared too"),
    "chaired": N_("Chaired"),
    "minutes": N_("Took minutes"),
}
SENT_STATUSES = {
    "waiting": N_("Waits to be looked at"),
    "asked": N_("There is a question"),
    "confirmed": N_("Confirmed"),
    "declined": N_("Not counted"),
    "withdrawn": N_("Withdrawn"),
}
SENT_COLOURS = {
    "waiting": "yellow", "asked": "orange", "confirmed": "green", "declined": "grey",
    "withdrawn": "grey",
}  # fmt: skip
AGREEMENT_STATUSES = {
    "proposed": N_("Waits for a second person"),
    "signed": N_("Signed"),
    "ended": N_("Ended"),
}
AGREEMENT_COLOURS = {"proposed": "yellow", "signed": "green", "ended": "grey"}
CORRECTION_REASONS = {
    "wrong_time": N_("The time was wrong"),
    "wrong_person": N_("It belongs to somebody else"),
    "not_there": N_("They were not there"),
    "wrong_choice": N_("The choice of what happens to the hours was wrong"),
    "paid_job": N_("They were there as part of a paid job, or were not after all"),
    "session_undone": N_("The whole session was recorded by mistake"),
    "other": N_("Something else"),
}
# What one credit is put right for; a whole session is undone on a page of its own.
REASONS_TO_CHOOSE = {code: text for code, text in CORRECTION_REASONS.items()
                     if code != "session_undone"}  # fmt: skip
SESSION_STATUSES = {
    "planned": N_("To be credited"),
    "credited": N_("Credited"),
    "cancelled": N_("Cancelled"),
    "undone": N_("Undone"),
}
SESSION_COLOURS = {
    "planned": "yellow",
    "credited": "green",
    "cancelled": "grey",
    "undone": "grey",
}
WARNINGS = {
    "time_long": N_("More than 12 hours for one thing. Is that right?"),
    "overlap": N_("Recorded at another session at the same time. Is that right?"),
    "day_long": N_("More than 12 hours of sessions on that day. Is that right?"),
    "below_zero": N_(
        "This takes the account below zero. That is allowed when a mistake is put right: nothing"
        " is asked of anybody, and the next hours credited bring it up again."
    ),
}
ASKED_BY = {"phone": N_("By phone"), "in_person": N_("In person")}
ROUNDINGS = {
    "none": N_("Not at all: every minute counts as it is"),
    "nearest_15": N_("To the nearest quarter of an hour"),
    "up_15": N_("Up to the next quarter of an hour"),
}
ROLES = {
    "coordinator": N_("Coordinator"),
    "treasurer": N_("Treasurer"),
    "administrator": N_("Administrator"),
}
ROLE_HINTS = {
    "coordinator": N_("Looks after members, sessions, credits and rewards."),
    "treasurer": N_("Checks the books and the record of who did what; agrees to rewards."),
    "administrator": N_("Gives roles to people; changes the group’s name, contacts and rules."),
}


def install(app: Flask) -> None:
    """Add the filters of these pages to the application's templates."""
    app.jinja_env.filters.update(
        labelled=options,
        moment_time=moment_time,
        time_of_day=time_of_day,
        signed=signed,
        lines=lines,
    )


def moment_time(instant: datetime) -> str:
    """An instant as its local day and time: "6 August 2026 at 10:32"."""
    local = instant.astimezone(database().settings.zone)
    return _("%(day)s at %(time)s", day=words().day(local.date()), time=f"{local:%H:%M}")


def time_of_day(instant: datetime) -> str:
    """The local time of day of an instant: "10:32"."""
    return f"{instant.astimezone(database().settings.zone):%H:%M}"


def went_to(entry: AttendanceEntry) -> str:
    """Where the hours of an entry went, with the part that went to the pot."""
    if entry.choice == "accept" and entry.pot_minutes:
        time = words().duration(entry.pot_minutes)
        return _("Their account, and %(time)s to the pot", time=time)
    return named(CHOICES_SHORT, entry.choice)


def signed(minutes: int) -> str:
    """A change to an account: "2 hours added", "2 hours taken off"."""
    return statement_text.change(words(), minutes)


def lines(text: str | None) -> Markup:
    """Text as typed, each line on its own."""
    return Markup("<br>").join(escape(line) for line in (text or "").splitlines())


def role_choices() -> list[tuple[str, str, str]]:
    """The roles with what each is for, as radios."""
    return [(role, _(title), _(ROLE_HINTS[role])) for role, title in ROLES.items()]


def named(table: Mapping[str, str], code: str) -> str:
    """What ``code`` is called; a code that a newer version wrote is shown as it is."""
    return _(table[code]) if code in table else code
