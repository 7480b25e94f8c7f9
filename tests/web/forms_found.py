"""The forms of a page as a browser would send them, filled in as an obliging person would.

for form in forms_of(markup):
    form.action, form.sent()        # where it goes, and what is sent when nothing is changed
    form.filled(words="Thanks")     # every box filled in, the first answer chosen
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

from tests.timebank.builders import PASSWORD

# What small boxes hold by the end of their name; the day is one of the sample community's June.
_PARTS = {"hours": "1", "minutes": "0", "day": "12", "month": "6", "year": "2026"}
_TEXT = {"text", "search", "email", "tel", "url", "password", "number", "textarea"}
WORDS = "A few words"


@dataclass(frozen=True)
class Box:
    """One control: ``kind`` is an input's type, "textarea", "select" or "button"."""

    name: str
    kind: str
    value: str
    chosen: bool = False
    numeric: bool = False

    @property
    def free(self) -> bool:
        """Whether a person writes words of their own into it."""
        small = self.name.replace("-", "_").rpartition("_")[2] in _PARTS
        kinds = _TEXT - {"number", "password", "email"}
        return self.kind in kinds and not self.numeric and not small


@dataclass(frozen=True)
class FoundForm:
    """A form as it stands on a page; ``button`` is the one that is pressed."""

    action: str
    method: str
    boxes: tuple[Box, ...]
    button: Box | None = None

    @property
    def names(self) -> frozenset[str]:
        """The names of what is sent."""
        return frozenset(box.name for box in self.boxes if box.kind != "button")

    @property
    def hidden(self) -> dict[str, str]:
        """What a person does not see of it."""
        return {box.name: box.value for box in self.boxes if box.kind == "hidden"}

    def free(self) -> list[str]:
        """The boxes for words of one's own."""
        return [box.name for box in self.boxes if box.free]

    def sent(self) -> dict[str, list[str]]:
        """What is sent as the page stands."""
        always = _TEXT | {"hidden"}
        found: dict[str, list[str]] = {}
        for box in self.boxes:
            if box.kind in always or (box.kind != "button" and box.chosen):
                found.setdefault(box.name, []).append(box.value)
        if self.button is not None and self.button.name:
            found[self.button.name] = [self.button.value]
        return found

    def filled(self, **words: str) -> dict[str, list[str]]:
        """Every empty box filled in, and an answer chosen where none was; ``words`` by box."""
        found = self.sent()
        for box in self.boxes:
            empty = not any(found.get(box.name, []))
            if empty and box.value and box.kind in ("radio", "select", "checkbox"):
                found[box.name] = [box.value]
            elif empty and box.kind in _TEXT:
                found[box.name] = [_suitable(box)]
        if "key" in found:
            found["key"] = [uuid4().hex]  # each is a click of its own
        for name, text in words.items():
            found[name] = [text]
        return found


def _suitable(box: Box) -> str:
    last = box.name.replace("-", "_").rpartition("_")[2]
    if last in _PARTS:
        return _PARTS[last]
    if box.kind == "password":
        return PASSWORD
    if box.kind == "email" or last == "email":
        return "somebody@example.org"
    if box.kind == "number" or box.numeric:
        return "1"
    return WORDS


def forms_of(markup: str, *, main_only: bool = True) -> list[FoundForm]:
    """The forms of a page, one for each button that can be pressed."""
    reader = _Reader(main_only)
    reader.feed(markup)
    reader.close()
    return [variant for form in reader.forms for variant in _by_button(form)]


def _by_button(form: FoundForm) -> list[FoundForm]:
    buttons = [box for box in form.boxes if box.kind == "button"]
    named = [replace(form, button=button) for button in buttons if button.name]
    if len(named) < len(buttons) or not buttons:
        named.append(form)
    return named


@dataclass
class _Open:
    action: str
    method: str
    boxes: list[Box] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects forms; ``main_only`` leaves out those of the header and the footer."""

    def __init__(self, main_only: bool) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self._inside = not main_only
        self._by_id: dict[str, _Open] = {}
        self._open: _Open | None = None
        self._select: dict[str, Any] | None = None
        self._area: list[str] | None = None
        self._area_name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._inside = True
        elif tag == "form" and self._inside:
            self._open = _Open(found.get("action", ""), found.get("method", "get"))
            self._by_id[found.get("id", "")] = self._open
        elif tag == "option" and self._select is not None:
            self._box(
                {**self._select, "value": found.get("value", "")}, "select", "selected" in found
            )
        elif tag == "select":
            self._select = found
        elif tag == "textarea":
            self._area, self._area_name = [], found.get("name", "")
        elif tag == "button":
            self._box(found, "button", False)
        elif tag == "input":
            kind = found.get("type", "text")
            self._box(found, "button" if kind == "submit" else kind, "checked" in found)

    def _box(self, found: dict[str, str], kind: str, chosen: bool) -> None:
        into = self._by_id.get(found["form"]) if "form" in found else self._open
        if into is None or (not found.get("name") and kind != "button"):
            return
        value = found.get("value", "on" if kind in ("checkbox", "radio") else "")
        numeric = found.get("inputmode") == "numeric"
        into.boxes.append(Box(found.get("name", ""), kind, value, chosen, numeric))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            text = "".join(self._area).removeprefix("\n")  # as a browser reads it
            self._area = None
            self._box({"name": self._area_name, "value": text}, "textarea", False)
        elif tag == "select":
            self._select = None
        elif tag == "form" and self._open is not None:
            done, self._open = self._open, None
            self.forms.append(FoundForm(done.action, done.method.lower(), tuple(done.boxes)))
        elif tag == "main":
            self._inside = False
