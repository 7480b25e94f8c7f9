"""A certificate in words, and as PDF/UA-1 on A4 and in large print: from its content alone.

Whose it is, is looked up when it is shown: the name stands nowhere in the content.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from timebank import typesetting
from timebank.certificates import content_of
from timebank.models import Certificate
from timebank.statement_content import receipt_of
from timebank.statement_pdf import breakable
from timebank.words import N_, Words

LAYOUTS = ("pdf", "large-print")


@dataclass(frozen=True, kw_only=True)
class Said:
    """A certificate in sentences; ``lines`` are the day, the session and the time of each."""

    language: str
    title: str
    group: str
    name: str
    sentence: str
    lines: tuple[tuple[str, str, str], ...]
    issued: str
    reference: str
    receipt: str
    check: str


def said(found: Certificate, *, check_address: str) -> Said:
    """The content in its own language, and the name of its member as it is on file now."""
    content = content_of(found)
    words = Words(content["language"])
    period = {name: date.fromisoformat(day) for name, day in content["period"].items()}
    return Said(
        language=words.language,
        title=words.say(N_("Certificate of participation")),
        group=content["community"],
        name=found.member.person.name or words.say(N_("The member")),
        sentence=words.say(
            N_(
                "took part with %(community)s from %(from_on)s to %(until_on)s,"
                " and gave %(minutes)s of their own time."
            ),
            community=content["community"],
            minutes=words.duration(content["minutes"]),
            **period,
        ),
        lines=tuple(
            (
                words.day(date.fromisoformat(each["on"])),
                each["title"],
                words.duration(each["minutes"]),
            )
            for each in content["sessions"]
        ),
        issued=words.say(N_("Issued on %(day)s."), day=date.fromisoformat(content["issued_on"])),
        reference=words.say(N_("Reference %(reference)s"), reference=content["reference"]),
        receipt=words.say(N_("Receipt %(receipt)s."), receipt=receipt_of(content)),
        check=words.say(
            N_("Anybody can check this certificate: %(address)s"), address=check_address
        ),
    )


def pdf(found: Certificate, layout: str, *, check_address: str) -> bytes:
    """The certificate as PDF/UA-1; ``layout`` is one of ``LAYOUTS``."""
    one = said(found, check_address=check_address)
    words = Words(one.language)
    issued_on = content_of(found)["issued_on"]
    data: dict[str, Any] = breakable(
        {name: getattr(one, name) for name in ("group", "name", "sentence", "issued", "reference",
                                               "receipt", "check", "lines")}
    )  # fmt: skip
    data |= {
        "title": one.title,
        "language": one.language,
        "issued_on": issued_on,
        "large": layout == "large-print",
        "page_of": words.say(N_("Page {page} of {last}")),
        "words": {
            "day": words.say(N_("Day")),
            "what": words.say(N_("Session")),
            "time": words.say(N_("Time")),
            "sessions": words.say(N_("Sessions")),
            "check": words.say(N_("To check this certificate")),
        },
    }
    return typesetting.pdf("certificate.typ", data, issued_on=date.fromisoformat(issued_on))
