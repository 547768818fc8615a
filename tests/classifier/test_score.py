"""Items to predictions and flags, on both engines."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from classifier.artifacts.artifact import LoadedArtifact
from classifier.artifacts.registry import live_artifact, promote, register_artifact
from classifier.errors import ArtifactError
from classifier.score import (
    CLAIM,
    BatchResult,
    claim_versions,
    count_waiting,
    flag_missed,
    record_scores,
    score_all,
    score_batch,
)
from classifier.scoring.parameters import Lines
from classifier.scoring.scorer import Scorer
from models import (
    Artifact,
    ArtifactState,
    AuditEvent,
    Election,
    Flag,
    FlagState,
    Item,
    ItemVersion,
    Prediction,
    now,
    verify_chain,
)
from models.database import make_session
from netra.retention.items import erase_items
from tests.factories import make_item, make_source
from tests.statements import counted_statements, planned_statements

CALM = "Harga cabai naik karena hujan. Pedagang mengurangi stok di pasar."
Scoring = tuple[sessionmaker[Session], Scorer, Artifact]


@pytest.fixture
def scoring(engine: Engine, loaded: LoadedArtifact) -> Scoring:
    """Sessions, a scorer whose line the factories' partisan text passes, and its live row."""
    sessions = make_session(engine)
    with sessions.begin() as session:
        row = register_artifact(session, loaded.folder)
        row.threshold = 0.5
        promote(session, row)
    return sessions, Scorer(replace(loaded.parameters, lines=Lines(0.5, 0.2)), loaded.name), row


def add(sessions: sessionmaker[Session], *texts: str, **values: object) -> list[int]:
    with sessions.begin() as session:
        source = make_source(session)
        return [make_item(session, source=source, title="", **({"text": text} if text else {}), **values).id for text in texts]


def add_version(session: Session, item_id: int, text: str) -> ItemVersion:
    item = session.get_one(Item, item_id)
    version = ItemVersion(item_id=item_id, number=2, text=text, text_sha256="1" * 64)
    session.add(version)
    session.flush()
    item.current_version_id = version.id
    return version


def erase(session: Session, item_id: int) -> None:
    """As a request does that was granted."""
    session.execute(select(Item.id).where(Item.id == item_id).with_for_update())
    erase_items(session, [item_id], "permintaan", now())


def count(sessions: sessionmaker[Session], table: type) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_texts_that_pass_cost_a_batch_no_statements_of_their_own(scoring: Scoring, engine: Engine) -> None:
    asked = list[int]()
    for texts in (3, 60):
        add(scoring[0], *(f"{CALM} Kiriman ke-{number} datang." for number in range(texts)))
        with counted_statements(engine) as statements:
            assert score_batch(*scoring).claimed == texts
        asked.append(len(statements))
    assert asked[1] == asked[0]


def test_whoever_stops_gives_back_what_is_new_and_no_suspect(scoring: Scoring, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions, *_ = scoring
    suspect, fresh = add(sessions, CALM, f"{CALM} Lagi.")
    with sessions.begin() as session:
        dead = update(ItemVersion).where(ItemVersion.item_id == suspect).values(scoring_until=now() - timedelta(minutes=1))
        session.execute(dead)

    def stops(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("classifier.score.score_apart", stops)
    with pytest.raises(KeyboardInterrupt):
        score_batch(*scoring)
    with sessions() as session:
        until = dict(session.execute(select(ItemVersion.item_id, ItemVersion.scoring_until)).all())
    assert until[fresh] is None
    assert until[suspect] > now(), "else it would be tried together with others, and take them along"


def test_batch_writes_predictions_flags_and_one_event(scoring: Scoring) -> None:
    sessions, *_ = scoring
    partisan, _calm = add(sessions, "", CALM)
    result = score_batch(*scoring)
    with sessions() as session:
        flag = session.scalars(select(Flag)).one()
        prediction = session.get_one(Prediction, flag.prediction_id)
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "skor.batch")).one()
        assert (result.claimed, result.flagged, flag.item_id) == (2, 1, partisan)
        assert flag.score == prediction.probability >= 0.5
        assert prediction.evidence[0].keys() == {"start", "end", "weight", "words", "signs"}
        assert event.detail["penanda"] == [flag.id]
        assert verify_chain(session).breaks == []


