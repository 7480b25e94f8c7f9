"""Every form of a statement as text, and whether all of them say the same as its content."""

from __future__ import annotations

import re
from typing import Any

from tests.timebank.pdf_reading import words_of
from tests.timebank.statement_samples import READER
from timebank import statement_easy_read, statement_text
from timebank.statement_content import holder_of
from timebank.statement_formats import FORMATS
from timebank.statement_said import Reader
from timebank.words import Words

EN = Words("en")


def made(code: str, of: dict[str, Any], reader: Reader = READER, **more: Any) -> str:
    """One form as text in one line: a PDF's words in the order in which they are read out."""
    found = FORMATS[code].make(of, reader, **more)
    text = words_of(found) if found.startswith(b"%PDF") else found.decode("utf-8-sig")
    if code == "braille":
        # Without the page numbers, which come between two lines of a sentence.
        text = "\n".join(page.rstrip("\n").rpartition("\n")[0] for page in text.split("\f"))
    return " ".join(text.replace("\u200b", "").split())


def check_every_form(of: dict[str, Any]) -> None:
    """The first sentence, the opening, every change and balance, the closing; they add up."""
    moved = sum(line["amount_minutes"] for line in of["lines"])
    assert of["opening_minutes"] + moved == of["closing_minutes"]
    sentence = statement_text.first_sentence(EN, of)
    own = holder_of(of)["kind"] == "member"
    for code in FORMATS:
        text = re.sub(r" Page \d+ of \d+\b", "", made(code, of))
        if code == "easy-read" and own:
            ideas = statement_easy_read.parts(of, READER)[1].ideas
            said = " ".join(sentence for idea in ideas for sentence in idea.sentences)
            assert _figures(said) >= _figures(sentence)
        else:
            assert sentence in text, code
        place = 0
        for line in of["lines"]:
            for amount in (abs(line["amount_minutes"]), line["balance_minutes"]):
                figure = str(amount) if code == "csv" else EN.duration(amount)
                found = text.find(figure, place)
                assert found >= 0, (code, figure, text[place:])
                place = found + len(figure)
        for amount in (of["opening_minutes"], of["closing_minutes"]):
            could = "you could use" if own else "there were"
            assert f"{could} {EN.duration(amount)}." in text, code


def _figures(text: str) -> set[str]:
    return set(re.findall(r"\d[\d,]* (?:hours?|minutes?)", text))
