"""kill -9 in the middle of a walk: the next run goes on, and every post is stored exactly once."""

import time
from collections import Counter

import pytest

from models import ConnectorCursor, ItemVersion, RunState, Snapshot
from models.evidence.store import read_evidence
from models.settings import Settings
from tests.crawler.connectors.api import Api, crawl, rows, runs_of, serving, settings_for, source, start_crawl, texts_of
from tests.crawler.connectors.instance import Instance, status

POSTS, PAGE = 120, 4


@pytest.mark.slow
def test_a_killed_run_loses_nothing_and_repeats_nothing(settings: Settings) -> None:
    instance = Instance([status(number) for number in range(POSTS)], page_size=PAGE)
    api = Api(instance.answer)
    with serving(api) as base:
        prepared = settings_for(settings, source("mastodon", base, [{"hashtag": "jatuh", "max_pages": 50}]))
        for pages in (5, 14):
            process = start_crawl(prepared)
            _wait_for_pages(api, pages)
            process.kill()
            process.wait()
        assert 0 < len(texts_of(prepared)) < POSTS
        asked_before = len(api.asked)
        assert crawl(prepared).state is RunState.FINISHED
    assert len(texts_of(prepared)) == POSTS
    assert Counter(version.number for version in rows(prepared, ItemVersion)) == {1: POSTS}
    assert [run.state for run in runs_of(prepared)] == [RunState.INTERRUPTED, RunState.INTERRUPTED, RunState.FINISHED]
    # It went on where the last commit was; pages that were stored are not asked for again.
    assert len(api.asked) - asked_before <= POSTS / PAGE + 1 - 14 + 2
    [cursor] = rows(prepared, ConnectorCursor)
    assert (cursor.mark, cursor.pending_mark, cursor.next_page) == (str(100000 + POSTS - 1), "", "")
    snapshots = rows(prepared, Snapshot)
    assert len(snapshots) == POSTS
    assert all(read_evidence(prepared.evidence_dir, snapshot) for snapshot in snapshots)


def _wait_for_pages(api: Api, pages: int) -> None:
    end = time.monotonic() + 180
    while len(api.asked) < pages:
        assert time.monotonic() < end, "the crawl did not begin"
        time.sleep(0.01)
