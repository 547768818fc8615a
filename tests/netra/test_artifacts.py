"""The life of artifacts by command: compared, tried out as shadow, made live past the gate, and back; and watched scoring."""

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from classifier.artifacts.artifact import SavedArtifact, load_artifact, save_artifact
from classifier.artifacts.registry import promote, register_artifact, start_shadow
from classifier.scoring.parameters import Lines
from models import Artifact, AuditEvent, Flag, ItemVersion, Prediction, ShadowScore
from models.database import make_reading_session, make_session
from models.settings import Settings
from tests.engines import sqlite_every_day
from tests.factories import PARTISAN, make_item, make_source
from tests.processes import kill, run_netra, start_netra

CALM = "Harga cabai naik karena hujan. Pedagang mengurangi stok di pasar."
PATIENCE = 180
TEXTS = 2_000
WATCH = ("--watch", "--every", "0.2", "--json")


@pytest.fixture
def candidate(with_live_artifact: Settings, engine: Engine, artifact: SavedArtifact) -> str:
    """Name of a second artifact, with the numbers of the live one and a line that no text passes."""
    return add_candidate(with_live_artifact, engine, artifact, flag=1.0)


@pytest.fixture
def home(sqlite_with_live_artifact: Settings) -> Settings:
    """For commands whose SQL is tried on both engines in tests/classifier."""
    return sqlite_with_live_artifact


@pytest.fixture
def second(home: Settings, sqlite_engine: Engine, artifact: SavedArtifact) -> str:
    return add_candidate(home, sqlite_engine, artifact, flag=1.0)


def add_candidate(settings: Settings, engine: Engine, artifact: SavedArtifact, *, flag: float) -> str:
    parameters = load_artifact(artifact.folder).parameters
    saved = save_artifact(
        settings.artifacts_dir, replace(parameters, lines=Lines(flag, 0.0)), metrics=artifact.metrics, corpus_sha256=""
    )
    with make_session(engine).begin() as session:
        return register_artifact(session, saved.folder).name


def add_text(engine: Engine, text: str) -> int:
    with make_session(engine).begin() as session:
        return make_item(session, title="", text=text).id


def add_texts(engine: Engine) -> None:
    with make_session(engine).begin() as session:
        source = make_source(session)
        for number in range(TEXTS):
            make_item(session, source=source, title="", text=f"{CALM} Butir {number}.")


