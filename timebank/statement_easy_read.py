"""A statement in easy read: short sentences, one idea each, hard words explained in the next one.

A form is a list of parts, each of ideas: a picture with words that stand for it, and the sentences
beside it. The page and the PDF show the same parts.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from timebank import statement_text, typesetting
from timebank.statement_content import holder_of, receipt_of
from timebank.statement_easy_lines import LINES
from timebank.statement_pdf import breakable, page_data
from timebank.statement_said import Content, Reader, contact, day_of, said
from timebank.words import N_, Words

# The pictures of ``typst/pictures``, and what is said in their place.
PICTURES: dict[str, str] = {
    "letter": N_("A letter"),
    "calendar": N_("A calendar"),
    "clock": N_("A clock"),
    "added": N_("A plus sign"),
    "taken-off": N_("A minus sign"),
    "set-aside": N_("A lock"),
    "telephone": N_("A telephone"),
    "money": N_("A bank note"),
    "tick": N_("A tick"),
}


@dataclass(frozen=True, kw_only=True)
class Idea:
    """A picture (a name of ``PICTURES``), what is said in its place, and the words beside it."""

    picture: str
    alternative: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A heading and the ideas under it."""

    heading: str
    ideas: tuple[Idea, ...]


def easy_read(content: Content, reader: Reader, *, money_values: bool = False) -> bytes:
    """The statement in easy read as PDF/UA-1, in 16 point."""
    data = easy_read_data(content, reader, money_values=money_values)
    return typesetting.pdf("easy-read.typ", data, issued_on=day_of(content["issued_on"]))


def easy_read_data(
    content: Content, reader: Reader, *, money_values: bool = False
) -> dict[str, Any]:
    """What the template shows."""
    return page_data(said(content, reader), content, reader) | {
        "title": title(content),
        "parts": breakable([asdict(part) for part in parts(content, reader, money_values)]),
    }


def title(content: Content) -> str:
    """The heading of the whole: "Your hours", or whose they are."""
    words = Words(content["language"])
    if holder_of(content)["kind"] == "member":
        return words.say(N_("Your hours"))
    return statement_text.holder(words, content)


def parts(content: Content, reader: Reader, money_values: bool = False) -> list[Part]:
    """The statement as parts of ideas, in its own language."""
    words = Words(content["language"])
    if holder_of(content)["kind"] != "member":
        return _shared(words, content, reader, money_values)
    found = [
        Part(heading=words.say(N_("About this statement")), ideas=tuple(_about(words, content))),
        Part(heading=words.say(N_("What you have")), ideas=tuple(_summary(words, content))),
        Part(heading=words.say(N_("What happened")), ideas=tuple(_lines(words, content))),
    ]
    if money_values and content["money_values"]:
        ideas = tuple(_money(words, content))
        found.append(Part(heading=words.say(N_("Money values")), ideas=ideas))
    ideas = tuple(_help(words, content, reader))
    found.append(Part(heading=words.say(N_("If something is not right")), ideas=ideas))
    return found


@cache
def picture(name: str) -> str:
    """The SVG of a picture of ``PICTURES``, for a page."""
    path = typesetting.TEMPLATES / "pictures" / f"{name}.svg"
    return path.read_text(encoding="utf-8").strip()


def _idea(words: Words, name: str, *sentences: str, **params: Any) -> Idea:
    return Idea(
        picture=name,
        alternative=words.say(PICTURES[name]),
        sentences=tuple(words.say(sentence, **params) for sentence in sentences),
    )


def _about(words: Words, content: Content) -> list[Idea]:
    period = {name: day_of(day) for name, day in content["period"].items()}
    return [
        _idea(
            words,
            "letter",
            N_("This is your statement."),
            N_("A statement is a list of what happened to your hours."),
            N_("It is from %(community)s."),
            N_("Your member number is %(number)s."),
            community=content["community"],
            number=holder_of(content)["number"],
        ),
        _idea(
            words, "calendar", N_("It begins on %(from_on)s."), N_("It ends on %(until_on)s."),
            **period,
        ),
    ]  # fmt: skip


def _summary(words: Words, content: Content) -> list[Idea]:
    """What ``statement_text.summary`` says, one idea at a time."""
    available, held = content["closing_minutes"], content["held_minutes"]
    sentences = [N_("On %(until_on)s you had %(total_minutes)s.")]
    total = available + held
    if available < 0:
        # As the summary has it: what can be used, and no word of a total.
        total = available
        sentences += [N_("Below zero means less than nothing."), N_("You do not owe us anything.")]
    elif held:
        sentences.append(N_("You can use %(available_minutes)s of it."))
    elif available:
        sentences.append(N_("You can use all of it."))
    else:
        sentences = [N_("On %(until_on)s you had no hours to use.")]
    params = {
        "until_on": day_of(content["period"]["until_on"]),
        "total_minutes": total,
        "available_minutes": available,
        "held_minutes": held,
    }
    ideas = [_idea(words, "clock", *sentences, **params)]
    if held:
        aside = (N_("%(held_minutes)s is set aside."), N_("Set aside means kept for you."))
        ideas.append(
            _idea(words, "set-aside", *aside, N_("It is kept for what you asked for."), **params)
        )
    for each in content.get("set_aside", ()):
        kept = (N_("You asked for this: %(title)s."), N_("%(kept_minutes)s is kept for it."))
        ideas.append(
            _idea(words, "set-aside", *kept, title=each["title"], kept_minutes=each["minutes"])
        )
    return ideas


