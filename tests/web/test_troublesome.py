"""Troublesome words through every box that a member can reach, and on every page and paper.

The boxes are found, not listed: every form on every page that a member or a visitor can open, and
every operation of the API that a member may use. A form that takes harmless words must take these
and keep them letter by letter; what cannot be shown it refuses at the box, with what was typed.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.conftest import everything
from tests.mail_server import Kept, mail_server, settings_for
from tests.troublesome import KEPT, LONG, MARKUP, NAMES, REFUSED, together
from tests.web.forms_found import WORDS, forms_of
from tests.web.walks import Found, Walk, begin, look_through, operations
from timebank import mail, scheduler
from timebank.unit import NOBODY
from web.access import every_rule

DATA = Path(__file__).parents[3] / "shared/data"
NAUGHTY, FULL_NAMES = DATA / "naughty-strings/blns.json", DATA / "names/full_names_sample.csv"
# Boxes of one line take 20 to 300 letters; as many words go into each as always fit.
LINE, PARAGRAPH = 50, 400
# How many of the names and words go onto every page where not everything is asked for.
FEW = 3
# Forms that stand on no page of hers in the sample: buttons, times and choices, but no words.
NOT_SEEN = {
    "doors.stay", "doors.sign_out", "rewards.wait", "rewards.leave_waiting", "exchanges.report",
    "gifts.refuse", "listings.close", "opportunities.leave", "redemptions.cancel",
    "sign_in_cards.stop", "start.begin", "languages.choose", "trusted.stop",
    "passkeys.begin_adding", "passkeys.begin_sign_in",
}  # fmt: skip


@pytest.fixture(scope="module")
def mails() -> Iterator[tuple[Kept, int]]:
    """Where mail arrives."""
    with mail_server() as found:
        yield found


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory, mails: tuple[Kept, int]) -> Iterator[Walk]:
    """The sample community, with every page of a member's and of a visitor's looked through."""
    sending = {**settings_for(mails[1]), "TIMEBANK_MAIL_FROM": "hello@example.org"}
    started = begin(tmp_path_factory.mktemp("troublesome"), **sending)
    made = started.walk
    _comes_nowhere(made)
    hers = {where for _, where in made.pages("victim", 2)}
    look_through(made, "victim", made.browsers["victim"], sorted(hers | started.pages))
    visitor = {where for _, where in made.pages("nobody", 1)}
    look_through(made, "nobody", made.browsers["nobody"], sorted(visitor | started.pages))
    _comes_nowhere(made)
    yield made
    made.world.close()


def _comes_nowhere(walk: Walk) -> None:
    """So that she can say that she comes, with a word about it."""
    walk.world.file.execute("DELETE FROM sign_up WHERE member_id = ?", (walk.theirs.member_id,))
    walk.world.file.commit()
    walk.look_again()


# --- through the forms ---------------------------------------------------------------------


def test_every_form_of_a_member_was_found(walk: Walk) -> None:
    """What a page may send is sent here: a form that no page of the sample shows is named."""
    seen = {walk.rule("POST", found.path)[0] for found in walk.forms}
    theirs = {
        walk.rule(method, where)[0]
        for method, path, rule in every_rule(walk.world.app)
        if method == "POST" and "/api/" not in path and walk.may("victim", rule)
        for where in walk.filled(path, 1)
    }
    assert theirs - seen - NOT_SEEN == set()
    assert sum(len(found.form.free()) for found in walk.forms) > 20


def _taken(walk: Walk) -> list[Found]:
    """The forms with boxes for words that are not refused for what else stands in them."""
    return [found for found in walk.forms if found.form.free() and found.status in (200, 303)]


@pytest.mark.parametrize("which", ["our own", "names"])
def test_words_come_back_as_they_were_typed(walk: Walk, which: str) -> None:
    wrong = _typed(walk, KEPT if which == "our own" else NAMES)
    assert "\n".join(wrong) == ""


@pytest.mark.reference_data
@pytest.mark.skipif(not NAUGHTY.is_file(), reason="the naughty strings are not on this machine")
def test_the_naughty_strings_come_back_as_they_were_typed(walk: Walk) -> None:
    found = json.loads(NAUGHTY.read_text(encoding="utf-8"))
    kept = [each for each in found if each.strip() and _can_be_shown(each)]
    assert len(kept) > 400
    wrong = _typed(walk, kept if everything() else kept[::10])
    assert "\n".join(wrong) == ""


@pytest.mark.reference_data
@pytest.mark.skipif(not FULL_NAMES.is_file(), reason="the names are not on this machine")
def test_names_of_many_countries_come_back_as_they_were_typed(walk: Walk) -> None:
    with FULL_NAMES.open(encoding="utf-8", newline="") as file:
        found = [row["full_name"] for row in csv.DictReader(file)]
    assert len(found) > 3000
    wrong = _typed(walk, found if everything() else found[::150])
    assert "\n".join(wrong) == ""


def _can_be_shown(text: str) -> bool:
    odd = {"Cc", "Zl", "Zp"}
    overrides = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    return not any(unicodedata.category(x) in odd or x in overrides for x in text)


def _typed(walk: Walk, words: Any) -> list[str]:
    short = [each for each in words if len(each) <= LINE]
    wrong = []
    for found in _taken(walk):
        areas = {box.name for box in found.form.boxes if box.kind == "textarea"}
        lines = set(_judged(walk, found) or found.form.free()) - areas
        batches = together(words, PARAGRAPH, "\n") if not lines else together(short, LINE, " ")
        for text in batches:
            wrong += _kept(walk, found, text)
    return wrong


def _kept(walk: Walk, found: Found, text: str) -> list[str]:
    """Send one form with the same words in each box whose words it keeps, or else in each box."""
    said = f"{found.path} {text!r}"
    names = _judged(walk, found)
    boxes = dict.fromkeys(names or found.form.free(), text)
    answer = walk.browsers[found.role].send(found.path, found.form.filled(**boxes))
    there = list(_new_texts(walk, walk.world.before)) if walk.world.changed() else []
    walk.world.restore()
    if "html" in (answer.content_type or ""):
        there += [value for values in _boxes(answer).values() for value in values]
    if f"<{MARKUP}" in answer.text:
        return [f"{said}: became an element"]
    if answer.status_code != found.status and (names or answer.status_code != 422):
        return [f"{said}: {answer.status_code} {_errors(answer)}"]
    again = sum(each in (text, text.strip()) for each in there)
    return [f"{said}: not found again"] if again < len(names) else []


def _new_texts(walk: Walk, before: Any) -> Iterator[str]:
    for name, rows in walk.world.rows().items():
        for key, row in rows.items():
            old = before[name].get(key, {})
            yield from (v for k, v in row.items() if isinstance(v, str) and old.get(k) != v)


def _boxes(answer: TestResponse) -> dict[str, set[str]]:
    """What the boxes of a page hold, by their name."""
    found: dict[str, set[str]] = {}
    if "html" in (answer.content_type or ""):
        for form in forms_of(answer.text):
            for box in form.boxes:
                found.setdefault(box.name, set()).add(box.value)
    return found


def _errors(answer: TestResponse) -> list[str]:
    return re.findall(r'href="#([^"]+)"', answer.text.partition("error-summary")[2])[:4]


@pytest.mark.parametrize("which", [*REFUSED, "a line break in one line", "far too long"])
def test_what_cannot_be_shown_is_refused_at_the_box(walk: Walk, which: str) -> None:
    text = {**REFUSED, "far too long": LONG.strip(), "a line break in one line": "a\nb"}[which]
    tried, wrong = 0, []
    for found in _taken(walk):
        for name in _judged(walk, found):
            kind = next(box.kind for box in found.form.boxes if box.name == name)
            if "\n" in text and kind == "textarea":
                continue
            tried += 1
            answer = walk.browsers[found.role].send(found.path, found.form.filled(**{name: text}))
            said = f"{found.path} {name}: {answer.status_code}"
            if walk.world.changed():
                walk.world.restore()
                wrong.append(f"{said} and something was kept")
            elif answer.status_code != 422 or name not in _errors(answer):
                wrong.append(f"{said} {_errors(answer)}")
            elif text not in _boxes(answer).get(name, set()):
                wrong.append(f"{said}: what was typed is gone")
    assert "\n".join(wrong) == ""
    assert tried > 3


def _judged(walk: Walk, found: Found) -> list[str]:
    """The boxes that a form reads at all, given what else is chosen: those whose words it keeps."""
    known: dict[tuple[str, str], list[str]] = walk.usual.setdefault("judged", {})
    key = (found.path, str(sorted(found.form.names)))
    if key not in known:
        known[key] = []
        for name in found.form.free():
            mark = f"Words for {name}"[:20]
            sent = found.form.filled(**{name: mark})
            answer = walk.browsers[found.role].send(found.path, sent)
            if walk.world.changed():
                if mark in set(_new_texts(walk, walk.world.before)):
                    known[key].append(name)
                walk.world.restore()
            elif answer.status_code == 200 and {mark} & _boxes(answer).get(name, set()):
                known[key].append(name)
    return known[key]


# --- through the API ---------------------------------------------------------------------------


def test_the_api_keeps_words_and_refuses_what_cannot_be_shown(walk: Walk) -> None:
    tried, wrong = 0, []
    victim = walk.browsers["victim"]
    for method, where, body in operations(walk):
        if body is None or not walk.may("victim", walk.rule(method, where)[1]):
            continue
        if victim.ask(method, where, body).status_code not in (200, 201):
            continue
        walk.world.changed()
        walk.world.restore()
        for name in (name for name, value in body.items() if value == WORDS):
            tried += 1
            for text in ("=1+1 {{7*191}} %(x)s <b> שלום 👩‍👩‍👧‍👦", "a\ud800b", *REFUSED.values()):
                answer = victim.ask(method, where, {**body, name: text})
                kept = walk.world.changed() and text in set(_new_texts(walk, walk.world.before))
                walk.world.restore()
                good = text.startswith("=")
                if kept != good or answer.status_code not in ((200, 201) if good else (422,)):
                    wrong.append(f"{where} {name} {text!r}: {answer.status_code} {answer.json}")
                elif not good and name not in answer.json["errors"]:
                    wrong.append(f"{where} {name} {text!r}: {answer.json}")
    assert "\n".join(wrong) == ""
    assert tried > 3


# --- on every page and paper -------------------------------------------------------------------


def _batches() -> list[tuple[str, str]]:
    """Names and longer words to go with them, so that all of both are used."""
    names = list(together((*NAMES, *KEPT), 190, " "))
    words = list(together((*KEPT, *NAMES), 480, "\n"))
    return [(name, words[i % len(words)]) for i, name in enumerate(names)]


@pytest.mark.parametrize("number", range(len(_batches()) if everything() else FEW))
def test_every_page_paper_and_file_of_hers_is_whole(walk: Walk, number: int) -> None:
    name, words = _batches()[number]
    who = ("victim", "coordinator", "treasurer", "administrator")[number % 4]
    asked = [
        where
        for method, path, rule in every_rule(walk.world.app)
        if method == "GET" and walk.may(who, rule)
        for where in walk.filled(path, 1)
    ]
    before = {where: _status(walk, who, where) for where in asked}
    walk.world.write(walk.theirs, name, words)
    wrong = []
    for where, status in before.items():
        answer = _get(walk, who, where)
        text = answer.get_data()
        if answer.status_code != status:
            wrong.append(f"{where}: {answer.status_code} instead of {status}")
        elif "html" in (answer.content_type or "") and f"<{MARKUP}".encode() in text:
            wrong.append(f"{where}: words became an element")
        wrong += [f"{where}: {each}" for each in _formulas(answer)]
    walk.world.restore()
    assert "\n".join(wrong) == ""


def _get(walk: Walk, who: str, where: str) -> TestResponse:
    browser = walk.browsers[who]
    return browser.ask("GET", where) if where.startswith("/api/v1") else browser.get(where)


def _status(walk: Walk, who: str, where: str) -> int:
    return _get(walk, who, where).status_code


def _formulas(answer: TestResponse) -> list[str]:
    """The cells of an answer's CSV that a spreadsheet would work out."""
    data = answer.get_data()
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            files = [packed.read(name) for name in packed.namelist() if name.endswith(".csv")]
    else:
        files = [data] if "csv" in (answer.content_type or "") else []
    rows = [row for file in files for row in csv.reader(io.StringIO(file.decode("utf-8-sig")))]
    return [
        cell for row in rows for cell in row if re.match(r"[ \xa0]*([=@\t\r＝＠]|[-+＋－]\D)", cell)
    ]


