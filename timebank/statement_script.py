"""A statement to read out on the telephone: one sentence a line, references letter by letter."""

from __future__ import annotations

from timebank.statement_content import holder_of, receipt_of
from timebank.statement_said import Content, Reader, SaidLine, said
from timebank.words import N_, Words

RULE = "-" * 40


def script(content: Content, reader: Reader, *, money_values: bool = False) -> bytes:
    """The script as UTF-8 text: first what to ask, then what to read out."""
    words, one = Words(content["language"]), said(content, reader, money_values=money_values)
    rows = [
        words.say(N_("To read out on the telephone")),
        "",
        *_first(words, content, reader),
        words.say(N_("Then read out what stands below. Stop for a moment after each line.")),
        RULE,
        words.say(N_("This is from %(community)s."), community=one.group),
        f"{one.title}.",
        one.summary,
        one.opening,
        *_lines(words, one.lines, one.nothing),
        *one.totals,
        one.closing,
        *one.set_aside,
        *one.money_values,
        words.say(
            N_("The reference is: %(letters)s."), letters=spelt(content["reference"])
        ),
        words.say(N_("The receipt is: %(letters)s."), letters=spelt(receipt_of(content))),
        one.wrong,
        *(way.rstrip(".") + "." for way in one.contact),
        words.say(N_("Shall I read anything again?")),
    ]  # fmt: skip
    return ("\n".join(rows) + "\n").encode("utf-8", "replace")


def _first(words: Words, content: Content, reader: Reader) -> list[str]:
    """Whom to read it to: a member's own is for nobody else."""
    whose = holder_of(content)
    if whose["kind"] != "member":
        return [words.say(N_("This is for members of the group."))]
    return [
        words.say(
            N_("First make sure that you are speaking to %(name)s, member number %(number)s."),
            name=reader.name or words.say(N_("the member")),
            number=whose["number"],
        )
    ]


def spelt(code: str) -> str:
    """ "7KQ4-M2XW" as "7 K Q 4, M 2 X W": read letter by letter, with a rest between groups."""
    return ", ".join(" ".join(group) for group in code.split("-"))


def _lines(words: Words, lines: tuple[SaidLine, ...], nothing: str) -> list[str]:
    if not lines:
        return [nothing]
    rows = []
    for number, each in enumerate(lines, start=1):
        place = words.say(N_("Line %(number)s of %(count)s."), number=number, count=len(lines))
        rows += ["", place, f"{each.text}.", f"{each.change}.", each.then]
        rows += [each.recorded] if each.recorded else []
    return [*rows, ""]
