"""Found by every Python that has this folder in PYTHONPATH: netra's clock goes by the file that FAULTS_CLOCK names."""

import os
from pathlib import Path

if path := os.environ.get("FAULTS_CLOCK"):
    from tests.faults.clock import put_by_file

    put_by_file(Path(path))
