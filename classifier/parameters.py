"""The learned numbers of a classifier, taken out of the scikit-learn objects that learned them."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from sklearn.pipeline import FeatureUnion, Pipeline

from classifier.config import Config


@dataclass(frozen=True)
class Vocabulary:
    """Features in the order of the columns: words, then characters, then cues."""

    words: list[str]
    chars: list[str]
    cues: list[str]


@dataclass(frozen=True)
class Calibration:
    """Platt's line over two opinions: the best window's log-odds, and the whole document's by classes."""

    window: float = 1.0
    document: float = 0.0
    intercept: float = 0.0

    def apply(self, window: np.ndarray, document: np.ndarray) -> np.ndarray:
        """Probabilities of documents from both opinions."""
        return expit(self.window * window + self.document * document + self.intercept)


@dataclass(frozen=True)
class Parameters:
    """All that the scorer needs, and nothing that runs."""

    config: Config
    vocabulary: Vocabulary
    words_idf: np.ndarray
    chars_idf: np.ndarray
    window_coef: np.ndarray
    window_intercept: float
    classes: list[str]
    class_coef: np.ndarray
    class_intercept: np.ndarray
    calibration: Calibration
    threshold: float


def extract_parameters(
    config: Config, windows: Pipeline, classes: Pipeline, *, calibration: Calibration | None = None, threshold: float = 0.5
) -> Parameters:
    """Parameters of two fitted pipelines that share their features."""
    features: FeatureUnion = windows.named_steps["fitur"]
    parts = dict(features.transformer_list)
    window_model, class_model = windows.named_steps["model"], classes.named_steps["model"]
    return Parameters(
        config=config,
        vocabulary=Vocabulary(*(parts[name].get_feature_names_out().tolist() for name in ("kata", "huruf", "isyarat"))),
        words_idf=parts["kata"].idf_,
        chars_idf=parts["huruf"].idf_,
        window_coef=window_model.coef_[0],
        window_intercept=float(window_model.intercept_[0]),
        classes=class_model.classes_.tolist(),
        class_coef=class_model.coef_.astype(np.float32),
        class_intercept=class_model.intercept_,
        calibration=calibration or Calibration(),
        threshold=threshold,
    )
