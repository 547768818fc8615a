"""What the tree promises: our four top-level names, and the arrows between them."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", ["crawler", "classifier", "service", "models", "netra"])
def test_top_level_names_are_ours(name: str) -> None:
    """All of them are real projects on PyPI: a stray install must not win."""
    module = importlib.import_module(name)
    assert module.__file__ is not None
    assert Path(module.__file__).is_relative_to(ROOT)


def test_imports_point_one_way() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_importing_the_rooms_opens_nothing(tmp_path: Path) -> None:
    code = "import crawler.settings, classifier.score, service.app, models, netra.cli"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": ""}, check=True)
    assert list(tmp_path.iterdir()) == []
