"""The pages of crediting a session: who came, the table, the check, and being overtaken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from flask import render_template, request

from timebank import community as communities
from timebank import comparison, directory, drafts, people, sessions, who_came
from timebank.credit_checks import MOST_LINES
from timebank.crediting import CreditPreview
from timebank.drafts import Draft
from timebank.errors import Conflict, TimebankError, Unavailable
from timebank.figures import COMPONENTS
from timebank.member_list import TAKING_PART
from timebank.models import Member, Session
from timebank.unit import Unit
from web import grid, offers, work_labels
from web.errors import TOP, say, status_of
from web.forms import form_key, read_whole
from web.grid import Row

Errors = Mapping[str, list[str]]


def everybody(unit: Unit) -> dict[str, Member]:
    """Whoever may be seen by this actor, by member id."""
    found = people.members(unit, limit=MOST_LINES)
    return {member.id: member for member in found}


def seen_revision() -> int:
    """The session's revision as it was seen first; 0, which none is, when that was lost."""
    try:
        return read_whole(request.form.get("revision", ""))
    except ValueError:
        return 0


def _to_tick(unit: Unit, there: set[str]) -> list[Member]:
    """The active members who are not recorded yet, by name."""
    found = everybody(unit).values()
    return [each for each in found if each.status in TAKING_PART and each.id not in there]


def _ticks(
    unit: Unit, session: Session, rows: Sequence[Row], as_last_time: bool
) -> tuple[set[str], who_came.LastTime | None, bool]:
    """Who is ticked, who came last time, and whether the ticks are those who are expected."""
    last = who_came.last_time(unit, session)
    ticked = {row.member_id for row in rows} | set(request.form.getlist("member"))
    if as_last_time and last is not None:
        return ticked | last.member_ids, last, False
    if ticked or request.method == "POST":
        return ticked, last, False
    expected = set(who_came.expected(unit, session))
    return expected, last, bool(expected)


def people_page(
    unit: Unit,
    session: Session,
    rows: Sequence[Row],
    errors: Errors | None = None,
    *,
    resumed: Draft | None = None,
    as_last_time: bool = False,
) -> tuple[str, int]:
    """Step 1: who came."""
    there = {entry.attendance.member_id for entry in sessions.attendances(unit, session.id)}
    ticked, last, expected = _ticks(unit, session, rows, as_last_time)
    page = render_template(
        "crediting/people.html",
        session=session,
        members=_to_tick(unit, there),
        chosen=ticked,
        expected=expected,
        last=last,
        rows=rows,
        there=len(there),
        own_id=unit.actor.member_id,
        revision=_revision(session, resumed),
        key=form_key(),
        parts=grid.CELLS,
        form_errors=errors or {},
        **_drafts(unit, session, resumed),
    )
    return page, 422 if errors else 200


def times_page(
    unit: Unit,
    session: Session,
    rows: Sequence[Row],
    *,
    revision: int | None = None,
    resumed: Draft | None = None,
    kept: object = None,
    errors: Errors | None = None,
    cells: Errors | None = None,
    same: Mapping[str, str] | None = None,
    status: int = 200,
    overtaken: Mapping[str, Any] | None = None,
) -> tuple[str, int]:
    """Step 2: the table, with what was typed, and what is wrong at its cell."""
    agreed = offers.agreed(unit, session, rows)
    totals = [grid.total(row) for row in rows]
    page = render_template(
        "crediting/times.html",
        session=session,
        rows=rows,
        totals=totals,
        together=sum(total or 0 for total in totals),
        offered=offers.of_everybody(session),
        offered_to={id_: offers.of_everybody(session, each) for id_, each in agreed.items()},
        revision=_revision(session, resumed) if revision is None else revision,
        # After a refusal for being late the old key is spent: the next click means something new.
        key=uuid4().hex if status == 409 else form_key(),
        form_errors=errors or {},
        cells=cells or {},
        same=same or {},
        overtaken=overtaken,
        kept=kept,
        parts=_columns(session),
        pot=grid.POT,
        rounding=communities.policy(unit).rounding,
        work=work_labels,
        **_drafts(unit, session, resumed),
    )
    return page, status


def check_page(
    session: Session, rows: Sequence[Row], preview: CreditPreview, revision: int
) -> tuple[str, int]:
    """Step 3: the answers in words."""
    page = render_template(
        "crediting/check.html",
        session=session,
        rows=rows,
        preview=preview,
        revision=revision,
        key=form_key(),
        parts=grid.CELLS,
        components=COMPONENTS,
        work=work_labels,
    )
    return page, 200


def wrong(
    unit: Unit, session: Session, rows: Sequence[Row], checked: grid.Checked
) -> tuple[str, int]:
    """The table again, with what cannot be read at its cells."""
    return times_page(unit, session, rows, revision=seen_revision(), errors=checked.summary,
                 cells=checked.cells, status=422)  # fmt: skip


def refused(
    unit: Unit,
    session: Session,
    rows: Sequence[Row],
    checked: grid.Checked,
    problems: Sequence[TimebankError],
) -> tuple[str, int]:
    """The domain's refusals at their rows; a stale page is told who was faster, and goes on."""
    stale = next((each for each in problems if each.code == "session_changed"), None)
    if isinstance(stale, Conflict) and checked.command is not None:
        return _overtaken(unit, session, rows, checked, stale)
    grid.refuse(checked, rows, problems)
    status = max(status_of(each) for each in problems)
    status = status if isinstance(problems[0], Unavailable) else min(status, 422)
    return times_page(unit, session, rows, revision=seen_revision(), errors=checked.summary,
                 cells=checked.cells, status=status)  # fmt: skip


def _overtaken(
    unit: Unit, session: Session, rows: Sequence[Row], checked: grid.Checked, stale: Conflict
) -> tuple[str, int]:
    """Who credited meanwhile, when, and what differs; the others' rows stay to be credited now."""
    assert checked.command is not None
    told = comparison.compare(unit, checked.command)
    mine = {row.member_id: row for row in rows}
    by = stale.params["by"]
    both = [(mine[each.member_id], each) for each in told.both if each.member_id in mine]
    return times_page(
        unit,
        session,
        [row for row in rows if row.member_id not in {each.member_id for each in told.both}],
        revision=session.revision,
        errors={TOP: [say(stale)]},
        status=409,
        overtaken={
            "by": directory.names(unit, [by])[by],
            "at": stale.params["at"],
            "both": both,
            "others": told.others,
        },
    )


def _revision(session: Session, resumed: Draft | None) -> int:
    """As it was seen first: by the form that was sent, or when the draft was begun."""
    return seen_revision() or (resumed.session_revision if resumed else 0) or session.revision


def _columns(session: Session) -> tuple[str, ...]:
    """The components that have a column: there is no travel to a session on-line."""
    return tuple(part for part in COMPONENTS if part != "travel_minutes" or not session.online)


def _drafts(unit: Unit, session: Session, resumed: Draft | None) -> dict[str, Any]:
    """The note about one's own draft that was taken up again, and about colleagues at work."""
    others = [each for each in drafts.drafts(unit, session.id)
              if each.person_id != unit.actor.person_id]  # fmt: skip
    return {"resumed": resumed, "colleagues": others}
