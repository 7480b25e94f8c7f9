"""The minutes that the table offers: by how somebody took part, and by what is agreed with them.

A cell that was changed by hand is left alone when another way of taking part is chosen; the others
follow. The script of the page does the same as ``offer`` while one types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask_babel import gettext as _

from timebank import agreements
from timebank.figures import COMPONENTS, Figures
from timebank.involvement import INVOLVEMENTS, offered
from timebank.models import Agreement, Session
from timebank.unit import Unit
from web.cells import cell
from web.filters import duration
from web.grid import Row

Agreed = Mapping[str, Sequence[Agreement]]


def agreed(unit: Unit, session: Session, rows: Sequence[Row]) -> Agreed:
    """The agreements that held on the session's day with the people of these rows."""
    return agreements.in_force(unit, [row.member_id for row in rows], session.starts_on)


def offer(session: Session, rows: Sequence[Row], agreed: Agreed) -> list[Row]:
    """The rows with what is offered to each, where nothing else was typed."""
    return [_offer(session, row, agreed.get(row.member_id, ())) for row in rows]


def _offer(session: Session, row: Row, agreements: Sequence[Agreement]) -> Row:
    row = replace(row, agreed=tuple(_in_words(each) for each in agreements))
    if row.involvement == row.offered or row.involvement not in INVOLVEMENTS:
        return row
    before = as_cells(offered(session, row.offered, agreements)) if row.offered else {}
    now = as_cells(offered(session, row.involvement, agreements))
    cells = dict(row.cells)
    for part in COMPONENTS:
        if cells.get(part, "").strip() == before.get(part, ""):
            cells[part] = now[part]
    return replace(row, cells=cells, offered=row.involvement)


def as_cells(figures: Figures) -> dict[str, str]:
    """Minutes by component as cells show them."""
    return {part: cell(getattr(figures, part)) for part in COMPONENTS}


def of_everybody(
    session: Session, agreements: Sequence[Agreement] = ()
) -> dict[str, dict[str, str]]:
    """What each way of taking part is offered, for the page's script."""
    return {each: as_cells(offered(session, each, agreements)) for each in INVOLVEMENTS}


def _in_words(agreement: Agreement) -> str:
    said = []
    if agreement.extra_preparation_minutes:
        time = duration(agreement.extra_preparation_minutes)
        said.append(_("%(time)s more preparation", time=time))
    if agreement.full_session:
        said.append(_("the whole session, also when leaving early"))
    return ", ".join(said)