def test_mails_arrive_whole(walk: Walk, mails: tuple[Kept, int]) -> None:
    """Everything that was ever to be sent to her is sent again, under a troublesome name."""
    kept = mails[0]
    scheduler.tick(walk.world.database)  # what is due to everybody else
    walk.look_again()
    for name in list(together((*NAMES, *KEPT), 40, " "))[:FEW]:
        kept.mails.clear()
        words = _batches()[0][1]
        walk.world.write(walk.theirs, name, words)
        assert walk.world.send_again(walk.theirs, "hers@example.org") > 20
        assert scheduler.tick(walk.world.database).failed == 0
        hers = [each for each in kept.mails if "hers@example.org" in str(each["To"])]
        assert len(hers) > 5
        for arrived in hers:
            assert name.strip() in _read(arrived)
            assert not arrived.defects
            assert "\n" not in str(arrived["Subject"])
            assert MARKUP not in str(arrived["Subject"])
            assert not {"Bcc", "X-Trouble"} & set(arrived.keys())
        walk.world.restore()


def test_a_mail_is_addressed_to_any_name(walk: Walk) -> None:
    for name in (*NAMES, *KEPT):
        with walk.world.database.reading(NOBODY) as unit:
            made = mail.envelope(unit, Address(name, addr_spec="a@example.org"), name, name, "en")
        arrived = message_from_bytes(made.as_bytes(policy=SMTP), policy=SMTP)
        assert isinstance(arrived, EmailMessage)
        assert _read(arrived).endswith("<a@example.org>")
        assert name in _read(arrived) or name == "=?x?q?y?="  # reads as what it stands for
        assert str(arrived.get_content()).strip() == name.strip()


def _read(made: EmailMessage) -> str:
    """To whom it is, as RFC 2047 says: Python's own reading keeps the spaces of folds."""
    read = str(make_header(decode_header(dict(made.raw_items())["To"].replace("\r\n ", " "))))
    return read.replace('\\"', '"').replace("\\\\", "\\")
