"""Programs of Debian's packages that tests/install-programs.sh unpacked beside this Python."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = Path(sys.prefix) / "programs"
LIBRARIES = [str(path.parent) for path in FOLDER.glob("usr/lib/**/libsystemd-shared-*.so")]


def run_program(name: str, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run one of them from the root of the repository. One that is missing is a failure: `make test` brings them."""
    program = FOLDER / "usr" / "bin" / name
    assert program.exists(), f"{name} is missing: run sh tests/install-programs.sh"
    environment = os.environ | {"LD_LIBRARY_PATH": ":".join(LIBRARIES)} | variables
    command = list(map(str, (program, *arguments)))
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False)
