"""Links to choose a password, on a page: for somebody whom no mail of ours reaches."""

from __future__ import annotations

from timebank.models import Person, SingleUseLink
from timebank.roles import Actor
from timebank.unit import Unit


def may_show(unit: Unit, person: Person) -> bool:
    """Whether the link is handed over on paper: no address, or no mail server to send it.

    Whoever holds the link becomes that person, so where mail works it goes to them alone.
    """
    return not person.email or not unit.settings.smtp_host


def open_password_link(unit: Unit, person: Person, link_id: str) -> SingleUseLink | None:
    """The link, if this actor made it for this person and it still works; else None."""
    link = unit.db.get(SingleUseLink, link_id)
    if link is None or (link.purpose, link.person_id) != ("password", person.id):
        return None
    usable = link.spent_at is None and link.expires_at > unit.now
    return link if usable and may_show(unit, person) and _made_by(unit.actor, link) else None


def _made_by(actor: Actor, link: SingleUseLink) -> bool:
    return link.created_by == actor.id
