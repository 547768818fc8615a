"""`netra crawl --since`: past days, how far it is, and what it cannot do."""

import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from models.settings import Settings
from tests.crawler.press import Press, article
from tests.processes import run_netra

ARCHIVE = {"kind": "archive", "url": "/indeks/{yyyy}-{mm}-{dd}", "link": "h2 a"}


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    with Press(tmp_path, [ARCHIVE]) as press:
        press.write_source()
        yield press


def backfill(press: Press, settings: Settings, *arguments: str) -> CompletedProcess[str]:
    return run_netra(press.settings_for(settings), "crawl", "satu", *arguments)


def test_past_days_are_filled_in_and_the_same_command_says_how_far_it_is(sqlite_settings: Settings, press: Press) -> None:
    press.html("/indeks/2024-08-01", '<h2><a href="/rapat-satu">Rapat</a></h2>')
    press.html("/rapat-satu", article(1))
    asked = ("--since", "2024-08-01", "--until", "2024-08-02")
    first = backfill(press, sqlite_settings, *asked)
    assert (first.returncode, "1 of 2 lists of 2024-08-01 to 2024-08-02 read, 1 failed" in first.stderr + first.stdout) == (
        1,
        True,
    )
    press.html("/indeks/2024-08-02", "<p>Tidak ada berita.</p>")
    (outcome,) = json.loads(backfill(press, sqlite_settings, *asked, "--json").stdout)
    assert outcome["lists"] == {"done": 2, "failed": 0, "known": 2}
    assert press.asked["/indeks/2024-08-01"] == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--until", "2024-08-01"), "--until needs --since"),
        (("--since", "2024-08-02", "--until", "2024-08-01"), "lies after"),
        (("--since", "1990-01-01"), "more than 5,000 days"),
    ],
)
def test_a_range_that_is_none_is_said_to_be_none(
    sqlite_settings: Settings, press: Press, arguments: tuple[str, ...], complaint: str
) -> None:
    result = backfill(press, sqlite_settings, *arguments)
    assert (result.returncode, complaint in result.stderr) == (2, True)


def test_a_source_without_lists_that_reach_back_says_so(sqlite_settings: Settings, press: Press) -> None:
    press.feeds[:] = [{"kind": "rss", "url": "/rss"}]
    press.write_source()
    result = backfill(press, sqlite_settings, "--since", "2024-08-01")
    assert (result.returncode, "no list that reaches back" in result.stderr) == (2, True)