def test_second_run_finds_nothing(scoring: Scoring) -> None:
    sessions, *_ = scoring
    add(sessions, "", CALM, "")
    assert score_all(*scoring, limit=2).claimed == 3
    assert score_all(*scoring).claimed == 0
    assert count(sessions, Prediction) == 3


def test_four_at_once_make_no_doubles(scoring: Scoring) -> None:
    sessions, *_ = scoring
    add(sessions, *[CALM, ""] * 30)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: score_all(*scoring, limit=5), range(4)))
    assert sum(result.claimed for result in results) == 60
    assert (count(sessions, Prediction), count(sessions, Flag)) == (60, 30)


def test_claims_run_out_and_come_back(scoring: Scoring) -> None:
    sessions, _scorer, row = scoring
    add(sessions, "", CALM)
    with sessions.begin() as session:
        assert len(claim_versions(session, row, limit=10, at=now())) == 2
    assert score_batch(*scoring).claimed == 0
    assert score_batch(*scoring, at=now() + CLAIM + timedelta(seconds=1)).claimed == 2


def test_late_writer_changes_nothing(scoring: Scoring) -> None:
    sessions, scorer, row = scoring
    add(sessions, "")
    with sessions.begin() as session:
        slow = claim_versions(session, row, limit=10, at=now() - 2 * CLAIM)
    score_all(*scoring)
    with sessions.begin() as session:
        record_scores(session, row, slow, scorer.score([version.document for version in slow]))
    assert (count(sessions, Prediction), count(sessions, Flag)) == (1, 1)


@pytest.mark.parametrize("text", [CALM, "Camat Wanasari kembali mengajak lurah memenangkan paslon nomor urut 2."])
def test_new_version_moves_the_open_flag_and_never_removes_it(scoring: Scoring, text: str) -> None:
    sessions, *_ = scoring
    (item_id,) = add(sessions, "")
    score_all(*scoring)
    with sessions.begin() as session:
        version_id = add_version(session, item_id, text).id
        before = session.scalars(select(Flag.priority)).one()
    assert score_all(*scoring).claimed == 1
    with sessions() as session:
        flag = session.scalars(select(Flag)).one()
        assert flag.item_version_id == version_id == session.get_one(Prediction, flag.prediction_id).item_version_id
        assert flag.priority >= before


@pytest.mark.parametrize("held", [True, False])
def test_flag_under_reading_keeps_its_words_and_the_newer_ones_are_asked_about_later(scoring: Scoring, held: bool) -> None:
    sessions, *_ = scoring
    (item_id,) = add(sessions, "")
    score_all(*scoring)
    with sessions.begin() as session:
        flag = session.scalars(select(Flag)).one()
        read_version = flag.item_version_id
        flag.held_until = now() + timedelta(minutes=5) if held else None
        flag.state = FlagState.OPEN if held else FlagState.SECOND
        add_version(session, item_id, "Camat Wanasari kembali mengajak lurah memenangkan paslon nomor urut 2.")
    assert score_all(*scoring).flagged == 0
    with sessions.begin() as session:
        flag = session.scalars(select(Flag)).one()
        assert flag.item_version_id == read_version
        flag.state, flag.held_until = FlagState.ASSESSED, None
    assert score_all(*scoring).flagged == 1
    assert score_all(*scoring).flagged == 0


def predict_acts(session: Session, row: Artifact, items: Iterable[int]) -> None:
    """As `netra rescore` over an archive stores them: above the line, without flags."""
    for item_id in items:
        version_id = session.get_one(Item, item_id).current_version_id
        session.add(Prediction(item_version_id=version_id, artifact_id=row.id, probability=0.9, label="dukungan"))


