"""Processes that are begun again."""

import time

import pytest

from models.settings import Settings
from netra.jobs.children import Child, end_all
from tests.netra.jobs.houses import wait_for


def run_once(child: Child) -> None:
    def is_over() -> bool:
        child.collect()
        return not child.is_running

    child.start()
    wait_for(is_over)


@pytest.mark.slow
def test_pauses_grow_with_each_end_and_the_line_says_why(sqlite_settings: Settings) -> None:
    said = list[str]()
    child = Child("nihil", ["jobs", "run", "nihil"], sqlite_settings, said.append)
    run_once(child)
    assert not child.may_start()
    run_once(child)
    pauses = [line for line in said if "begun again" in line]
    assert [line.rpartition(" in ")[2] for line in pauses] == ["1 s", "2 s"]
    assert "nihil ended with code 2 (netra: there is no job 'nihil'." in pauses[0]


def test_one_that_passes_and_one_that_is_told_to_end_are_nobodys_trouble(
    sqlite_settings: Settings, sqlite_engine: object
) -> None:
    said = list[str]()
    passing = Child("digest", ["jobs", "run", "digest", "--if-due"], sqlite_settings, said.append, stays=False)
    run_once(passing)
    assert (passing.may_start(), said) == (True, [])
    staying = Child("score", ["jobs", "run", "score", "--stay"], sqlite_settings, said.append)
    staying.start()
    begun_at = time.monotonic()
    end_all([staying])
    assert (staying.is_running, time.monotonic() - begun_at < 60) == (False, True)
    assert [line for line in said if "begun again" in line] == []
