"""The places at a session: how many are taken, who moves up, and who is told.

People who ask when every place is taken wait in the order in which they asked. A place that
becomes free goes to whoever waits longest, in the same unit: the book's lock sees to it that the
last place is given once.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from timebank import notices, trail
from timebank.errors import RuleBroken
from timebank.models import Member, Session, SignUp
from timebank.unit import Unit

MOST_PLACES = 10_000


def checked(number: int | None, field: str) -> int | None:
    """A number of people from 1 to ``MOST_PLACES``, or None; ``RuleBroken('places_wrong')``."""
    if number is None or (type(number) is int and 1 <= number <= MOST_PLACES):
        return number
    raise RuleBroken("places_wrong", field=field, most=MOST_PLACES)


def taken(unit: Unit, session_id: str) -> int:
    """How many people are coming."""
    query = select(func.count()).where(SignUp.session_id == session_id, SignUp.status == "coming")
    return unit.db.scalar(query) or 0


def taken_at(unit: Unit, session_ids: Sequence[str]) -> dict[str, int]:
    """How many people are coming, by session id; sessions without anybody are left out."""
    query = select(SignUp.session_id, func.count()).where(
        SignUp.session_id.in_(session_ids), SignUp.status == "coming"
    )
    return {name: int(n) for name, n in unit.db.execute(query.group_by(SignUp.session_id))}


def free(unit: Unit, session: Session) -> int | None:
    """How many more can come; None where there is no limit. Never below 0."""
    return None if session.places is None else max(0, session.places - taken(unit, session.id))


def waiting(unit: Unit, session_id: str) -> Sequence[SignUp]:
    """Who waits for a place, longest first."""
    query = select(SignUp).options(joinedload(SignUp.member))
    query = query.where(SignUp.session_id == session_id, SignUp.status == "waiting")
    return unit.db.scalars(query.order_by(SignUp.turn)).all()


def fill(unit: Unit, session: Session) -> None:
    """Give the places that are free to those who wait longest, and tell them."""
    queue = waiting(unit, session.id)
    if not queue:
        return
    moved = queue[: free(unit, session)]
    for row in moved:
        row.status = "coming"
        trail.record(unit, "sign_up.moved_up", "sign_up", row.id)
    unit.db.flush()
    about = [(row.member.person_id, session.id) for row in moved]
    notices.send_many(unit, "place_offered", about)


def tell(unit: Unit, session: Session, kind: str) -> None:
    """Tell everybody who is coming or waits, as long as the session is not over."""
    if session.ends_on < unit.today:
        return
    query = (
        select(Member.person_id)
        .join(SignUp, SignUp.member_id == Member.id)
        .where(SignUp.session_id == session.id, SignUp.status != "withdrawn")
        .order_by(SignUp.turn)
    )
    notices.send_many(unit, kind, [(person, session.id) for person in unit.db.scalars(query)])
