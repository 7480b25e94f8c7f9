"""What codes of the domain are called on pages: kinds of reward, states, choices, ways.

Each table leads from a code to a message id; ``label`` says it in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from timebank.words import N_

KINDS = {
    "training": N_("Training or a course"),
    "class": N_("A class in the community"),
    "voucher": N_("A voucher"),
    "experience": N_("An experience"),
    "staff_time": N_("Time with our people"),
    "charity": N_("A gift to a charity"),
    "thanks": N_("A thank-you"),
    "other": N_("Something else"),
}
# What the button on the check page says: "Use 2 hours for this class".
USES = {
    "training": N_("Use %(hours)s for this training"),
    "class": N_("Use %(hours)s for this class"),
    "voucher": N_("Use %(hours)s for this voucher"),
    "experience": N_("Use %(hours)s for this experience"),
    "staff_time": N_("Use %(hours)s for this time"),
    "charity": N_("Use %(hours)s for this gift"),
    "thanks": N_("Use %(hours)s for this"),
    "other": N_("Use %(hours)s for this"),
}
STATUSES = {
    "requested": N_("Waiting for an answer"),
    "approved": N_("Agreed, waiting to be handed over"),
    "fulfilled": N_("Handed over"),
    "declined": N_("Not agreed"),
    "cancelled": N_("Cancelled"),
}
STATUS_COLOURS = {
    "requested": "yellow",
    "approved": "blue",
    "fulfilled": "green",
    "declined": "grey",
    "cancelled": "grey",
}
DECLINE_REASONS = {
    "not_available": N_("It is not available."),
    "not_suitable": N_("It does not suit after all."),
    "asked_twice": N_("It was asked for twice."),
    "other": N_("There was another reason."),
}
HOW = {
    "online": N_("On this site"),
    "phone": N_("By phone"),
    "in_person": N_("In person"),
    "trusted": N_("By somebody they trust"),
}
# What a trusted person may do, and how the member said so.
TRUSTED_REWARDS = {
    "none": N_("See hours and statements"),
    "no_money": N_(
        "See hours and statements, and ask for rewards, but no vouchers and none with a money value"
    ),
    "all": N_("See hours and statements, and ask for every reward, vouchers and money values too"),
}
TRUSTED_ASKED = {
    "phone": N_("By phone"),
    "in_person": N_("In person"),
    "paper": N_("On paper, signed"),
}
TRUSTED_HOW = {"online": N_("On this site"), **TRUSTED_ASKED}
CHOICES = {
    "accept": N_("Put them in my account"),
    "pot": N_("Give them to the community pot"),
    "decline": N_("Record that I was there, but no hours"),
}
FREQUENCIES = {
    "group": N_("As the group does"),
    "monthly": N_("Every month"),
    "quarterly": N_("Every three months"),
    "yearly": N_("Once a year"),
    "request": N_("Only when I ask for one"),
    "none": N_("None at all"),
}
STATEMENTS_BY = {
    "link": N_("Send me an e-mail with a link to it"),
    "mail": N_("Send me the whole statement by e-mail"),
    "paper": N_("Give or post me a paper copy"),
}


def label(table: Mapping[str, str], code: str, **params: object) -> str:
    """What ``code`` is called in the reader's language."""
    return _(table[code], **params)


def options(table: Mapping[str, str]) -> list[tuple[str, str]]:
    """``(code, words)`` of a whole table, in its order, for radios and selects."""
    return [(code, _(words)) for code, words in table.items()]
