"""Prove the books, and export them for accounting tools that others wrote."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import click

from timebank import audit, checkpoints
from timebank.words import FINDINGS
from web.command.instance import count, open_instance, words


class Head(click.ParamType):
    """A position in the books that was written down earlier, as SEQ:DIGEST."""

    name = "SEQ:DIGEST"
    _PATTERN = re.compile(r"([0-9]{1,18}):([0-9a-fA-F]{64})", re.ASCII)

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, str]:
        """The sequence number and the digest in hexadecimal digits."""
        if isinstance(value, tuple):
            return value
        found = self._PATTERN.fullmatch(str(value).strip())
        if found is None:
            self.fail(
                "write the number and the 64 digits as they stand on a statement: 42:0a1b…",
                param,
                ctx,
            )
        return int(found[1]), found[2].lower()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON, for programs.")
@click.option(
    "--against",
    type=Head(),
    metavar="SEQ:DIGEST",
    help="A position noted earlier, as on a statement: has history changed since?",
)
@click.option(
    "--against-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Checkpoints noted day by day: checkpoints.txt, or a copy kept elsewhere.",
)
@click.option(
    "--from",
    "start",
    type=Head(),
    metavar="SEQ:DIGEST",
    help="A position up to which the books were proven before: recount only what came after.",
)
def verify(
    as_json: bool,
    against: tuple[int, str] | None,
    against_file: Path | None,
    start: tuple[int, str] | None,
) -> None:
    """Recount the books from the first posting, and everything that must agree with them.

    Names each finding and exits with 1 when there is one.
    """
    noted = checkpoints.read(against_file) if against_file else []
    with open_instance() as instance, instance.reading() as unit:
        report = audit.verify(unit, against, noted, start)
    head = f"{report.head.seq}:{report.head.digest.hex()}"
    if as_json:
        click.echo(json.dumps(_as_json(report, head), indent=1))
    else:
        for finding in report.findings:
            click.echo(finding_in_words(finding), err=True)
        if not report.findings:
            click.echo("The books hold.")
        else:
            click.echo(f"{count(len(report.findings), 'finding', 'findings')}.", err=True)
        click.echo(f"{count(report.transactions, 'transaction', 'transactions')}; head {head}")
    if report.findings:
        sys.exit(1)


def finding_in_words(finding: Any) -> str:
    """One line about a finding of ``audit.verify``."""
    text = FINDINGS.get(finding.code)
    if text is None:
        return f"{finding.code} {finding.params}"
    return words.say(text, **finding.params)


def _as_json(report: Any, head: str) -> dict[str, Any]:
    return {
        "ok": not report.findings,
        "transactions": report.transactions,
        "head": head,
        "findings": [
            {
                "code": finding.code,
                "params": {name: _plain(value) for name, value in finding.params.items()},
                "message": finding_in_words(finding),
            }
            for finding in report.findings
        ],
    }


def _plain(value: object) -> object:
    return value if isinstance(value, int | str | None) else str(value)


@click.command()
@click.option(
    "--format",
    "format_",
    type=click.Choice(tuple(audit.FORMATS)),
    required=True,
    help="For which tool.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to a file instead of the terminal.",
)
def export(format_: str, output: Path | None) -> None:
    """Export the books, with balance assertions that the other tool checks by itself.

    No names: accounts and people are opaque ids.
    """
    with open_instance() as instance, instance.reading() as unit:
        if output is None:
            audit.export(unit, format_, sys.stdout)
            return
        with click.open_file(str(output), "w", encoding="utf-8", atomic=True) as stream:
            audit.export(unit, format_, stream)
    click.echo(f"Written to {output}.", err=True)
