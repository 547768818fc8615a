"""Features counted once for all fits are those of the transformers, and every fit learns from its own rows alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from classifier.config import Config
from classifier.corpus import CorpusText
from classifier.reading.document import Document, read_document, whole_window
from classifier.training.examples import Prepared, list_examples, prepare
from classifier.training.fitting import extract_parameters, fit_rows
from classifier.training.pipeline import build_class_pipeline, build_features, build_pipeline

HELD_WORD = "selumbari"


@pytest.fixture(scope="module")
def prepared(small_config: Config, small_corpus: list[CorpusText]) -> Prepared:
    silent = replace(small_corpus[0], document=Document(" "), evidence=())
    held = replace(small_corpus[0], document=Document(f"Warga {HELD_WORD} berkumpul. Rapat {HELD_WORD} batal."), evidence=())
    return prepare(small_config, [*small_corpus, silent, held, held])


@pytest.mark.parametrize("share", [1, 2])
def test_counts_are_those_of_transformers_fitted_on_the_same_rows(prepared: Prepared, share: int) -> None:
    rows = np.arange(0, len(prepared.texts), share)
    documents = [str(whole_window(read_document(prepared.texts[row].document))) for row in rows.tolist()]
    fitted, plain = fit_rows(prepared, rows, with_classes=False), build_features(prepared.config).fit(documents)
    assert fitted.features.get_feature_names_out().tolist() == plain.get_feature_names_out().tolist()
    counted = fitted.columns.scale(prepared.documents[rows])[:, fitted.columns.kept]
    assert abs(counted - plain.transform(documents)).max() < 1e-5
    assert abs(fitted.features.transform(documents) - plain.transform(documents)).max() == 0


def test_a_fold_knows_no_word_that_only_held_out_texts_have(prepared: Prepared) -> None:
    every = np.arange(len(prepared.texts))
    names = [fit_rows(prepared, rows, with_classes=False).features.get_feature_names_out() for rows in (every, every[:-2])]
    assert [f"kata__{HELD_WORD}" in own for own in names] == [True, False]


def test_models_are_those_of_plain_fits_on_transformed_texts(prepared: Prepared) -> None:
    config, texts = prepared.config, prepared.texts[:200]
    fitted = fit_rows(prepared, np.arange(len(texts)))
    read = [(text, read_document(text.document)) for text in texts]
    rows = [(str(whole_window(reading)), text.is_partisan, text.label) for text, reading in read]
    document = refit(build_pipeline(config, fitted.features, C=config.document.C), [(own, answer) for own, answer, _ in rows])
    labelled = [(own, label) for own, _, label in rows]
    for text, reading in read:
        examples = list_examples(config, text, reading, config.window.most)
        labelled += [(str(example.window), text.label) for example in examples if example.shows_act]
    classes = refit(build_class_pipeline(config, fitted.features), labelled)
    np.testing.assert_allclose(fitted.document.named_steps["model"].coef_, document.coef_, atol=1e-3)
    np.testing.assert_allclose(fitted.classes.named_steps["model"].coef_, classes.coef_, atol=1e-3)


def refit(pipeline: Pipeline, rows: list[tuple[str, Any]]) -> LogisticRegression:
    """The pipeline's model, trained as its features give the texts."""
    texts, answers = zip(*rows, strict=True)
    return pipeline.named_steps["model"].fit(pipeline.named_steps["fitur"].transform(texts), answers)


def test_without_classes_all_texts_are_of_one(prepared: Prepared) -> None:
    parameters = extract_parameters(prepared.config, fit_rows(prepared, np.arange(200), with_classes=False))
    assert len(parameters.classes) == len(parameters.class_coef) == len(parameters.class_intercept) == 1


def test_a_text_whose_class_nobody_named_teaches_its_answer_and_no_class(
    small_config: Config, small_corpus: list[CorpusText]
) -> None:
    texts = small_corpus[:60]
    extra = [replace(small_corpus[0], label="kelas_baru", evidence=(), is_class_known=known) for known in (False, True)]
    prepared = prepare(small_config, [*texts, *extra])
    without, one, both = (fit_rows(prepared, np.arange(count)) for count in (60, 61, 62))
    assert ["kelas_baru" in own.classes.named_steps["model"].classes_ for own in (without, one, both)] == [False, False, True]
    assert without.document.named_steps["model"].intercept_ != one.document.named_steps["model"].intercept_
