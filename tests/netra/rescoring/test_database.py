"""Ranges of the database through an artifact, on both engines."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from classifier.artifacts.artifact import load_artifact
from classifier.artifacts.registry import live_artifact, promote
from classifier.aside import list_left_aside
from classifier.reading.document import Document
from classifier.scoring.apart import Failure, ScorerApart
from classifier.scoring.scorer import Scored
from models import Artifact, AuditEvent, Flag, FlagState, Item, ItemVersion, Prediction, now
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.rescoring.errors import Misplaced
from netra.rescoring.scorers import ArtifactPlace, score
from netra.rescoring.work import Done
from netra.retention.items import erase_items
from tests.netra.rescoring.archives import (
    assert_each_scored_once,
    count_flags,
    count_predictions,
    fill,
    list_ranges,
    make_work,
    rescore,
)
from tests.netra.rescoring.planted import Planted


def test_every_text_gets_one_prediction_and_none_a_flag(home: Settings, engine: Engine, place: ArtifactPlace) -> None:
    fill(engine, 25)
    work = make_work(engine, place)
    assert rescore(engine, work) == Done(scored=25)
    assert rescore(engine, work) == Done()
    assert_each_scored_once(engine, 25)
    assert count_flags(engine) == 0


def test_a_range_writes_what_the_usual_way_writes(home: Settings, engine: Engine, place: ArtifactPlace) -> None:
    fill(engine, 5)
    rescore(engine, make_work(engine, place))
    with make_reading_session(engine)() as session:
        partisan = session.scalars(select(Prediction).order_by(Prediction.id)).first()
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.action.startswith("skor.arsip")).order_by(AuditEvent.id)
        ).all()
    assert partisan is not None
    assert partisan.probability >= 0.5
    assert partisan.evidence[0].keys() == {"start", "end", "weight", "words", "signs"}
    assert [event.action for event in events] == ["skor.arsip_mulai", "skor.arsip"]
    assert events[1].detail["diskor"] == 5


def test_flags_come_the_usual_way_where_they_are_asked_for(home: Settings, engine: Engine, place: ArtifactPlace) -> None:
    fill(engine, 10)
    assert rescore(engine, make_work(engine, place, raises_flags=True)) == Done(scored=10, flagged=2)
    assert rescore(engine, make_work(engine, place, raises_flags=True)) == Done()
    with make_reading_session(engine)() as session:
        assert session.scalars(select(ItemVersion).where(ItemVersion.scored_by_id.is_(None))).all() == []
        assert {flag.state for flag in session.scalars(select(Flag))} == {FlagState.OPEN}


def test_flags_may_be_asked_for_later(home: Settings, engine: Engine, place: ArtifactPlace) -> None:
    fill(engine, 10)
    rescore(engine, make_work(engine, place))
    assert rescore(engine, make_work(engine, place, raises_flags=True)) == Done(flagged=2)
    assert_each_scored_once(engine, 10)


def test_an_artifact_that_ceased_to_be_live_raises_no_flag(home: Settings, engine: Engine, place: ArtifactPlace) -> None:
    fill(engine, 10)
    flagging, scoring = make_work(engine, place, raises_flags=True), make_work(engine, place)
    with make_session(engine).begin() as session:
        session.add(other := Artifact(name="uji-2", sha256="2" * 64, threshold=0.5))
        session.flush()
        number = other.id
    with make_session(engine).begin() as session:
        promote(session, session.get_one(Artifact, number))
    with pytest.raises(Misplaced, match="no longer live but pensiun"):
        rescore(engine, flagging)
    assert (count_flags(engine), count_predictions(engine)) == (0, 0)
    assert rescore(engine, scoring).scored == 10


@pytest.mark.parametrize("raises_flags", [False, True])
def test_three_at_once_make_no_doubles(home: Settings, engine: Engine, place: ArtifactPlace, raises_flags: bool) -> None:
    fill(engine, 60)
    work = make_work(engine, place, raises_flags=raises_flags)
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: rescore(engine, work), range(3)))
    left = sum(own.left for own in done)
    assert sum(own.scored for own in done) + left >= 60
    rescore(engine, work)
    assert_each_scored_once(engine, 60)
    assert count_flags(engine) == (12 if raises_flags else 0)


def test_another_artifact_scores_anew_and_the_former_keeps_its_own(home: Settings, engine: Engine, place: ArtifactPlace) -> None:
    fill(engine, 5)
    rescore(engine, make_work(engine, place))
    with make_session(engine).begin() as session:
        session.add(Artifact(name="uji-2", sha256=place.sha256, threshold=0.5))
    other = replace(place, name="uji-2")
    assert rescore(engine, make_work(engine, other)).scored == 5
    assert count_predictions(engine) == 10


def test_what_is_erased_or_put_aside_or_superseded_is_no_text_to_score(
    home: Settings, engine: Engine, place: ArtifactPlace
) -> None:
    erased, aside, superseded, *_ = fill(engine, 5)
    with make_session(engine).begin() as session:
        live = live_artifact(session)
        erase_items(session, [session.get_one(ItemVersion, erased).item_id], "permintaan", now())
        session.get_one(ItemVersion, aside).scored_by_id = live.id if live else None
        old = session.get_one(ItemVersion, superseded)
        session.add(newer := ItemVersion(item_id=old.item_id, number=2, text="Baru.", text_sha256="1" * 64))
        session.flush()

        session.get_one(Item, old.item_id).current_version_id = newer.id
    assert rescore(engine, make_work(engine, place)).scored == 3


def test_of_a_text_erased_while_it_is_scored_nothing_stays(
    home: Settings, engine: Engine, place: ArtifactPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = fill(engine, 5)

    def erase_meanwhile(place: ArtifactPlace, documents: Sequence[Document]) -> list[Scored | Failure]:
        with make_session(engine).begin() as session:
            erase_items(session, [session.get_one(ItemVersion, first).item_id], "permintaan", now())
        return score(place, documents)

    monkeypatch.setattr("netra.rescoring.database.score", erase_meanwhile)
    assert rescore(engine, make_work(engine, place)) == Done(scored=4, left=1)
    assert count_predictions(engine) == 4


@pytest.mark.parametrize(("plants", "reason"), [("breaks", "ValueError: planted"), ("hangs", "it took longer than 3 seconds")])
def test_a_text_that_cannot_be_scored_is_put_aside_and_costs_no_other_its_score(
    home: Settings, engine: Engine, place: ArtifactPlace, monkeypatch: pytest.MonkeyPatch, plants: str, reason: str
) -> None:
    ids = fill(engine, 5)
    planted = Planted(load_artifact(Path(place.folder)).parameters, **{plants: "nomor 3"})
    monkeypatch.setattr("netra.rescoring.scorers._open", lambda _: apart)
    apart = ScorerApart(planted, patience=3)
    work = make_work(engine, place)
    assert rescore(engine, work) == Done(scored=4, bad=1)
    with make_reading_session(engine)() as session:
        assert [(text.version_id, text.artifact, text.reason) for text in list_left_aside(session)] == [
            (ids[3], place.name, reason)
        ]
    assert rescore(engine, work) == Done()
    assert_each_scored_once(engine, 4)
    apart.close()


def test_an_artifact_that_breaks_on_everything_ends_the_run(
    home: Settings, engine: Engine, place: ArtifactPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, 2)
    work = make_work(engine, place)
    monkeypatch.setattr("classifier.aside.MOST_ASIDE", 0)
    with pytest.raises(Misplaced, match="not fit"):
        rescore(engine, work)


def test_a_worker_in_another_house_writes_nothing(home: Settings, engine: Engine, place: ArtifactPlace) -> None:
    fill(engine, 5)
    work = replace(make_work(engine, place), begun="0" * 64)
    with pytest.raises(Misplaced, match="another house"):
        work(list_ranges(engine)[0])
    assert count_predictions(engine) == 0


def test_a_worker_with_another_artifact_writes_nothing(home: Settings, engine: Engine, place: ArtifactPlace) -> None:
    fill(engine, 5)
    work = replace(make_work(engine, place), place=replace(place, sha256="0" * 64))
    with pytest.raises(Misplaced, match="is not the artifact"):
        work(list_ranges(engine)[0])
