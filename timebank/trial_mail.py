"""A mail to oneself, now: whether the mail server takes what we send, and if not, why."""

from __future__ import annotations

from email.headerregistry import Address
from email.utils import make_msgid
from urllib.parse import urlsplit

from timebank import languages, mail
from timebank.channels import Outcome
from timebank.errors import RuleBroken
from timebank.models import Person
from timebank.roles import Actor
from timebank.unit import Database
from timebank.words import N_, Words


def send(database: Database, actor: Actor) -> Outcome:
    """Send it to the actor's own address, outside any unit.

    Raises ``RuleBroken``: ``mail_not_set_up``, or ``channel_needs_email`` for somebody without one.
    """
    settings = database.settings
    if not settings.smtp_host:
        raise RuleBroken("mail_not_set_up")
    with database.reading(actor) as unit:
        unit.actor.require("messages.view")
        person = unit.db.get(Person, actor.person_id or "")
        if person is None or not person.email:
            raise RuleBroken("channel_needs_email")
        words = Words(languages.of_person(unit, person.id))
        made = mail.envelope(
            unit,
            Address(person.name, addr_spec=person.email),
            words.say(N_("A trial")),
            words.say(N_("This is a trial. If you can read it, mail works.")) + "\n",
            words.language,
        )
    made["Message-ID"] = make_msgid(domain=urlsplit(settings.address).hostname)
    with mail.Server(settings) as server:
        return server.send(mail.Letter(mail=made, addresses=[person.email]))
