"""The rules of the house that no other tool keeps.

Each rule is a plain function that takes names and texts and returns what is wrong, one line each.
One test applies it to the repository; another shows it a sample that breaks the rule, because a
rule that cannot fail keeps nothing.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("ledger/", "timebank/", "web/", "migrations/")
Files = dict[str, str]


def tracked() -> Iterator[str]:
    """Give the path of every file that is, or is about to be, in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        found = [name for name in listed.stdout.split("\0") if name]
    else:
        # An unpacked archive rather than a clone.
        paths = (path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file())
        found = [path for path in paths if not path.startswith((".venv/", ".git/"))]
    yield from (name for name in found if (ROOT / name).is_file())


def read(prefixes: tuple[str, ...], *suffixes: str) -> Files:
    """Return the texts of the repository's files under `prefixes` that end in `suffixes`."""
    return {
        name: (ROOT / name).read_text(encoding="utf-8")
        for name in tracked()
        if name.startswith(prefixes) and name.endswith(suffixes)
    }


def python(*prefixes: str) -> Files:
    """Return the Python files under `prefixes`; there must be some, or a rule would check air."""
    files = read(prefixes, ".py")
    assert files, f"no Python file under {prefixes}"
    return files


def nodes(files: Files, kind: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """Give (place, node) for every syntax node of `kind`."""
    for name, text in files.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, kind):
                yield f"{name}:{getattr(node, 'lineno', 0)}", node


# --- clocks ---------------------------------------------------------------------------------

# The edge where an operator's command begins may ask the clock; so may the clock itself.
MAY_ASK_THE_CLOCK = ("timebank/clock.py", "web/command/")
CLOCKS = re.compile(
    r"(?:^|\.)(?:(?:datetime|date)\.(?:now|utcnow|today)|time\.(?:time|time_ns|localtime|gmtime)"
    r"|func\.(?:now|current_timestamp|current_date))$"
)


def stray_clocks(files: Files) -> list[str]:
    """Name every place that asks the time instead of being told it by `unit.now`."""
    calls = nodes({n: t for n, t in files.items() if not n.startswith(MAY_ASK_THE_CLOCK)}, ast.Call)
    asked = ((place, ast.unparse(node.func)) for place, node in calls if isinstance(node, ast.Call))
    return [f"{place}: {name}()" for place, name in asked if CLOCKS.search(name)]


def test_only_the_clock_knows_the_time():
    assert stray_clocks(python(*PRODUCT)) == []


@pytest.mark.parametrize(
    "sample",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "time.time()",
        "sa.func.now()",
    ],
)
def test_a_stray_clock_is_found(sample):
    assert stray_clocks({"timebank/members.py": f"at = {sample}"})
    assert not stray_clocks({"timebank/clock.py": f"at = {sample}"})


# --- commits --------------------------------------------------------------------------------

# The unit is the only place where the domain commits; the migration runner has its own.
MAY_COMMIT = ("timebank/unit.py", "migrations/runner.py")


def stray_commits(files: Files) -> list[str]:
    """Name every place that commits, by method or by statement."""
    found = []
    for place, node in nodes(files, ast.Call):
        assert isinstance(node, ast.Call)
        words = [a.value for a in node.args if isinstance(a, ast.Constant)]
        by_statement = any(isinstance(w, str) and w.strip().upper() == "COMMIT" for w in words)
        if ast.unparse(node.func).endswith(".commit") or by_statement:
            found.append(place)
    return [place for place in found if not place.startswith(MAY_COMMIT)]


def test_only_the_unit_commits():
    assert stray_commits(python(*PRODUCT)) == []


@pytest.mark.parametrize("sample", ["db.commit()", "connection.exec_driver_sql('commit')"])
def test_a_stray_commit_is_found(sample):
    assert stray_commits({"timebank/members.py": sample})
    assert not stray_commits({"timebank/unit.py": sample})


