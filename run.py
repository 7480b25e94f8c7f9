#!/usr/bin/env python3
"""Set up and run the time bank with nothing installed but Python 3.11 or newer.

    python3 run.py run          serve the time bank (the first start installs what it needs)
    python3 run.py demo         build the sample community in ./demo-data and serve it
    python3 run.py test         lint, types, layers and every test, browser included
    python3 run.py test-fast    the tests that need neither PostgreSQL nor a browser
    python3 run.py lint         ruff, mypy and the import rules alone
    python3 run.py bench        measure posting beside a raw baseline
    python3 run.py bench-quick  the same with less work
    python3 run.py words        collect the words for translators, update and compile each language
    python3 run.py vendor       build the vendored style sheets and fonts anew (needs npm)
    python3 run.py pictures     draw the pictures of the documents anew (needs Chromium)
    python3 run.py upgrade-locks  resolve newer packages into requirements/*.txt

What follows a command is passed on: `python3 run.py run --port 8080`, `run.py test -k ledger`.
Everything is installed into .venv beside this file and nowhere else. On Windows: py run.py run
"""

# This file must at least parse on an old Python, so that it can say what is wrong there.

import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
LOCALE = "timebank/locale"
TEMPLATE = f"{LOCALE}/messages.pot"
IMPORT_RULES = "from importlinter.cli import lint_imports_command as lint; lint()"
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
# A folder that Linux keeps in memory, and how much has to be left of it for tests to use it.
MEMORY = Path("/dev/shm")
PLENTY = 6 * 1024**3
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")


def main(arguments):
    """Run one command; return the exit status."""
    command = arguments[0] if arguments else "help"
    if command in ("help", "-h", "--help"):
        print(__doc__.strip())
        return 0
    if command not in COMMANDS:
        print(f"There is no command {command!r}.\n\n{__doc__.strip()}", file=sys.stderr)
        return 2
    use_a_new_python()
    return COMMANDS[command](arguments[1:])


def stop(message):
    """End with one message and a non-zero status."""
    sys.exit(f"\n{message}\n")


def use_a_new_python():
    """Go on under a newer Python where this one is too old and another is installed."""
    if sys.version_info >= OLDEST:
        return
    other = next((path for path in map(shutil.which, NEWER) if path and works(path)), None)
    here = ".".join(map(str, sys.version_info[:3]))
    if other is None:
        stop(f"This is Python {here}, and the time bank needs 3.11 or newer. "
             "Please install one (https://www.python.org/downloads/) and try again.")
    print(f"Python {here} is too old; going on with {other}.", flush=True)
    sys.exit(subprocess.call([other, str(ROOT / "run.py"), *sys.argv[1:]]))


def works(python):
    """Say whether `python` really starts and is new enough (a version manager's stub may not)."""
    check = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.call([python, "-c", check], **QUIET) == 0


