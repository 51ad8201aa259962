"""htpasswd-kit: Apache's htpasswd command, and a login in front of MLflow or any web app.

The command is an executable, which this package installs among Python's scripts.
"""

import os
import signal
import subprocess
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, files

NAME = "htpasswd.exe" if os.name == "nt" else "htpasswd"


def find_program() -> str:
    """The path of the executable."""
    try:
        recorded = [file.locate() for file in files("htpasswd-kit") or [] if file.name == NAME]
    except PackageNotFoundError:
        recorded = []
    # `pip install --target` moves the scripts after it has recorded them
    beside = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    folders = [sysconfig.get_path("scripts"), os.path.join(beside, "bin"), os.path.join(beside, "Scripts")]
    for path in [*map(str, recorded), *(os.path.join(folder, NAME) for folder in folders)]:
        if os.path.isfile(path):
            return os.path.realpath(path)
    sys.exit(f"htpasswd-kit: expected the program {NAME} in {folders[0]}; install the package again")


def run(called: str) -> None:
    """Becomes the program. It names itself in its messages as it was called."""
    words = [called, *sys.argv[1:]]
    if os.name != "nt":
        os.execv(find_program(), words)
    # Windows replaces no process. Ctrl-C reaches both, and the program decides when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(subprocess.call(words, executable=find_program()))


def main() -> None:
    """The script htpasswd-kit."""
    run("htpasswd-kit")
