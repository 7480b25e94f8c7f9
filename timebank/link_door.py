"""Signing in with a link that is mailed: no password to remember, works once, for 15 minutes.

Whoever asks gets the same answer, and the same work is done, whether or not anybody has the
address. Opening the link signs nobody in; the button on its page does.
"""

from __future__ import annotations

from timebank import links, notices, sign_ins, texts, throttle, trail
from timebank.doors import find_person
from timebank.errors import NotFound
from timebank.models import Person, SingleUseLink
from timebank.role_holders import actor_for
from timebank.unit import NOBODY, Database, Unit

PURPOSE = "sign_in"
# Links that may be asked for within a quarter of an hour: for one name, and for all together.
MOST_FOR_ONE = 3
MOST_FOR_ALL = 300


def ask(database: Database, name_or_number: str) -> None:
    """Mail a link to whoever this is, if anybody.

    Raises ``NotAllowed('link_throttled', minutes=)``, for a name that exists or not.
    """
    with database.doorstep() as unit:
        person_id = find_person(unit, name_or_number)
        tried = person_id or texts.printable(name_or_number).lower()
        for named, most in ((f"link:{tried}", MOST_FOR_ONE), ("link", MOST_FOR_ALL)):
            throttle.count(unit, named, most=most, code="link_throttled")
    if person_id is None:
        return
    with database.doorstep() as unit:
        if not unit.db.get_one(Person, person_id).email:
            return
        link = links.make(unit, PURPOSE, person_id=person_id, subject_id=person_id)
        unit.db.flush()
        notices.send_later(unit, "sign_in_link", person_id, link.id)


def enter(database: Database, code: str, *, shared: bool) -> str:
    """Use the link up; a new sign-in's token. Raises what ``links.open_link`` raises."""
    with database.unit(NOBODY) as unit:
        link = opened(unit, code)
        unit.actor = actor_for(unit, link.person_id)
        links.spend(unit, link)
        trail.record(unit, "link.used", "person", link.person_id)
        return sign_ins.start(unit, link.person_id, way="link", shared=shared)


def opened(unit: Unit, code: str) -> SingleUseLink:
    """The unspent sign-in link of a code."""
    link = links.open_link(unit, code)
    if link.purpose != PURPOSE:
        raise NotFound("link_unknown")
    return link
