"""Lines in, lines out."""

import json
from collections.abc import Iterator

import pytest

from classifier.classify import CHUNK, classify_lines
from classifier.reading.cues import name_sentence
from classifier.reading.document import Document, Kind, guess_kind
from classifier.reading.lines import read_line
from classifier.scoring.compact import CompactWeights
from classifier.scoring.scorer import Scorer, Verdict

ACT = "Rapat dibuka pukul sembilan. Camat mengajak para lurah memenangkan paslon nomor urut 2 dari Golkar. Hujan turun."
APPEAL = "Bupati mengimbau seluruh ASN menjaga netralitas dan tidak ikut kampanye paslon mana pun."


def line(number: int, text: str = APPEAL, **fields: object) -> str:
    return json.dumps({"id": number, "text": text, **fields})


def test_output_keeps_order_and_names_its_fields(scorer: Scorer) -> None:
    lines = [line(number, ACT if number % 3 else APPEAL, kind="post") for number in range(CHUNK + 5)]
    results = list(classify_lines(lines, scorer))
    assert [result["id"] for result in results] == list(range(CHUNK + 5))
    assert set(results[0]) == {
        *("id", "probability", "flagged", "verdict", "act", "label", "evidence", "title_weight", "language", "artifact"),
    }
    assert results[1]["probability"] > results[0]["probability"]
    assert results[0]["artifact"] == scorer.name


def test_evidence_is_cut_from_the_text_as_given(scorer: Scorer) -> None:
    text = "🙏 Selamat pagi\r\n\r\n" + ACT
    (result,) = classify_lines([line(1, text)], scorer)
    assert all(text[found["start"] : found["end"]] == found["text"] for found in result["evidence"])
    assert "mengajak para lurah" in result["evidence"][0]["text"]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("{", "not JSON"),
        ("[1]", "not an object"),
        ('{"id": 7}', "`text`"),
        ('{"id": 7, "text": "x", "title": 3}', "`title`"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_bad_lines_keep_their_place(scorer: Scorer, bad: str, message: str) -> None:
    results = list(classify_lines([line(1), bad, line(3)], scorer))
    assert [result["id"] for result in results][::2] == [1, 3]
    assert message in results[1]["error"]
    assert results[1]["line"] == 2


def test_kind_of_another_data_set_is_guessed_from_the_text(scorer: Scorer) -> None:
    strange, news = classify_lines([line(1, ACT, kind="asn_partisan"), line(1, ACT, kind="news")], scorer)
    assert strange == news


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Camat Dilaporkan ke Bawaslu", Kind.HEADLINE),
        ("@USER camatnya gmn sih #netral", Kind.POST),
        ("Camat hadir. Ia bertepuk tangan.", Kind.NEWS),
        ("", Kind.HEADLINE),
    ],
)
def test_form_tells_the_kind(text: str, kind: Kind) -> None:
    assert guess_kind(text) is kind


def test_a_foreign_text_is_marked_and_not_flagged(scorer: Scorer) -> None:
    text = "The subdistrict head asked all village leaders to vote for candidate number two during the official meeting."
    (result,) = classify_lines([line(1, text)], scorer)
    assert (result["language"], result["flagged"], result["label"]) == ("en", False, "bahasa_lain")


def test_reading_streams(scorer: Scorer) -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield line(taken)

    assert next(classify_lines(endless(), scorer))["id"] == 1
    assert taken == CHUNK


def test_empty_and_hostile_texts_have_a_score(scorer: Scorer) -> None:
    hostile = ["", " \n", "\x00", "a" * 300_000, "ab" * 100_000, "🙏" * 5000, ". " * 5000, "camat " * 20_000]
    assert all(0 <= scored.probability <= 1 for scored in scorer.score([Document(text) for text in hostile]))


def test_author_and_title_speak_without_a_span(scorer: Scorer) -> None:
    text = "Jangan lupa tanggal 27 pilih nomor 3 ya bestie"
    bare, signed = scorer.score(
        [Document(text, kind=Kind.POST), Document(text, kind=Kind.POST, author_name="Yuli", author_bio="Guru PNS")]
    )
    assert signed.title_weight != 0 == bare.title_weight
    assert all(found.end <= len(text) for found in signed.evidence)


