"""Who may take which step with a query: no database.

Reached through ``queries``.
"""

from __future__ import annotations

from timebank.models import Query
from timebank.roles import Actor

STATUSES = ("open", "answered", "resolved", "appealed", "closed")
OUTCOMES = ("put_right", "explained", "as_recorded", "not_ours")
HOW = ("online", "link", "phone", "in_person")
# The day by which somebody answers; an appeal has as long again.
REPLY_DAYS = 7

# What the member may do in each state, and what those who answer may.
_MEMBERS = {
    "open": {"reply", "settle"},
    "answered": {"reply", "settle"},
    "resolved": {"appeal", "settle"},
    "appealed": {"reply", "settle"},
    "closed": set[str](),
}
_STAFFS = {
    "open": {"answer", "resolve"},
    "answered": {"answer", "resolve"},
    "resolved": set[str](),
    "appealed": {"answer", "resolve"},
    "closed": set[str](),
}
# What is written down for a member who said it by phone.
_FOR_THEM = {"reply", "appeal"}


def involved(query: Query) -> set[str]:
    """The ids of those who do not decide it: who recorded it or is complained about, the member,
    and after an appeal whoever decided it or answered before."""
    found = {query.member.person_id}
    if query.about_id is not None:
        found.add(query.about_id)
    if query.status == "appealed":
        found |= {each.by for each in query.messages if each.kind in ("answer", "resolved")}
    return found


def steps(actor: Actor, query: Query) -> set[str]:
    """The steps this actor may take now: reply, settle, appeal, answer, resolve."""
    if query.member_id == actor.member_id:
        return _MEMBERS[query.status]
    if not actor.may("query.answer"):
        return set()
    found = _STAFFS[query.status] | (_MEMBERS[query.status] & _FOR_THEM)
    return found - {"resolve"} if actor.id in involved(query) else found
