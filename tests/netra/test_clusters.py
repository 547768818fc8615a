"""`netra clusters` as a person meets it."""

import json

from sqlalchemy import Engine

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
    undone = run_netra(settings, "clusters", "undo", "1", "--why", "keliru")
    assert (undone.returncode, "taken back" in undone.stdout) == (0, True), undone.stderr


def test_a_wrong_number_is_one_line(settings: Settings) -> None:
    result = run_netra(settings, "clusters", "confirm", "77")
    assert (result.returncode, len(result.stderr.strip().splitlines())) == (2, 1)
    assert "netra clusters list" in result.stderr
