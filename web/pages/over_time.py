"""Hours over time: a member's month by month or year by year, and what the whole group gave."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from babel.dates import format_date
from flask import Blueprint, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from timebank import months, people, reciprocity
from timebank.errors import NotFound
from timebank.months import OverTime, Stretch
from web import labels
from web.access import access
from web.chart import chart
from web.filters import words
from web.forms import read_form
from web.pages.account import say_change
from web.schemas.account import OverTimeSchema
from web.units import current_actor, reading

pages = Blueprint("over_time", __name__)


@pages.get("/hours")
@access("account.view_own")
def mine() -> str:
    """My hours over time, and what I gave and received."""
    return _page(current_actor().member_id or "")


@pages.get("/members/<member_id>/hours")
@access("member.view_all")
def theirs(member_id: str) -> str:
    """A member's, for those who look after members."""
    return _page(member_id)


@pages.get("/given-and-received")
@access("member.view_all")
def of_group() -> str:
    """What the whole group gave and received, the pot included; nobody is named."""
    year = _asked()["year"]
    with reading() as unit:
        this = unit.today.year
        if year is not None and not unit.community.created_at.year <= year <= this:
            raise NotFound("year_empty")
        from_on, until_on = _days(unit.today, year)
        return render_template(
            "over_time/group.html",
            found=reciprocity.of_group(unit, from_on, until_on),
            from_on=from_on,
            until_on=until_on,
            year=year,
            stretches=[(_("The last 12 months"), url_for(".of_group"), year is None)]
            + [
                (str(each), url_for(".of_group", year=each), each == year)
                for each in range(this, unit.community.created_at.year - 1, -1)
            ],
            labels=labels,
        )


def _page(member_id: str) -> str:
    asked = _asked()
    with reading() as unit:
        own = member_id == unit.actor.member_id
        found = _begun(months.over_time(unit, member_id, **asked))
        first, last = found.stretches[0].from_on, found.stretches[-1].until_on
        names = [_name(found, each.from_on) for each in found.stretches]
        return render_template(
            "over_time/member.html",
            own=own,
            member=people.member(unit, member_id),
            found=found,
            names=names,
            both=reciprocity.of_member(unit, member_id, first, last),
            chart=chart([each.closing_minutes for each in found.stretches], _short(found)),
            stretches=_choices(found, None if own else member_id),
            change=say_change,
        )


def _asked() -> dict[str, Any]:
    """The stretch that the address asks for; one that cannot be read does not exist."""
    read = read_form(OverTimeSchema, request.args)
    if read.command is None:
        raise NotFound("year_empty")
    asked: dict[str, Any] = read.command
    return asked


def _begun(found: OverTime) -> OverTime:
    """Without the months before anything happened; one stays in any case."""
    stretches = found.stretches
    while len(stretches) > 1 and not found.opening_minutes and _empty(stretches[0]):
        stretches = stretches[1:]
    return replace(found, stretches=stretches)


def _empty(each: Stretch) -> bool:
    return not (each.given_minutes or each.used_minutes or each.other_minutes)


def _name(found: OverTime, day: date) -> str:
    return str(day.year) if found.by_year else words().month(day)


def _short(found: OverTime) -> list[str]:
    """What stands under the bars."""
    if found.by_year:
        return [str(each.from_on.year) for each in found.stretches]
    locale = get_locale()
    return [format_date(each.from_on, "LLL y", locale=locale) for each in found.stretches]


def _choices(found: OverTime, member_id: str | None) -> list[tuple[str, str, bool]]:
    """The other stretches that can be looked at: name, address, whether it is this one."""
    where = ".mine" if member_id is None else ".theirs"
    path = {} if member_id is None else {"member_id": member_id}
    latest = found.year is None and not found.by_year
    choices = [(_("The last 12 months"), url_for(where, **path), latest)]
    choices += [
        (str(year), url_for(where, **path, year=year), year == found.year) for year in found.years
    ]
    if len(found.years) > 1:
        every = url_for(where, **path, by_year="yes")
        choices.append((_("Every year"), every, found.by_year))
    return choices


def _days(today: date, year: int | None) -> tuple[date, date]:
    if year is not None:
        return date(year, 1, 1), date(year, 12, 31)
    return months.last_twelve(today)