# --- errors carry codes ---------------------------------------------------------------------

# A code, the name of a setting, or punctuation between them.
CODE = re.compile(r"[a-z0-9_.:]*|[A-Z][A-Z0-9_]*|[^A-Za-z]*")


def english_in_raise(files: Files) -> list[str]:
    """Name every raised text that is not a code: words belong to the catalogues."""
    found = []
    for place, node in nodes(files, ast.Raise):
        assert isinstance(node, ast.Raise)
        if node.exc is None:
            continue
        for part in ast.walk(node.exc):
            is_text = isinstance(part, ast.Constant) and isinstance(part.value, str)
            if is_text and not CODE.fullmatch(part.value):
                found.append(f"{place}: {part.value!r}")
    return found


def test_errors_carry_codes_not_english():
    assert english_in_raise(python("ledger/", "timebank/")) == []


@pytest.mark.parametrize(
    "sample", ['raise Conflict("Someone else was quicker")', 'raise Conflict(f"No {name}")']
)
def test_english_in_raise_is_found(sample):
    assert english_in_raise({"timebank/x.py": sample})
    assert not english_in_raise({"timebank/x.py": 'raise Conflict("session_changed", by=name)'})


# --- words ----------------------------------------------------------------------------------

FORBIDDEN = re.compile(
    r"\b(?:wages?|salar(?:y|ies)|earn(?:s|ed|ing|ings)?|users?)\b", re.IGNORECASE
)
# Names of things that are not people of ours, or terms fixed by somebody else.
ALLOWED = re.compile(
    r"user[- ]agents?|service[- ]users?(?: involvement)?|database user|user=|user:[^ ]*@"
    r"|minimum wage",
    re.IGNORECASE,
)


def forbidden_words(files: Files) -> list[str]:
    """Name every line with a word the glossary rules out. Its own *italics* only mention them."""
    found = []
    for name, text in files.items():
        for number, line in enumerate(text.splitlines(), start=1):
            rest = ALLOWED.sub("", line)
            if name == "docs/glossary.md":
                rest = re.sub(r"\*[^*]+\*", "", rest)
            found += [f"{name}:{number}: {word}" for word in FORBIDDEN.findall(rest)]
    return found


def test_forbidden_words_stay_out():
    files = read((*PRODUCT, "docs/"), ".html", ".md", ".txt", ".po", ".pot", ".py", ".json")
    files |= read(("README.md", "CHANGELOG.md"), ".md")
    others = ("/vendor/", "/fonts/")  # their licences are their own words
    files = {name: text for name, text in files.items() if not any(o in name for o in others)}
    assert "docs/glossary.md" in files
    assert forbidden_words(files) == []


@pytest.mark.parametrize(
    "line", ["Hours you earned", "the user signs in", "a fair wage", "Users", "Your salary"]
)
def test_a_forbidden_word_is_found(line):
    assert forbidden_words({"web/templates/home.html": line})


@pytest.mark.parametrize(
    "line", ["the User-Agent header", "service user involvement", "learn more", "current_user"]
)
def test_a_technical_use_is_no_forbidden_word(line):
    assert not forbidden_words({"web/templates/home.html": line})


# --- every hour is equal --------------------------------------------------------------------

UNEQUAL = {"rate", "rates", "weight", "weights", "multiplier", "factor", "coefficient", "tariff"}


def unequal_columns(names: Iterable[str]) -> list[str]:
    """Name every column (as table.column) that could value one person's time differently."""
    return [name for name in names if UNEQUAL & set(re.split(r"[._]", name))]


def test_no_column_weighs_anybodys_time():
    import timebank.models  # noqa: F401  its tables join the ledger's MetaData
    from ledger import metadata

    columns = [f"{t.name}.{c.name}" for t in metadata.tables.values() for c in t.columns]
    assert "ledger_posting.amount" in columns
    assert unequal_columns(columns) == []


