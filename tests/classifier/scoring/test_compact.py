"""The fast way from text to numbers against the plain one: features' own transformers, sentence by sentence."""

import doctest
import importlib
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix, hstack

from classifier.artifacts.artifact import LoadedArtifact
from classifier.reading.document import Document, list_windows, read_document
from classifier.reading.lexicon import load_lexicon
from classifier.reading.lines import list_char_ngrams
from classifier.reading.words import read_words
from classifier.scoring.language import find_foreign
from classifier.scoring.ngrams import CharNgrams, WordNgrams
from classifier.scoring.parameters import Parameters
from classifier.scoring.scorer import Scorer
from classifier.scoring.sequences import Sequences
from classifier.scoring.tokens import TokenReader
from classifier.training.features import CharVectorizer, CueVectorizer, WordVectorizer
from tests.factories import PARTISAN

lexicon = load_lexicon()
PHRASES = sorted(" ".join(phrase) for cue in lexicon.cues for phrase in cue.phrases)
REGIONS = sorted(" ".join(name).title() for names in lexicon.long_regions.values() for name in names)
JOINTS = [
    "Partai",
    "PDI",
    "Perjuangan",
    "Golkar",
    "buruh",
    "Rakyat",
    "Nasional",
    "Jawa",
    "Barat",
    "barat",
    "Suhartinah",
    "NTT",
    "bayar",
    "PBB",
]
COUNTED = [
    "paslon",
    "Cabup",
    "nomor",
    "kedua",
    "Pertama",
    "ke-2",
    "I",
    "II",
    "VIII",
    "x",
    "tim2",
    "calon2",
    "PAS",
    "dulu",
    "|",
    "2024",
]
ODDITIES = [
    "2",
    "dua",
    "https://t.co/x",
    "@akun",
    "#KampanyeDamai",
    "☝",
    "bapak2",
    "no.2",
    "Paslon2",
    "'wirdana'/@wirdana",
    "a--wirdana-ani,budi",
    "gasss",
    "yg",
    "di/ke",
    "asn",
    "camat",
    "\u2003",
]
CALM = st.lists(
    st.sampled_from(JOINTS)
    | st.sampled_from(COUNTED)
    | st.sampled_from(PHRASES)
    | st.sampled_from(REGIONS)
    | st.sampled_from(ODDITIES)
    | st.text(max_size=6),
    max_size=70,
).map(" ".join)
SENTENCES = CALM | CALM.map(str.upper)
TEXTS = st.lists(SENTENCES, max_size=6).map(". ".join)

several = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def count_features(parameters: Parameters, windows: list[str]) -> tuple[csr_matrix, csr_matrix]:
    """The features of windows as the transformers give them: all of them, and those that classes know."""
    config, vocabulary = parameters.config, parameters.vocabulary
    words = WordVectorizer(ngrams=config.words.ngrams)
    chars = CharVectorizer(ngrams=config.chars.ngrams)
    cues = CueVectorizer(across=config.cues.across)
    for part, names in ((words, vocabulary.words), (chars, vocabulary.chars), (cues, vocabulary.cues)):
        part.columns_ = {name: column for column, name in enumerate(names)}
    words.idf_, chars.idf_ = parameters.words_idf, parameters.chars_idf
    counted = [
        part.transform(windows) * own.weight for part, own in ((words, config.words), (chars, config.chars), (cues, config.cues))
    ]
    return csr_matrix(hstack(counted)), csr_matrix(hstack(counted[::2]))


@given(st.lists(TEXTS, min_size=1, max_size=4))
@several
def test_windows_weigh_what_the_transformers_say(loaded: LoadedArtifact, scorer: Scorer, texts: list[str]) -> None:
    own = loaded.parameters
    windows = [window.lines for text in texts for window in list_windows(read_document(Document(text)), 3)]
    features, class_features = count_features(own, ["\n".join(lines) for lines in windows])
    expected = features @ own.window_coef + own.window_intercept, features @ own.document_coef + own.document_intercept
    np.testing.assert_allclose((scorer.score_windows(windows), scorer.score_documents(windows)), expected, atol=1e-6)
    classes = class_features @ own.class_coef.T + own.class_intercept
    np.testing.assert_allclose(scorer.score_classes(windows), classes, atol=1e-4, rtol=1e-5)


@given(st.lists(TEXTS, min_size=1, max_size=4))
@several
def test_a_text_has_the_opinions_of_its_windows(scorer: Scorer, texts: list[str]) -> None:
    documents = [Document(text, title="Camat Sukamulya", author_bio="PNS") for text in texts]
    opinions = scorer.form_opinions(documents)
    cut = [list_windows(read_document(document), scorer.parameters.config.window.size) for document in documents]
    assert opinions.windows.tolist() == [len(windows) for windows in cut]
    best = [max(scorer.score_windows([window.lines for window in windows])) for windows in cut]
    np.testing.assert_allclose(opinions.window, best, atol=1e-9)


