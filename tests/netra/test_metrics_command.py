"""`netra metrics`."""

import json
from pathlib import Path

from models.settings import Settings
from tests.processes import run_netra


def test_the_figures_are_printed_and_written(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "netra.prom"
    printed = run_netra(settings, "metrics")
    written = run_netra(settings, "metrics", "--output", str(file))
    assert (printed.returncode, written.returncode, written.stdout) == (0, 0, "")
    assert "\nnetra_database_up 1.0\n" in printed.stdout
    assert "\nnetra_database_up 1.0\n" in file.read_text()


def test_they_are_json_too(settings: Settings) -> None:
    rows = json.loads(run_netra(settings, "metrics", "--json").stdout)
    assert {"name": "netra_queue_flags", "labels": {"state": "terbuka"}, "value": 0.0} in rows


def test_a_database_that_is_away_is_said_by_figure_and_exit_code(tmp_path: Path) -> None:
    away = Settings(home=tmp_path, database_url="postgresql://netra:rahasia@127.0.0.1:1/netra", _env_file=None)
    result = run_netra(away, "metrics")
    assert (result.returncode, "netra_database_up 0.0" in result.stdout) == (1, True)
    assert "NETRA_DATABASE_URL" in result.stderr
    assert "rahasia" not in result.stderr + result.stdout


def test_without_a_database_it_says_how_to_make_one(tmp_path: Path) -> None:
    result = run_netra(Settings(home=tmp_path / "baru", _env_file=None), "metrics")
    assert (result.returncode, "netra db upgrade" in result.stderr) == (2, True)
