"""The three models, fitted by scikit-learn on prepared texts or on some rows of them."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.pipeline import FeatureUnion, Pipeline

from classifier.config import Config
from classifier.corpus import CorpusText
from classifier.examples import Prepared, prepare
from classifier.parameters import Parameters, extract_parameters
from classifier.pipeline import Fitted, build_class_pipeline, build_pipeline


def fit_pipelines(config: Config, texts: Sequence[CorpusText]) -> Fitted:
    """The three pipelines, fitted on every text."""
    return fit_rows(prepare(config, texts), np.arange(len(texts)))


def fit_parameters(config: Config, texts: Sequence[CorpusText]) -> Parameters:
    """Fit on every text; calibration and lines come from elsewhere."""
    return extract_parameters(config, fit_pipelines(config, texts))


def fit_rows(prepared: Prepared, rows: np.ndarray, *, with_classes: bool = True) -> Fitted:
    """The pipelines, fitted on some texts. Folds need no classes: they only form opinions."""
    config, features = prepared.config, prepared.features
    window = build_pipeline(config, features, C=config.window.C)
    document = build_pipeline(config, features, C=config.document.C)
    classes = build_class_pipeline(config, features)
    own = np.flatnonzero(np.isin(prepared.owners, rows))
    weights = prepared.weights[own]
    answers = np.array([text.is_partisan for text in prepared.texts])[rows]
    window.named_steps["model"].fit(
        prepared.windows[own], prepared.answers[own], sample_weight=weights * len(weights) / weights.sum()
    )
    document.named_steps["model"].fit(prepared.documents[rows], answers)
    if with_classes:
        _fit_classes(prepared, classes, rows)
    return Fitted(features, window, document, classes)


def _fit_classes(prepared: Prepared, pipeline: Pipeline, rows: np.ndarray) -> None:
    """Classes from whole documents, and acts also from the windows that show them; of a large class only some texts."""
    taken, chosen = Counter[str](), list[int]()
    for row in rows:
        label = prepared.texts[row].label
        taken[label] += 1
        chosen += [row] if taken[label] <= prepared.config.classes.most else []
    shown = np.flatnonzero(prepared.answers & np.isin(prepared.owners, chosen))
    kept = _columns_without_chars(prepared.features)
    matrix = csr_matrix(vstack([prepared.documents[chosen], prepared.windows[shown]]))[:, kept]
    labels = [prepared.texts[row].label for row in (*chosen, *prepared.owners[shown])]
    pipeline.named_steps["model"].fit(matrix, labels)


def _columns_without_chars(features: FeatureUnion) -> np.ndarray:
    return np.flatnonzero([not name.startswith("huruf__") for name in features.get_feature_names_out()])
