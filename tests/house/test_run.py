"""run.py says in plain words what is missing, and does nothing when nothing is to do."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from types import ModuleType

import pytest

from tests.test_house_rules import ROOT


@pytest.fixture
def run(monkeypatch, tmp_path) -> ModuleType:
    """run.py as a module, with a folder of its own and two small locks."""
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "requirements").mkdir()
    for name in ("runtime", "dev"):
        (tmp_path / "requirements" / f"{name}.txt").write_text("a==1\n")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "BIN", tmp_path / ".venv" / "bin")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    return module


@pytest.fixture
def made(run, monkeypatch) -> list[str]:
    """What a run would have done, without doing it: "venv" and "pip"."""
    done: list[str] = []

    def make_venv() -> None:
        done.append("venv")
        run.BIN.mkdir(parents=True)
        run.PYTHON.touch()

    def call(words, **_):
        done.append("pip")
        assert "--require-hashes" in words
        return 0

    monkeypatch.setattr(run, "make_venv", make_venv)
    monkeypatch.setattr(run.subprocess, "call", call)
    monkeypatch.setattr(run, "install_ourselves", lambda: None)
    return done


def test_an_old_python_is_refused_in_plain_words(run, monkeypatch):
    monkeypatch.setattr(run.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(run.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match="This is Python 3.9.2, and the time bank needs 3.11"):
        run.use_a_new_python()


def test_an_old_python_hands_over_to_a_newer_one_that_works(run, monkeypatch):
    started = []
    monkeypatch.setattr(run.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(run.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(run, "works", lambda python: python == "/bin/python3.12")
    monkeypatch.setattr(run.subprocess, "call", lambda words: started.append(words[0]) or 3)
    with pytest.raises(SystemExit) as stopped:
        run.use_a_new_python()
    assert (started, stopped.value.code) == (["/bin/python3.12"], 3)


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_the_missing_package_is_named(run, monkeypatch, missing):
    monkeypatch.setattr(run.importlib.util, "find_spec", lambda name: name != missing)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        run.make_venv()


def test_a_second_start_installs_nothing(run, made):
    run.ready("runtime")
    assert made == ["venv", "pip"]
    run.ready("runtime")
    assert made == ["venv", "pip"]


def test_the_development_lock_serves_the_runtime_too_but_not_the_reverse(run, made):
    run.ready("runtime")
    run.ready("dev")
    assert made == ["venv", "pip", "pip"]
    run.ready("runtime")
    assert made == ["venv", "pip", "pip"]


def test_a_changed_lock_is_installed_into_the_same_environment(run, made):
    run.ready("dev")
    (run.ROOT / "requirements" / "dev.txt").write_text("a==2\n")
    run.ready("dev")
    assert made == ["venv", "pip", "pip"]


def test_another_python_gets_a_new_environment(run, made, monkeypatch):
    run.ready("dev")
    monkeypatch.setattr(run.sys, "version_info", (3, 99, 0))
    run.ready("dev")
    assert made == ["venv", "pip", "venv", "pip"]


def test_an_installation_that_failed_is_done_again(run, made, monkeypatch):
    with monkeypatch.context() as failing:
        failing.setattr(run.subprocess, "call", lambda words: 1)
        with pytest.raises(SystemExit, match="could not be installed"):
            run.ready("runtime")
    run.ready("runtime")
    assert made == ["venv", "pip"]


def test_what_cannot_be_installed_is_said_loudly(run, monkeypatch, capsys):
    monkeypatch.setattr(run.shutil, "which", lambda name: None)
    run.fetch("chromium", run.CHROMIUM, "the browser tests")
    said = capsys.readouterr().out
    assert "!!!" in said
    assert "the browser tests will be left out" in said


def test_an_unknown_command_lists_the_known_ones():
    asked = [sys.executable, str(ROOT / "run.py"), "dance"]
    done = subprocess.run(asked, capture_output=True, text=True)
    assert done.returncode == 2
    assert "There is no command 'dance'" in done.stderr
    assert "run.py demo" in done.stderr


@pytest.mark.parametrize(("free", "there"), [(7, True), (5, False)])
def test_tests_keep_their_files_in_memory_where_there_is_plenty(run, monkeypatch, free, there):
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(run, "MEMORY", run.ROOT)
    monkeypatch.setattr(run, "available", lambda: free * 1024**3)
    monkeypatch.setattr(run, "PLENTY", 6 * 1024**3)
    room = type("Room", (), {"f_flag": 0, "f_bavail": 10 * 1024**2, "f_frsize": 1024})
    monkeypatch.setattr(run.os, "statvfs", lambda _folder: room, raising=False)
    assert run.in_memory().get("TMPDIR") == (str(run.ROOT) if there else None)
    # Who names a folder is asked nothing.
    monkeypatch.setenv("TMPDIR", "/elsewhere")
    assert run.in_memory()["TMPDIR"] == "/elsewhere"
    # A folder from which no program may be started is of no use to a database server.
    monkeypatch.delenv("TMPDIR")
    room.f_flag = run.os.ST_NOEXEC
    assert "TMPDIR" not in run.in_memory()


def test_the_memory_that_is_to_be_had(run, monkeypatch):
    told = "MemTotal: 8000 kB\nMemAvailable:    6000 kB\nBuffers: 1 kB\n"
    monkeypatch.setattr(run.Path, "read_text", lambda _path, **_: told)
    assert run.available() == 6000 * 1024
