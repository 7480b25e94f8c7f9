"""Every code that can be raised has words, with the parameters it carries; no words stand idle."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import timebank
from timebank import words

KINDS = {"NotFound", "NotAllowed", "RuleBroken", "Conflict"}
# Added to an error on its way: `line` and `member` where it belongs to a line of several.
ON_THE_WAY = {"line", "member"}


def raised(source: str) -> dict[str, set[str]]:
    """Codes that a module's text raises, each with the parameters given at every place."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        position = {"not_for_oneself": 2, **dict.fromkeys(KINDS, 0)}.get(node.func.id)
        if position is None or len(node.args) <= position:
            continue
        code = node.args[position]
        if isinstance(code, ast.Constant):
            given = {keyword.arg or "*" for keyword in node.keywords}
            found[code.value] = found.get(code.value, given) & given
    return found


def everything_raised() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in sorted(Path(timebank.__file__).parent.glob("*.py")):
        for code, given in raised(path.read_text(encoding="utf-8")).items():
            found[code] = found.get(code, given) & given
    return found


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


def test_the_search_sees_what_is_raised():
    source = 'raise RuleBroken("one", a=1)\nraise RuleBroken("one", a=1, b=2)\nf(x, "two")'
    assert raised(source) == {"one": {"a"}}
    assert raised('not_for_oneself(actor, person_id, "own")') == {"own": set()}
    assert len(everything_raised()) > 60


def test_every_code_has_words():
    assert sorted(set(everything_raised()) - set(words.ERRORS)) == []


def test_the_words_ask_only_for_what_the_error_carries():
    wanting = {
        code: placeholders(words.ERRORS[code]) - given - ON_THE_WAY
        for code, given in everything_raised().items()
        if code in words.ERRORS and "*" not in given
    }
    assert {code: names for code, names in wanting.items() if names} == {}


def test_the_words_of_warnings_stand_alone():
    assert all(placeholders(text) == set() for text in words.WARNINGS.values())


def test_what_the_ledger_refuses_has_words_too():
    said = words.Words()
    assert "not enough hours" in said.error("ledger_below_floor", account="member:1", floor=0)
    assert "The books refused" in said.error("ledger_unsealed_posting", seq=1)
