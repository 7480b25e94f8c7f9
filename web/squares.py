"""Printed squares (QR codes) that a telephone's camera opens."""

from __future__ import annotations

import segno
from markupsafe import Markup


def square(address: str, title: str, *, scale: int = 5) -> Markup:
    """An address as a square, with the words that a screen reader says instead of it.

    The address always stands beside it in letters too, for whoever has no camera.
    """
    made = segno.make(address, error="m", micro=False)
    # Made by the library from an address of ours: the only markup here that no template wrote.
    return Markup(made.svg_inline(scale=scale, title=title))