def test_what_another_run_scored_is_flagged_in_pieces_each_with_its_event(scoring: Scoring) -> None:
    """As after `netra rescore` over an archive, when its artifact goes live: nobody waits long for the trail."""
    sessions, _, row = scoring
    items = add(sessions, *[""] * 5)
    with sessions.begin() as session:
        predict_acts(session, row, items)
    assert flag_missed(sessions, row, limit=2).flagged == 5
    with sessions() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "skor.susulan").order_by(AuditEvent.id))
        assert [len(event.detail["penanda"]) for event in events] == [2, 2, 1]
    assert flag_missed(sessions, row, limit=2).flagged == 0


def retire(session: Session) -> None:
    newer = Artifact(name="uji-2", sha256="2" * 64, threshold=0.5)
    session.add(newer)
    session.flush()
    promote(session, newer)


def test_an_artifact_that_is_no_longer_live_raises_no_flag_for_the_batch_that_it_had_at_hand(scoring: Scoring) -> None:
    sessions, scorer, row = scoring
    add(sessions, "")
    with sessions.begin() as session:
        claimed = claim_versions(session, row, limit=10, at=now())
    with sessions.begin() as session:
        retire(session)
    with sessions.begin() as session:
        record_scores(session, row, claimed, scorer.score([version.document for version in claimed]))
    assert (count(sessions, Prediction), count(sessions, Flag)) == (1, 0)


def test_a_roll_back_ends_the_flagging_of_an_archive(scoring: Scoring) -> None:
    sessions, _, row = scoring
    items = add(sessions, *[""] * 3)
    with sessions.begin() as session:
        predict_acts(session, row, items)
        retire(session)
    assert (flag_missed(sessions, row, limit=2).flagged, count(sessions, Flag)) == (0, 0)


def test_version_that_is_no_longer_current_raises_no_flag(scoring: Scoring) -> None:
    sessions, scorer, row = scoring
    (item_id,) = add(sessions, "")
    with sessions.begin() as session:
        claimed = claim_versions(session, row, limit=10, at=now())
        add_version(session, item_id, CALM)
    with sessions.begin() as session:
        record_scores(session, row, claimed, scorer.score([version.document for version in claimed]))
    assert (count(sessions, Prediction), count(sessions, Flag)) == (1, 0)


def test_erased_texts_do_not_wait_and_are_not_asked_about_later(scoring: Scoring) -> None:
    sessions, _, row = scoring
    item_id, _other = add(sessions, "", CALM)
    with sessions.begin() as session:
        version_id = session.get_one(Item, item_id).current_version_id
        session.add(Prediction(item_version_id=version_id, artifact_id=row.id, probability=0.9, label="dukungan"))
        session.flush()
        erase(session, item_id)
        assert count_waiting(session, row) == 1
    assert (score_all(*scoring).claimed, count(sessions, Flag)) == (1, 0)


def test_text_that_is_erased_while_it_is_scored_leaves_no_words(scoring: Scoring) -> None:
    sessions, scorer, row = scoring
    gone, kept = add(sessions, "", "")
    with sessions.begin() as session:
        claimed = claim_versions(session, row, limit=10, at=now())
    scores = scorer.score([version.document for version in claimed])

    def record() -> BatchResult:
        with sessions.begin() as session:
            return record_scores(session, row, claimed, scores)

    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as session:
            session.execute(select(Item.id).where(Item.id == gone).with_for_update())
            writing = pool.submit(record)
            with pytest.raises(TimeoutError):
                writing.result(timeout=0.5)
            erase(session, gone)
        assert writing.result(timeout=30).flagged == 1
    with sessions() as session:
        assert session.scalars(select(ItemVersion.item_id).join(Prediction)).all() == [kept]
        assert session.scalars(select(Flag.item_id)).all() == [kept]
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "skor.batch")).one()
        assert (event.detail["diambil"], event.detail["diskor"]) == (2, 1)


