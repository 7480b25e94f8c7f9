"""Statements and account lines in words; a statement's text is made from its content alone.

``content`` is the dict behind a statement's canonical JSON: see ``statement_content``.
"""

from __future__ import annotations

from datetime import date
from textwrap import wrap
from typing import Any

from timebank.statement_content import holder_of, receipt_of
from timebank.statement_line_text import COMPONENTS, LINES, REASONS, change, line
from timebank.words import N_, Words

__all__ = [
    "COMPONENTS", "LINES", "REASONS", "WIDTH", "change", "closing", "first_sentence", "holder",
    "holder_name", "line", "opening", "period", "plain", "recorded", "set_aside", "summary",
    "totals", "wrong",
]  # fmt: skip

WIDTH = 72


def holder(words: Words, content: dict[str, Any]) -> str:
    """Whose account it is: "Member number 102", "The community pot", or a group's name."""
    return holder_name(words, holder_of(content))


def holder_name(words: Words, whose: dict[str, Any]) -> str:
    """The same of a content's ``holder``."""
    if whose["kind"] == "member":
        return words.say(N_("Member number %(number)s"), number=whose["number"])
    if whose["kind"] == "pot":
        return words.say(N_("The community pot"))
    return str(whose["name"])


def first_sentence(words: Words, content: dict[str, Any]) -> str:
    """What there was at the end of the period, in a sentence."""
    day = date.fromisoformat(content["period"]["until_on"])
    closing = content["closing_minutes"]
    if holder_of(content)["kind"] == "member":
        return summary(words, day, closing, content["held_minutes"])
    text = N_("%(holder)s had %(closing_minutes)s on %(day)s.")
    if closing == 0:
        text = N_("%(holder)s had no hours on %(day)s.")
    return words.say(text, holder=holder(words, content), closing_minutes=closing, day=day)


def opening(words: Words, content: dict[str, Any]) -> str:
    """What could be used when the period began."""
    own = holder_of(content)["kind"] == "member"
    text = N_("At the start, on %(day)s, you could use %(opening_minutes)s.")
    if not own:
        text = N_("At the start, on %(day)s, there were %(opening_minutes)s.")
    day = date.fromisoformat(content["period"]["from_on"])
    return words.say(text, day=day, opening_minutes=content["opening_minutes"])


def closing(words: Words, content: dict[str, Any]) -> str:
    """What could be used when the period ended."""
    own = holder_of(content)["kind"] == "member"
    text = N_("At the end, on %(day)s, you could use %(closing_minutes)s.")
    if not own:
        text = N_("At the end, on %(day)s, there were %(closing_minutes)s.")
    day = date.fromisoformat(content["period"]["until_on"])
    return words.say(text, day=day, closing_minutes=content["closing_minutes"])


# What the lines come to, by the sum's name: when it is more than nothing, and when less.
_TOTALS: dict[str, tuple[str, str]] = {
    "given_minutes": (
        N_("In this time you gave %(total_minutes)s."),
        N_("In this time %(total_minutes)s was taken off what you had given before."),
    ),
    "used_minutes": (
        N_("In this time you used or set aside %(total_minutes)s."),
        N_("In this time %(total_minutes)s that you had set aside came back to you."),
    ),
    "other_minutes": (
        N_("Other changes added %(total_minutes)s."),
        N_("Other changes took off %(total_minutes)s."),
    ),
}
_TOTALS_SHARED: dict[str, tuple[str, str]] = {
    "given_minutes": (
        N_("In this time %(total_minutes)s was given."),
        N_("In this time %(total_minutes)s was taken off what had been given before."),
    ),
    "used_minutes": (
        N_("In this time %(total_minutes)s was used or set aside."),
        N_("In this time %(total_minutes)s that had been set aside came back."),
    ),
    "other_minutes": _TOTALS["other_minutes"],
}


def totals(words: Words, content: dict[str, Any]) -> list[str]:
    """What was given, used and otherwise changed in the period; nothing for version 1."""
    own = holder_of(content)["kind"] == "member"
    return [
        words.say(more if content[name] > 0 else less, total_minutes=abs(content[name]))
        for name, (more, less) in (_TOTALS if own else _TOTALS_SHARED).items()
        if content.get(name)
    ]


def set_aside(words: Words, content: dict[str, Any]) -> list[str]:
    """What the hours set aside at the end are for; nothing for version 1."""
    return [
        words.say(
            N_("Set aside for %(title)s (reference %(reference)s): %(held_minutes)s."),
            title=each["title"], reference=each["reference"], held_minutes=each["minutes"],
        )
        for each in content.get("set_aside", ())
    ]  # fmt: skip


