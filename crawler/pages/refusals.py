"""Pages that are no articles, each with its name: what is counted and alarmed must not all be called `no text`."""

import re
from collections.abc import Sequence
from enum import StrEnum
from urllib.parse import urlsplit

from crawler.errors import NotAnArticle
from crawler.pages.boilerplate import PROSE
from crawler.pages.lines import Line
from crawler.pages.metadata import HeadData
from crawler.pages.words import count_words
from models import FetchCause


class Refusal(StrEnum):
    EMPTY = "halaman kosong"
    BINARY = "bukan teks"
    TANGLED = "halaman terlalu rumit untuk dibaca"
    NO_TEXT = "tidak ada teks artikel"
    NOT_FOUND = "halaman tidak ditemukan, walau dijawab 200"
    CAPTCHA = "halaman pemeriksaan robot (captcha)"
    COOKIE_WALL = "dinding persetujuan kuki"
    LOGIN_WALL = "hanya untuk yang masuk atau berlangganan"
    LIST = "halaman daftar, bukan artikel"

    def error(self, detail: str = "") -> NotAnArticle:
        """What a reader raises; the detail stands behind the reason, in brackets."""
        return NotAnArticle(f"{self} ({detail})" if detail else str(self), CAUSES[self])


CAUSES = {
    Refusal.EMPTY: FetchCause.EMPTY,
    Refusal.BINARY: FetchCause.NOT_TEXT,
    Refusal.TANGLED: FetchCause.TANGLED,
    Refusal.NO_TEXT: FetchCause.NO_ARTICLE,
    Refusal.NOT_FOUND: FetchCause.GONE,
    Refusal.CAPTCHA: FetchCause.CAPTCHA,
    Refusal.COOKIE_WALL: FetchCause.WALL,
    Refusal.LOGIN_WALL: FetchCause.WALL,
    Refusal.LIST: FetchCause.NO_ARTICLE,
}
MOST_NULS = 8
"""A broken page may hold one; a picture, an archive or a font holds many from its start."""
CAPTCHA = re.compile(
    r"just a moment|attention required|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|"
    r"not a robot|bukan robot|unusual traffic|captcha|ddos protection|security check|access denied|akses ditolak|"
    r"request blocked|"
    r"enable javascript and cookies|mengaktifkan javascript|pemeriksaan keamanan|memeriksa peramban",
    re.I,
)
NOT_FOUND = re.compile(
    r"\b404\b|\b410\b|halaman (?:yang anda (?:cari|tuju) )?(?:ini )?(?:tidak|tak) (?:dapat )?ditemukan|"
    r"page (?:could )?not (?:be )?found|"
    r"(?:artikel|berita|konten|laman) (?:yang anda cari )?(?:tidak|tak) (?:dapat )?(?:ditemukan|tersedia)|(?:telah|"
    r"sudah) dihapus|"
    r"not found|nothing found|tidak ada hasil",
    re.I,
)
COOKIE_WALL = re.compile(
    r"(?:accept|setujui|terima) (?:all |semua )?(?:cookies|kuki)|before you continue|we value your privacy|"
    r"persetujuan (?:kuki|cookie)|"
    r"kami menggunakan (?:cookie|kuki)|we use cookies",
    re.I,
)
LOGIN_WALL = re.compile(
    r"(?:silakan|silahkan|harap|anda harus|mohon) (?:login|log in|masuk|daftar|berlangganan)|berlangganan untuk (?:membaca|"
    r"lanjut)|"
    r"khusus (?:pelanggan|member|anggota)|please (?:log|sign) in|subscribe to (?:read|continue)|konten premium",
    re.I,
)
LIST_PATH = re.compile(
    r"^/(?:(?:tags?|topik|topic|indeks?|index|kategori|category|kanal|search|cari|author|penulis|page|arsip|archive)(?:/|$)|$)",
    re.I,
)
LIST_TITLE = re.compile(
    r"^(?:indeks?\b|arsip\b|kumpulan berita|berita (?:hari ini|terkini|terbaru)\b|hasil pencarian|pencarian\b|kategori\b|"
    r"tag\b|topik\b)",
    re.I,
)
TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,300})", re.I)
HEAD_BYTES = 8192
FEW_WORDS, SOME_WORDS = 60, 150
MANY_HEADLINES = 12
HEADLINE_WORDS = range(4, 26)
SENTENCE_ENDS = (".", "”", '"', "!", "?", ")", "。", "！", "？", "」", "။", "।", "؟")


def is_robot_check(body: bytes) -> bool:
    """Whether the title of a page that is no success asks visitors to prove that they are people."""
    title = TITLE.search(body[:HEAD_BYTES])
    return title is not None and CAPTCHA.search(title[1].decode("utf-8", "replace")) is not None


def refuse_signed(title: str, head: HeadData, words: int, page_words: int) -> Refusal | None:
    """A refusal that the page's own words name. `words` are the article's, `page_words` those of all its lines."""
    named = f"{title}\n{head.title}"[:2_000]
    if words < SOME_WORDS and CAPTCHA.search(named):
        return Refusal.CAPTCHA
    if words < FEW_WORDS and page_words < 4 * SOME_WORDS and NOT_FOUND.search(named):
        return Refusal.NOT_FOUND
    return None


def refuse_text(text: str, words: int) -> Refusal | None:
    """A refusal of a text that is short and speaks of the page itself."""
    if words >= FEW_WORDS:
        return None
    walls = ((CAPTCHA, Refusal.CAPTCHA), (COOKIE_WALL, Refusal.COOKIE_WALL), (LOGIN_WALL, Refusal.LOGIN_WALL))
    return next((refusal for pattern, refusal in (*walls, (NOT_FOUND, Refusal.NOT_FOUND)) if pattern.search(text)), None)


def is_list(lines: Sequence[Line], paragraphs: Sequence[str], title: str, head: HeadData, url: str) -> bool:
    """Whether a page lists articles: many linked headlines, and little in `paragraphs`, its best text, that is prose."""
    headlines = sum(line.words in HEADLINE_WORDS and line.link_share > 0.9 for line in lines)
    claims = head.meta.get("og:type") == "article" or bool(head.article) or bool(head.meta.get("article:published_time"))
    if claims or headlines < MANY_HEADLINES:
        return False
    prose = sum(count_words(text) >= PROSE and text.endswith(SENTENCE_ENDS) and not text.endswith("...") for text in paragraphs)
    says = bool(LIST_TITLE.match(title)) or bool(url and LIST_PATH.match(urlsplit(url).path))
    return prose < 2 or (says and prose < 5)