def test_flags_that_were_missed_wait_for_nobody_who_erases(scoring: Scoring) -> None:
    sessions, _, row = scoring
    items = add(sessions, "", "")
    with sessions.begin() as session:
        predict_acts(session, row, items)
    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as session:
            erase(session, items[0])
            missed = pool.submit(flag_missed, sessions, row)
            is_postgresql = session.get_bind().dialect.name == "postgresql"
            assert not is_postgresql or missed.result(timeout=30).flagged == 1
        assert missed.result(timeout=30).flagged == 1
    assert flag_missed(sessions, row).flagged == 0


def test_new_artifact_scores_again_but_asks_no_person_twice(scoring: Scoring) -> None:
    sessions, scorer, _row = scoring
    add(sessions, "")
    score_all(*scoring)
    with sessions.begin() as session:
        session.scalars(select(Flag)).one().state = FlagState.ASSESSED
        newer = Artifact(name="uji-2", sha256="2" * 64, threshold=0.1)
        session.add(newer)
        session.flush()
        promote(session, newer)
        assert count_waiting(session, newer) == 1
    assert score_all(sessions, scorer, newer).claimed == 1
    assert (count(sessions, Prediction), count(sessions, Flag)) == (2, 1)


@pytest.mark.parametrize(
    ("published", "seen", "election", "due"),
    [
        (datetime(2024, 10, 10, 3, tzinfo=UTC), datetime(2024, 10, 16, 3, tzinfo=UTC), "pilkada-2024", date(2024, 10, 23)),
        (datetime(2024, 1, 10, 3, tzinfo=UTC), datetime(2024, 1, 11, 3, tzinfo=UTC), "pemilu-2024", date(2024, 1, 22)),
        (None, datetime(2024, 10, 16, 18, tzinfo=UTC), "pilkada-2024", date(2024, 10, 24)),
        (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), None, date(2026, 3, 9)),
    ],
)
def test_date_decides_election_and_last_day(
    scoring: Scoring, published: datetime | None, seen: datetime, election: str | None, due: date
) -> None:
    sessions, *_ = scoring
    add(sessions, "", published_at=published, first_seen_at=seen)
    score_all(*scoring)
    with sessions() as session:
        flag = session.scalars(select(Flag)).one()
        found = session.get(Election, flag.election_id) if flag.election_id else None
        assert (found.slug if found else None, flag.due_on, flag.discovered_at, flag.region_code) == (election, due, seen, "33")


def test_promotion_retires_the_former_and_leaves_a_row(scoring: Scoring, loaded: LoadedArtifact) -> None:
    sessions, _scorer, row = scoring
    with sessions.begin() as session:
        newer = Artifact(name="uji-2", sha256="2" * 64, threshold=0.5)
        session.add(newer)
        session.flush()
        promote(session, newer)
        promote(session, newer)
        assert live_artifact(session) is newer
        assert session.get_one(Artifact, row.id).state is ArtifactState.RETIRED
        assert len(session.scalars(select(AuditEvent).where(AuditEvent.action == "artefak.aktif")).all()) == 2


def test_same_name_with_another_hash_is_refused(scoring: Scoring, loaded: LoadedArtifact) -> None:
    sessions, _scorer, row = scoring
    with sessions.begin() as session:
        assert register_artifact(session, loaded.folder).id == row.id
        session.get_one(Artifact, row.id).sha256 = "3" * 64
        session.flush()
        with pytest.raises(ArtifactError, match="another SHA-256"):
            register_artifact(session, Path(loaded.folder))


def test_what_waits_is_found_by_an_index_in_which_nothing_erased_stands(scoring: Scoring, engine: Engine) -> None:
    sessions, _, live = scoring
    ids = add(sessions, *(f"{CALM} Kiriman ke-{number}." for number in range(300)))
    with sessions.begin() as session:
        session.execute(update(ItemVersion).where(ItemVersion.item_id.in_(ids[3:250])).values(scored_by_id=live.id))
        erase_items(session, ids[250:], "permintaan", now())
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE item_versions")
    with sessions.begin() as session, planned_statements(engine) as plans:
        assert len(claim_versions(session, live, limit=200, at=now())) == 3
    assert "ix_item_versions_to_score" in plans[0]
