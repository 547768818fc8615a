"""What is trained: features that all models share; a model of windows, one of documents, one of classes."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline

from classifier.config import Config
from classifier.training.features import CharVectorizer, CueVectorizer, WordVectorizer
from classifier.training.ngrams import NUMBER

MAX_ITERATIONS = 1000


@dataclass(frozen=True)
class Columns:
    """The features of one fit among all that were counted, in the order of their families."""

    kept: np.ndarray
    cuts: np.ndarray
    """Where in `kept` characters begin, and cues."""
    scales: np.ndarray
    """Of all that was counted what one of it is worth: idf, where there is one, times the family's weight; 0 if not kept."""

    def scale(self, counts: csr_matrix) -> csr_matrix:
        """The counts, changed in place into what the features say."""
        counts.data *= self.scales.astype(NUMBER).take(counts.indices)
        return counts


@dataclass(frozen=True)
class Fitted:
    """The three pipelines after training, and the features inside all of them."""

    features: FeatureUnion
    columns: Columns
    window: Pipeline
    document: Pipeline
    classes: Pipeline


def build_features(config: Config) -> FeatureUnion:
    """The features; their names begin with kata__, huruf__ or isyarat__, as analysts see them."""
    words, chars, cues = config.words, config.chars, config.cues
    return FeatureUnion(
        [
            ("kata", WordVectorizer(ngrams=words.ngrams, min_df=words.min_df)),
            ("huruf", CharVectorizer(ngrams=chars.ngrams, min_df=chars.min_df)),
            ("isyarat", CueVectorizer(across=cues.across, min_df=cues.min_df)),
        ],
        transformer_weights={"kata": words.weight, "huruf": chars.weight, "isyarat": cues.weight},
    )


def without_chars(features: FeatureUnion) -> FeatureUnion:
    """The same fitted features but characters: acts differ in words, and thirty classes over characters train too long."""
    kept = [(name, part) for name, part in features.transformer_list if name != "huruf"]
    return FeatureUnion(kept, transformer_weights={name: features.transformer_weights[name] for name, _ in kept})  # type: ignore[index]


def build_pipeline(config: Config, features: FeatureUnion, *, C: float) -> Pipeline:
    """Window or document to partisan or not."""
    model = LogisticRegression(C=C, class_weight="balanced", tol=config.tolerance, max_iter=MAX_ITERATIONS)
    return Pipeline([("fitur", features), ("model", model)])


def build_class_pipeline(config: Config, features: FeatureUnion) -> Pipeline:
    """Window or document to act or look-alike."""
    model = LogisticRegression(C=config.classes.C, tol=config.classes.tolerance, max_iter=MAX_ITERATIONS)
    return Pipeline([("fitur", without_chars(features)), ("model", model)])
