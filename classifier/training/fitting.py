"""The three models, fitted by scikit-learn on prepared texts or on some rows of them."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.pipeline import FeatureUnion, Pipeline

from classifier.config import Config
from classifier.corpus import CorpusText
from classifier.scoring.parameters import Parameters, Vocabulary
from classifier.training.examples import Prepared, prepare
from classifier.training.ngrams import NUMBER
from classifier.training.pipeline import Columns, Fitted, build_class_pipeline, build_features, build_pipeline

UNNAMED = ""
"""The class of all texts where none was learned."""


def fit_pipelines(config: Config, texts: Sequence[CorpusText]) -> Fitted:
    """The three pipelines, fitted on every text."""
    return fit_rows(prepare(config, texts), np.arange(len(texts)))


def fit_parameters(config: Config, texts: Sequence[CorpusText]) -> Parameters:
    """Fit on every text; calibration and lines come from elsewhere."""
    return extract_parameters(config, fit_pipelines(config, texts))


def fit_rows(prepared: Prepared, rows: np.ndarray, *, with_classes: bool = True) -> Fitted:
    """The features and pipelines, learned from some texts. Who only wants probabilities needs no classes."""
    config = prepared.config
    own = np.flatnonzero(np.isin(prepared.owners, rows))
    documents, windows = prepared.documents[rows], prepared.windows[own]
    features, columns = _learn_features(prepared, documents, len(rows))
    window = build_pipeline(config, features, C=config.window.C)
    document = build_pipeline(config, features, C=config.document.C)
    classes = build_class_pipeline(config, features)
    weights = prepared.weights[own]
    _fit(window, columns, windows, prepared.answers[own], weights * len(weights) / weights.sum())
    _fit(document, columns, documents, np.array([text.is_partisan for text in prepared.texts])[rows])
    if with_classes:
        _fit_classes(prepared, columns, classes, rows)
    return Fitted(features, columns, window, document, classes)


def _learn_features(prepared: Prepared, documents: csr_matrix, count: int) -> tuple[FeatureUnion, Columns]:
    """The features that stand in enough of some documents, as they would be fitted on these alone, and their columns."""
    config, counts = prepared.config, prepared.counts
    features = build_features(config)
    words, chars, cues = (part for _, part in features.transformer_list)
    found = np.bincount(documents.indices, minlength=sum(counts.sizes))
    least = np.repeat([config.words.min_df, config.chars.min_df, config.cues.min_df], counts.sizes)
    kept = np.flatnonzero(found >= least)
    cuts = kept.searchsorted(np.cumsum(counts.sizes)[:-1])
    names, in_documents = np.split(counts.names[kept], cuts), np.split(found[kept], cuts)
    words.learn(names[0], in_documents[0], count)
    chars.learn(names[1], in_documents[1], count)
    cues.learn(names[2])
    scales = np.zeros(len(found))
    weights = words.idf_ * config.words.weight, chars.idf_ * config.chars.weight, np.full(len(names[2]), config.cues.weight)
    scales[kept] = np.concatenate(weights)
    return features, Columns(kept, cuts, scales)


def _fit(
    pipeline: Pipeline, columns: Columns, counts: csr_matrix, answers: np.ndarray, weights: np.ndarray | None = None
) -> None:
    """Fit a pipeline's model. What is not kept counts 0 in it and so weighs nothing: leaving it out first would take longer."""
    model = pipeline.named_steps["model"].fit(columns.scale(counts), answers, sample_weight=weights)
    model.coef_, model.n_features_in_ = model.coef_[:, columns.kept], len(columns.kept)


def _fit_classes(prepared: Prepared, columns: Columns, pipeline: Pipeline, rows: np.ndarray) -> None:
    """Classes from whole documents, and acts also from the windows that show them; of a large class only some texts.

    A text whose class nobody named teaches none. What stands in none of the others weighs nothing. It is left out of the
    fit, which would carry it once a class.
    """
    taken, chosen = Counter[str](), list[int]()
    for row in (row for row in rows if prepared.texts[row].is_class_known):
        label = prepared.texts[row].label
        taken[label] += 1
        chosen += [row] if taken[label] <= prepared.config.classes.most else []
    shown = np.flatnonzero(prepared.answers & np.isin(prepared.owners, chosen))
    labels = [prepared.texts[row].label for row in (*chosen, *prepared.owners[shown])]
    known = np.delete(columns.kept, slice(*columns.cuts))
    matrix = columns.scale(csr_matrix(vstack([prepared.documents[chosen], prepared.windows[shown]])))[:, known]
    present = np.unique(matrix.indices)
    model = pipeline.named_steps["model"].fit(matrix[:, present], labels)
    weights = np.zeros((len(model.coef_), len(known)), NUMBER)
    weights[:, present] = model.coef_
    model.coef_, model.n_features_in_ = weights, len(known)


def extract_parameters(config: Config, fitted: Fitted) -> Parameters:
    """Parameters of fitted pipelines that share their features; calibration and lines come later."""
    parts = dict(fitted.features.transformer_list)
    window, document, classes = (own.named_steps["model"] for own in (fitted.window, fitted.document, fitted.classes))
    names = [parts[name].get_feature_names_out().tolist() for name in ("kata", "huruf", "isyarat")]
    is_fitted = hasattr(classes, "coef_")
    return Parameters(
        config=config,
        vocabulary=Vocabulary(*names),
        words_idf=parts["kata"].idf_,
        chars_idf=parts["huruf"].idf_,
        window_coef=window.coef_[0].astype(float),
        window_intercept=float(window.intercept_[0]),
        document_coef=document.coef_[0].astype(float),
        document_intercept=float(document.intercept_[0]),
        classes=classes.classes_.tolist() if is_fitted else [UNNAMED],
        class_coef=classes.coef_.astype(np.float32) if is_fitted else np.zeros((1, len(names[0]) + len(names[2])), np.float32),
        class_intercept=classes.intercept_ if is_fitted else np.zeros(1),
    )
