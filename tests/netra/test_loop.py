"""`netra loop` as analysts and cron meet it: plain sentences, JSON, and words where there is nothing yet."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from typer.testing import CliRunner

from classifier.corpus import load_corpus
from models import Assessment, AuditSample, Flag, FlagReason, FlagState, NoViolationReason, Outcome, Prediction, now
from models.database import make_session
from models.settings import Settings
from netra.cli import app
from tests.factories import make_artifact, make_flag, make_item, make_source, make_user
from tests.processes import run_netra


def add_unflagged(engine: Engine, count: int, *, probability: float = 0.1) -> None:
    with make_session(engine).begin() as session:
        source, artifact = make_source(session), make_artifact(session)
        for _ in range(count):
            version_id = make_item(session, source=source).current_version_id
            shown = {"item_version_id": version_id, "artifact_id": artifact.id, "label": "lain"}
            session.add(Prediction(probability=probability, **shown))


def read_all(engine: Engine) -> None:
    """Every open flag is read: it shows no act."""
    with make_session(engine).begin() as session:
        user = make_user(session)
        for flag in session.scalars(select(Flag).where(Flag.state == FlagState.OPEN)):
            flag.state = FlagState.ASSESSED
            about = {"flag_id": flag.id, "item_version_id": flag.item_version_id, "user_id": user.id}
            why = {"outcome": Outcome.NO_VIOLATION, "no_violation_reason": NoViolationReason.APPEAL}
            session.add(Assessment(**about, **why))


def add_confirmed(engine: Engine) -> None:
    with make_session(engine).begin() as session:
        item = make_item(session, text="Lurah Sidomukti membagikan kaus bergambar calon di balai desa.")
        flag = make_flag(session, item, state=FlagState.ASSESSED, created_at=now() - timedelta(days=1))
        about = {"flag_id": flag.id, "item_version_id": flag.item_version_id, "user_id": make_user(session).id}
        session.add(Assessment(**about, outcome=Outcome.INDICATION, act="kegiatan_berpihak", is_second=True))


def test_draw_is_read_and_recall_is_said(settings: Settings, engine: Engine) -> None:
    add_unflagged(engine, 100)
    add_confirmed(engine)
    drawn = json.loads(run_netra(settings, "loop", "draw", "--audit", "30", "--learn", "0", "--seed", "5", "--json").stdout)
    assert (drawn["population"], drawn["seed"], [own["flags"] for own in drawn["draws"]]) == (100, 5, [30])
    assert "0 of 30 missed" not in run_netra(settings, "loop", "recall").stdout
    read_all(engine)
    said = run_netra(settings, "loop", "recall", "--width", "0.05").stdout
    assert "0 of 30 missed: at most 11.6% with 95% confidence." in said
    answer = json.loads(run_netra(settings, "loop", "recall", "--json").stdout)
    pooled = answer["artifacts"][0]["pooled"]
    assert answer["kept"] == 0  # The run before has kept the same figures of the same day.
    assert (pooled["read"], pooled["missed"], pooled["found"], pooled["recall"]["high"]) == (30, 0, 1, 1.0)


def test_second_run_draws_other_texts(settings: Settings, engine: Engine) -> None:
    add_unflagged(engine, 8)
    for _ in range(3):
        result = run_netra(settings, "loop", "draw", "--audit", "3", "--learn", "2")
        assert result.returncode == 0, result.stderr
    assert "Nothing was drawn" in result.stdout
    with make_session(engine)() as session:
        assert session.scalar(select(func.count(func.distinct(AuditSample.item_version_id)))) == 8
        assert session.scalar(select(func.count()).where(Flag.reason == FlagReason.AUDIT)) == 8


@pytest.mark.parametrize("command", ["draw", "drift"])
def test_without_a_live_classifier_nothing_is_done(sqlite_settings: Settings, command: str) -> None:
    result = run_netra(sqlite_settings, "loop", command)
    assert (result.returncode, result.stderr.strip().splitlines()) == (
        2,
        ["netra: there is no live classifier. Train one: netra train"],
    )


def test_recall_before_the_first_draw_says_so(sqlite_settings: Settings) -> None:
    result = run_netra(sqlite_settings, "loop", "recall")
    assert (result.returncode, result.stdout) == (0, "Nothing was drawn at random yet. Draw: netra loop draw\n")
    assert json.loads(run_netra(sqlite_settings, "loop", "recall", "--json").stdout) == {"artifacts": [], "kept": 0}


def test_drift_says_that_there_is_nothing_or_too_little(with_live_artifact: Settings, engine: Engine) -> None:
    result = run_netra(with_live_artifact, "loop", "drift")
    assert (result.returncode, result.stdout[:42]) == (0, "The live classifier has scored no text of ")
    add_unflagged(engine, 3)
    said = run_netra(with_live_artifact, "loop", "drift").stdout
    assert "berita: terlalu sedikit: 0 texts before and 3 now." in said
    kind = json.loads(run_netra(with_live_artifact, "loop", "drift", "--json").stdout)["kinds"][0]
    assert (kind["source_kind"], kind["latest"]["texts"], kind["psi"]) == ("berita", 3, None)


def test_suspicious_labels_are_listed(sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a tenth of the corpus: the whole would take minutes."""
    some = load_corpus()[::10]
    monkeypatch.setattr("classifier.corpus.load_corpus", lambda: some)
    monkeypatch.setenv("NETRA_HOME", str(sqlite_settings.home))
    result = CliRunner().invoke(app, ["loop", "suspicious", "--limit", "3", "--json"])
    said = json.loads(result.stdout)
    assert (result.exit_code, said["texts"], len(said["suspicious"])) == (0, len(some), 3)
    assert {"id", "label", "probability", "why", "neighbour_id", "quote"} <= said["suspicious"][0].keys()
