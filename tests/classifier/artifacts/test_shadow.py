"""The shadow artifact scores what the live one scored, raises no flag, and shows where the two disagree."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, insert, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from classifier.artifacts.artifact import LoadedArtifact
from classifier.artifacts.registry import promote, start_shadow
from classifier.artifacts.shadow import Difference, ShadowRun, count_differences, list_disagreements
from classifier.aside import find_aside, leave_aside, list_left_aside, try_aside_again
from classifier.quarantine import FailedText
from classifier.reading.document import Document
from classifier.score import score_all
from classifier.scoring.apart import Failure, ScorerApart
from classifier.scoring.parameters import Lines
from classifier.scoring.scorer import Scored, Scorer
from models import Artifact, AuditEvent, Flag, FlagState, Item, ItemVersion, Prediction, ShadowScore, now, verify_chain
from models.database import make_session
from netra.retention.items import erase_items
from tests.classifier.variants import CALM, add_row
from tests.factories import PARTISAN, make_item, make_source


class Stage:
    """A live artifact and a shadow with the same numbers and other lines."""

    def __init__(self, engine: Engine, scorer: Scorer, apart: ScorerApart):
        self.engine, self.sessions = engine, make_session(engine)
        self.scorer, self.apart = scorer, apart
        with self.sessions.begin() as session:
            self.live, self.shadow = add_row(session, "uji-1"), add_row(session, "uji-2")
            promote(session, self.live)
            start_shadow(session, self.shadow)

    def start(self) -> ShadowRun:
        return ShadowRun(self.engine, self.apart, self.shadow, self.live)

    def run(self, run: ShadowRun | None = None, *, limit: int = 200) -> int:
        """Score until nothing waits; how many rows were written."""
        run, written = run or self.start(), 0
        while (batch := run.score_batch(limit=limit)).scored:
            written += batch.written
        return written

    def score_live(self) -> None:
        score_all(self.sessions, self.scorer, self.live)


@pytest.fixture(scope="session")
def scorer(loaded: LoadedArtifact) -> Scorer:
    return Scorer(replace(loaded.parameters, lines=Lines(0.5, 0.2)), loaded.name)


@pytest.fixture(scope="session")
def apart(scorer: Scorer) -> Iterator[ScorerApart]:
    apart = ScorerApart(scorer)
    yield apart
    apart.close()


@pytest.fixture
def stage(engine: Engine, scorer: Scorer, apart: ScorerApart) -> Stage:
    return Stage(engine, scorer, apart)


def add(sessions: sessionmaker[Session], *texts: str) -> list[int]:
    with sessions.begin() as session:
        source = make_source(session)
        return [make_item(session, source=source, title="", text=text or PARTISAN).id for text in texts]


def predict(session: Session, artifact: Artifact, item_id: int) -> None:
    version_id = session.get_one(Item, item_id).current_version_id
    session.add(Prediction(item_version_id=version_id, artifact_id=artifact.id, probability=0.1, label="lain"))
    session.flush()


def count(stage: Stage, table: type) -> int:
    with stage.sessions() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_shadow_scores_what_the_live_one_scored_and_raises_no_flag(stage: Stage) -> None:
    add(stage.sessions, "", CALM)
    assert stage.run() == 0
    stage.score_live()
    flags = count(stage, Flag)
    assert stage.run(limit=1) == 2
    assert (count(stage, ShadowScore), count(stage, Flag), count(stage, Prediction)) == (2, flags, 2)
    with stage.sessions() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "skor.bayangan")).all()
        assert [event.detail for event in events] == [{"artefak": "uji-2", "diskor": 1}] * 2
        assert verify_chain(session).breaks == []


def test_shadow_passes_over_what_was_erased(stage: Stage) -> None:
    gone, _kept = add(stage.sessions, "", CALM)
    stage.score_live()
    with stage.sessions.begin() as session:
        session.execute(update(Flag).values(state=FlagState.ASSESSED))
        erase_items(session, [gone], "permintaan", now())
    assert (stage.start().count_waiting(), stage.run()) == (1, 1)


def test_second_run_writes_nothing_and_no_event(stage: Stage) -> None:
    add(stage.sessions, "", CALM)
    stage.score_live()
    assert (stage.run(), stage.run(), stage.start().count_waiting()) == (2, 0, 0)
    with stage.sessions() as session:
        assert session.scalar(select(func.count()).where(AuditEvent.action == "skor.bayangan")) == 1


def test_running_run_finds_what_the_live_one_scores_later(stage: Stage) -> None:
    run = stage.start()
    for texts in (["", CALM], [CALM + " Lagi."]):
        add(stage.sessions, *texts)
        stage.score_live()
        assert stage.run(run) == len(texts)


def test_a_prediction_that_is_committed_behind_others_is_found(stage: Stage) -> None:
    add(stage.sessions, CALM, "", "")
    stage.score_live()
    with stage.sessions.begin() as session:
        late = session.scalars(select(Prediction).order_by(Prediction.id)).first()
        assert late is not None
        row = {column.key: getattr(late, column.key) for column in Prediction.__table__.columns}
        session.delete(late)
    run = stage.start()
    assert stage.run(run, limit=1) == 2
    with stage.sessions.begin() as session:
        session.execute(insert(Prediction), [row])
    assert stage.run(run) == 1


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_prediction_that_is_committed_behind_thousands_is_found(stage: Stage) -> None:
    """Two runs of `netra rescore` at once: each writes up to 2,000 in a transaction, and draws a number a try."""
    late, early = add(stage.sessions, CALM, "")
    run = stage.start()
    with stage.sessions.begin() as first:
        predict(first, stage.live, late)
        with stage.sessions.begin() as second:
            second.execute(text("SELECT nextval(pg_get_serial_sequence('predictions', 'id')) FROM generate_series(1, 3000)"))
            predict(second, stage.live, early)
        assert stage.run(run) == 1
        assert run.score_batch().scored == 0
    assert stage.run(run) == 1


class Slow(ScorerApart):
    """Answers as from texts of which each has all of its time, and lets a round end after each."""

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]
        self.left = 0

    def _ask(self, documents: Sequence[Document], end: float) -> list[Scored] | Failure | None:
        if not self.left:
            return None
        self.left -= 1
        if len(documents) > 1 or "MACET" in documents[0].text:
            return Failure("it took longer", is_slow=True)
        raise AssertionError(documents)


def test_a_round_that_ends_in_the_middle_of_a_batch_has_written_what_was_done(stage: Stage) -> None:
    add(stage.sessions, *[f"MACET {number}." for number in range(6)])
    stage.score_live()
    for rounds in range(1, 4):
        slow = Slow()
        slow.left = 3  # The batch as a whole, and two texts.
        assert ShadowRun(stage.engine, slow, stage.shadow, stage.live).score_batch(seconds=0).scored == 8 - 2 * rounds
        with stage.sessions() as session:
            assert len(find_aside(session, stage.shadow.id)) == 2 * rounds


def test_a_running_shadow_tries_again_what_somebody_asks_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.artifacts.shadow.LATE", 0)
    add(stage.sessions, CALM, "")
    stage.score_live()
    run = stage.start()
    with stage.sessions.begin() as session:
        version = session.scalars(select(Prediction.item_version_id).order_by(Prediction.id)).first()
        assert version is not None
        leave_aside(session, stage.shadow.id, stage.shadow.name, [FailedText(version, 1, "macet")])
    assert stage.run(run) == 1
    with stage.sessions.begin() as session:
        try_aside_again(session, list_left_aside(session), actor="sistem:uji")
    assert (stage.run(run), run.score_batch().scored) == (1, 0)


def test_four_at_once_make_no_doubles(stage: Stage) -> None:
    add(stage.sessions, *[CALM, ""] * 20)
    stage.score_live()
    with ThreadPoolExecutor(4) as pool:
        runs = [ShadowRun(stage.engine, ScorerApart(stage.scorer), stage.shadow, stage.live) for _ in range(4)]
        written = list(pool.map(lambda run: stage.run(run, limit=5), runs))
    assert (sum(written), count(stage, ShadowScore)) == (40, 40)


def test_earlier_words_are_left_alone(stage: Stage) -> None:
    (item_id,) = add(stage.sessions, "")
    stage.score_live()
    with stage.sessions.begin() as session:
        version = ItemVersion(item_id=item_id, number=2, text=CALM, text_sha256="2" * 64)
        session.add(version)
        session.flush()
        session.get_one(Item, item_id).current_version_id = version.id
    assert stage.run() == 0
    stage.score_live()
    assert stage.run() == 1


def test_disagreements_are_listed_the_largest_difference_first(stage: Stage) -> None:
    near, far, agreed, _unseen = add(stage.sessions, "", CALM, "Apel pagi.", "Hujan turun.")
    said = {near: (0.6, 0.4), far: (0.1, 0.95), agreed: (0.7, 0.9)}
    with stage.sessions.begin() as session:
        for item_id, (live, shadow) in said.items():
            version_id = session.get_one(Item, item_id).current_version_id
            add_scores(session, version_id, stage.live, stage.shadow, live, shadow)
    with stage.sessions() as session:
        found = list_disagreements(session, stage.live, stage.shadow, limit=10)
        assert [(own.item_id, own.first, own.second) for own in found] == [(far, 0.1, 0.95), (near, 0.6, 0.4)]
        assert found[0].title == CALM[:80]
        assert len(list_disagreements(session, stage.live, stage.shadow, limit=1)) == 1
        assert count_differences(session, stage.live, stage.shadow) == Difference(3, 1, 1)
        assert count_differences(session, stage.shadow, stage.live) == Difference(3, 1, 1)


def test_text_with_both_a_prediction_and_a_shadow_score_counts_once(stage: Stage) -> None:
    (item_id,) = add(stage.sessions, "")
    with stage.sessions.begin() as session:
        version_id = session.get_one(Item, item_id).current_version_id
        add_scores(session, version_id, stage.live, stage.shadow, 0.9, 0.9)
        session.add(Prediction(item_version_id=version_id, artifact_id=stage.shadow.id, probability=0.2, label="lain"))
    with stage.sessions() as session:
        assert count_differences(session, stage.live, stage.shadow) == Difference(1, 1, 0)


def add_scores(
    session: Session, version_id: int | None, live: Artifact, shadow: Artifact, live_says: float, shadow_says: float
) -> None:
    session.add(Prediction(item_version_id=version_id, artifact_id=live.id, probability=live_says, label="lain"))
    at = live.trained_at
    row = ShadowScore(item_version_id=version_id, artifact_id=shadow.id, probability=shadow_says, label="lain", scored_at=at)
    session.add(row)
    session.flush()
