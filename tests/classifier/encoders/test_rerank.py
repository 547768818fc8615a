"""The second opinion: on uncertain texts only, blind to sides, whole as a score."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from classifier.classes import ACTS
from classifier.classify import classify_lines
from classifier.encoders.rerank import Band, Reranker, Weights, find_telling_window, spell_window
from classifier.errors import EncoderError
from classifier.reading.document import Document, Window
from classifier.scoring.scorer import Scorer, Verdict
from tests.classifier.encoders.conftest import Case

ACT = "Rapat dibuka pukul sembilan. Camat mengajak para lurah memenangkan paslon nomor urut 2 dari Golkar. Hujan turun."


class Recorder:
    """An encoder that keeps what it was given, and answers one number."""

    name, dimensions = "recorder-0", 1

    def __init__(self, answer: float = 0.0):
        self.answer = answer
        self.texts = list[str]()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.texts += texts
        return np.full((len(texts), 1), self.answer, dtype=np.float32)


def make_reranker(scorer: Scorer, encoder: Recorder, band: Band) -> Reranker:
    """One that believes the encoder's number alone."""
    return Reranker(encoder, scorer, Weights(np.zeros(1), np.ones(1), np.ones(1), 0.0, 0.0), band)


def test_only_uncertain_texts_are_read_again(case: Case, scorer: Scorer) -> None:
    documents = [text.document for text in case.test]
    before = scorer.score(documents)
    after = case.reranker.apply(documents, before)
    band = case.reranker.band
    uncertain = [band.holds(own.probability) for own in before]
    assert 0 < sum(uncertain) < len(uncertain)
    assert [new is not old for old, new in zip(before, after, strict=True)] == uncertain


def test_nothing_uncertain_asks_no_encoder(scorer: Scorer) -> None:
    encoder = Recorder()
    scored = scorer.score([Document(ACT)])
    assert make_reranker(scorer, encoder, Band(0.0, 1e-9)).apply([Document(ACT)], scored) == scored
    assert make_reranker(scorer, encoder, Band(0.0)).apply([], []) == []
    assert encoder.texts == []


@pytest.mark.parametrize(("answer", "verdict"), [(9.0, Verdict.FLAG), (-9.0, Verdict.LEFT)])
def test_class_and_reasons_agree_with_the_new_probability(scorer: Scorer, answer: float, verdict: Verdict) -> None:
    documents = [Document(ACT), Document("Harga cabai naik lagi di pasar.")]
    (act, other) = make_reranker(scorer, Recorder(answer), Band(0.0, 1.0)).apply(documents, scorer.score(documents))
    is_flagged = verdict is Verdict.FLAG
    assert {act.verdict, other.verdict} == {verdict}
    assert all((own.label in ACTS) is is_flagged for own in (act, other))
    assert (bool(act.evidence), bool(other.evidence)) == (is_flagged, False)  # No sentence about chillies speaks for an act.
    assert all((own.act is None) is not is_flagged for own in (act, other))


def test_foreign_texts_are_never_read_again(scorer: Scorer) -> None:
    documents = [Document("The subdistrict head asked all village leaders to vote for candidate number two during the meeting.")]
    scored = scorer.score(documents)
    assert make_reranker(scorer, Recorder(9.0), Band(0.0, 1.0)).apply(documents, scored) == scored


def test_encoder_reads_the_telling_window_with_its_title(scorer: Scorer) -> None:
    document = Document("Harga cabai naik. Pasar ramai. Warga resah. Jalan rusak. " + ACT, title="Bawaslu panggil camat")
    window = spell_window(find_telling_window(scorer, document))
    assert window.startswith("bawaslu panggil camat. ")
    assert "camat mengajak para lurah memenangkan paslon nomor urut sekian dari partai" in window
    assert "cabai" not in window


@pytest.mark.parametrize(
    ("one", "other"),
    [("Golkar", "PDI Perjuangan"), ("nomor urut 2", "nomor urut 5"), ("Kebumen", "Sukoharjo"), ("Salim", "Yosef")],
)
def test_swapping_sides_moves_no_letter_of_what_encoders_read(one: str, other: str) -> None:
    line = "Camat Salim di Kebumen mengajak warga memilih nomor urut 2 dari Golkar."
    first, second = (spell_window(Window((text,), 0, 1)) for text in (line, line.replace(one, other)))
    assert first == second


@pytest.mark.parametrize("form", ["no.{}", "No{}", "nomor{}", "nmr 0{}", "paslon{}", "PASLON 0{}", "#{} paslon"])
def test_no_spelling_of_a_number_moves_a_letter_of_what_encoders_read(form: str) -> None:
    two, five = (
        Window((f"Camat Salim mengajak warga coblos {form.format(number)}.", f"BUPATI {name} SETUJU."), 0, 2)
        for number, name in ((2, "ANDIKA"), (5, "WIRDANA"))
    )
    assert spell_window(two) == spell_window(five)


def test_weights_of_other_dimensions_are_refused(case: Case) -> None:
    weights = replace(case.reranker.weights, coef=np.zeros(7))
    with pytest.raises(EncoderError, match=r"has 4 dimensions, .* from 7"):
        replace(case.reranker, weights=weights)


def test_lines_say_who_read_them_again(scorer: Scorer) -> None:
    lines = ['{"id": 1, "text": "Camat mengajak warga memilih paslon 2."}', "{", '{"id": 3, "text": ""}']
    refine = make_reranker(scorer, Recorder(-9.0), Band(0.5, 1.0))
    first, bad, third = classify_lines(lines, scorer, refine)
    assert (first["encoder"], third["encoder"]) == ("recorder-0", None)
    assert first["probability"] < 0.001
    assert set(bad) == {"id", "line", "error"}
    assert "encoder" not in next(classify_lines(lines, scorer))
