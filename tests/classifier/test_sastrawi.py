"""Our stemmer gives what PySastrawi gives, quirks and errors included."""

import doctest
import random
import re
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from Sastrawi.Dictionary.ArrayDictionary import ArrayDictionary
from Sastrawi.Stemmer.Stemmer import Stemmer as SastrawiStemmer

from classifier import sastrawi
from classifier.stems import dictionary

SAMPLES = 4000
PREFIXES = "ber be bel ter te me mem men meng meny menge mempe pe per pem pen peng penge peny di ke se ku kau".split()
SUFFIXES = "i kan an is isme isasi lah kah pun ku mu nya -ku -nya kannya kanlah annya iku k".split()
INFIXES = ("er", "el", "em", "in")

STEMS = {
    "no prefix, short or unknown": "netra:netra a:a dia:dia di:di xyz:xyz dii:dii lah:lah -:- -nya:-nya",
    "plain": "dibawa:bawa kesana:kesana seekor:ekor kediaman:diam sekedar:dar",
    "1 berV": "berapi:rap beragam:agam berasa:asa beradar:radar",
    "2, 3 berC": "bersama:sama berdaerah:daerah bersperma:bersperma berklerek:klerek berrata:rata ber'b:ber'b bera:bera",
    "4 belajar": "belajar:ajar belajarlah:ajar",
    "5 beCerC": "bekerja:kerja beternak:ternak bekercak:kercak bererat:erat",
    "6 terV": "teramal:amal terobek:robek",
    "7, 8, 35 terC": "terbang:terbang tertulis:tulis terberai:berai terpercaya:percaya terternak:ternak tercerpenis:tercerpenis",
    "9 teCerC": "teperdaya:daya tebercak:bercak tererang:erang termerbah:termerbah",
    "10 me[lrwy]V": "melihat:lihat merusak:rusak mewabah:wabah meyakini:yakin mewxyz:mewxyz",
    "11, 12, 13 mem": "membantu:bantu memfitnah:fitnah memvonis:vonis mempengaruhi:pengaruh memasak:masak memakai:pakai",
    "14, 15 men": "mencuri:curi mendukung:dukung menjual:jual mensyukuri:syukur mentaati:taat menzalimi:zalim menari:tari menamai:nama",
    "16, 17 meng": "mengganti:ganti menghitung:hitung mengkritik:kritik mengambil:ambil mengurangi:kurang mengecat:cat menganga:nganga",
    "18, 19 meny, memp": "menyala:nyala menyapu:sapu memproses:proses memprakarsai:prakarsa mempnya:mempnya",
    "20, 32 pe[wyl]": "pewarna:warna peyakin:yakin pelajar:ajar pelatih:latih peluang:peluang",
    "21, 23, 24 per": "perusak:usak peraba:raba perjuangan:juang perdaerah:daerah perngeri:ngeri perpermasan:perpermasan perlu:perlu",
    "25, 26 pem": "pembantu:bantu pemfitnah:fitnah pemvonis:vonis pemasak:masak pemakai:pakai",
    "27, 28 pen": "pencuri:curi pendukung:dukung penjual:jual penstabilan:stabil pentaat:taat penzalim:zalim penari:tari penamaan:nama",
    "29, 30, 31 peng, peny": "penghijauan:hijau pengkritik:kritik pengobat:obat pengukus:kukus pengecat:cat penganga:nganga penyanyi:nyanyi "
    "penyapu:sapu",
    "34, 36 peC": "pedagang:dagang peserta:serta peterjun:terjun pecerpenis:pecerpenis peberas:peberas",
    "37 to 40 infixes": "gerabai:gabai belabad:abad telabang:tabang gemaun:gaun kinerja:kerja binabang:babang atelir:atelir",
    "41, 42 ku, kau": "kubawa:bawa kaubaca:baca kauambil:ambil kambil:kambil",
    "suffixes": "bukumu:buku rumahnya:rumah siapapun:siapa bawalah:bawa bukukukah:buku makanan:makan kapitalis:kapital coroisme:coro "
    "finalisasi:final nikmat-ku:nikmat buku--nya:buku--nya kampanyekanlah:kampanye",
    "prefix first": "bersekolahlah:sekolah bertingkahlah:tingkah berlebihan:lebih menangani:tangan dilengkapi:lengkap pemberani:berani "
    "terbaiki:baik perempuanlah:perempuan",
    "suffixes put back": "didikan:dik menunjukkan:tunjuk mendudukkan:duduk menaikkan:naik pertunjukan:tunjuk perbaikannya:baik "
    "berkaitan:kait mengembalikan:kembali kebaikan:baik",
    "many prefixes": "keberterimaan:terima memperlihatkan:lihat dipersembahkan:sembah sekeberterimaan:terima sedikeberterima:dikeberterima",
    "pairs": "teman-teman:teman berbalas-balasan:balas meniru-nirukan:tiru malaikat-malaikat-nya:malaikat anak-anakku:anak "
    "bolak-balik:bolak-balik sayur-mayur:sayur-mayur teman-lawan:teman-lawan bolak-balik-nya:bolak-balik-nya --:--",
    "other characters": "rp2.5kan:rp2.5kan dikampanye2:dikampanye2 di':di' menпила:menпила diбуква:diбуква jum'atan:jum'atan di$:di$",
}
TELLING = [(rule, *pair.split(":")) for rule, pairs in STEMS.items() for pair in pairs.split()]


