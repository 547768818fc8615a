"""Our stemmer gives what PySastrawi gives, quirks and errors included."""

import doctest
import random
import re
from collections.abc import Callable
from functools import cache
from string import ascii_lowercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from Sastrawi.Dictionary.ArrayDictionary import ArrayDictionary
from Sastrawi.Stemmer.Stemmer import Stemmer as SastrawiStemmer

from models.stemming import sastrawi
from models.stemming.memo import dictionary

SAMPLES = 4000
PREFIXES = "ber be ter te me mem men meng meny pe per pem pen peng peny di ke se ku"
SUFFIXES = "i kan an is isme isasi lah kah pun ku mu nya -ku -nya kannya annya k"
INFIXES = ("er", "el", "em", "in")
OPENINGS = "be ber te ter mel mem memp men meng meny pe pel pem pen peng peny per x '"
ENDINGS = ("", "a", "era", "erka", "er'", "aera", "aerka", "'era", "ela")
PATTERN_MARKS = "()[*\\.|?"

WORDS_BY_RULE = {
    "no affix": "netra a abad dia di ke dik xyz dii lah - -- -nya",
    "plain prefix": "dibawa kesana seekor kediaman sekedar",
    "rule 1": "berapi beragam berasa beradat",
    "rules 2, 3": "bersama berdaerah bersperma berklerek berrata bera ber'b berb' berperah",
    "rule 4": "belajar belajarlah berbelajar",
    "rule 5": "bekerja beternak bekerjasama bererat bekera beterna",
    "rule 6": "teramal terobek terasa",
    "rules 7, 8, 35": "terbang tertulis terberai terpercaya terternak tercerpenis terrata termerbau",
    "rule 9": "teperdaya tebercak tererang termerbah temerah",
    "rule 10": "melihat merusak mewabah meyakini mewxyz",
    "rules 11, 12, 13": "membantu memfitnah memvonis mempengaruhi memasak memakai memxyz",
    "rules 14, 15": "mencuri mendukung menjual mensyukuri mentaati menzalimi menari menamai menlihat",
    "rules 16, 17": "mengganti menghitung mengkritik mengqasar mengambil mengurangi mengecat menganga mengbantu",
    "rules 18, 19": "menyala menyapu menycuri memproses memprakarsai mempnya",
    "rules 20, 32": "pewarna peyakin pelajar pelajarlah pelatih pewxyz",
    "rules 21, 23, 24": "perusak perasa perjuangan perdaerah perngeri perspermasan perrata perlu per'b",
    "rules 25, 26": "pembantu pemfitnah pemvonis pemasak pemakai pemxyz",
    "rules 27, 28": "pencuri pendukung penjual penstabilan pentaat penzalim penari penamaan penlihat",
    "rules 29, 30, 31": "penghijauan pengkritik pengobat pengukus pengecat penganga pengerat penyanyi penyapu penycuri",
    "rules 34, 36": "pedagang peserta peterjun pecerpenis peberas peairan pesertaan",
    "rules 37 to 40": "gerabai gelabai gemabai kinerja binabang gelrabai aterir aelula",
    "rules 41, 42": "kubawa kaubaca kauambil kambil",
    "suffixes": "bukumu bukuku rumahnya siapapun bawalah bawakah bawatah makanan agamis coroisme finalisasi nikmat-ku buku--nya",
    "prefix first": "bersekolahlah bertingkahlah berlebihan menangani dilengkapi pemberani terbaiki perempuanlah menilai berikan",
    "suffixes put back": "didikan menunjukkan mendudukkan menaikkan pertunjukan perbaikannya berkaitan mengembalikan kebaikan",
    "many prefixes": "keberterimaan memperlihatkan dipersembahkan sekeberterima sedikeberterima",
    "pairs": "teman-teman berbalas-balasan meniru-nirukan malaikat-malaikat-nya anak-anakku tertawa-tawalah",
    "pairs with clitics": "anak-anak-ku anak-anak-mu guru-guru-lah guru-guru-kah guru-guru-tah guru-guru-pun guru-guru-an",
    "no pairs": "nari-menari bolak-balik sayur-mayur teman-lawan bolak-balik-nya teman--teman teman-teman- -teman",
    "other characters": "rp2.5kan dikampanye2 di'ambil menпила diбуква jum'atan di$ di.bawa di.bawakan",
}