def test_no_sentence_is_a_reason_where_the_title_alone_tells_of_an_act(scorer: Scorer) -> None:
    title = "Camat Ajak Para Lurah Menangkan Paslon Nomor Urut 2, Dilaporkan ke Bawaslu"
    (told,) = scorer.score([Document("Hujan turun di pasar sejak pagi. Warga menunggu reda di emper toko.", title)])
    assert told.verdict is not Verdict.LEFT
    assert told.title_weight > 0
    assert not told.evidence, "monitors would be shown, and training taught, a sentence that speaks against an act"


@pytest.mark.parametrize(
    ("one", "other"),
    [("Golkar", "PDI Perjuangan"), ("nomor urut 2", "nomor urut 5"), ("mengajak para lurah", "mengajak para lurah")],
)
def test_swapping_sides_moves_nothing(scorer: Scorer, one: str, other: str) -> None:
    before, after = scorer.score([Document(ACT), Document(ACT.replace(one, other))])
    assert before.probability == pytest.approx(after.probability, abs=1e-12)


def weigh_all_cues(_weights: CompactWeights, line: str) -> list[tuple[str, float]]:
    """As if every cue of a sentence spoke for the act."""
    return [(name, 1.0) for name in name_sentence(read_line(line).mentions)]


@pytest.mark.parametrize(
    ("word", "sign"),
    [
        ("bagian", "media sosial"),
        ("Sebagian", "media sosial"),
        ("status", "media sosial"),
        ("pihaknya", "dukungan"),
        ("pemilihan", "dukungan"),
        ("pasangannya", "alat peraga"),
        ("dicopot", "alat peraga"),
        ("mendatang", "kehadiran"),
        ("berikutnya", "kehadiran"),
        ("menekankan", "kuasa jabatan"),
        ("pelajaran", "imbauan"),
        ("tersebut", "orang tertentu"),
        ("awak", "orang pertama"),
        ("kasi", "jabatan ASN"),
    ],
)
def test_no_sign_is_shown_for_a_word_that_only_looks_like_it(
    scorer: Scorer, monkeypatch: pytest.MonkeyPatch, word: str, sign: str
) -> None:
    monkeypatch.setattr(CompactWeights, "weigh_cues", weigh_all_cues)
    monkeypatch.setattr("classifier.scoring.explain.MOST_SIGNS", 99)
    (found,) = scorer.score([Document(f"Menurut dia {word} sama saja.")], explain_all=True)[0].evidence
    assert sign not in " ".join(found.signs)


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("Bagian humas membagikan unggahan", {"media sosial"}),
        ("Kasi Dinas Pasar mendukung", {"jabatan ASN", "dukungan", "jabatan ASN → dukungan"}),
        ("Pasangan itu memasang baliho", {"calon atau kubu → alat peraga", "alat peraga → alat peraga"}),
    ],
)
def test_signs_are_shown_for_the_words_that_bear_them(
    scorer: Scorer, monkeypatch: pytest.MonkeyPatch, text: str, signs: set[str]
) -> None:
    monkeypatch.setattr(CompactWeights, "weigh_cues", weigh_all_cues)
    monkeypatch.setattr("classifier.scoring.explain.MOST_SIGNS", 99)
    (found,) = scorer.score([Document(text)], explain_all=True)[0].evidence
    assert signs <= set(found.signs)


def test_evidence_in_capitals_is_shown_as_it_was_written(scorer: Scorer) -> None:
    text = "Hujan turun di pasar sejak pagi.\nCAMAT WIRDANA AJAK WARGA COBLOS PASLON NO.2!"
    (found, *_) = scorer.score([Document(text, kind=Kind.POST)], explain_all=True)[0].evidence
    assert text[found.start : found.end] == "CAMAT WIRDANA AJAK WARGA COBLOS PASLON NO.2!"
    assert found.words
    assert all(word in text for word in found.words)
