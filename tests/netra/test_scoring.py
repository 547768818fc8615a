"""A scoring run that goes on for weeks: it follows the live artifact, and keeps none of those before."""

import gc
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from classifier.artifacts.artifact import SavedArtifact, load_artifact
from classifier.artifacts.registry import promote, start_shadow
from classifier.scoring.compact import CompactWeights
from models import ItemVersion, Prediction
from models.database import make_session
from models.settings import Settings
from netra.scoring import ScoringRun
from tests.classifier.variants import EAGER, add_variant
from tests.factories import make_item, make_source


@pytest.fixture
def tidied() -> Iterator[None]:
    """Nothing is tidied up by chance meanwhile."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def count_weights() -> int:
    return sum(isinstance(thing, CompactWeights) for thing in gc.get_objects())


@pytest.mark.usefixtures("tidied")
def test_the_classifier_that_was_live_is_gone_when_the_next_one_is(
    settings: Settings, engine: Engine, artifact: SavedArtifact
) -> None:
    loaded = load_artifact(artifact.folder)
    run, before = ScoringRun(settings, engine), count_weights()
    for number in range(3):
        with make_session(engine).begin() as session:
            make_item(session, source=make_source(session), text=f"Rapat warga desa yang ke-{number}.")
            promote(session, add_variant(session, loaded, settings.artifacts_dir, EAGER + number / 10))
        assert run.step()
        assert count_weights() == before + 1


def test_a_flag_that_was_missed_waits_for_no_shadow(
    settings: Settings, engine: Engine, artifact: SavedArtifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netra.scoring.MISSED_SECONDS", 0)
    loaded, run = load_artifact(artifact.folder), ScoringRun(settings, engine)
    with make_session(engine).begin() as session:
        live, shadow = (add_variant(session, loaded, settings.artifacts_dir, line) for line in (EAGER + 0.01, EAGER))
        promote(session, live)
        start_shadow(session, shadow)
    assert not run.step()
    with make_session(engine).begin() as session:
        version = session.get_one(ItemVersion, make_item(session).current_version_id)
        version.scored_by_id = live.id
        session.add(Prediction(item_version_id=version.id, artifact_id=live.id, probability=0.9, label="dukungan"))
    assert run.step()
    assert run.tally.flagged == 1
