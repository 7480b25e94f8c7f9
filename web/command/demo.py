"""The sample community, in a folder of its own, for looking around and for trying things."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

import click

from timebank import sample
from timebank.errors import RuleBroken
from timebank.sample import SignInSample
from timebank.sample_content import PASSWORD
from timebank.settings import Settings, load
from web.command.instance import migrate, progress, table
from web.command.serve import run_server

# Says that a folder holds a sample, and whether it was finished.
MARK = "sample.json"
# Nothing else of the environment is used: a real community's database is never touched.
_USED = ("TIMEBANK_HOST", "TIMEBANK_PORT", "TIMEBANK_ADDRESS", "TIMEBANK_TIME_ZONE")


@click.command()
@click.option(
    "--serve/--no-serve",
    "serving",
    default=True,
    show_default=True,
    help="Serve it when it is there.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="TIMEBANK_DATA",
    default=Path("demo-data"),
    show_default=True,
    help="The folder it lives in.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port to listen on (TIMEBANK_PORT)."
)
def demo(serving: bool, data: Path, port: int | None) -> None:
    """Build the sample community, print its sign-ins, and serve it.

    Six months of sessions, rewards and statements of people who do not exist; nothing is ever
    mailed. Run again, it serves what is there; delete the folder to begin anew.
    """
    settings = _settings(data.absolute())
    sign_ins = _sign_ins_there(settings)
    if sign_ins is None:
        sign_ins = _build(settings)
    click.echo(f"The sample community is in {settings.data}. Sign in with")
    table(("Name", "E-mail", "Who"), [(s.name, s.email, s.roles) for s in sign_ins])
    click.echo(f"The password of each is: {PASSWORD}")
    if serving:
        run_server(settings, port=port)


def _settings(data: Path) -> Settings:
    environ = {name: os.environ[name] for name in _USED if name in os.environ}
    return load({**environ, "TIMEBANK_DATA": str(data)})


def _sign_ins_there(settings: Settings) -> list[SignInSample] | None:
    """Who can sign in to a finished sample; None when there is still one to build.

    Raises ``RuleBroken('sample_elsewhere')`` for a folder that holds something else.
    """
    mark = settings.data / MARK
    if mark.exists():
        found = json.loads(mark.read_text(encoding="utf-8"))
        if found["finished"]:
            return [SignInSample(**one) for one in found["sign_ins"]]
        shutil.rmtree(settings.data)  # it was interrupted
    elif settings.data.exists() and any(settings.data.iterdir()):
        raise RuleBroken("sample_elsewhere", path=str(settings.data))
    return None


def _build(settings: Settings) -> list[SignInSample]:
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_mark(settings, [], finished=False)
    migrate(settings)  # what is in it from the first minute belongs to the story already
    sign_ins = sample.build(settings, progress=progress("Building the sample community, step"))
    _write_mark(settings, sign_ins, finished=True)
    return sign_ins


def _write_mark(settings: Settings, sign_ins: list[SignInSample], *, finished: bool) -> None:
    content = {"finished": finished, "sign_ins": [asdict(one) for one in sign_ins]}
    (settings.data / MARK).write_text(json.dumps(content, indent=1), encoding="utf-8")
