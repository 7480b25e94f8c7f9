"""The sign-in sheet of a session on paper: names, codes, and room to tick and write.

What is ticked is entered later by its codes, so that a session is recorded when there was no
computer in the room. It says nothing of what anybody needs.
"""

from __future__ import annotations

import io

import segno

from timebank import coming, languages, sessions, typesetting
from timebank.statement_pdf import breakable
from timebank.unit import Unit
from timebank.words import N_, Words

# Empty rows for those who come without having signed up.
EMPTY_ROWS = 6

_HEAD = (N_("Name"), N_("Code"), N_("I am here"), N_("As part of my job"), N_("Not all the time?"))


def pdf(unit: Unit, session_id: str, *, when: str, large: bool = False) -> bytes:
    """The sheet as PDF/UA-1 on A4, in 12 or in 18 point; ``when`` says the session's time.

    Everything in it is of this moment: who signs up later is not on it.
    """
    words = Words(languages.of_group(unit))
    found = sessions.session(unit, session_id)
    rows = [
        [f"{row.member.person.name or ''} ({row.member.number})", row.code, "", "", ""]
        for row in coming.signed_up(unit, session_id, "coming")
    ]
    rows += [[""] * len(_HEAD) for _ in range(EMPTY_ROWS)]
    data = {
        "title": found.title,
        "group": unit.community.name,
        "language": words.language,
        "issued_on": unit.today.isoformat(),
        "page_of": words.say(N_("Page {page} of {last}")),
        "large": large,
        "when": when,
        "place": found.place,
        "help": words.say(
            N_("Please tick “I am here” beside your name. If you are not on the list, write your"
               " name in an empty row.")
        ),
        "square": _square(f"{unit.settings.address}/sessions/{found.id}/coming"),
        "square_says": words.say(N_("For the coordinator: enter the codes here afterwards.")),
        "head": [words.say(text) for text in _HEAD],
        "rows": breakable(rows),
    }  # fmt: skip
    return typesetting.pdf("sign-in-sheet.typ", data, issued_on=unit.today)


def _square(address: str) -> str:
    """The address as a square to point a camera at, in SVG."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", scale=4)
    return drawn.getvalue().decode("utf-8")
