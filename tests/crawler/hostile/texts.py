"""Pages whose bytes arrive well and mean something else than they say."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from crawler.pages.refusals import Refusal
from models import FetchCause, FetchOutcome
from tests.crawler.hostile.cases import page
from tests.crawler.hostile.web import Answer, Visit, response
from tests.crawler.press import article

STORED, REFUSED, FAILED, BLOCKED = FetchOutcome.STORED, FetchOutcome.REFUSED, FetchOutcome.FAILED, FetchOutcome.BLOCKED
WORDS = "Rapat digelar di kantor camat dan dihadiri oleh para pegawai serta warga yang datang dari desa. "
QUOTED = f"<html lang=id><h1>Rapat</h1><p>Camat berkata: “{WORDS * 4}” — demikian.</p>"


def titled(number: int, title: str) -> bytes:
    plain = f"Rapat {number}".encode()
    return response(article(number).replace(plain, title.encode()))


def dated(number: int, day: str) -> bytes:
    return response(
        article(number).replace(b"<title>", f'<meta property="article:published_time" content="{day}"><title>'.encode())
    )


def short(title: str, text: str, status: str = "200 OK") -> bytes:
    return response(f"<html lang=id><title>{title}</title><h1>{title}</h1><p>{text}</p>".encode(), status=status)


def a_list(visit: Visit) -> bytes:
    links = "".join(f"<h2><a href=/b{n}>Warga desa nomor {n} hadir di rapat camat</a></h2>" for n in range(40))
    return response(f"<html lang=id><title>Indeks berita</title><h1>Indeks berita</h1>{links}".encode())


def nested(count: int) -> bytes:
    return response(b"<html lang=id>" + b"<div>" * count + b"<p>" + WORDS.encode() + b"</div>" * count)


def deep_json(visit: Visit) -> bytes:
    bomb = b'<script type="application/ld+json">' + b'{"@graph":[' * 50_000 + b"]}" * 50_000 + b"</script>"
    return response(article(30).replace(b"<article>", bomb + b"<article>"))


def one_line(visit: Visit) -> bytes:
    return response(b"<html lang=id><title>Rapat</title><h1>Rapat</h1><p>" + WORDS.encode() * 52_000)


def asks_for_pause(value: str, status: str = "429 Too Many Requests") -> Answer:
    """Once; then there is an article."""

    def answer(visit: Visit) -> bytes:
        return response(b"", status=status, more={"Retry-After": value}) if visit.times == 1 else response(article(31))

    return answer


def pause_until_date(visit: Visit) -> bytes:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    more = {"Retry-After": at}
    return response(b"", status="503 Service Unavailable", more=more) if visit.times == 1 else response(article(32))


LETTERS = [
    page("a charset that is wrong", "aksara", response(QUOTED.encode(), kind="text/html; charset=koi8-r"), STORED),
    page("utf-8 that is windows-1252", "aksara", response(QUOTED.encode("cp1252")), STORED),
    page("UTF-16 without a mark", "aksara", response(QUOTED.encode("utf-16-le"), kind="text/html"), REFUSED, FetchCause.NOT_TEXT),
    page("a charset that does not exist", "aksara", response(QUOTED.encode(), kind="text/html; charset=zlib"), STORED),
    page("NULs in the text", "aksara", response(article(33).replace(b"Warga", b"War\0ga", 3)), STORED),
    page("a PDF", "aksara", response(b"%PDF-1.7 " + bytes(2000), kind="application/pdf"), REFUSED, FetchCause.NOT_TEXT, "pdf"),
    page(
        "a picture that says it is HTML",
        "aksara",
        response(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20 + bytes(99)),
        REFUSED,
        FetchCause.NOT_TEXT,
        Refusal.BINARY,
    ),
    page("script in the title", "aksara", titled(34, "Rapat <script>alert(1)</script><img src=x onerror=alert(2)>"), STORED),
    page("5 MB in one line", "aksara", one_line, STORED),
    page("100,000 elements inside one another", "aksara", nested(100_000), REFUSED, FetchCause.TANGLED, Refusal.TANGLED),
    page("JSON-LD 100,000 levels deep", "aksara", deep_json, STORED),
    page("a day in the year 2099", "aksara", dated(35, "2099-01-01T00:00:00+07:00"), STORED),
    page("a day in 1970", "aksara", dated(36, "1970-01-01T00:00:00+00:00"), STORED),
    *(page(f"the same text, address {n} of ten", "aksara", response(article(37)), STORED) for n in range(1, 11)),
]
WALLS = [
    page(
        "cookie wall",
        "dinding",
        short("Sebelum lanjut", "Kami menggunakan kuki. Terima semua kuki?"),
        REFUSED,
        FetchCause.WALL,
        Refusal.COOKIE_WALL,
    ),
    page("login wall", "dinding", short("Khusus", "Silakan masuk untuk membaca."), REFUSED, FetchCause.WALL, Refusal.LOGIN_WALL),
    page(
        "captcha with 200",
        "dinding",
        short("Just a moment...", "Verify you are human."),
        FAILED,
        FetchCause.CAPTCHA,
        Refusal.CAPTCHA,
    ),
    page(
        "captcha with 403",
        "dinding",
        short("Just a moment...", "Tunggu.", "403 Forbidden"),
        FAILED,
        FetchCause.CAPTCHA,
        "captcha",
    ),
    page(
        "captcha with 503",
        "dinding",
        short("Just a moment...", "Tunggu.", "503 Service Unavailable"),
        FAILED,
        FetchCause.CAPTCHA,
        "captcha",
    ),
    page("soft 404", "dinding", short("Halaman tidak ditemukan", "Maaf."), REFUSED, FetchCause.GONE, Refusal.NOT_FOUND),
    page("404", "dinding", response(b"", status="404 Not Found"), FAILED, FetchCause.GONE, "HTTP 404"),
    page("410", "dinding", response(b"", status="410 Gone"), FAILED, FetchCause.GONE, "HTTP 410"),
    page("403", "dinding", response(b"", status="403 Forbidden"), FAILED, FetchCause.HTTP_CLIENT, "HTTP 403"),
    page("500", "dinding", response(b"", status="500 Internal Server Error"), FAILED, FetchCause.HTTP_SERVER, "HTTP 500"),
    page("an empty page", "dinding", response(b""), REFUSED, FetchCause.EMPTY, Refusal.EMPTY),
    page("a list instead of an article", "dinding", a_list, REFUSED, FetchCause.NO_ARTICLE, Refusal.LIST),
    page(
        "another language",
        "dinding",
        short("Meeting", "The mayor said that all of the people who came to this meeting were there for the vote. " * 9),
        REFUSED,
        FetchCause.LANGUAGE,
        "bahasa lain",
    ),
    page("429 with Retry-After in seconds", "dinding", asks_for_pause("1"), STORED),
    page("503 with Retry-After as a date", "dinding", pause_until_date, STORED),
]
REST = [
    page(
        "429 with Retry-After of a day",
        "istirahat",
        response(b"", status="429 Too Many Requests", more={"Retry-After": "86400"}),
        BLOCKED,
        FetchCause.RATE_LIMIT,
        "jeda 86400 detik",
    )
]
