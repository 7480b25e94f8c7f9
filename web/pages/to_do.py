"""What waits for this person: one list with a verb, a day and a link for each."""

from __future__ import annotations

from flask import Blueprint, render_template

from timebank import to_do as waiting
from timebank.tasks import VERBS, Task
from web.access import access
from web.filters import words
from web.units import reading

pages = Blueprint("to_do", __name__)


@pages.get("/to-do")
@access("redemption.view_all")
def to_do() -> str:
    """Everything that waits: for this person now, later, and for somebody else."""
    with reading() as unit:
        found = waiting.waiting(unit)
        mine = [each for each in found if each.hindrance is None]
        return render_template(
            "to_do/to_do.html",
            now=[each for each in mine if each.due_on <= unit.today],
            later=[each for each in mine if each.due_on > unit.today],
            others=[each for each in found if each.hindrance is not None],
            today=unit.today,
            say=say,
        )


def say(task: Task) -> str:
    """What is to be done, in words."""
    return words().say(VERBS[task.verb], **task.params)
