"""In which language a text is written: what the page claims, checked against its words."""

from functools import cache
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

CANDIDATES = ["id", "ms", "jv", "en", "nl", "ar", "zh", "de", "fr"]
MIN_CHARACTERS = 80
SURE = 0.95


def language_of(text: str, claimed: str = "") -> str:
    """ISO 639-1 code; empty when neither the page nor its words say.

    Malay and Indonesian news differ too little for the model, so Malay counts as Indonesian unless the page claims it.
    """
    if len(text) < MIN_CHARACTERS:
        return claimed
    found, probability = _identifier().classify(text[:4000])
    if probability < SURE:
        return claimed or "id"
    return "id" if found == "ms" and claimed != "ms" else str(found)


@cache
def _identifier() -> Any:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(CANDIDATES)
    return identifier