def ready(kind):
    """Make .venv hold the packages of the lock `kind`; cheap when it already does."""
    # A virtual environment works only where it was made and under the Python that made it.
    home = f"{sys.version_info[0]}.{sys.version_info[1]} {ROOT}"
    if PYTHON.exists() and says(f"timebank-{kind}", stamp(home, kind)):
        return
    if VENV.exists() and not says("timebank-home", home):
        shutil.rmtree(VENV)
    if not PYTHON.exists():
        make_venv()
        (VENV / "timebank-home").write_text(home, encoding="utf-8")
    print("Installing packages into .venv (once; about a minute) ...", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    if subprocess.call([*pip, "--require-hashes", "-r", str(ROOT / f"requirements/{kind}.txt")]):
        stop("The packages could not be installed; the lines above say why. Often the machine is "
             "not on-line: try again when it is.")
    install_ourselves()
    # Written last, so that a stop half-way is made good; the lock "dev" contains "runtime".
    for name in {"runtime", kind}:
        (VENV / f"timebank-{name}").write_text(stamp(home, name), encoding="utf-8")


def says(name, text):
    """Say whether the small file `name` in .venv holds exactly `text`."""
    return (VENV / name).exists() and (VENV / name).read_text(encoding="utf-8") == text


def stamp(home, kind):
    """Return what .venv/timebank-KIND says when .venv holds exactly the lock of that name."""
    lock = ROOT / f"requirements/{kind}.txt"
    return f"{home} {hashlib.sha256(lock.read_bytes()).hexdigest()}"


def make_venv():
    """Create .venv, or name the package that is missing for it."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        stop(f"This Python {version} comes without venv or ensurepip, which set up a place for "
             "the time bank's packages.\n"
             "On Debian, Ubuntu or Raspberry Pi OS:  apt install python3-venv\n"
             f"(if that does not help:  apt install python{version}-venv)")
    python = getattr(sys, "_base_executable", None) or sys.executable
    if subprocess.call([python, "-m", "venv", "--clear", str(VENV)]):
        stop("The folder .venv could not be made; the lines above say why.")


def install_ourselves():
    """Put this checkout and the `timebank` command into .venv, without building anything."""
    ask = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    packages = subprocess.check_output([str(PYTHON), "-c", ask], universal_newlines=True).strip()
    (Path(packages) / "timebank.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    start = "import sys\n\nfrom web.command import main\n\nsys.exit(main())\n"
    script = BIN / "timebank"
    script.write_text(f"#!{PYTHON}\n{start}", encoding="utf-8")
    script.chmod(0o755)
    if WINDOWS:
        (BIN / "timebank.cmd").write_text('@"%~dp0python.exe" "%~dp0timebank" %*\n')


def become(*command):
    """Go on as a command in .venv's Python: Ctrl+C and a stop reach it, with nothing between."""
    words = [str(PYTHON), *map(str, command)]
    os.chdir(str(ROOT))
    if not WINDOWS:
        os.execv(words[0], words)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call(words)


def call(*command, **more):
    """Run a command in .venv's Python from this folder; return its exit status."""
    return subprocess.call([str(PYTHON), *map(str, command)], cwd=str(ROOT), **more)


def serve(arguments):
    """Serve the time bank from ./data (or TIMEBANK_DATA)."""
    ready("runtime")
    return become(BIN / "timebank", "serve", *arguments)


def demo(arguments):
    """Build and serve the sample community in a folder of its own."""
    ready("runtime")
    return become(BIN / "timebank", "demo", "--serve", "--data", ROOT / "demo-data", *arguments)


def lint(arguments):
    """Check style, types and the import rules; all of them, so that one run shows everything."""
    ready("dev")
    checks = [
        ("ruff check", ["-m", "ruff", "check", "."]),
        ("ruff format", ["-m", "ruff", "format", "--check", "."]),
        ("mypy", ["-m", "mypy"]),
        ("import rules", ["-c", IMPORT_RULES, "--no-logo"]),
    ]
    failed = []
    for name, command in checks:
        print(f"--- {name}", flush=True)
        if call(*command):
            failed.append(name)
    if failed:
        print(f"\nNot passed: {', '.join(failed)}", file=sys.stderr, flush=True)
    return 1 if failed else 0


def test(arguments):
    """Check everything; the last line is pytest's own summary."""
    ready("dev")
    if not os.environ.get("TIMEBANK_CHROMIUM"):
        fetch("chromium", CHROMIUM, "the browser tests")
    fetch("hledger", ("hledger",), "the check of our export by hledger")
    if lint([]):
        return 1
    # Whole files go to one worker: a file's tests may share a server.
    return call("-m", "pytest", "-n", "2", "--dist", "loadfile", *arguments, env=in_memory())


def in_memory():
    """Return an environment in which tests keep their files in memory, where there is plenty.

    Everything is written and synchronised as ever; only nobody waits for a disk meanwhile.
    """
    environ = dict(os.environ)
    with contextlib.suppress(OSError, AttributeError):
        found = os.statvfs(str(MEMORY))
        runs_programs = not found.f_flag & os.ST_NOEXEC
        if runs_programs and min(found.f_bavail * found.f_frsize, available()) >= PLENTY:
            environ.setdefault("TMPDIR", str(MEMORY))
    return environ


def available():
    """Return how many bytes of memory Linux says are to be had; 0 elsewhere."""
    told = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) * 1024 for line in told if "MemAvailable" in line), 0)


def test_fast(arguments):
    """Run the tests that need nothing but this checkout."""
    ready("dev")
    return call("-m", "pytest", "-m", "not browser and not postgres and not drill", *arguments)


def script(kind, *words):
    """Return the command that runs one of our scripts with the packages of the lock `kind`."""
    def command(arguments):
        ready(kind)
        return call(*words, *arguments)
    return command


def words(arguments):
    """Collect the words anew; bring each language's catalogue up to date with them and compile it.

    What a language lacks stays empty, never guessed: tests/test_catalogue.py names it.
    """
    ready("dev")
    babel = ["-m", "babel.messages.frontend", "-q"]
    return (
        call(*babel, "extract", "-F", "babel.cfg", "-k", "N_", "-k", "_count:1,2",
             "--no-location", "--sort-output", "--omit-header", "-o", TEMPLATE, ".")
        or call(*babel, "update", "-i", TEMPLATE, "-d", LOCALE, "--no-fuzzy-matching",
                "--ignore-obsolete", "--ignore-pot-creation-date")
        or call(*babel, "compile", "-d", LOCALE)
    )


def upgrade_locks(arguments):
    """Resolve newer packages into the locks."""
    return subprocess.call([sys.executable, str(ROOT / "requirements/upgrade.py")])


def fetch(package, programs, purpose):
    """Install a Debian package when none of its programs is there and we may; else say so."""
    if any(map(shutil.which, programs)):
        return
    apt = shutil.which("apt-get")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    sudo = [] if root else ["sudo", "-n"]
    allowed = root or (shutil.which("sudo") and subprocess.call([*sudo, "true"], **QUIET) == 0)
    if apt and allowed:
        print(f"Installing {package} for {purpose} ...", flush=True)
        base = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq"]
        for step in (["update"], ["install", "-y", "--no-install-recommends", package]):
            subprocess.call([*base, *step], stdout=subprocess.DEVNULL)
    if not any(map(shutil.which, programs)):
        print(f"{'!' * 78}\n{package} is not installed, so {purpose} will be left out.\n"
              f"Install it (for instance: apt install {package}).\n{'!' * 78}", flush=True)


COMMANDS = {
    "run": serve,
    "serve": serve,
    "demo": demo,
    "test": test,
    "test-fast": test_fast,
    "lint": lint,
    "bench": script("dev", "bench/ledger_bench.py"),
    "bench-quick": script("dev", "bench/ledger_bench.py", "--quick"),
    "words": words,
    "vendor": script("dev", "vendor/build.py"),
    "pictures": script("dev", "-m", "pytest", "-q", "tests/browser/pictures.py"),
    "upgrade-locks": upgrade_locks,
}

if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