def recorded(words: Words, line: dict[str, Any], content: dict[str, Any]) -> str:
    """When a line was recorded, where that was another day, and which statement it puts right.

    Version 1 only says when, of what had happened before its period.
    """
    occurred_on, recorded_on = (date.fromisoformat(line[n]) for n in ("occurred_on", "recorded_on"))
    late = occurred_on != recorded_on
    if content["version"] == 1:
        late = occurred_on < date.fromisoformat(content["period"]["from_on"])
    said = [words.say(N_("Recorded on %(day)s."), day=recorded_on)] if late else []
    if line.get("stood_until_on"):
        day = date.fromisoformat(line["stood_until_on"])
        said.append(words.say(N_("It stood on the statement up to %(day)s."), day=day))
    return " ".join(said)


def summary(words: Words, day: date, available_minutes: int, held_minutes: int) -> str:
    """A member's first sentence: "On 30 November 2026 you had 7 hours 30 minutes. You can use all
    of it." """
    params: dict[str, Any] = {
        "day": day,
        "total_minutes": available_minutes + held_minutes,
        "available_minutes": available_minutes,
        "held_minutes": held_minutes,
    }
    if available_minutes < 0:
        return words.say(N_("On %(day)s you had %(available_minutes)s."), **params)
    if held_minutes:
        return words.say(
            N_(
                "On %(day)s you had %(total_minutes)s. You can use %(available_minutes)s of it."
                " %(held_minutes)s is set aside for what you asked for."
            ),
            **params,
        )
    if available_minutes == 0:
        return words.say(N_("On %(day)s you had no hours to use."), **params)
    return words.say(N_("On %(day)s you had %(total_minutes)s. You can use all of it."), **params)


def period(words: Words, from_on: date, until_on: date) -> str:
    """ "1 November 2026 to 30 November 2026"."""
    return words.say(N_("%(from_on)s to %(until_on)s"), from_on=from_on, until_on=until_on)


def plain(content: dict[str, Any], words: Words | None = None, *, money_values: bool = True) -> str:
    """The whole statement as plain text, lines of at most 72 characters.

    ``words`` is by default in the statement's own language; without ``money_values`` only hours are
    in it.
    """
    words = words or Words(content["language"])
    from_on, until_on = _day(content["period"]["from_on"]), _day(content["period"]["until_on"])
    parts = [
        _whose(words, content),
        words.say(
            N_("Statement %(reference)s: %(period)s"),
            reference=content["reference"],
            period=period(words, from_on, until_on),
        ),
        first_sentence(words, content),
        opening(words, content),
        *_lines(words, content),
        *totals(words, content),
        closing(words, content),
        *set_aside(words, content),
        *(_money_values(words, content) if money_values else ()),
        *([wrong(words)] if content["version"] > 1 else ()),
        words.say(
            N_("Issued on %(day)s. Receipt %(receipt)s. The books stood at %(head)s."),
            day=_day(content["issued_on"]),
            receipt=receipt_of(content),
            head=content["head"],
        ),
    ]
    return "\n\n".join(_wrapped(part) for part in parts) + "\n"


def wrong(words: Words) -> str:
    """What to do when something is not right."""
    return words.say(N_("Is something not right? Tell us. It can be put right."))


def _whose(words: Words, content: dict[str, Any]) -> str:
    whose = holder_of(content)
    if whose["kind"] == "member":
        text, params = N_("%(community)s, member %(number)s"), {"number": whose["number"]}
    else:
        text, params = N_("%(community)s: %(holder)s"), {"holder": holder(words, content)}
    return words.say(text, community=content["community"], **params)


def _lines(words: Words, content: dict[str, Any]) -> list[str]:
    if not content["lines"]:
        return [words.say(N_("Nothing was recorded in this time."))]
    said = []
    for each in content["lines"]:
        text = line(words, each["code"], each["params"], _day(each["occurred_on"])) + ".\n"
        text += change(words, each["amount_minutes"]) + ". "
        text += words.say(N_("Then: %(balance_minutes)s."), balance_minutes=each["balance_minutes"])
        said.append(" ".join((text, recorded(words, each, content))).rstrip())
    return said


def _money_values(words: Words, content: dict[str, Any]) -> list[str]:
    return [
        words.say(
            N_("%(title)s (reference %(reference)s) has a money value of %(money_pence)s."),
            **each,
        )
        for each in content["money_values"]
    ]


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _wrapped(part: str) -> str:
    return "\n".join(
        "\n".join(wrap(row, WIDTH, break_long_words=False, break_on_hyphens=False)) or row
        for row in part.split("\n")
    )
