"""What we make out of a document beside Typst alone on the same one: how many times the time."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.integration.children import ROOT
from timebank import typesetting

_NOTHING = {
    "title": "-", "group": "-", "language": "en", "issued_on": "2026-01-01", "letters": [],
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """Our time by Typst's: processor time, which other work on the machine leaves alone, and by
    the clock on the wall. ``documents`` were made; ``seconds`` are ours by the clock."""

    documents: int
    seconds: float
    by_processor: float
    by_wall: float


class BesideTypst:
    """Times what we make, and Typst alone on the same documents, in a process of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.documents = 0
        self.processor = self.wall = 0.0
        self.digest = hashlib.sha256()
        # Fonts are read once a process, here as there.
        typesetting.pdf("letters.typ", _NOTHING, issued_on=date(2026, 1, 1))

    def make(self, template: str, ours: Callable[[], tuple[bytes, dict[str, Any], date]]) -> None:
        """Make one document in our way, and keep it for Typst."""
        processor, wall = time.process_time(), time.perf_counter()
        made, data, on = ours()
        self.processor += time.process_time() - processor
        self.wall += time.perf_counter() - wall
        self.documents += 1
        self.digest.update(made)
        text = json.dumps(data, ensure_ascii=False, sort_keys=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([template, text, on.isoformat()]) + "\n")

    def ratio(self) -> Ratio:
        """Our time by Typst's; the PDFs are the same byte for byte."""
        command = [sys.executable, "-m", "tests.integration.bare_typst", str(self.path)]
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        processor, wall, digest = json.loads(answer.stdout)
        assert digest == self.digest.hexdigest()
        return Ratio(
            documents=self.documents,
            seconds=round(self.wall, 1),
            by_processor=round(self.processor / processor, 2),
            by_wall=round(self.wall / wall, 2),
        )
