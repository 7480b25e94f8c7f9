"""Text that people type: what is kept, and what is refused with its field."""

from __future__ import annotations

import pytest

from timebank import texts
from timebank.errors import RuleBroken


def test_text_is_stripped_and_otherwise_as_it_was_typed():
    assert texts.clean("  Zoe\u0308 Ng\n", "name") == "Zoe\u0308 Ng"


def test_lines_are_kept_only_where_they_may_be():
    assert texts.clean("one\r\ntwo\rthree", "words", lines=True) == "one\ntwo\nthree"
    with pytest.raises(RuleBroken, match="text_control"):
        texts.clean("one\ntwo", "name")


@pytest.mark.parametrize("bad", ["a\0b", "a\x1bb", "a\ud800b", "a\u202eb", "a\u2028b", "a\x7fb"])
def test_what_cannot_be_printed_or_disguises_is_refused(bad):
    with pytest.raises(RuleBroken) as refused:
        texts.clean(bad, "place", lines=True)
    assert (refused.value.code, refused.value.field) == ("text_control", "place")


def test_joiners_and_other_scripts_are_kept():
    for name in ("José Ñúñez", "नमस्ते", "李小龍", "👩\u200d🏫 Ann"):
        assert texts.clean(name, "name") == name


@pytest.mark.parametrize("empty", [None, "", "  \t "])
def test_what_is_needed_must_be_there(empty):
    with pytest.raises(RuleBroken, match="text_missing"):
        texts.clean(empty, "name")
    assert texts.optional(empty, "name") is None


def test_text_has_a_limit():
    assert texts.clean("x" * 200, "name") == "x" * 200
    with pytest.raises(RuleBroken) as refused:
        texts.clean("x" * 201, "name")
    assert refused.value.params == {"most": 200}


@pytest.mark.parametrize(
    "bad", ["ann", "@example.org", "ann@", "ann@local", "a b@example.org", "a@b@example.org",
            "Ann <ann@example.org>", "ann@example.org,bob@example.org", "ann@.example.org"]
)  # fmt: skip
def test_what_is_no_e_mail_address_is_refused(bad):
    with pytest.raises(RuleBroken, match="email_wrong"):
        texts.email(bad)


def test_an_e_mail_address_is_kept_in_small_letters():
    assert texts.email(" Ann.O'Hara+bank@Example.ORG ") == "ann.o'hara+bank@example.org"
    assert texts.email("") is None
