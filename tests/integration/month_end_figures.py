"""What a month's end came to, and the same in plain words."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from tests.integration.beside_typst import Ratio

STEPS = {
    "build": "A year of history was built",
    "full_disk": "On the disk without room",
    "issue_and_send": "Issued and sent, killed and started again",
    "calls": "Everybody was rung who hears by phone",
    "check": "Everything was checked",
}


@dataclass
class Figures:
    """What was counted and measured; ``seconds`` by step.

    ``no_room`` is what the job said about the full disk, None where no small disk could be made.
    """

    engine: str
    members: int
    statements: int = 0
    mails: int = 0
    texts: int = 0
    texts_twice: int = 0
    letters: int = 0
    calls: int = 0
    twice: int = 0
    twice_by_lost_yes: int = 0
    twice_by_kill: int = 0
    twice_by_full_disk: int = 0
    kills: int = 0
    rounds: int = 0
    no_room: set[str] | None = None
    peak_mb: int = 0
    job_mb: int = 0
    pdfs: Ratio | None = None
    letter_pdfs: Ratio | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def timed(self, step: str, began: float) -> None:
        """Add the time since ``began`` to a step."""
        self.seconds[step] = round(self.seconds.get(step, 0) + time.monotonic() - began, 1)


def told(figures: Figures) -> str:
    """The table of figures in words, one line each."""
    lines = [
        f"A month's end on {figures.engine} with {figures.members:,} members.",
        "",
        f"{figures.statements:,} statements were issued, each once.",
        f"{figures.mails:,} mails, {figures.texts:,} texts, {figures.letters:,} letters and "
        f"{figures.calls:,} calls: everybody was reached.",
        f"{figures.kills} processes were killed in {figures.rounds} rounds.",
        *_of_the_disk(figures),
        "",
        f"{figures.twice} mails came once too often:",
        f"  {figures.twice_by_lost_yes} because the mail server's yes was lost on the way,",
        f"  {figures.twice_by_kill} because the process was killed between the yes and our note,",
        f"  {figures.twice_by_full_disk} because the disk had no room for our note.",
        f"{figures.texts_twice} texts came once too often.",
        "",
        *(f"{words}: {figures.seconds[step]:,.1f} seconds." for step, words in STEPS.items()
          if step in figures.seconds),
        *_of_typst("Statements as PDF", figures.pdfs),
        *_of_typst("Letters to print", figures.letter_pdfs),
        f"Memory at most: {figures.job_mb:,} MB in a process that issues and sends, "
        f"{figures.peak_mb:,} MB in any.",
    ]  # fmt: skip
    return "\n".join(lines)


def _of_the_disk(figures: Figures) -> list[str]:
    if figures.no_room is None:
        return ["No disk was full: only root can make a small one."]
    said = [f"  {line}" for line in sorted(figures.no_room)]
    return ["The disk was full, and with room again the work went on. What was said meanwhile:",
            *said]  # fmt: skip


def _of_typst(what: str, ratio: Ratio | None) -> list[str]:
    if ratio is None:
        return []
    return [
        f"{what}: {ratio.documents:,} documents in {ratio.seconds:,.1f} seconds, "
        f"{ratio.by_processor:.2f} times Typst alone by processor time, "
        f"{ratio.by_wall:.2f} times by the clock."
    ]
