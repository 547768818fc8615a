"""In which language a text is written: its small words where they decide, else a model, checked against the page's claim."""

import re
from functools import cache
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

CANDIDATES = ["id", "ms", "jv", "en", "nl", "ar", "zh", "de", "fr"]
MIN_CHARACTERS = 80
SURE = 0.95
LOOKED_AT = 4_000
"""Characters of a text that are looked at."""

INDONESIAN = frozenset(
    [
        "yang",
        "dan",
        "di",
        "ke",
        "dari",
        "untuk",
        "dengan",
        "pada",
        "dalam",
        "ini",
        "itu",
        "adalah",
        "akan",
        "tidak",
        "telah",
        "sudah",
        "bahwa",
        "oleh",
        "sebagai",
        "juga",
        "karena",
        "atau",
        "mereka",
        "kami",
        "kita",
        "saya",
        "ia",
        "dia",
        "bisa",
        "dapat",
        "harus",
        "para",
        "saat",
        "agar",
        "hingga",
        "secara",
        "tersebut",
        "antara",
        "lebih",
        "namun",
        "sehingga",
        "setelah",
        "serta",
        "masih",
        "kata",
        "bagi",
        "belum",
        "seperti",
        "tak",
        "bukan",
        "ada",
        "menjadi",
        "kepada",
        "katanya",
        "ujarnya",
        "tahun",
    ]
)
REGIONAL = {
    "jv": frozenset(
        [
            "ing",
            "lan",
            "kang",
            "sing",
            "iki",
            "iku",
            "ora",
            "karo",
            "wis",
            "kanggo",
            "saka",
            "marang",
            "dening",
            "uga",
            "nanging",
            "supaya",
            "bisa",
            "para",
            "dadi",
            "ana",
        ]
    ),
    "su": frozenset(
        [
            "nu",
            "jeung",
            "di",
            "ka",
            "dina",
            "teu",
            "anu",
            "ieu",
            "éta",
            "eta",
            "geus",
            "pikeun",
            "ku",
            "tina",
            "sareng",
            "ogé",
            "oge",
            "aya",
            "bakal",
            "kudu",
            "ngeunaan",
            "urang",
        ]
    ),
    "min": frozenset(
        [
            "nan",
            "jo",
            "di",
            "ka",
            "dari",
            "untuak",
            "indak",
            "alah",
            "ado",
            "urang",
            "itu",
            "iko",
            "sarato",
            "dek",
            "kito",
            "mamak",
            "basamo",
            "pado",
            "dalam",
            "juo",
        ]
    ),
    "ban": frozenset(
        [
            "ring",
            "sané",
            "sane",
            "lan",
            "ring",
            "antuk",
            "saking",
            "ten",
            "nenten",
            "puniki",
            "punika",
            "miwah",
            "ugi",
            "mangda",
            "pisan",
            "tiang",
            "dane",
            "ida",
        ]
    ),
}
"""Languages of the archipelago by words that Indonesian does not have, or has seldom."""
ENOUGH = 0.11
"""Share of the words of a text that are small words of its language; in news it lies between 0.15 and 0.3."""
WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str, claimed: str = "") -> str:
    """ISO 639 code; empty when neither the page nor its words say.

    Malay and Indonesian news differ too little for the model, so Malay counts as Indonesian unless the page claims it.
    """
    if len(text) < MIN_CHARACTERS:
        return claimed
    if claimed != "ms" and (plain := _by_small_words(text[:LOOKED_AT])):
        return plain
    found, probability = _identifier().classify(text[:LOOKED_AT])
    if probability < SURE:
        return claimed or "id"
    return "id" if found == "ms" and claimed != "ms" else str(found)


def indonesian_share(text: str) -> float:
    """Share of the words of a text that are small words of Indonesian."""
    words = WORD.findall(text[:LOOKED_AT].lower())
    return sum(word in INDONESIAN for word in words) / len(words) if words else 0.0


def _by_small_words(text: str) -> str:
    words = WORD.findall(text.lower())
    if not words:
        return ""
    indonesian = sum(word in INDONESIAN for word in words)
    language, count = max(
        ((name, sum(word in own for word in words)) for name, own in REGIONAL.items()), key=lambda pair: pair[1]
    )
    if count >= ENOUGH * len(words) and count > 1.3 * indonesian:
        return language
    return "id" if indonesian >= ENOUGH * len(words) and indonesian > count else ""


@cache
def _identifier() -> Any:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(CANDIDATES)
    return identifier
