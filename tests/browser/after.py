"""What follows a credit, in the sample community: queries, second looks, thanks, hours from before.

``add`` makes one thing of each sort, so that every page about them can be looked at; ``found`` says
where they are, for ``places``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from timebank import (
    accounts,
    corrections,
    follow_up,
    openings,
    proposals,
    queries,
    thanks,
    wellbeing,
)
from timebank.figures import Figures
from timebank.models import (
    Attendance,
    Member,
    OpeningHours,
    OpeningList,
    Person,
    Proposal,
    Query,
    Session,
    ThankYou,
)
from timebank.unit import Unit

By = Callable[[str, Callable[[Unit, Any], Any], Any], Any]


def add(by: By) -> None:
    """One of each: a query, a proposed correction, a list of hours, thanks, a word afterwards."""
    grace = by("Helen Marsh", lambda unit, name: _member(unit, name), "Grace Okafor")
    dorothy = by("Helen Marsh", lambda unit, name: _member(unit, name), "Dorothy Clarke")
    helen = by("Helen Marsh", lambda unit, _: unit.actor.id, None)
    attended = by("Helen Marsh", _newest_attendance, grace)
    asked = queries.OpenQuery(
        member_id=grace, subject="posting", account_seq=1, words="I came by train, an hour more."
    )
    by("Grace Okafor", queries.open_query, asked)
    by("Helen Marsh", _propose, attended)
    line = openings.OpeningLine(member_id=dorothy, minutes=150)
    listed = openings.EnterOpening(
        as_of_on=by("Helen Marsh", lambda unit, _: unit.today, None), total_minutes=150,
        lines=(line,), words="From the paper book",
    )  # fmt: skip
    by("Helen Marsh", openings.enter_opening, listed)
    winston = by("Helen Marsh", lambda unit, name: _member(unit, name), "Winston Brown")
    other = replace(listed, lines=(replace(line, member_id=winston),))
    list_id = by("Helen Marsh", openings.enter_opening, other).list_id
    confirm = openings.ConfirmOpening(list_id=list_id, revision=1, total_minutes=150)
    by("Gareth Price", openings.confirm_opening, confirm)
    plan = follow_up.PlanFollowUp(
        session_id=attended.session_id, revision=0, ask_right=True, ask_feedback=True, thank=True,
        wellbeing_by_id=helen, words="Your question about the ward changed the leaflet.",
    )  # fmt: skip
    by("Helen Marsh", follow_up.plan_follow_up, plan)
    card = thanks.QueueCard(attendance_id=attended.id, words="You asked the right question.")
    by("Helen Marsh", thanks.queue_card, card)
    look_in = wellbeing.AskWellbeing(attendance_id=attended.id, for_id=helen)
    by("Helen Marsh", wellbeing.ask_wellbeing, look_in)


def _member(unit: Unit, name: str) -> str:
    return unit.db.scalars(select(Member.id).join(Member.person).where(Person.name == name)).one()


def _newest_attendance(unit: Unit, member_id: str) -> Attendance:
    query = (
        select(Attendance)
        .join(Attendance.session)
        .where(Attendance.member_id == member_id)
        .order_by(Session.starts_on.desc(), Attendance.id)
    )
    return unit.db.scalars(query.limit(1)).one()


def _propose(unit: Unit, attendance: Attendance) -> None:
    """As if the group's limit were below it."""
    now = unit.db.get_one(Attendance, attendance.id).entries[-1]
    command = corrections.CorrectCredit(
        attendance_id=attendance.id, revision=now.revision, capacity=now.capacity, choice=None,
        figures=Figures(session_minutes=now.credited_minutes + 45), reason="wrong_time",
    )  # fmt: skip
    corrections.plan_of(unit, command)
    proposals.propose(
        unit, "credit", attendance.id, revision=now.revision, words="She stayed longer.",
        minutes=45, details={
            "capacity": command.capacity, "choice": None, "reason": command.reason,
            "pot_minutes": None, "figures": vars(command.figures),
        },
    )  # fmt: skip


def found(unit: Unit, own_member_id: str, sessions: list[str]) -> dict[str, list[dict[str, Any]]]:
    """The ways to fill the open places of these pages, for ``places``."""
    grace, winston = _member(unit, "Grace Okafor"), _member(unit, "Winston Brown")
    (query,) = unit.db.scalars(select(Query.id)).all()
    (proposal,) = unit.db.scalars(select(Proposal.id)).all()
    listed = unit.db.scalars(select(OpeningList.id)).all()
    opened = unit.db.scalars(select(OpeningHours).where(OpeningHours.seq.is_not(None))).one()
    forward = next(
        line.account_seq
        for line in unit.book.transaction(opened.seq or 0).lines
        if line.account == accounts.member(winston)
    )
    thanked = unit.db.scalars(
        select(ThankYou.id).where(ThankYou.member_id == own_member_id).limit(1)
    ).all()
    any_thanks = unit.db.scalars(select(ThankYou.id).limit(1)).all()
    return {
        "postings.mine": [{"account_seq": 1}, {"account_seq": 2}],
        "postings.posting": [
            {"member_id": grace, "account_seq": 1},
            {"member_id": winston, "account_seq": forward},
        ],
        "postings.form": [{"member_id": winston, "account_seq": forward}],
        "queries.query": [{"query_id": query}],
        "queries.new": [{}, {"posting": 2}],
        "queries.new_for": [{"member_id": grace}, {"member_id": grace, "posting": 2}],
        "queries.everybody": [{}, {"show": "ended"}],
        "proposals.proposal": [{"proposal_id": proposal}],
        "proposals.undo_form": [{"session_id": each} for each in (sessions[0], sessions[-1])],
        "openings.opening": [{"list_id": each} for each in listed],
        "follow_up.of_session": [{"session_id": sessions[0]}],
        "follow_up.look_in": [{"session_id": sessions[0]}],
        "follow_up.thank_you": [{"thank_you_id": each} for each in thanked or any_thanks],
    }