@cache
def plain() -> SastrawiStemmer:
    return SastrawiStemmer(ArrayDictionary(sorted(dictionary())))


@cache
def ours() -> sastrawi.Stemmer:
    return sastrawi.Stemmer(dictionary())


def outcome(stem: Callable[[str], str], word: str) -> str | tuple[str, str]:
    """The stem, or the error that a word makes."""
    try:
        return stem(word)
    except re.error as error:
        return "re.error", str(error)


def make_word(rng: random.Random, roots: list[str]) -> str:
    """A root, perhaps with an infix, between up to two prefixes and up to two suffixes; now and then doubled."""
    root = rng.choice(roots)
    if rng.random() < 0.1:
        root = root[:1] + rng.choice(INFIXES) + root[1:]
    if rng.random() < 0.2:
        root = root[1:]
    prefix = "".join(rng.choices(PREFIXES, k=rng.choice((0, 1, 1, 2))))
    suffix = "".join(rng.choices(SUFFIXES, k=rng.choice((0, 0, 1, 2))))
    return f"{prefix}{root}-{root}{suffix}" if rng.random() < 0.1 else prefix + root + suffix


@pytest.mark.parametrize(("rule", "word", "stem"), TELLING)
def test_every_rule_gives_the_stem_of_sastrawi(rule: str, word: str, stem: str) -> None:
    assert (ours().stem(word), plain().stem_word(word)) == (stem, stem), rule


def test_words_made_of_roots_and_affixes_have_the_stems_of_sastrawi() -> None:
    rng, roots = random.Random(2024), sorted(dictionary())
    words = [make_word(rng, roots) for _ in range(SAMPLES)]
    assert [ours().stem(word) for word in words] == [plain().stem_word(word) for word in words]


@given(st.text(st.characters(exclude_characters="\n"), max_size=12))
def test_any_text_has_the_stem_of_sastrawi(text: str) -> None:
    assert outcome(ours().stem, text) == outcome(plain().stem_word, text)


@pytest.mark.parametrize("word", ["di(", "men(kan", "(siapakan", "*nya-nya", "kau[buku", "ku\\", "berx(", "temi(", "pe(kan"])
def test_what_sastrawi_fails_to_read_as_a_pattern_fails_alike(word: str) -> None:
    assert outcome(ours().stem, word) == outcome(plain().stem_word, word)


def test_empty_and_blank_words_are_no_roots() -> None:
    assert sastrawi.Stemmer(["", " ", "x"]).stem("di") == "di"
    assert sastrawi.Stemmer(["", " ", "x"]).stem("dix") == "x"


def test_examples_in_docstrings_run() -> None:
    result = doctest.testmod(sastrawi)
    assert result.attempted > 0
    assert result.failed == 0
