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
from classifier.training.pipeline import Fitted, build_class_pipeline, build_pipeline


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
        window_coef=window.coef_[0],
        window_intercept=float(window.intercept_[0]),
        document_coef=document.coef_[0],
        document_intercept=float(document.intercept_[0]),
        classes=classes.classes_.tolist() if is_fitted else [],
        class_coef=classes.coef_.astype(np.float32) if is_fitted else np.zeros((0, len(names[0]) + len(names[2])), np.float32),
        class_intercept=classes.intercept_ if is_fitted else np.zeros(0),
    )
