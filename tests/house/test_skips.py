"""Skips are listed at the end, and with CI=true only two marks may skip."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.test_house_rules import ROOT

SAMPLE = """
import pytest

def test_plain():
    pytest.skip("no moon tonight")

@pytest.fixture(scope="session")
def server():
    pytest.skip("no server here")

def test_with_a_fixture_that_skips(server):
    pass

@pytest.mark.reference_data
def test_marked():
    pytest.skip("no reference files")

@pytest.mark.xfail(reason="known", strict=True)
def test_known():
    assert False
"""


def outcome(tmp_path, ci: str) -> tuple[int, str]:
    """Run the sample under our conftest and configuration; return status and output."""
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "setup.cfg"), "-p"]
    command += ["tests.conftest", "-p", "no:cacheprovider", f"--rootdir={tmp_path}"]
    command.append(str(tmp_path / "test_sample.py"))
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_skips_are_listed_with_their_reasons(tmp_path):
    status, output = outcome(tmp_path, ci="")
    assert status == 0, output
    assert "NOT TESTED ON THIS MACHINE" in output
    assert "1 x Skipped: no moon tonight" in output
    assert "1 x Skipped: no reference files" in output
    assert "1 x Skipped: no server here" in output


def test_with_ci_an_unmarked_skip_fails(tmp_path):
    status, output = outcome(tmp_path, ci="true")
    assert status == 1, output
    assert "with CI=true this must not be skipped: Skipped: no moon tonight" in output
    assert "with CI=true this must not be skipped: Skipped: no server here" in output
    assert "1 failed, 1 skipped, 1 xfailed, 1 error" in output
