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


EVERY_DAY = [
    ("tests.browser.test_monitors_day", "test_a_day_by_keyboard_alone"),
    ("tests.crawler.hostile.test_private_addresses", "test_private_addresses_are_never_asked"),
    ("tests.crawler.runs.test_killed", "test_killed_three_times_and_nothing_is_lost_or_stored_twice"),
    ("tests.faults.test_full_disk", "test_commands_say_that_there_is_no_space_and_leave_nothing"),
    ("tests.netra.crawls.test_schedule", "test_a_scheduler_that_is_killed_takes_its_crawls_along_and_the_next_one_finishes"),
    ("tests.netra.jobs.test_up", "test_a_kill_in_the_middle_of_a_job_loses_nothing"),
    ("tests.netra.jobs.test_worker", "test_of_two_workers_one_does_a_job_and_when_it_is_killed_the_other_does_it"),
    ("tests.netra.keeping.test_restore", "test_killed_at_any_moment_the_next_run_brings_all_of_it"),
    ("tests.netra.rescoring.test_rescore_command", "test_killed_as_a_whole_it_goes_on_where_it_was_and_leaves_no_process"),
    ("tests.netra.test_score_killed", "test_killed_in_the_middle_and_run_again"),
    ("tests.service.test_killed", "test_kill_in_the_middle_of_decisions_loses_and_doubles_nothing"),
]
"""Of the slow kinds of tests one each: whole processes that are killed, a full disk, a browser, hostile names."""


@pytest.mark.parametrize(("module", "name"), EVERY_DAY)
def test_of_each_slow_kind_one_is_run_every_day(module: str, name: str) -> None:
    place = importlib.import_module(module)
    of_the_file = getattr(place, "pytestmark", [])
    marks = [*(of_the_file if isinstance(of_the_file, list) else [of_the_file]), *getattr(getattr(place, name), "pytestmark", [])]
    assert {mark.name for mark in marks}.isdisjoint({"slow", "long"})
