"""Each import contract in setup.cfg is seen to fail on a small house that breaks it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_house_rules import ROOT

HOUSE = {
    "ledger/__init__.py": "",
    "ledger/book.py": "",
    "timebank/__init__.py": "",
    "timebank/unit.py": "import ledger.book",
    "timebank/members.py": "import timebank.unit",
    "web/__init__.py": "",
    "web/app.py": "import flask\nimport timebank.members",
    "migrations/__init__.py": "",
    "migrations/runner.py": "import ledger",
    "migrations/versions/__init__.py": "",
    "migrations/versions/0001_ledger.py": "import alembic",
}


def lint(folder: Path, **changed: str) -> tuple[int, str]:
    """Build the small house with some files changed; return the linter's status and words."""
    for name, text in {**HOUSE, **changed}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copy(ROOT / "setup.cfg", folder)
    code = "from importlinter.cli import lint_imports_command as c; c()"
    command = [sys.executable, "-c", code, "--no-cache", "--no-logo"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_the_small_house_keeps_every_contract(tmp_path):
    status, said = lint(tmp_path)
    assert status == 0, said
    assert "5 kept, 0 broken" in said


@pytest.mark.parametrize(
    ("name", "text", "contract"),
    [
        ("ledger/book.py", "import timebank.members", "web stands over timebank"),
        ("timebank/members.py", "import web.app", "web stands over timebank"),
        ("web/app.py", "import ledger", "the web reaches the ledger only through timebank"),
        ("timebank/members.py", "import flask", "know neither Flask nor marshmallow"),
        ("ledger/book.py", "import marshmallow", "know neither Flask nor marshmallow"),
        ("timebank/members.py", "import ledger.book", "only the named modules import the ledger"),
        ("migrations/versions/0001_ledger.py", "import ledger", "never imports application code"),
    ],
)
def test_a_broken_contract_is_named(tmp_path, name, text, contract):
    status, said = lint(tmp_path, **{name: text})
    assert status == 1, said
    assert any(contract in line and "BROKEN" in line for line in said.splitlines()), said