def test_a_weighing_column_is_found():
    sample = ["member.hourly_rate", "session.weight", "attendance.generated_at"]
    assert unequal_columns(sample) == sample[:2]


# --- imports that the contracts cannot see --------------------------------------------------


def imports_of(files: Files, *forbidden: str) -> list[str]:
    """Name every import of one of the modules `forbidden`, or of something inside them."""
    found = []
    for place, node in nodes(files, ast.stmt):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module or ''}.{alias.name}" for alias in node.names]
        else:
            continue
        inside = tuple(f"{module}." for module in forbidden)
        found += [f"{place}: {n}" for n in names if n in forbidden or n.startswith(inside)]
    return found


def test_the_ledger_uses_no_orm():
    assert imports_of(python("ledger/"), "sqlalchemy.orm") == []


def test_a_migration_imports_no_application_code():
    # The import contract says so too, but a linter may pass over a file whose name is a number.
    assert imports_of(python("migrations/versions/"), "ledger", "timebank", "web") == []


@pytest.mark.parametrize(
    "sample",
    ["import sqlalchemy.orm", "from sqlalchemy import orm", "from sqlalchemy.orm import Session"],
)
def test_a_forbidden_import_is_found(sample):
    assert imports_of({"ledger/book.py": sample}, "sqlalchemy.orm")
    assert not imports_of({"ledger/book.py": "from sqlalchemy import select"}, "sqlalchemy.orm")


# --- migrations -----------------------------------------------------------------------------


def migration_problems(files: Files) -> list[str]:
    """Say where migrations are not one straight line 0001, 0002, ... of files and revisions."""
    found = []
    previous = None
    for number, name in enumerate(sorted(files), start=1):
        expected = f"{number:04d}"
        if not re.fullmatch(expected + r"_[a-z][a-z0-9_]*\.py", Path(name).name):
            found.append(f"{name}: the next file begins with {expected}_")
        says = _assigned(files[name])
        if (says.get("revision"), says.get("down_revision")) != (expected, previous):
            found.append(f"{name}: revision must be {expected!r}, down_revision {previous!r}")
        previous = expected
    return found


def _assigned(text: str) -> dict[str, object]:
    """Return the constants a module assigns at its top, by name."""
    values: dict[str, object] = {}
    for node in ast.parse(text).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        value = getattr(node, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
                values[target.id] = value.value
    return values


def test_migrations_are_numbered_in_one_line():
    files = python("migrations/versions/")
    files.pop("migrations/versions/__init__.py", None)
    assert files
    assert migration_problems(files) == []


def test_a_gap_and_a_fork_among_migrations_are_found():
    first = 'revision = "0001"\ndown_revision = None'
    second = 'revision = "0002"\ndown_revision = "0001"'
    fork = 'revision = "0003"\ndown_revision = "0001"'
    line = {"v/0001_a.py": first, "v/0002_b.py": second}
    assert migration_problems(line) == []
    assert migration_problems({"v/0001_a.py": first, "v/0003_b.py": second})
    assert migration_problems({**line, "v/0003_c.py": fork})


# --- nobody's machine -----------------------------------------------------------------------

# Written in pieces, because this file is read as well.
HOSTS = r"|".join(
    [r"pypi\." + "org", "python" + r"hosted\.org", "npm" + r"js\.org", "find" + "-links"]
)
MACHINE = re.compile(
    r"(?<![\w.])/(?:work|root|home/[a-z]\w*|Users/[a-z]\w*|opt/[a-z]+-?[a-z]*/simple)/|" + HOSTS
)


def machine_paths(files: Files) -> list[str]:
    """Name every line with a path of somebody's machine or the address of a package registry."""
    return [
        f"{name}:{number}: {found.group()}"
        for name, text in files.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := MACHINE.search(line))
    ]


