"""How somebody took part in a session: it offers minutes to begin with, and nothing else.

Whoever chaired has more minutes because more time was given; an hour of theirs is an hour like
anybody's. What is offered can be changed in every row.
"""

from __future__ import annotations

from collections.abc import Sequence

from timebank.figures import COMPONENTS, Figures
from timebank.models import Agreement, Session

# The components that each way of taking part is offered; "prepared" is the first and preparation.
OFFERED: dict[str, tuple[str, ...]] = {
    "took_part": ("session_minutes", "travel_minutes"),
    "prepared": ("session_minutes", "preparation_minutes", "travel_minutes"),
    "chaired": ("session_minutes", "preparation_minutes", "travel_minutes", "follow_up_minutes"),
    "minutes": ("session_minutes", "preparation_minutes", "travel_minutes", "paperwork_minutes"),
}
INVOLVEMENTS = tuple(OFFERED)
FIRST = INVOLVEMENTS[0]


def usual_figures(session: Session) -> Figures:
    """What a session offers for each component, of which each way of taking part has some."""
    usual = {name: getattr(session, f"usual_{name}") for name in COMPONENTS[1:]}
    if session.online:
        usual["travel_minutes"] = 0
    return Figures(session_minutes=session.usual_minutes, **usual)


def offered(session: Session, involvement: str, agreements: Sequence[Agreement] = ()) -> Figures:
    """The minutes that the grid begins with for somebody.

    ``agreements`` are the signed ones with this person: each may add preparation, in minutes.
    """
    usual = usual_figures(session)
    given = {name: getattr(usual, name) for name in OFFERED[involvement]}
    extra = sum(each.extra_preparation_minutes for each in agreements)
    if extra:
        given["preparation_minutes"] = given.get("preparation_minutes", 0) + extra
    return Figures(**given)


def is_offered(session: Session, involvement: str, figures: Figures) -> bool:
    """Whether these are exactly the minutes that are offered without any agreement."""
    return figures == offered(session, involvement)
