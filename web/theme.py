"""The community's own colour: checked for contrast, and turned into CSS custom properties.

Pages carry no inline style (the content security policy forbids it), so the colour reaches them
through one small style sheet, `/theme.css`, made here. Every shade that text stands in or on is
derived so that it reaches WCAG 2.2 AA contrast whatever colour the group picked.
"""

from __future__ import annotations

import re

DEFAULT_BRAND_COLOUR = "#6b3a6e"
MINIMUM_CONTRAST = 4.5
PAGE_COLOUR = "#faf6ef"
WHITE = "#ffffff"
BLACK = "#000000"

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})", re.ASCII)


def check_brand_colour(colour: str) -> str | None:
    """Return a problem code, or None when white text on the colour can be read.

    Codes: `brand_colour.not_hex` (not "#rgb" or "#rrggbb"), `brand_colour.too_light` (less than
    4.5:1 with white).
    """
    if not _HEX.fullmatch(colour):
        return "brand_colour.not_hex"
    if contrast_ratio(colour, WHITE) < MINIMUM_CONTRAST:
        return "brand_colour.too_light"
    return None


def contrast_ratio(a: str, b: str) -> float:
    """Return the WCAG contrast of two colours ("#rgb" or "#rrggbb"), from 1.0 to 21.0.

    Raises ValueError for anything else.
    """
    lighter, darker = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def theme_css(brand_colour: str | None) -> str:
    """Return the style sheet that sets the community's colours.

    A missing or unsuitable colour gives the default one: what is stored was checked when it was
    entered, and a page must never come out unreadable, or carry words that are not a colour.
    """
    if brand_colour is None or check_brand_colour(brand_colour) is not None:
        brand_colour = DEFAULT_BRAND_COLOUR
    tint = _mix(brand_colour, WHITE, 0.09)
    text = _readable_on(brand_colour, (WHITE, PAGE_COLOUR, tint))
    shades = {
        "brand": _mix(brand_colour, BLACK, 1.0),
        "brand-dark": _mix(brand_colour, BLACK, 0.72),
        "brand-text": text,
        "brand-text-dark": _mix(text, BLACK, 0.66),
        "brand-tint": tint,
        "brand-line": _mix(brand_colour, WHITE, 0.3),
        "page": PAGE_COLOUR,
    }
    lines = "".join(f"  --timebank-{name}: {value};\n" for name, value in shades.items())
    return f":root {{\n{lines}}}\n"


def _readable_on(colour: str, backgrounds: tuple[str, ...]) -> str:
    """Darken the colour step by step until it can be read on every background."""
    for step in range(100, -1, -4):
        shade = _mix(colour, BLACK, step / 100)
        if all(contrast_ratio(shade, each) >= MINIMUM_CONTRAST for each in backgrounds):
            return shade
    return BLACK


def _mix(colour: str, other: str, share: float) -> str:
    """Return "#rrggbb": `share` (0.0 to 1.0) of the colour, the rest of the other."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    """Return the relative luminance as WCAG 2 defines it, 0.0 (black) to 1.0 (white)."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    """Undo the sRGB curve for one channel, 0.0 to 1.0."""
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255. Raises ValueError when it is no colour."""
    if not _HEX.fullmatch(colour):
        raise ValueError(colour)
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
