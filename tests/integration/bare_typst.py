"""Typst alone, in a process of its own: compiles documents, says how much time it took.

    python -m tests.integration.bare_typst FILE

``FILE`` has one JSON text a line: template, data, day. It answers with seconds of processor time,
seconds by the clock, and the SHA-256 of all PDFs together. In a process of its own, because Typst
remembers what it has set before.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import typst

TEMPLATES = Path(__file__).resolve().parents[2] / "timebank" / "typst"


def main(path: str) -> None:
    """Compile every document of the file."""
    digest, processor, wall = hashlib.sha256(), 0.0, 0.0
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(TEMPLATES / "fonts")])
    with open(path, encoding="utf-8") as file:
        for line in file:
            template, text, on = json.loads(line)
            day = date.fromisoformat(on)
            at = datetime(day.year, day.month, day.day, tzinfo=UTC)
            began, at_wall = time.process_time(), time.perf_counter()
            compiler = typst.Compiler(
                str(TEMPLATES / template), root=str(TEMPLATES), font_paths=fonts
            )
            made = compiler.compile(
                format="pdf", sys_inputs={"data": text}, pdf_standards="ua-1", timestamp=at
            )
            processor += time.process_time() - began
            wall += time.perf_counter() - at_wall
            assert isinstance(made, bytes)
            digest.update(made)
    print(json.dumps([processor, wall, digest.hexdigest()]))


if __name__ == "__main__":
    main(sys.argv[1])