@cache
def plain() -> SastrawiStemmer:
    return SastrawiStemmer(ArrayDictionary(sorted(dictionary())))


@cache
def ours() -> sastrawi.Stemmer:
    return sastrawi.Stemmer(dictionary())


def outcome(stem: Callable[[str], str], word: str) -> str | tuple[str, str]:
    """The stem, or the error (or the warning, an error here) that a word makes when it is read as a pattern."""
    try:
        return stem(word)
    except (re.error, FutureWarning) as error:
        return type(error).__name__, str(error)


def make_word(rng: random.Random, roots: list[str]) -> str:
    """A root, now and then with an infix, without its first letter or doubled, between up to two prefixes and two suffixes."""
    root = rng.choice(roots)
    if rng.random() < 0.1:
        root = root[:1] + rng.choice(INFIXES) + root[1:]
    if rng.random() < 0.2:
        root = root[1:]
    prefix = "".join(rng.choices(PREFIXES.split(), k=rng.choice((0, 1, 1, 2))))
    suffix = "".join(rng.choices(SUFFIXES.split(), k=rng.choice((0, 0, 1, 2))))
    return f"{prefix}{root}-{root}{suffix}" if rng.random() < 0.1 else prefix + root + suffix


@pytest.mark.parametrize("rule", WORDS_BY_RULE)
def test_every_rule_gives_the_stem_of_sastrawi(rule: str) -> None:
    words = WORDS_BY_RULE[rule].split()
    assert [ours().stem(word) for word in words] == [plain().stem_word(word) for word in words]


def test_every_letter_after_every_prefix_is_read_as_sastrawi_reads_it() -> None:
    words = [opening + letter + ending for opening in OPENINGS.split() for letter in ascii_lowercase + "'" for ending in ENDINGS]
    roots = {word[start:] for word in words for start in (2, 3, 4)} - set(words)
    stemmer, sastrawi_stemmer = sastrawi.Stemmer(roots), SastrawiStemmer(ArrayDictionary(roots))
    assert [stemmer.stem(word) for word in words] == [sastrawi_stemmer.stem_word(word) for word in words]


def test_words_made_of_roots_and_affixes_have_the_stems_of_sastrawi() -> None:
    rng, roots = random.Random(2024), sorted(dictionary())
    words = [make_word(rng, roots) for _ in range(SAMPLES)]
    assert [ours().stem(word) for word in words] == [plain().stem_word(word) for word in words]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([*PREFIXES.split(), *SUFFIXES.split(), *PATTERN_MARKS]) | st.characters(exclude_characters="\n"),
        max_size=6,
    )
)
def test_any_text_has_the_stem_of_sastrawi(parts: list[str]) -> None:
    text = "".join(parts)
    assert outcome(ours().stem, text) == outcome(plain().stem_word, text)


@pytest.mark.parametrize(
    "word", ["di(", "men(kan", "membawa(", "(siapakan", "*nya", "(buku-(buku", "kau[buku", "di\\", "di+", "di?", "di)", "perb("]
)
def test_what_sastrawi_cannot_read_as_a_pattern_fails_alike(word: str) -> None:
    assert outcome(ours().stem, word) == outcome(plain().stem_word, word)


def test_blank_words_are_no_roots() -> None:
    stemmer = sastrawi.Stemmer(["", " ", "x"])
    assert [stemmer.stem(word) for word in ("di", "di ", "dix", "")] == ["di", "di ", "x", ""]


def test_examples_in_docstrings_run() -> None:
    result = doctest.testmod(sastrawi)
    assert result.attempted > 0
    assert result.failed == 0
