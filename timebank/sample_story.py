"""What happened in the sample community, month by month, up to today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from timebank import sample_giving, sample_planning, sample_reaching
from timebank.crediting import AttendanceLine, Figures
from timebank.sample_content import COMMUNITY, LEAFLET, MEMBERS, READING, STAFF

if TYPE_CHECKING:
    from timebank.sample import Sample

MONTHS = 6
_NEXT = "Leaving hospital leaflet: thanks, and what next?"
# The month whose meeting is put right the day after.
_CORRECTED = 2
_ADMIN = COMMUNITY.admin_name
_COORDINATOR, _TREASURER = (staff.name for staff in STAFF)
_MEETING, _PANEL, _COFFEE = "Community meeting", "Reading group", "Social get-together"

# Who comes to the meetings, and with how many minutes of preparation and travel.
_REGULARS = {
    "Dorothy Clarke": (0, 40),
    "Winston Brown": (0, 20),
    "Siân Pritchard": (30, 30),
    "Mohammed Iqbal": (45, 20),
    "Agnieszka Kowalska": (20, 0),
    "Grace Okafor": (30, 25),
    "Chen Mei-Ling": (15, 30),
    "Aidan O'Connor": (0, 15),
    "Rukhsana Begum": (20, 20),
    "Joan Atkinson": (60, 10),
}
_READERS = ("Siân Pritchard", "Mohammed Iqbal", "Grace Okafor", "Joan Atkinson", "Priya Shah")


def tell(sample: Sample) -> None:
    """Put the whole story into the sample's plan."""
    first = sample.today.replace(day=1)
    for _ in range(MONTHS):
        first = (first - timedelta(days=1)).replace(day=1)
    months = [first]
    while months[-1] < sample.today.replace(day=1):
        months.append((months[-1] + timedelta(days=31)).replace(day=1))
    sample.at(first, "09:00", sample.set_up)
    for member in MEMBERS:
        day = months[member.joins] + timedelta(days=1)
        sample.at(day, "11:00", lambda member=member: sample.join(member))  # type: ignore[misc]
    for number, month in enumerate(months):
        if number:
            sample.at(month, "06:00", sample.tick)
        _meetings(sample, number, month)
    _using_hours(sample, months)
    sample_giving.tell(sample, months)
    sample_reaching.tell(sample, months)
    _to_come(sample)
    sample_planning.tell(sample, _NEXT)


def _meetings(sample: Sample, number: int, month: date) -> None:
    """Each month: a meeting, a reading panel, and a coffee morning that is not credited."""
    meeting = _weekday(month, 1, 1)
    sample.at(meeting, "16:00", lambda: _meeting(sample, number, meeting))
    if number == _CORRECTED:
        sample.at(meeting + timedelta(days=1), "10:00", lambda: _correction(sample))
    panel = _weekday(month, 3, 2)
    sample.at(panel, "17:00", lambda: _panel(sample, panel))
    coffee = _weekday(month, 4, 2)
    sample.at(coffee, "09:00", lambda: _ignore(sample.plan("Coffee morning", coffee, _COFFEE, 120)))


def _meeting(sample: Sample, number: int, day: date) -> None:
    title = LEAFLET[number % len(LEAFLET)]
    session_id = sample.plan(title, day, _MEETING, 120)
    there = {
        name: _line(session=120, preparation=preparation, travel=travel)
        for place, (name, (preparation, travel)) in enumerate(_REGULARS.items())
        if (place + number) % 5  # everybody misses one now and then
    }
    # Somebody looks after the minutes and what comes of them.
    there["Priya Shah"] = _line(session=120, preparation=30, paperwork=45, follow_up=30)
    there["Tom Ferguson"] = _line(
        session=120, capacity="paid_job" if number % 2 == 0 else "own_time"
    )
    for name in ("Callum Reid", "Esther Adeyemi"):
        if name in sample.members:
            there[name] = _line(session=120, travel=35)
    if number == 1 and "Rukhsana Begum" in there:
        there["Rukhsana Begum"] = _line(session=120, travel=20, choice="decline")
    sample.credit(session_id, there)
    if number == _CORRECTED:
        sample.to_correct = session_id


def _correction(sample: Sample) -> None:
    """Dorothy rang up the next day: the bus was late, and so was she."""
    sample.correct(
        sample.to_correct,
        "Dorothy Clarke",
        Figures(session_minutes=90, travel_minutes=60),
        reason="wrong_time",
        words="Came half an hour late, and the journey took an hour.",
    )


