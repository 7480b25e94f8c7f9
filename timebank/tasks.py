"""What waits for somebody: a task is a verb, what it is about, where it is done, and a day.

A source is a function ``(unit) -> list[Task]`` beside the commands it is about, with a fixed number
of queries; ``to_do.SOURCES`` lists them. It gives what waits for this actor: nothing where their
roles do not let them do it, and only what ``people.visible_members`` and
``sessions.visible_sessions`` show them. The most pressing come first, ``MOST`` at the most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from timebank.marks import N_

MOST = 100

# What is to be done, by its code; the task's ``params`` fill the words.
VERBS: dict[str, str] = {
    "answer_application": N_("Answer somebody who asks to join"),
    "check_again": N_("See a new criminal record check"),
    "credit_session": N_("Credit %(title)s"),
    "answer_time": N_("Look at the time sent in for %(title)s"),
    "sign_agreement": N_("Look at an agreement that waits to be signed"),
    "decide_request": N_("Answer the request for %(title)s"),
    "check_exchange": N_("Ask whether exchange %(reference)s went well"),
    "erase_details": N_("Erase the details of somebody who asked for it"),
    "decide_grant": N_("Decide on hours from the pot"),
    "hand_over": N_("Hand over %(title)s"),
    "answer_query": N_("Answer query %(reference)s"),
    "look_again": N_("Look again at query %(reference)s, as somebody who was not involved"),
    "agree_correction": N_("Agree, or not, to a correction of %(moved_minutes)s"),
    "confirm_opening": N_("Check a list of hours from before, %(total_minutes)s in all"),
    "ask_how_people_are": N_("Ask how people are after a session"),
    "write_cards": N_("Write the thank-you cards that wait: %(count)s"),
    "print_letters": N_("Print the letters that wait: %(count)s"),
    "post_letters": N_("Post the letters that are printed: %(count)s"),
    "ask_how_to_reach": N_("Ask how to reach somebody whose post or mail came back"),
    "ring": N_("Ring somebody and read out what is new"),
    "see_messages": N_("Look at the messages that could not be sent: %(count)s"),
    "holders_agree": N_("Hear whether two holders agree: %(title)s"),
    "issue_statements": N_("Issue the statements of months that have ended"),
    "reach_members": N_("Try to reach members not seen for a year: %(count)s"),
    "check_information": N_("Have the words about rewards and benefits checked again"),
    "talk_again": N_("Talk again about hours and wishes"),
    "print_statements": N_("Print the statements that wait: %(count)s"),
    "print_statement": N_("Print statement %(reference)s"),
}


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to do.

    ``verb`` is a code of ``VERBS``, whose words ``params`` fill. ``subject`` is the name of the
    person it is about, "" where it is about nobody. ``path`` is the page on which it is done, and
    has only ids. ``due_on`` is the day by which it should be done or, where nobody set one, since
    when it waits. ``hindrance`` says why somebody else has to do it (``own``: it is about this
    actor; ``asked``: they asked for it; ``role``: it takes another role); None when they may.
    """

    verb: str
    path: str
    due_on: date
    params: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    hindrance: str | None = None
