"""The lines of an account in words: what each code says, and how a credit's minutes came about.

Reached as ``statement_text.line`` and so on.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from timebank.words import N_, Words

# A line's code, and what it says; ``day`` is when it happened.
LINES: dict[str, str] = {
    "line_credited": N_("%(title)s on %(day)s: %(time)s"),
    "line_credited_again": N_("%(title)s on %(day)s, put right: %(time)s"),
    "line_credited_late": N_("%(title)s on %(day)s, added afterwards: %(time)s"),
    "line_credit_reversed": N_("%(title)s on %(day)s: taken back, because %(reason)s"),
    "line_set_aside": N_("Set aside for %(title)s on %(day)s (reference %(reference)s)"),
    "line_back_cancelled": N_(
        "Back to you on %(day)s: %(title)s was cancelled (reference %(reference)s)"
    ),
    "line_back_declined": N_(
        "Back to you on %(day)s: %(title)s was not agreed (reference %(reference)s)"
    ),
    "line_pot_given": N_("Given to the pot on %(day)s"),
    "line_pot_taken_back": N_("Given to the pot on %(day)s: taken back, because %(reason)s"),
    "line_pot_given_out": N_("Given out of the pot on %(day)s"),
    "line_gift_given": N_("Given away on %(day)s"),
    "line_gift_received": N_("Given to you on %(day)s"),
    "line_gift_back": N_("Back to you on %(day)s: hours that you gave"),
    "line_gift_refused": N_("Given back by you on %(day)s"),
    "line_gift_undone": N_("Taken back on %(day)s: hours given to you by mistake"),
    "line_exchange_given": N_("For time that you gave another member on %(day)s"),
    "line_exchange_received": N_("For time that another member gave you on %(day)s"),
    "line_exchange_undone": N_("An exchange that was recorded by mistake, put right on %(day)s"),
    "line_pot_granted": N_("From the community pot on %(day)s"),
    # What somebody sees who looks after one organisation; statements never have it.
    "line_elsewhere": N_("A session somewhere else in the group on %(day)s"),
    "line_group_given": N_("Given to a group on %(day)s"),
    "line_group_received": N_("Given to you by a group on %(day)s"),
    "line_given_to_group": N_("Given to the group by a member on %(day)s"),
    "line_given_by_group": N_("Given by the group to a member on %(day)s"),
    "line_merged": N_("Two numbers of yours became one on %(day)s"),
    "line_opening": N_("Hours from before, brought forward on %(day)s"),
    "line_starting": N_("Hours that everybody starts with, on %(day)s"),
    "line_opening_again": N_("Hours from before on %(day)s, put right"),
    "line_starting_again": N_("Hours that everybody starts with, on %(day)s, put right"),
    "line_taken_back": N_("What was recorded for %(day)s: taken back, because %(reason)s"),
    "line_brought_over": N_("From the records before, %(day)s"),
    "line_brought_over_kind": N_("From the records before, %(day)s: %(title)s"),
    "line_brought_over_adjusted": N_("Put right to agree with the records before, %(day)s"),
    "line_other": N_("Another change on %(day)s"),
}

REASONS: dict[str, str] = {
    "wrong_time": N_("the time was not right"),
    "wrong_person": N_("it belonged to somebody else"),
    "not_there": N_("it was recorded for a session you were not at"),
    "wrong_choice": N_("the choice recorded was not yours"),
    "paid_job": N_("it was part of a paid job"),
    "session_undone": N_("the whole session was recorded by mistake"),
    "other": N_("it was not right"),
}

COMPONENTS: dict[str, str] = {
    "preparation_minutes": N_("%(time)s of preparation"),
    "travel_minutes": N_("%(time)s of travel"),
    "paperwork_minutes": N_("%(time)s for minutes or the agenda"),
    "follow_up_minutes": N_("%(time)s of follow-up"),
}


def line(words: Words, code: str, params: dict[str, Any], occurred_on: date) -> str:
    """One line of an account, such as "Community meeting on 6 August 2026: 2 hours, with 30
    minutes of preparation"."""
    said: dict[str, Any] = {"title": params.get("title", ""), "day": occurred_on}
    said["reference"] = params.get("reference", "")
    if code.startswith("line_credited"):
        said["time"] = _time(words, params)
    if "reason" in params or code == "line_pot_taken_back":
        said["reason"] = words.say(REASONS.get(params.get("reason", "other"), REASONS["other"]))
    return words.say(LINES.get(code, LINES["line_other"]), **said)


def change(words: Words, amount_minutes: int) -> str:
    """ "2 hours added", or "2 hours taken off"."""
    text = N_("%(amount_minutes)s added") if amount_minutes >= 0 else N_(
        "%(amount_minutes)s taken off"
    )  # fmt: skip
    return words.say(text, amount_minutes=abs(amount_minutes))


def _time(words: Words, params: dict[str, Any]) -> str:
    session = params.get("session_minutes", 0)
    extra = [
        words.say(text, time=words.duration(params[name]))
        for name, text in COMPONENTS.items()
        if params.get(name)
    ]
    said = _joined(words, extra)
    if session and extra:
        said = words.say(N_("%(time)s, with %(more)s"), time=words.duration(session), more=said)
    elif session:
        said = words.duration(session)
    total = session + sum(params.get(name, 0) for name in COMPONENTS)
    if total != params["credited_minutes"]:
        said += words.say(
            N_(", rounded to %(credited_minutes)s"), credited_minutes=params["credited_minutes"]
        )
    if params.get("pot_minutes"):
        said += words.say(
            N_(", %(pot_minutes)s of it given to the pot"), pot_minutes=params["pot_minutes"]
        )
    return said


def _joined(words: Words, parts: list[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return words.say(N_("%(list)s and %(last)s"), list=", ".join(parts[:-1]), last=parts[-1])
