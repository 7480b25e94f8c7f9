"""Reads a PDF back as it is drawn: every run of text with its size and where it stands.

Made for the PDF that Typst writes: text of CID fonts with two-byte codes and a ToUnicode table.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class Run:
    """A run of text: its page from 1, height of type in points, and from where to where it goes.

    ``left``, ``right`` and ``bottom`` (the base line) are in points from the page's lower left.
    """

    page: int
    text: str
    points: float
    left: float
    right: float
    bottom: float


@dataclass
class _Font:
    letters: dict[int, str]
    widths: dict[int, float]
    usual: float


def runs_of(data: bytes) -> list[Run]:
    """Every run of text of a PDF, in the order in which it is drawn."""
    with pikepdf.open(io.BytesIO(data)) as file:
        return [run for number, page in enumerate(file.pages, 1) for run in _page(number, page)]


def words_of(data: bytes) -> str:
    """The text of a PDF; a new line of type begins after a blank."""
    text, last = "", Run(0, "", 0, 0, 0, 0)
    for run in runs_of(data):
        goes_on = (run.page, round(run.bottom, 1)) == (last.page, round(last.bottom, 1))
        goes_on = goes_on and abs(run.left - last.right) < 1
        text += run.text if goes_on else f" {run.text}"
        last = run
    return " ".join(text.replace("\u200b", "").split())


def reading_order(data: bytes) -> list[tuple[int, int]]:
    """Page and number of every marked piece, in the order in which a screen reader has them."""
    with pikepdf.open(io.BytesIO(data)) as file:
        pages = {page.objgen: number for number, page in enumerate(file.pages, 1)}
        return list(_pieces(file.Root.StructTreeRoot.K, 0, pages))


def _pieces(
    node: pikepdf.Object | int, page: int, pages: dict[tuple[int, int], int]
) -> Iterator[tuple[int, int]]:
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from _pieces(each, page, pages)
    elif isinstance(node, pikepdf.Dictionary):
        page = pages[node.Pg.objgen] if "/Pg" in node else page
        if "/MCID" in node:
            yield page, int(node.MCID)
        elif "/K" in node:
            yield from _pieces(node.K, page, pages)
    else:
        yield page, int(node)


def _page(number: int, page: pikepdf.Page) -> Iterator[Run]:
    fonts = {name: _font(font) for name, font in page.resources.get("/Font", {}).items()}
    now, kept = _IDENTITY, []
    font, size, at = None, 0.0, _IDENTITY
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "q":
            kept.append(now)
        elif name == "Q":
            now = kept.pop()
        elif name == "cm":
            now = _times(tuple(map(float, operands)), now)
        elif name == "BT":
            at = _IDENTITY
        elif name == "Tf":
            font, size = fonts[str(operands[0])], float(operands[1])
        elif name == "Tm":
            at = tuple(map(float, operands))
        elif name == "Td":
            at = _times((1, 0, 0, 1, float(operands[0]), float(operands[1])), at)
        elif name in ("Tj", "TJ"):
            assert font is not None
            shown = operands[0] if name == "TJ" else [operands[0]]
            text, advance = _shown(font, shown)
            whole = _times(at, now)
            end = _times((1, 0, 0, 1, advance * size / 1000, 0), whole)
            points = size * abs(whole[0] * whole[3] - whole[1] * whole[2]) ** 0.5
            yield Run(number, text, round(points, 2), whole[4], end[4], whole[5])
            at = _times((1, 0, 0, 1, advance * size / 1000, 0), at)
        else:
            assert name not in ("Tz", "Tc", "Tw", "TL", "TD", "T*", "'", '"'), name


def _shown(font: _Font, pieces: object) -> tuple[str, float]:
    """The letters of a TJ and how far it moves on, in thousandths of the type's height."""
    text, advance = "", 0.0
    for piece in pieces:  # type: ignore[attr-defined]
        if not isinstance(piece, pikepdf.String):
            advance -= float(piece)
            continue
        codes = bytes(piece)
        for place in range(0, len(codes), 2):
            code = int.from_bytes(codes[place : place + 2], "big")
            text += font.letters.get(code, "")
            advance += font.widths.get(code, font.usual)
    return text, advance


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (
        a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k,
        e * h + f * j + m,
    )  # fmt: skip


def _font(font: pikepdf.Object) -> _Font:
    inner = font.DescendantFonts[0]
    widths: dict[int, float] = {}
    listed = list(inner.get("/W", []))
    while listed:
        first, more = int(listed.pop(0)), listed.pop(0)
        if isinstance(more, pikepdf.Array):
            widths |= {first + place: float(width) for place, width in enumerate(more)}
        else:
            widths |= dict.fromkeys(range(first, int(more) + 1), float(listed.pop(0)))
    return _Font(_letters(font.ToUnicode.read_bytes()), widths, float(inner.get("/DW", 1000)))


def _letters(table: bytes) -> dict[int, str]:
    text, found = table.decode("ascii"), {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        for code, letters in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            found[int(code, 16)] = bytes.fromhex(letters).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for low, high, letters in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            first = ord(bytes.fromhex(letters).decode("utf-16-be"))
            for code in range(int(low, 16), int(high, 16) + 1):
                found[code] = chr(first + code - int(low, 16))
    return found
