"""Articles with known copies, made from real text at run time: nothing of that text is kept."""

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.reading import read_rows

ARTICLES, COPIES = 10_000, 3_000
PARAGRAPH_SENTENCES = 3
LEAST_WORDS = 50
SENTENCE = re.compile(r"(?<=[.!?”\"])\s+(?=[A-Z“\"])")
OUTLETS = ("Kabar Wanasari", "Harian Rindang", "Suara Gandawangi", "Portal Tirtamulya")
FOOTERS = (
    "Ikuti saluran WhatsApp {outlet} untuk berita terbaru setiap hari. Editor: Tim Redaksi. Hak cipta {outlet}.",
    "Simak berita lain dari {outlet} di Google News. Laporan ini disunting oleh redaksi {outlet}, dilarang menyalin tanpa izin.",
    "Dapatkan kabar pilihan {outlet} langsung di ponsel Anda dengan bergabung di grup Telegram kami. Penulis: redaksi.",
)
PLEDGE = (
    "Peserta apel mengucapkan ikrar. Pertama, menjaga dan menegakkan prinsip netralitas pegawai ASN dalam melaksanakan "
    "fungsi pelayanan publik baik sebelum, selama, maupun sesudah pelaksanaan pemilu. Kedua, menghindari konflik "
    "kepentingan, tidak melakukan praktik-praktik intimidasi dan ancaman kepada pegawai ASN dan seluruh elemen masyarakat "
    "serta tidak memihak kepada pasangan calon tertentu. Ketiga, menggunakan media sosial secara bijak dan tidak "
    "menyebarkan ujaran kebencian serta berita bohong. Keempat, menolak politik uang dan segala jenis pemberian dalam "
    "bentuk apa pun."
)


@dataclass(frozen=True)
class Made:
    """One article; those of one family carry the same story."""

    text: str
    family: int
    kind: str


def make_articles(file: Path, *, articles: int = ARTICLES, copies: int = COPIES, seed: int = 11) -> list[Made]:
    """Shuffled originals and copies. The real texts among which a plain count finds copies are left out first."""
    texts = list_distinct(row["text"] for row in read_rows(file))[: articles - copies]
    chance = random.Random(seed)
    words = [word for text in texts[:500] for word in text.split()]
    makers = list(KINDS.items())
    made = [Made(text, family, "original") for family, text in enumerate(texts)]
    for number in range(copies):
        family = chance.randrange(len(texts))
        kind, make = makers[number % len(makers)]
        made.append(Made(_dress(make(texts[family], chance, words), chance, texts), family, kind))
    chance.shuffle(made)
    return made


def make_pledges(file: Path, pledge: str, count: int = 300) -> list[Made]:
    """Different stories that quote the same pledge in full, short ones: the pledge is a third of them or more."""
    texts = list_distinct(row["text"] for row in read_rows(file))[-count:]
    return [Made(f"{' '.join(text.split()[:90])} {pledge}", family, "pledge") for family, text in enumerate(texts)]


def list_distinct(texts: Iterable[str]) -> list[str]:
    """Texts that share no tenth of their five-word runs with an earlier one, in their order."""
    holders, kept = defaultdict[int, list[int]](list), list[str]()
    for text in texts:
        words = re.findall(r"\w+", text.casefold())
        runs = {hash(tuple(words[start : start + 5])) for start in range(len(words) - 4)}
        if len(words) < LEAST_WORDS or _is_known(runs, holders):
            continue
        for run in runs:
            holders[run].append(len(kept))
        kept.append(text)
    return kept


def _is_known(runs: set[int], holders: dict[int, list[int]]) -> bool:
    counts = defaultdict[int, int](int)
    for run in runs:
        for place in holders.get(run, ())[:50]:
            counts[place] += 1
    return max(counts.values(), default=0) > len(runs) / 10


def _cut(text: str, chance: random.Random, words: list[str]) -> str:
    running = text.split()
    return " ".join(running[: round(len(running) * chance.uniform(0.4, 0.7))])


def _reorder(text: str, chance: random.Random, words: list[str]) -> str:
    sentences = SENTENCE.split(text)
    paragraphs = [sentences[start : start + PARAGRAPH_SENTENCES] for start in range(0, len(sentences), PARAGRAPH_SENTENCES)]
    chance.shuffle(paragraphs)
    return " ".join(sentence for paragraph in paragraphs for sentence in paragraph)


def _edit(text: str, chance: random.Random, words: list[str], share: float = 0.2) -> str:
    return " ".join(chance.choice(words) if chance.random() < share else word for word in text.split())


def _keep(text: str, chance: random.Random, words: list[str]) -> str:
    return text


def _everything(text: str, chance: random.Random, words: list[str]) -> str:
    return _edit(_reorder(_cut(text, chance, words), chance, words), chance, words, 0.1)


KINDS = {"re-titled": _keep, "cut": _cut, "re-ordered": _reorder, "20 % edited": _edit, "all at once": _everything}
"""`cut` leaves the first 40 to 70 %; `all at once` is cut, re-ordered and a tenth of its words edited."""


def _dress(text: str, chance: random.Random, texts: list[str]) -> str:
    """What an outlet puts around and into a text: its dateline, a link to another story, its footer."""
    outlet = chance.choice(OUTLETS)
    other = " ".join(chance.choice(texts).split()[:9])
    sentences = SENTENCE.split(text)
    sentences.insert(len(sentences) // 2, f"Baca juga: {other}.")
    return f"{outlet.upper()}, WANASARI - {' '.join(sentences)} {chance.choice(FOOTERS).format(outlet=outlet)}"
