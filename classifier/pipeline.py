"""What is trained: features that both models share, a model of windows, a model of classes."""

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline

from classifier.config import Config
from classifier.features import CharTfidf, CueVectorizer, WordTfidf

MAX_ITERATIONS = 1000


def build_features(config: Config) -> FeatureUnion:
    """The features; their names begin with kata__, huruf__ or isyarat__, as monitors see them in reasons."""
    words, chars, cues = config.words, config.chars, config.cues
    return FeatureUnion(
        [
            ("kata", WordTfidf(ngrams=words.ngrams, stems=words.stems, min_df=words.min_df)),
            ("huruf", CharTfidf(ngrams=chars.ngrams, min_df=chars.min_df)),
            ("isyarat", CueVectorizer(sentence_order=cues.sentence_order, window_order=cues.window_order, min_df=cues.min_df)),
        ],
        transformer_weights={"kata": words.weight, "huruf": chars.weight, "isyarat": cues.weight},
    )


def build_pipeline(config: Config, features: FeatureUnion | None = None) -> Pipeline:
    """Window to partisan or not."""
    model = LogisticRegression(C=config.window.C, class_weight="balanced", max_iter=MAX_ITERATIONS, random_state=config.seed)
    return Pipeline([("fitur", features or build_features(config)), ("model", model)])


def build_class_pipeline(config: Config, features: FeatureUnion) -> Pipeline:
    """Window or document to act or look-alike; shares the features of the window pipeline."""
    model = LogisticRegression(
        C=config.classes.C, tol=config.classes.tolerance, max_iter=MAX_ITERATIONS, random_state=config.seed
    )
    return Pipeline([("fitur", features), ("model", model)])
