"""Resolve setup.cfg and dev.in into locks for every platform, with hashes (needs the network).

Called by `python3 run.py upgrade-locks`. The resolver, uv, comes in a throw-away environment.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = ["--generate-hashes", "--universal", "--python-version", "3.11", "--upgrade"]
# Neither the command line nor the asking package: a lock must not name anybody's machine.
QUIET = ["--no-annotate", "--no-header", "--quiet"]


def main() -> None:
    """Write requirements/runtime.txt, then requirements/dev.txt, which contains it."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.check_call([sys.executable, "-m", "venv", folder])
        python = str(Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
        subprocess.check_call([python, "-m", "pip", "install", "-qq", "uv"])
        compile_ = [python, "-m", "uv", "pip", "compile", *OPTIONS, *QUIET]
        runtime = [
            "setup.cfg",
            "--extra",
            "postgres",
            "--extra",
            "notify",
            "-o",
            "requirements/runtime.txt",
        ]
        subprocess.check_call([*compile_, *runtime], cwd=ROOT)
        subprocess.check_call(
            [*compile_, "requirements/dev.in", "-o", "requirements/dev.txt"], cwd=ROOT
        )
    # Reading setup.cfg leaves this behind.
    shutil.rmtree(ROOT / "timebank.egg-info", ignore_errors=True)


if __name__ == "__main__":
    main()
