"""Keep what was measured in docs/performance.md, each part between two marks of its own."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def machine() -> str:
    """Say when and on what it was measured."""
    today = datetime.now(UTC).date()
    load = "" if os.name == "nt" else f", load {os.getloadavg()[0]:.1f}"
    return (
        f"Measured on {today:%-d %B %Y}: {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}{load}."
    )


def write_section(name: str, body: str) -> None:
    """Put `body` between the marks of `name`, which the page must have."""
    page = PAGE.read_text(encoding="utf-8")
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    if not marks.search(page):
        raise SystemExit(f"{PAGE} has no place for {name}")
    page = marks.sub(lambda found: f"{found[1]}{body}\n{found[2]}", page)
    PAGE.write_text(page, encoding="utf-8")
