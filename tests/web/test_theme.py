"""The community's colour always gives readable pages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import theme

HEX = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def shades(css: str) -> dict[str, str]:
    """Return the custom properties of a style sheet by name."""
    return dict(re.findall(r"--timebank-([a-z-]+): (#[0-9a-f]{6});", css))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#fff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_as_wcag_gives_it(a: str, b: str, expected: float) -> None:
    assert theme.contrast_ratio(a, b) == pytest.approx(expected, abs=0.005)
    assert theme.contrast_ratio(b, a) == theme.contrast_ratio(a, b)


@pytest.mark.parametrize(
    ("colour", "problem"),
    [
        ("#6b3a6e", None),
        ("#767676", None),
        ("#777777", "brand_colour.too_light"),
        ("#FFDD00", "brand_colour.too_light"),
        ("#048", None),
        ("6b3a6e", "brand_colour.not_hex"),
        ("plum", "brand_colour.not_hex"),
        ("#12345", "brand_colour.not_hex"),
        ("#000;}*{display:none", "brand_colour.not_hex"),
        ("#000000\n", "brand_colour.not_hex"),
        ("#٠٠٠", "brand_colour.not_hex"),
        ("", "brand_colour.not_hex"),
    ],
)
def test_check_brand_colour(colour: str, problem: str | None) -> None:
    assert theme.check_brand_colour(colour) == problem


def test_default_colour_is_suitable() -> None:
    assert theme.check_brand_colour(theme.DEFAULT_BRAND_COLOUR) is None


@pytest.mark.parametrize("colour", [None, "#ffdd00", "red;}", "#000000}"])
def test_an_unsuitable_colour_gives_the_default(colour: str | None) -> None:
    assert theme.theme_css(colour) == theme.theme_css(theme.DEFAULT_BRAND_COLOUR)


@given(HEX)
def test_every_shade_is_readable_whatever_the_colour(colour: str) -> None:
    found = shades(theme.theme_css(colour))
    for background in ("#ffffff", found["page"], found["brand-tint"]):
        assert theme.contrast_ratio(found["brand-text"], background) >= 4.5
        assert theme.contrast_ratio(found["brand-text-dark"], background) >= 4.5
    assert theme.contrast_ratio(found["brand"], "#ffffff") >= 4.5
    assert theme.contrast_ratio(found["brand-dark"], "#ffffff") >= 4.5
    if theme.check_brand_colour(colour) is None:
        assert found["brand"] == colour


def test_the_style_sheet_of_the_house_uses_only_shades_that_the_theme_gives() -> None:
    from pathlib import Path

    css = Path(theme.__file__).with_name("static").joinpath("timebank.css").read_text("utf-8")
    used = set(re.findall(r"var\(--timebank-([a-z-]+)", css))
    assert used <= set(shades(theme.theme_css(None)))
    assert used
