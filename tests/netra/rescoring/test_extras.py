"""Parquet and Dask are loaded by whoever asks for them, and by nobody else."""

import subprocess
import sys

import pytest

from netra.rescoring.errors import RescoringError
from netra.rescoring.extras import import_extra

LOADED = "import sys, netra.cli, netra.rescoring.preparing; print({'dask', 'distributed', 'pyarrow'} & set(sys.modules))"


def test_nothing_of_them_is_loaded_without_need() -> None:
    said = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout
    assert said == "set()\n"


def test_without_the_extra_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(RescoringError, match=r"Parquet needs pyarrow.*-e '\.\[archive\]'"):
        import_extra("pyarrow.parquet", "Parquet")