@given(st.lists(TEXTS, min_size=2, max_size=5))
@several
def test_neither_batch_nor_order_moves_an_opinion_by_a_bit(scorer: Scorer, texts: list[str]) -> None:
    documents = [Document(text, title=text[:20]) for text in texts]
    together, apart = scorer.form_opinions(documents), [scorer.form_opinions([document]) for document in documents]
    assert together.window.tolist() == [own.window.item() for own in apart]
    assert together.document.tolist() == scorer.form_opinions(documents[::-1]).document.tolist()[::-1]


def test_order_is_kept_over_many_batches(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [Document(f"{PARTISAN} Rapat ke-{number}." if number % 3 else "Hujan turun.") for number in range(40)]
    whole = scorer.score(documents, explain_all=True)
    monkeypatch.setattr("classifier.scoring.scorer.BATCH_CHARACTERS", 300)
    assert scorer.score(documents, explain_all=True) == whole
    assert [own.label for own in whole[::3]] == [whole[0].label] * 14


def test_forgetting_changes_no_result(loaded: LoadedArtifact, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [Document(f"{PARTISAN} Kata{number} lain{number} di Tanah Laut.") for number in range(60)]
    expected = loaded.make_scorer().score(documents, explain_all=True)
    forgetful = loaded.make_scorer()
    monkeypatch.setattr("classifier.scoring.tokens.MOST_REMEMBERED", 30)
    assert [forgetful.score([document], explain_all=True)[0] for document in documents] == expected


@given(st.lists(SENTENCES, min_size=1, max_size=8))
@several
def test_rows_hold_the_words_of_each_line(lines: list[str]) -> None:
    reader, seen = TokenReader(), ["(break)"]

    def number(words: list[str]) -> np.ndarray:
        seen.extend(words)
        return np.arange(len(seen) - len(words), len(seen))

    numbers = reader.add_table(number, "q", 1).take(reader.read(lines))
    assert [seen[own] for own in numbers[:, 0]] == [word for line in lines for word in (*read_words(line), "(break)")]


def test_the_word_for_party_never_continues_a_name() -> None:
    assert "partai" not in lexicon.party_tail | lexicon.compass | lexicon.after_partai


@given(
    st.lists(
        TEXTS | st.sampled_from(["The district head joined the campaign of candidate number two on Sunday. " * 9]), max_size=4
    )
)
@several
def test_languages_are_those_of_the_plain_reading(scorer: Scorer, texts: list[str]) -> None:
    assert [own.language for own in scorer.score([Document(text) for text in texts])] == [
        find_foreign(text) or "id" for text in texts
    ]


@given(
    values=st.dictionaries(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(tuple), st.integers(0, 9), max_size=8),
    words=st.lists(st.sampled_from("abcd"), max_size=12),
)
@several
def test_known_sequences_are_found_wherever_they_stand(values: dict[tuple[str, ...], int], words: list[str]) -> None:
    sequences = Sequences.from_names(values)
    found = sequences.find(np.array([*(sequences.number_of(word) for word in words), 0]))
    naive = [
        (start, size, value)
        for size in range(1, 5)
        for start in range(len(words) - size + 1)
        if (value := values.get(tuple(words[start : start + size])))
    ]
    assert list(zip(*(part.tolist() for part in found), strict=True)) == naive


def test_sequences_of_endless_length_are_refused() -> None:
    with pytest.raises(ValueError, match="longer than"):
        Sequences.from_names({("a",) * 1000: 1})


@given(
    names=st.sets(st.text("abcé ", min_size=1, max_size=4), max_size=12).map(sorted),
    words=st.lists(st.sampled_from(["NAMA", "aba", "☝", ""]) | st.text(max_size=6), max_size=6),
)
@several
def test_char_ngrams_of_many_words_are_those_of_each(names: list[str], words: list[str]) -> None:
    rows, places = CharNgrams(names).find(words)
    found = Counter((row, names[place]) for row, place in zip(rows.tolist(), places.tolist(), strict=True))
    plain = Counter((row, ngram) for row, word in enumerate(words) for ngram in list_char_ngrams(word, 1, 4) if ngram in names)
    assert found == plain


@given(st.lists(st.lists(st.sampled_from(["camat", "<asn>", "ajak"]), min_size=1, max_size=3).map(" ".join), max_size=8))
@several
def test_numbered_ngrams_are_spelled_as_they_were(names: list[str]) -> None:
    ngrams = WordNgrams.number(names)
    assert list(ngrams) == names
    assert len(ngrams.index()) == len(set(names))


@pytest.mark.parametrize("name", ["tokens", "sequences", "ngrams"])
def test_examples_in_docstrings_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"classifier.scoring.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
