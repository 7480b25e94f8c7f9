"""What the topics that members choose about are called, and each answer, in plain words."""

from __future__ import annotations

from timebank import languages, schedules
from timebank.marks import N_
from timebank.words import Words

TITLES = {
    "hours": N_("Hours credited"),
    "no_money": N_("Rewards with a money value"),
    "statement_by": N_("How statements come"),
    "frequency": N_("When statements come"),
    "channel": N_("How news and answers come"),
    "form": N_("What is easiest to read"),
    "language": N_("Language"),
    "copied": N_("A copy for somebody else"),
    "no_news": N_("Thank-you messages"),
    "quiet": N_("Hours on the first page"),
    "matters": N_("What matters"),
    "liked": N_("Rewards liked best"),
    "named": N_("Being named"),
}
MATTERS = {
    "difference": N_("To make a difference"),
    "personal": N_("For myself: to get out, feel well, meet people"),
    "community": N_("For my community, or people like me"),
    "skills": N_("To use what I can do, or learn something new"),
    "long_term": N_("To be part of something for a long time"),
}
LIKED = {
    "training": N_("Training or a course"),
    "class": N_("A class in the community"),
    "voucher": N_("A voucher"),
    "experience": N_("An experience"),
    "staff_time": N_("Time with our people"),
    "charity": N_("A gift to a charity"),
    "thanks": N_("A thank-you"),
    "other": N_("Something else"),
}
NAMED = {
    "yes": N_("Yes, with the name"),
    "initials": N_("Yes, but only the initials"),
    "no": N_("No"),
}
_ANSWERS: dict[str, dict[str, str]] = {
    "hours": {
        "accept": N_("Into the account"),
        "pot": N_("To the community pot"),
        "decline": N_("None: that somebody was there is recorded, without hours"),
    },
    "no_money": {"yes": N_("None wanted"), "no": N_("May be offered")},
    "statement_by": {
        "link": N_("By e-mail, as a link"),
        "mail": N_("By e-mail, in full"),
        "paper": N_("On paper"),
    },
    "channel": {
        "mail": N_("By e-mail"),
        "text": N_("By text message"),
        "post": N_("By post"),
        "phone": N_("By telephone: somebody rings and reads it out"),
        "none": N_("Not at all: it can be asked for"),
    },
    "form": {
        "standard": N_("Ordinary print"),
        "large_print": N_("Large print"),
        "easy_read": N_("Easy read: short sentences and pictures"),
        "script": N_("Read out loud"),
        "braille": N_("Braille"),
    },
    "copied": {"yes": N_("Somebody gets a copy of every mail"), "no": N_("Nobody gets one")},
    "no_news": {"yes": N_("None wanted"), "no": N_("May come")},
    "quiet": {"yes": N_("Left out"), "no": N_("Shown")},
    "matters": MATTERS,
    "liked": LIKED,
    "named": NAMED,
}
_NOTHING = N_("Nothing said")
# Where nothing was said the group's own holds.
_OF_THE_GROUP = N_("The group’s")


def say(words: Words, topic: str, said: str) -> str:
    """The codes of one answer in words: "Into the account"; several with semicolons between."""
    if topic == "frequency" and said:
        return schedules.say_code(words, said)
    if topic == "language":
        return languages.own_name(said) if said else words.say(_OF_THE_GROUP)
    answers = _ANSWERS.get(topic, {})
    told = [words.say(answers[code]) for code in said.split(",") if code in answers]
    return "; ".join(told) or words.say(_NOTHING)
