"""Transformers: clone, names, one sentence in, numbers out."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone

from classifier.config import load_config
from classifier.reading.cues import cue_names
from classifier.reading.lines import read_line
from classifier.training.features import CharVectorizer, CueVectorizer, WordVectorizer
from classifier.training.pipeline import build_features

SENTENCES = ["Camat mengajak warga memilih paslon 2", "Bupati mengimbau ASN netral\nJangan ikut kampanye"]


@pytest.mark.parametrize("transformer", [WordVectorizer(ngrams=(1, 1)), CharVectorizer(min_df=1), CueVectorizer(across=False)])
def test_clone_names_and_numbers(transformer: BaseEstimator) -> None:
    copy = clone(transformer)
    assert copy.get_params() == transformer.get_params()
    numbers = copy.fit(SENTENCES).transform(["Camat ikut kampanye"])
    assert numbers.shape == (1, len(copy.get_feature_names_out()))
    assert numbers.sum() > 0


def test_names_carry_their_family() -> None:
    features = build_features(load_config()).fit(SENTENCES * 3)
    assert {name.split("__")[0] for name in features.get_feature_names_out()} == {"kata", "huruf", "isyarat"}


def test_ngrams_do_not_cross_sentences() -> None:
    names = WordVectorizer(ngrams=(2, 2)).fit(SENTENCES).get_feature_names_out()
    assert "<asn> netral" in names
    assert "netral jangan" not in names


def test_every_office_counts_as_one_actor() -> None:
    assert read_line("Camat dukung paslon 2").terms == read_line("Kepala puskesmas mendukung pasangan calon 4").terms
    assert read_line("Kades dukung paslon 2").terms != read_line("Camat dukung paslon 2").terms


def test_a_window_is_the_sum_of_its_lines_over_the_root_of_its_words() -> None:
    words = WordVectorizer(ngrams=(1, 2)).fit(SENTENCES)
    one, other, both = words.transform(["Camat memilih", "ASN netral", "Camat memilih\nASN netral"]).toarray()
    np.testing.assert_allclose(both, (one * 2**0.5 + other * 2**0.5) / 4**0.5)


def test_what_a_window_lacks_is_a_feature() -> None:
    names = CueVectorizer().fit(["Camat membuka pasar murah"]).get_feature_names_out()
    assert "tanpa_politik" in names
    assert "tanpa_asn" not in names


def test_an_office_inside_a_topic_does_not_act() -> None:
    assert "<asn>" not in read_line("Dugaan pelanggaran netralitas ASN dibahas").terms
    assert "<asn>" in read_line("Tiga ASN diduga melanggar").terms


@pytest.mark.parametrize(
    "actor",
    ["Aparatur desa", "Aparatur pemerintah desa", "Pejabat negara", "Guru swasta", "Kepala SMK swasta", "Dosen kampus swasta"],
)
def test_others_whose_name_holds_that_of_an_office_are_no_civil_servants(actor: str) -> None:
    bits = read_line(f"{actor} mendukung paslon 2").bits
    assert not bits >> cue_names().index("asn") & 1


@pytest.mark.parametrize("actor", ["Anggota Polisi Pamong Praja", "Penjabat kepala desa", "Pj. Kepala Desa"])
def test_civil_servants_whose_name_holds_that_of_others_play_their_own_role(actor: str) -> None:
    terms = read_line(f"{actor} mendukung paslon 2").terms
    assert "<asn>" in terms
    assert "<bukan_asn>" not in terms


@pytest.mark.parametrize(
    "refused", ["menolak berfoto", "tolak ajakan", "enggan hadir", "mengembalikan amplop", "tak mau pakai kaus"]
)
def test_what_somebody_refuses_is_no_act_of_theirs(refused: str) -> None:
    terms = read_line(f"Lurah {refused} paslon 2").terms
    assert terms[:2] == ("<asn>", "<menolak_ikut>")
