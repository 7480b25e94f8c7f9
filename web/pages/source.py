"""The source of the running version, as the licence (AGPL) asks: what runs here, packed as it is.

Packed from the installed files themselves, so that a group's own changes are in it without anybody
having to remember. Only what is named here is packed: never data, keys or settings.
"""

from __future__ import annotations

import io
import tarfile
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, files, version
from pathlib import Path

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

import web
from web.access import PUBLIC, access

pages = Blueprint("source", __name__)

# The packages of the product, and what stands beside them where it runs from its own folder.
PACKAGES = ("ledger", "timebank", "web", "migrations")
BESIDE = (
    "LICENSE", "NOTICE", "README.md", "CHANGELOG.md", "Makefile", "run.py", "setup.cfg",
    "pyproject.toml", "ruff.toml", "docs", "requirements", "tests", "bench", "vendor", ".ci",
)  # fmt: skip
LEFT_OUT = frozenset({"__pycache__", "node_modules", ".hypothesis"})


@pages.get("/source")
@access(PUBLIC)
def about() -> str:
    """What this software is, its licence, and where its source is."""
    return render_template("source/about.html", version=running_version())


@pages.get("/source/timebank.tar.gz")
@access(PUBLIC)
def archive() -> Response:
    """The source as one file."""
    response = Response(packed(), mimetype="application/gzip")
    name = f"timebank-{running_version()}.tar.gz"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def running_version() -> str:
    """The version installed, or "unreleased"."""
    try:
        return version("timebank")
    except PackageNotFoundError:
        return "unreleased"


@lru_cache(maxsize=1)
def packed() -> bytes:
    """The archive, made once for each process: the files do not change while it runs."""
    root = Path(web.__file__).resolve().parent.parent
    found = [path for name in PACKAGES for path in _below(root / name)]
    if (root / "setup.cfg").is_file():
        found += [path for name in BESIDE for path in _below(root / name)]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for path in found:
            tar.add(path, f"timebank/{path.relative_to(root).as_posix()}", recursive=False,
                    filter=_plain)  # fmt: skip
        for path in _licences(root, found):
            tar.add(path, f"timebank/licences/{path.name}", recursive=False, filter=_plain)
    return buffer.getvalue()


def _below(path: Path) -> list[Path]:
    """Regular files at or below a path, in order; links are not followed."""
    if path.is_symlink():
        return []
    if path.is_file():
        return [path]
    return sorted(
        each
        for each in path.rglob("*")
        if each.is_file() and not each.is_symlink() and LEFT_OUT.isdisjoint(each.parts)
    )


def _licences(root: Path, found: list[Path]) -> list[Path]:
    """The licence texts and metadata that came with an installed copy."""
    if root / "LICENSE" in found:
        return []
    try:
        installed = files("timebank") or []
    except PackageNotFoundError:
        return []
    wanted = ("LICENSE", "NOTICE", "METADATA")
    return [Path(str(each.locate())) for each in installed if each.name in wanted]


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names and numbers of the account that runs the server."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry
