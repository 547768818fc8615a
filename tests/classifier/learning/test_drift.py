"""Shifts that were made are seen, chance is not, and small windows are only counted."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from classifier.learning.drift import (
    LEAST_TEXTS,
    DriftReport,
    DriftState,
    WordCount,
    count_words,
    grade,
    list_grown,
    measure_drift,
    stability_index,
)
from classifier.reading.document import Document
from classifier.scoring.parameters import Vocabulary
from models import Item, ItemVersion, Prediction, Source, SourceKind, now
from netra.retention.items import erase_items
from tests.factories import make_artifact, make_source

NOW = now()
DAYS = 10
LATEST, BEFORE, LONG_AGO = 1, DAYS + 5, 10 * DAYS
VOCABULARY = Vocabulary(words=["harga", "cabai", "naik", "harga cabai"], chars=[], cues=[])
CALM = "harga cabai naik"


def add_texts(session: Session, source: Source, days_ago: int, probabilities: np.ndarray, text: str = CALM) -> None:
    """Scored items by the hundred: factories would take a statement each."""
    start = (session.scalar(select(Item.id).order_by(Item.id.desc()).limit(1)) or 0) + 1
    ids = range(start, start + len(probabilities))
    seen, artifact_id = NOW - timedelta(days=days_ago), make_artifact(session).id
    items = [{"id": own, "source_id": source.id, "item_key": f"{own:064d}", "first_seen_at": seen} for own in ids]
    versions = [{"id": own, "item_id": own, "number": 1, "text": text, "text_sha256": "0" * 64} for own in ids]
    scored = [
        {"item_version_id": own, "artifact_id": artifact_id, "probability": float(value), "label": "lain"}
        for own, value in zip(ids, probabilities, strict=True)
    ]
    session.execute(insert(Item), items)
    session.execute(insert(ItemVersion), versions)
    session.execute(insert(Prediction), scored)
    session.execute(Item.__table__.update().where(Item.id.in_(ids)).values(current_version_id=Item.__table__.c.id))


def measure(session: Session) -> DriftReport:
    return measure_drift(session, make_artifact(session), VOCABULARY, days=DAYS, at=NOW)


def test_index_is_the_one_worked_out_by_hand() -> None:
    """Tenths of 0 to 99 against the same values, of which the last 10 moved to the first bin.

    One bin grows from 0.1 to 0.2 and one shrinks from 0.1 to nothing, which counts half a text of 100.
    """
    reference = np.arange(100.0)
    latest = np.where(reference >= 90, 0.0, reference)
    expected = 0.1 * np.log(2) + (0.005 - 0.1) * np.log(0.005 / 0.1)
    assert stability_index(reference, latest) == pytest.approx(expected)
    assert stability_index(reference, reference) == 0


def test_equal_values_share_a_bin() -> None:
    """A quarter of ones became three quarters: 0.5 * ln 3, twice."""
    reference, latest = np.repeat([0.0, 1.0], [75, 25]), np.repeat([0.0, 1.0], [25, 75])
    assert stability_index(reference, latest) == pytest.approx(np.log(3))


@pytest.mark.parametrize(
    ("index", "state"),
    [(0.0999, DriftState.STABLE), (0.1, DriftState.LOOK), (0.2499, DriftState.LOOK), (0.25, DriftState.SHIFTED)],
)
def test_states_begin_at_their_lines(index: float, state: DriftState) -> None:
    assert grade(index) is state


def test_least_window_keeps_chance_below_the_first_line() -> None:
    """Of 200 pairs of unchanged windows about 10 may lie above it; more than 20 would come once in a thousand runs."""
    chance = np.random.default_rng(2)
    indexes = [stability_index(chance.random(LEAST_TEXTS), chance.random(LEAST_TEXTS)) for _ in range(200)]
    assert sum(index >= 0.1 for index in indexes) <= 20


def test_words_are_counted_once_a_text_and_unknown_ones_each_time() -> None:
    counted = count_words([Document("harga cabai naik naik. gemoy gemoy"), Document("cabai")], {"harga", "cabai", "naik"})
    assert (counted.texts, counted.words, counted.unknown) == (2, 7, 2)
    assert (counted.texts_by_word["cabai"], counted.texts_by_word["naik"], counted.texts_by_word["gemoy"]) == (2, 1, 1)


def test_grown_word_has_the_sureness_worked_out_by_hand() -> None:
    """10 of 100 texts became 40 of 100: with a prior of 2.5 of 10, odds of 12.5 / 97.5 against 42.5 / 67.5."""
    before, now_ = WordCount(texts=100), WordCount(texts=100)
    before.texts_by_word.update({"kampanye": 10, "pasar": 50, "rapat": 9})
    now_.texts_by_word.update({"kampanye": 40, "pasar": 52, "rapat": 1})
    (grown,) = list_grown(before, now_)
    gap = np.log(42.5 / 67.5) - np.log(12.5 / 97.5)
    error = np.sqrt(1 / 12.5 + 1 / 97.5 + 1 / 42.5 + 1 / 67.5)
    assert (grown.word, grown.before, grown.latest) == ("kampanye", 0.1, 0.4)
    assert grown.sureness == pytest.approx(gap / error)


def test_names_do_not_appear_among_the_grown_words() -> None:
    texts = [Document("Bupati Joko Santoso dan sutrisno naik panggung di Kendal bersama Gerindra")] * 100
    grown = list_grown(WordCount(texts=100), count_words(texts, set()))
    words = {own.word for own in grown}
    assert "panggung" in words
    assert not words & {"joko", "santoso", "sutrisno", "kendal", "gerindra", "NAMA", "PARTAI"}


def test_nothing_scored_gives_no_kinds(session: Session) -> None:
    assert measure(session).kinds == []
    add_texts(session, make_source(session), LONG_AGO, np.full(5, 0.1))
    assert measure(session).kinds == []


def test_small_windows_are_counted_and_not_measured(session: Session) -> None:
    source = make_source(session)
    add_texts(session, source, BEFORE, np.linspace(0, 1, LEAST_TEXTS))
    add_texts(session, source, LATEST, np.linspace(0, 1, LEAST_TEXTS - 1))
    (own,) = measure(session).kinds
    assert (own.source_kind, own.reference.texts, own.latest.texts) == ("berita", LEAST_TEXTS, LEAST_TEXTS - 1)
    assert (own.state, own.psi, own.latest.flag_rate) == (DriftState.TOO_FEW, None, None)
    assert "350 texts before and 349 now" in own.sentence


def test_kinds_of_sources_are_told_apart(session: Session) -> None:
    """News stays as it was; posts are flagged twice as often, in new words."""
    news, posts = make_source(session), make_source(session, kind=SourceKind.SOCIAL)
    steady = np.linspace(0, 1, LEAST_TEXTS)
    add_texts(session, news, BEFORE, steady)
    add_texts(session, news, LATEST, steady)
    add_texts(session, posts, BEFORE, steady)
    add_texts(session, posts, LATEST, (steady + 1) / 2, "coblos harga")
    whole, first, second = sorted(measure(session).kinds, key=lambda own: ("semua", "berita", "sosial").index(own.source_kind))
    assert (first.state, first.psi, first.words) == (DriftState.STABLE, 0, ())
    assert (second.state, second.latest.flag_rate, second.latest.unknown_share) == (DriftState.SHIFTED, 1.0, 0.5)
    assert second.reference.flag_rate == pytest.approx(0.5, abs=0.01)
    assert [own.word for own in second.words] == ["coblos"]
    assert whole.latest.texts == 2 * LEAST_TEXTS
    assert "netra train" in second.sentence


def test_words_of_erased_texts_are_not_counted(session: Session) -> None:
    """Their probabilities are numbers still; a whole window without words tells nothing of them."""
    source, steady = make_source(session), np.linspace(0, 1, LEAST_TEXTS)
    add_texts(session, source, BEFORE, steady, "coblos harga")
    add_texts(session, source, LATEST, steady)
    items = list(session.scalars(select(Item.id).order_by(Item.id)))
    erase_items(session, items[: LEAST_TEXTS - 1], "permintaan", now())
    (own,) = measure(session).kinds
    assert (own.psi, own.reference.texts, own.reference.unknown_share) == (0, LEAST_TEXTS, 0.5)
    erase_items(session, items, "permintaan", now())
    (own,) = measure(session).kinds
    assert (own.psi, own.reference.unknown_share, own.latest.unknown_share, own.words) == (0, None, None, ())


def test_foreign_texts_and_other_artifacts_are_left_out(session: Session) -> None:
    source = make_source(session)
    add_texts(session, source, LATEST, np.full(3, 0.1))
    foreign, other = session.scalars(select(Prediction).limit(2)).all()
    foreign.label = "bahasa_lain"
    session.delete(other)
    session.flush()
    assert {own.latest.texts for own in measure(session).kinds} == {1}


def test_reading_is_reported(session: Session) -> None:
    source, told = make_source(session), list[tuple[int, int]]()
    add_texts(session, source, BEFORE, np.linspace(0, 1, LEAST_TEXTS))
    add_texts(session, source, LATEST, np.linspace(0, 1, LEAST_TEXTS))
    measure_drift(session, make_artifact(session), VOCABULARY, days=DAYS, at=NOW, on_progress=lambda *said: told.append(said))
    assert told[-1] == (2 * LEAST_TEXTS, 2 * LEAST_TEXTS)
    assert len(told) == 2 * LEAST_TEXTS