def test_no_file_names_a_machine_or_a_registry():
    binary = (".png", ".ico", ".woff2", ".mo", ".gz", ".pdf", ".jpg")
    files = {
        name: (ROOT / name).read_text(encoding="utf-8", errors="replace")
        for name in tracked()
        if not name.endswith(binary)
    }
    assert "requirements/runtime.txt" in files
    assert machine_paths(files) == []


@pytest.mark.parametrize(
    "line",
    [
        "cd /" + "work/main",
        "see /" + "home/alice/notes",
        "--index-url https://" + "pypi." + "org/simple",
        '"resolved": "https://registry.' + "npm" + 'js.org/x"',
    ],
)
def test_a_machines_path_is_found(line):
    assert machine_paths({"docs/x.md": line})
    assert not machine_paths({"docs/x.md": "the network/work/life balance, /usr/bin/chromium"})


# --- the commands people are told -----------------------------------------------------------


def command_problems(makefile: str, run: str, documents: Files) -> list[str]:
    """Say where Makefile, run.py and the documents disagree about what can be run."""
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    explained = set(re.findall(r"^([a-z][a-z-]*):.*?## \S", makefile, re.MULTILINE))
    table = run[run.index("\nCOMMANDS = {") :]
    commands = set(re.findall(r'^    "([a-z-]+)":', table, re.MULTILINE)) | {"help"}
    called = set(re.findall(r"run\.py ([a-z-]+)", makefile))
    found = [f"make {name}: no ## words for make help" for name in sorted(targets - explained)]
    found += [f"Makefile: run.py has no {name}" for name in sorted(called - commands)]
    told = run[: run.index("\nimport ")]
    for name in sorted(commands - {"help", "serve"}):
        if f"run.py {name} " not in told:
            found.append(f"run.py {name}: not in its own help")
    for name, text in documents.items():
        # In running text only what stands in backquotes is a command; in a block, a line's start.
        for made in re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE):
            if made not in targets:
                found.append(f"{name}: there is no make {made}")
        for asked in re.findall(r"run\.py ([a-z-]+)", text):
            if asked not in commands:
                found.append(f"{name}: there is no run.py {asked}")
    return found


def test_makefile_run_and_documents_agree():
    documents = read(("README.md", "CHANGELOG.md", "docs/", "ledger/"), ".md")
    makefile, run = (ROOT / "Makefile").read_text(), (ROOT / "run.py").read_text()
    assert command_problems(makefile, run, documents) == []
    readme = documents["README.md"]
    for shown in ("run", "demo", "test"):
        assert f"make {shown}" in readme


def test_a_disagreement_about_commands_is_found():
    run = '"""Help:\n run.py run  serve\n"""\nimport os\nCOMMANDS = {\n    "run": 1,\n}\n'
    makefile = "run: ## serve\n\tpython3 run.py run\n"

    def problems(makefile: str = makefile, run: str = run, text: str = "") -> list[str]:
        return command_problems(makefile, run, {"README.md": text})

    assert problems() == []
    assert problems(makefile="run:\n\tpython3 run.py run\n")
    assert problems(makefile="run: ## serve\n\tpython3 run.py walk\n")
    assert problems(run=run.replace("run.py run", "run.py"))
    assert problems(text="make walk")
    assert problems(text="`make walk`")
    assert problems(text="python3 run.py walk")
    assert problems(text="we make do") == []


def test_every_rule_has_a_sample_that_breaks_it():
    """A new rule (a function that returns list[str]) needs a test that sees it fail."""
    module = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    returns: Callable[[ast.FunctionDef], str] = lambda f: ast.unparse(f.returns or f)  # noqa: E731
    rules = [f.name for f in functions if returns(f) == "list[str]"]
    breaking = [ast.unparse(f) for f in functions if f.name.endswith(("_found", "_is_found"))]
    assert rules
    for rule in rules:
        assert any(f"{rule}(" in text for text in breaking), f"{rule} is never seen to fail"