def ask(settings: Settings, *arguments: str) -> Any:
    result = run_netra(settings, *arguments, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def count(engine: Engine, table: type[Prediction] | type[ShadowScore], artifact: str) -> int:
    query = (
        select(func.count()).select_from(table).join(Artifact, Artifact.id == table.artifact_id).where(Artifact.name == artifact)
    )
    with make_reading_session(engine)() as session:
        return session.scalar(query) or 0


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, process.stdout and process.stdout.read().decode()
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


@contextmanager
def scoring(settings: Settings, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    process = start_netra(settings, "score", *options)
    try:
        yield process
    finally:
        kill(process)


def stop(process: subprocess.Popen[bytes], how: signal.Signals) -> dict[str, int]:
    """Ask the process to end, and return what it says that it did."""
    process.send_signal(how)
    assert process.wait(timeout=PATIENCE) == 0
    assert process.stdout is not None
    said = process.stdout.read().decode()
    return json.loads(said[said.index("{") :])


def test_empty_states_are_said_in_words(sqlite_settings: Settings, sqlite_engine: Engine) -> None:
    assert "netra train" in run_netra(sqlite_settings, "artifacts", "list").stdout
    assert "netra golden suggest" in run_netra(sqlite_settings, "golden", "list").stdout
    assert "nothing to suggest" in run_netra(sqlite_settings, "golden", "suggest").stdout
    for arguments in (["show", "tak-ada"], ["rollback"], ["shadow", "tak-ada"], ["promote", "tak-ada"]):
        result = run_netra(sqlite_settings, "artifacts", *arguments)
        assert (result.returncode, len(result.stderr.strip().splitlines())) == (2, 1), result.stderr


def test_artifacts_are_listed_shown_and_compared(home: Settings, sqlite_engine: Engine, second: str) -> None:
    newest, live = ask(home, "artifacts", "list")
    assert (newest["name"], newest["state"], live["state"]) == (second, "calon", "aktif")
    assert set(live["metrics"]["test"]["all"]) >= {"average_precision", "precision", "recall"}
    assert live["name"] in run_netra(home, "artifacts", "list").stdout
    assert "# Model card" in run_netra(home, "artifacts", "show", second).stdout
    partisan, calm = add_text(sqlite_engine, PARTISAN), add_text(sqlite_engine, CALM)
    for item_id, label in ((partisan, "kegiatan_berpihak"), (calm, "lain")):
        assert run_netra(home, "golden", "add", str(item_id), label).returncode == 0
    said = ask(home, "artifacts", "compare", live["name"], second)
    assert [(own["right"], own["acts_found"], own["right_alone"]) for own in said["golden"]] == [(2, 1, [partisan]), (1, 0, [])]
    shown = run_netra(home, "artifacts", "compare", live["name"], second).stdout
    assert f"A: {live['name']} (aktif)" in shown
    assert "No current text was scored by both." in shown
    assert "of different texts" not in shown


def test_test_parts_of_different_texts_are_not_held_against_each_other(
    home: Settings, sqlite_engine: Engine, artifact: SavedArtifact, second: str
) -> None:
    with make_session(sqlite_engine).begin() as session:
        row = session.scalars(select(Artifact).where(Artifact.name == second)).one()
        row.metrics = row.metrics | {"test": {"all": {"texts": 1}}}
    shown = run_netra(home, "artifacts", "compare", artifact.name, second).stdout
    assert "Their test parts are of different texts" in shown


def test_gate_refuses_by_name_of_the_item_and_force_leaves_its_reason(
    home: Settings, sqlite_engine: Engine, artifact: SavedArtifact, second: str
) -> None:
    item_id = add_text(sqlite_engine, PARTISAN)
    run_netra(home, "golden", "add", str(item_id), "kegiatan_berpihak")
    refused = run_netra(home, "artifacts", "promote", second)
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (2, 1)
    assert f"Lost items: {item_id} (kegiatan_berpihak)" in refused.stderr
    said = ask(home, "artifacts", "promote", second, "--force", "butir salah")
    assert (said["live"], said["former"], said["golden"]["lost"]) == (second, artifact.name, [item_id])
    with make_reading_session(sqlite_engine)() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert event is not None
        assert event.detail["paksa"] == "butir salah"


def test_roll_back_makes_the_former_live_unless_it_is_gone(
    home: Settings, sqlite_engine: Engine, artifact: SavedArtifact, second: str
) -> None:
    promoted = run_netra(home, "artifacts", "promote", second)
    assert "Without a golden gate: there is no golden item yet" in promoted.stdout
    folder = home.artifacts_dir / artifact.name
    folder.rename(folder.with_name("disimpan"))
    assert "not a whole artifact" in run_netra(home, "artifacts", "rollback").stderr
    folder.with_name("disimpan").rename(folder)
    assert ask(home, "artifacts", "rollback") == {"live": artifact.name, "former": second}
    assert "nothing was live before" in run_netra(home, "artifacts", "rollback").stderr


def test_shadow_scores_beside_the_live_one_and_shows_where_they_disagree(
    home: Settings, sqlite_engine: Engine, artifact: SavedArtifact, second: str
) -> None:
    partisan = add_text(sqlite_engine, "Akun @pegawai_biasa menulis: " + PARTISAN + "\x1b[2J")
    add_text(sqlite_engine, CALM)
    assert "is the shadow artifact" in run_netra(home, "artifacts", "shadow", second).stdout
    assert ask(home, "score") == {"scored": 2, "flagged": 1, "shadowed": 2}
    (found,) = ask(home, "artifacts", "shadow", second, "--show")
    assert (found["item_id"], found["live"], "@p•" in found["title"]) == (partisan, found["shadow"], True)
    shown = run_netra(home, "artifacts", "shadow", second, "--show").stdout
    assert f"{artifact.name} alone flags 1 and {second} alone 0." in shown
    assert "\x1b" not in shown
    assert ask(home, "artifacts", "shadow", second, "--off")["state"] == "calon"
    assert run_netra(home, "artifacts", "shadow", second, "--off").returncode == 2


def test_lost_shadow_does_not_keep_the_live_one_from_scoring(home: Settings, sqlite_engine: Engine, second: str) -> None:
    add_text(sqlite_engine, PARTISAN)
    run_netra(home, "artifacts", "shadow", second)
    shutil.rmtree(home.artifacts_dir / second)
    result = run_netra(home, "score", "--json")
    assert (result.returncode, json.loads(result.stdout)["scored"]) == (1, 1)
    assert f"netra artifacts shadow {second} --off" in result.stderr


@sqlite_every_day
def test_watch_takes_a_promoted_artifact_and_scores_nothing_twice(
    with_live_artifact: Settings, engine: Engine, artifact: SavedArtifact
) -> None:
    newer = add_candidate(with_live_artifact, engine, artifact, flag=0.0)
    with scoring(with_live_artifact, *WATCH) as process:
        add_text(engine, CALM)
        wait_for(lambda: count(engine, Prediction, artifact.name) == 1, process)
        with make_session(engine).begin() as session:
            promote(session, session.scalars(select(Artifact).where(Artifact.name == newer)).one())
        meanwhile = add_text(engine, CALM + " Warga menunggu.")
        wait_for(lambda: count(engine, Prediction, newer) == 2, process)
        add_text(engine, CALM + " Warga pulang.")
        wait_for(lambda: count(engine, Prediction, newer) == 3, process)
        said = stop(process, signal.SIGTERM)
    older = count(engine, Prediction, artifact.name)
    assert said == {"scored": older + 3, "flagged": 3, "shadowed": 0}
    # Between two of its looks the watcher may have given the text of that moment to the older one first.
    assert list_scored_items(engine, artifact.name)[1:] in ([], [meanwhile])


def list_scored_items(engine: Engine, artifact: str) -> list[int]:
    query = select(ItemVersion.item_id).join(Prediction, Prediction.item_version_id == ItemVersion.id)
    with make_reading_session(engine)() as session:
        of_artifact = query.join(Artifact, Artifact.id == Prediction.artifact_id).where(Artifact.name == artifact)
        return list(session.scalars(of_artifact.order_by(ItemVersion.item_id)))


@pytest.mark.slow
def test_watch_lets_the_shadow_follow_and_ends_by_ctrl_c(with_live_artifact: Settings, engine: Engine, candidate: str) -> None:
    with scoring(with_live_artifact, *WATCH) as process:
        add_text(engine, CALM)
        wait_for(lambda: count_scored(engine) == 1, process)
        with make_session(engine).begin() as session:
            start_shadow(session, session.scalars(select(Artifact).where(Artifact.name == candidate)).one())
        wait_for(lambda: count(engine, ShadowScore, candidate) == 1, process)
        add_text(engine, PARTISAN)
        wait_for(lambda: count(engine, ShadowScore, candidate) == 2, process)
        assert stop(process, signal.SIGINT) == {"scored": 2, "flagged": 1, "shadowed": 2}
    with make_reading_session(engine)() as session:
        assert session.scalar(select(func.count()).select_from(Flag)) == 1


def count_scored(engine: Engine) -> int:
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).where(ItemVersion.scored_by_id.is_not(None))) or 0


