"""`netra clusters` as a person meets it."""

import json
import re
import shlex

from sqlalchemy import Engine

from models import Overlap, OverlapKind
from models.database import make_session
from models.settings import Settings
from tests.crawler.duplicates.stories import edit, make_story, put
from tests.processes import run_netra


def test_clusters_are_listed_shown_split_and_put_back(settings: Settings, engine: Engine) -> None:
    assert "no cluster yet" in run_netra(settings, "clusters", "list").stdout
    with make_session(engine).begin() as session:
        found = [put(session, edit(make_story(1), 0.05, copy)) for copy in range(3)]
        last, cluster = found[-1][0].id, str(found[-1][1])
    listed = json.loads(run_netra(settings, "clusters", "list", "--json").stdout)
    assert [(row["items"], row["suggested"]) for row in listed["clusters"]] == [(3, 3)]
    shown = json.loads(run_netra(settings, "clusters", "show", cluster, "--json").stdout)
    assert [row["basis"] for row in shown["items"]] == ["pertama", "mirip", "mirip"]
    split = run_netra(settings, "clusters", "split", cluster, str(last), "--why", "lain", "--json")
    assert json.loads(split.stdout)["items"] == 1, split.stderr
    undone = run_netra(settings, "clusters", "undo", str(json.loads(split.stdout)["event"]), "--why", "keliru")
    assert (undone.returncode, "taken back" in undone.stdout) == (0, True), undone.stderr


def test_the_way_back_is_told_until_it_was_gone(settings: Settings, engine: Engine) -> None:
    with make_session(engine).begin() as session:
        cluster = str([put(session, edit(make_story(1), 0.05, copy))[1] for copy in range(2)][-1])
    told = run_netra(settings, "clusters", "confirm", cluster).stdout
    way = re.search(r"netra (clusters undo \d+ --why .+)", told)
    assert way, told
    assert way[0] in run_netra(settings, "clusters", "show", cluster).stdout
    assert run_netra(settings, *shlex.split(way[1])).returncode == 0
    assert "undo" not in run_netra(settings, "clusters", "show", cluster).stdout


def test_a_merge_that_is_suggested_can_be_typed_as_it_stands(settings: Settings, engine: Engine) -> None:
    with make_session(engine).begin() as session:
        one, other = ([put(session, edit(make_story(seed), 0.05, copy))[0].id for copy in range(2)] for seed in (1, 2))
        session.add(Overlap(item_id=other[0], other_id=one[0], kind=OverlapKind.MERGE, similarity=0.4, containment=0.4))
    listed = run_netra(settings, "clusters", "list", COLUMNS="80").stdout
    line = re.search(r"netra (clusters merge .+)", listed)
    assert line, listed
    merged = run_netra(settings, *shlex.split(line[1]))
    assert merged.returncode == 0, merged.stderr


def test_a_wrong_number_is_one_line(settings: Settings) -> None:
    result = run_netra(settings, "clusters", "confirm", "77")
    assert (result.returncode, len(result.stderr.strip().splitlines())) == (2, 1)
    assert "netra clusters list" in result.stderr
