"""Runs a script of this folder where music21 is installed.

Call `enter()` before importing music21: it makes a virtual environment under `target/` the
first time, installs `requirements.txt` there, and starts the script again inside it.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
REPOSITORY = FOLDER.parent.parent
ENVIRONMENT = REPOSITORY / "target" / "music21-venv"


def enter() -> None:
    """Returns inside the environment; elsewhere it starts the script anew and does not."""
    if Path(sys.prefix).resolve() == ENVIRONMENT.resolve():
        return
    python = ENVIRONMENT / "bin" / "python"
    installed = ENVIRONMENT / "requirements.txt"
    wanted = (FOLDER / "requirements.txt").read_text()
    if not installed.exists() or installed.read_text() != wanted:
        venv.create(ENVIRONMENT, with_pip=True)
        install = [python, "-m", "pip", "install", "--quiet", "-r", FOLDER / "requirements.txt"]
        subprocess.run(install, check=True)
        installed.write_text(wanted)
    os.execv(python, [str(python), *sys.argv])