@pytest.mark.slow
def test_run_that_is_overtaken_by_a_promotion_hands_over_and_ends(
    with_live_artifact: Settings, engine: Engine, artifact: SavedArtifact
) -> None:
    newer = add_candidate(with_live_artifact, engine, artifact, flag=0.5)
    add_texts(engine)
    with scoring(with_live_artifact) as process:
        wait_for(lambda: count(engine, Prediction, artifact.name) > 0, process)
        with make_session(engine).begin() as session:
            promote(session, session.scalars(select(Artifact).where(Artifact.name == newer)).one())
        assert process.wait(timeout=PATIENCE) == 0
    assert count(engine, Prediction, newer) == TEXTS


@pytest.mark.slow
def test_killed_shadow_run_is_made_up_for_by_the_next(home: Settings, sqlite_engine: Engine, second: str) -> None:
    add_texts(sqlite_engine)
    run_netra(home, "score")
    run_netra(home, "artifacts", "shadow", second)
    with scoring(home) as process:
        wait_for(lambda: count(sqlite_engine, ShadowScore, second) > 0, process)
    before = count(sqlite_engine, ShadowScore, second)
    assert before < TEXTS
    assert ask(home, "score") == {"scored": 0, "flagged": 0, "shadowed": TEXTS - before}
    assert count(sqlite_engine, ShadowScore, second) == TEXTS
