"""In which language a text is written: its small words where they decide, else a model, checked against the page's claim."""

import re
from collections import Counter
from functools import cache, lru_cache
from typing import Any

CANDIDATES = ["id", "ms", "jv", "en", "nl", "ar", "zh", "de", "fr"]
"""What Indonesian outlets write."""
NOT_FOREIGN = {"id", "ms", "jv", "zxx"}
"""What the model says of Indonesian too, or of no words at all."""
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
FEW = 0.04
"""Share of Indonesian small words from which a text is not called foreign, however sure the model is."""
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
    ranks: dict[str, float] = dict(_identifier().rank(text[:LOOKED_AT]))
    return _foreign_language(text, ranks) or _near_language(ranks, claimed)


def indonesian_share(text: str) -> float:
    """Share of the words of a text that are small words of Indonesian."""
    words = _count_words(text[:LOOKED_AT])
    return _count_of(INDONESIAN, words) / words.total() if words else 0.0


def _by_small_words(text: str) -> str:
    words = _count_words(text)
    if not words:
        return ""
    total, indonesian = words.total(), _count_of(INDONESIAN, words)
    language, count = max(((name, _count_of(own, words)) for name, own in REGIONAL.items()), key=lambda pair: pair[1])
    if count >= ENOUGH * total and count > 1.3 * indonesian:
        return language
    return "id" if indonesian >= ENOUGH * total and indonesian > count else ""


@lru_cache(maxsize=2)
def _count_words(text: str) -> Counter[str]:
    """How often each word stands in a text; kept, for a page's text is asked several times."""
    return Counter(WORD.findall(text.lower()))


def _count_of(small_words: frozenset[str], words: Counter[str]) -> int:
    return sum(words[word] for word in small_words & words.keys())


def _foreign_language(text: str, ranks: dict[str, float]) -> str:
    """Any language that the model knows, where it is sure and the words do not speak against it; else empty."""
    found = max(ranks, key=lambda name: ranks[name])
    is_foreign = ranks[found] >= SURE and found not in NOT_FOREIGN and indonesian_share(text) < FEW
    return found if is_foreign else ""


def _near_language(ranks: dict[str, float], claimed: str) -> str:
    """The likeliest of the candidates, as if the model knew no others; what the page claims where that is not sure."""
    found = max(CANDIDATES, key=lambda name: ranks[name])
    if ranks[found] < SURE * sum(ranks[name] for name in CANDIDATES) or not ranks[found]:
        return claimed or "id"
    return "id" if found == "ms" and claimed != "ms" else found


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # It loads numpy, which small words seldom leave a need for.

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