def _panel(sample: Sample, day: date) -> None:
    session_id = sample.plan(READING, day, _PANEL, 60, clock="14:00")
    sample.credit(session_id, {name: _line(session=60, preparation=90) for name in _READERS})


def _using_hours(sample: Sample, months: list[date]) -> None:
    """Redemptions in all states, of all four kinds of reward."""

    def at(month: int, day: int, clock: str, do: Callable[[], None]) -> None:
        sample.at(months[month] + timedelta(days=day), clock, do)

    # A class, handed over.
    at(1, 20, "12:00", lambda: sample.ask("Grace Okafor", "watercolour"))
    at(1, 21, "10:00", lambda: sample.move(_COORDINATOR, "Grace Okafor", "watercolour", "approve"))
    at(2, 3, "15:00", lambda: sample.move(_COORDINATOR, "Grace Okafor", "watercolour", "fulfil"))
    # Asked for by telephone.
    at(2, 20, "11:00", lambda: sample.ask(
        "Dorothy Clarke", "watercolour", by=_COORDINATOR, how="phone"))  # fmt: skip
    at(
        2,
        20,
        "12:00",
        lambda: sample.move(_COORDINATOR, "Dorothy Clarke", "watercolour", "approve"),
    )
    # A voucher, handed over by the treasurer.
    at(2, 22, "19:00", lambda: sample.ask("Agnieszka Kowalska", "voucher"))
    at(2, 23, "10:00", lambda: sample.move(_TREASURER, "Agnieszka Kowalska", "voucher", "approve"))
    at(2, 25, "10:00", lambda: sample.move(_TREASURER, "Agnieszka Kowalska", "voucher", "fulfil"))
    # A gift to a charity.
    at(3, 18, "20:00", lambda: sample.ask("Chen Mei-Ling", "charity"))
    at(3, 19, "10:00", lambda: sample.move(_TREASURER, "Chen Mei-Ling", "charity", "approve"))
    at(3, 19, "10:05", lambda: sample.move(_TREASURER, "Chen Mei-Ling", "charity", "fulfil"))
    # Training, approved and still to come.
    at(4, 20, "18:00", lambda: sample.ask("Mohammed Iqbal", "chairing"))
    at(4, 21, "09:30", lambda: sample.move(_COORDINATOR, "Mohammed Iqbal", "chairing", "approve"))
    # Cancelled by the member, and declined.
    at(4, 22, "18:00", lambda: sample.ask("Siân Pritchard", "watercolour"))
    at(4, 24, "18:00", lambda: sample.move(
        "Siân Pritchard", "Siân Pritchard", "watercolour", "cancel"))  # fmt: skip
    at(
        4,
        25,
        "18:00",
        lambda: sample.ask("Winston Brown", "chairing", by=_COORDINATOR, how="in_person"),
    )
    at(4, 26, "10:00", lambda: sample.move(
        _TREASURER, "Winston Brown", "chairing", "decline", reason="not_available",
        words="The morning in May is full. There is another one in the autumn."))  # fmt: skip
    # Waiting for somebody to decide.
    at(5, 24, "18:00", lambda: sample.ask("Priya Shah", "chairing"))
    at(5, 25, "18:00", lambda: sample.ask("Callum Reid", "watercolour"))
    at(5, 26, "18:00", lambda: sample.ask("Rukhsana Begum", "voucher"))


def _to_come(sample: Sample) -> None:
    """A session of yesterday that waits to be credited, and one next week."""
    yesterday, soon = sample.today - timedelta(days=1), sample.today + timedelta(days=7)
    sample.at(
        yesterday, "08:00", lambda: _ignore(sample.plan(READING, yesterday, _PANEL, 60, "14:00"))
    )
    sample.at(yesterday, "08:30", lambda: _ignore(sample.plan(_NEXT, soon, _MEETING, 120)))


def _line(
    *,
    session: int,
    preparation: int = 0,
    travel: int = 0,
    paperwork: int = 0,
    follow_up: int = 0,
    capacity: str = "own_time",
    choice: str | None = None,
) -> AttendanceLine:
    figures = Figures(
        session_minutes=session,
        preparation_minutes=preparation,
        travel_minutes=travel,
        paperwork_minutes=paperwork,
        follow_up_minutes=follow_up,
    )
    return AttendanceLine(member_id="", capacity=capacity, choice=choice, figures=figures)


def _weekday(month: date, weekday: int, which: int) -> date:
    """The first (1), second (2) ... such weekday (Monday 0) of a month that begins on ``month``."""
    return month + timedelta(days=(weekday - month.weekday()) % 7 + 7 * (which - 1))


def _ignore(_result: object) -> None:
    """For steps whose result the story does not need."""