def _lines(words: Words, content: Content) -> list[Idea]:
    from_on, until_on = (day_of(content["period"][name]) for name in ("from_on", "until_on"))
    could_use = N_("On %(day)s you could use %(minutes)s.")
    opening, closing = (
        words.duration(content[name]) for name in ("opening_minutes", "closing_minutes")
    )
    ideas = [_idea(words, "clock", could_use, day=from_on, minutes=opening)]
    ideas += [_line(words, each, content) for each in content["lines"]]
    if not content["lines"]:
        ideas.append(_idea(words, "tick", N_("Nothing happened in this time.")))
    ideas += _totals(words, content)
    return [*ideas, _idea(words, "clock", could_use, day=until_on, minutes=closing)]


def _totals(words: Words, content: Content) -> list[Idea]:
    """What was given and used altogether, which version 1 does not say."""
    return [
        _idea(words, "added" if name == "given_minutes" else "taken-off", sentence,
              total_minutes=content[name])
        for name, sentence in (
            ("given_minutes", N_("Altogether you gave %(total_minutes)s.")),
            ("used_minutes", N_("Altogether you used or set aside %(total_minutes)s.")),
        )
        if content.get(name, 0) > 0
    ]  # fmt: skip


def _line(words: Words, line: dict[str, Any], content: Content) -> Idea:
    occurred_on, amount = day_of(line["occurred_on"]), line["amount_minutes"]
    known = LINES.get(line["code"])
    sentences = list(known or (N_("%(what)s."),))
    name = "added" if amount >= 0 else "taken-off"
    if line["code"] == "line_set_aside":
        name = "set-aside"
        sentences.append(N_("We set aside %(changed_minutes)s for it."))
    elif amount < 0:
        sentences.append(N_("We took off %(changed_minutes)s."))
    else:
        sentences.append(N_("We added %(changed_minutes)s."))
    sentences.append(N_("Then you could use %(balance_minutes)s."))
    late = occurred_on != day_of(line["recorded_on"])
    if content["version"] == 1:
        late = occurred_on < day_of(content["period"]["from_on"])
    if late:
        sentences.append(N_("We wrote it down on %(recorded_on)s."))
    if line.get("stood_until_on"):
        sentences.append(N_("It was on your statement up to %(stood_until_on)s."))
    reason = line["params"].get("reason", "other")
    return _idea(
        words,
        name,
        *sentences,
        # What has no words of its own here is said as everywhere else.
        what=statement_text.line(words, line["code"], line["params"], occurred_on),
        title=line["params"].get("title", ""),
        day=occurred_on,
        recorded_on=day_of(line["recorded_on"]),
        stood_until_on=line.get("stood_until_on") and day_of(line["stood_until_on"]),
        reason=words.say(statement_text.REASONS.get(reason, statement_text.REASONS["other"])),
        changed_minutes=abs(amount),
        balance_minutes=line["balance_minutes"],
    )


def _shared(words: Words, content: Content, reader: Reader, money_values: bool) -> list[Part]:
    """The account of a group or a pot: the sentences of every form, one thing at a time."""
    one = said(content, reader, money_values=money_values)

    def idea(name: str, *sentences: str) -> Idea:
        return Idea(picture=name, alternative=words.say(PICTURES[name]), sentences=sentences)

    lines = [
        idea("added" if line["amount_minutes"] >= 0 else "taken-off", f"{each.text}.",
             f"{each.change}.", each.then)
        for line, each in zip(content["lines"], one.lines, strict=True)
    ] or [idea("tick", one.nothing)]  # fmt: skip
    happened = [idea("clock", one.opening), *lines, idea("clock", *one.totals, one.closing)]
    return [
        Part(
            heading=words.say(N_("About this statement")),
            ideas=(idea("letter", f"{one.group}."), idea("calendar", f"{one.title}.")),
        ),
        Part(heading=words.say(N_("What there is")), ideas=(idea("clock", one.summary),)),
        Part(heading=words.say(N_("What happened")), ideas=tuple(happened)),
        Part(
            heading=words.say(N_("If something is not right")),
            ideas=tuple(_help(words, content, reader)),
        ),
    ]


def _money(words: Words, content: Content) -> list[Idea]:
    sentences = (N_("You asked for this: %(title)s."), N_("It has a money value: %(money_pence)s."))
    ideas = [_idea(words, "money", *sentences, **each) for each in content["money_values"]]
    none = N_("Your hours have no money value.")
    return [*ideas, _idea(words, "clock", none, N_("All hours count the same."))]


def _help(words: Words, content: Content, reader: Reader) -> list[Idea]:
    told = _idea(words, "telephone", N_("Is something not right?"), N_("Tell us."),
                 N_("We can put it right."))  # fmt: skip
    ways = Idea(
        picture=told.picture,
        alternative=told.alternative,
        sentences=(*told.sentences, *contact(words, reader)),
    )
    proof = _idea(
        words,
        "tick",
        N_("Your receipt is %(receipt)s."),
        N_("A receipt is a code that proves this list."),
        N_("The reference is %(reference)s."),
        N_("A reference is the name of this list."),
        receipt=receipt_of(content),
        reference=content["reference"],
    )
    return [ways, proof]
