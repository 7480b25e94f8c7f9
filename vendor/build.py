"""Rebuild web/static/vendor (govuk-frontend's CSS and JavaScript, and the font) and the same font
for print in timebank/typst/fonts.

Needs npm and the network; only who refreshes the assets runs it (`make vendor`). The result is
committed, so neither running nor testing the product needs npm. fontTools comes with the dev lock.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "web" / "static" / "vendor"
PRINT_FONTS = HERE.parent / "timebank" / "typst" / "fonts"
SOURCES = ("package.json", "package-lock.json", "govuk.scss")
FONT = "atkinson-hyperlegible-next"
WEIGHTS = (400, 700)
# The code points of each file, so that a browser fetches latin-ext only for names that need it.
RANGES = {
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,"
    "U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
    "latin-ext": "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,"
    "U+0329,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,"
    "U+2C60-2C7F,U+A720-A7FF",
}
# Government identity that a community's site must not carry (see NOTICE).
FORBIDDEN = re.compile(r"GDS Transport|crown|crest|url\(/assets/", re.IGNORECASE)


def main() -> int:
    """Build in a temporary folder, check, then replace the committed files. Returns 0."""
    if shutil.which("npm") is None:
        print("npm is not installed. It is needed only to refresh the vendored assets.")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in SOURCES:
            shutil.copy(HERE / name, work / name)
        npm = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        subprocess.run(npm, cwd=work, check=True)
        write_govuk(work)
        package = work / "node_modules" / "@fontsource" / FONT
        write_fonts(package)
        write_print_fonts(package, work)
    for folder in (TARGET, PRINT_FONTS):
        print(f"Rebuilt {folder.relative_to(HERE.parent)}")
    return 0


def write_govuk(work: Path) -> None:
    """Write the compiled CSS, the JavaScript and the licence; refuse government identity."""
    command = ("npx", "sass", "--no-source-map", "--style=compressed", "--quiet-deps", "govuk.scss")
    css = subprocess.run(command, cwd=work, check=True, capture_output=True, text=True).stdout
    css = css.removeprefix("\ufeff").removeprefix('@charset "UTF-8";')
    found = FORBIDDEN.search(css)
    if found:
        sys.exit(f"The compiled CSS contains {found.group()!r}; nothing was replaced.")
    script = work / "node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js"
    javascript = re.sub(r"//# sourceMappingURL=.*", "", script.read_text("utf-8")).rstrip() + "\n"
    folder = fresh(TARGET / "govuk")
    (folder / "govuk-frontend.css").write_text(f'@charset "UTF-8";{css}', "utf-8")
    (folder / "govuk-frontend.min.js").write_text(javascript, "utf-8")
    shutil.copy(HERE / "LICENSE-govuk-frontend.txt", folder / "LICENSE.txt")


def write_fonts(package: Path) -> None:
    """Copy the woff2 files and the licence, and write the @font-face rules beside them."""
    folder = fresh(TARGET / "fonts")
    rules = []
    for weight in WEIGHTS:
        for subset, unicode_range in RANGES.items():
            name = f"{FONT}-{subset}-{weight}-normal.woff2"
            shutil.copy(package / "files" / name, folder / name)
            rules.append(
                '@font-face{font-family:"Atkinson Hyperlegible Next";font-style:normal;'
                f"font-display:swap;font-weight:{weight};"
                f'src:url("{name}") format("woff2");unicode-range:{unicode_range}}}\n'
            )
    (folder / "fonts.css").write_text("".join(rules), "utf-8")
    shutil.copy(package / "LICENSE", folder / "LICENSE.txt")


def write_print_fonts(package: Path, work: Path) -> None:
    """One TTF for each weight: Typst does not look for a letter in a second file of a family.

    The times inside the files are kept, so the same sources give the same bytes.
    """
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont

    folder = fresh(PRINT_FONTS)
    for weight in WEIGHTS:
        parts = []
        for subset in RANGES:
            font = TTFont(
                package / "files" / f"{FONT}-{subset}-{weight}-normal.woff2", recalcTimestamp=False
            )
            font.flavor = None
            part = work / f"{subset}-{weight}.ttf"
            font.save(part)
            parts.append(str(part))
        merged = Merger().merge(parts)
        first = TTFont(parts[0], recalcTimestamp=False)["head"]
        merged["head"].created, merged["head"].modified = first.created, first.modified
        merged.recalcTimestamp = False
        merged.save(folder / f"{FONT}-{weight}.ttf")
    shutil.copy(package / "LICENSE", folder / "LICENSE.txt")


def fresh(folder: Path) -> Path:
    """Return the folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
