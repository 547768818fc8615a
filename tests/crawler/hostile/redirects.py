"""Pages that lead elsewhere: by status, by header, by markup."""

from models import FetchCause, FetchOutcome
from tests.crawler.hostile.cases import Case, page
from tests.crawler.hostile.web import Visit, response
from tests.crawler.press import article

SOURCE = "alih"
STORED, BLOCKED, FAILED = FetchOutcome.STORED, FetchOutcome.BLOCKED, FetchOutcome.FAILED


def moved(target: str) -> bytes:
    return response(b"", status="302 Found", more={"Location": target})


def chain(visit: Visit) -> bytes:
    """To the next of its own kind, fifty times."""
    step = int(visit.asked.path.partition("?ke=")[2] or 0)
    return moved(f"/rantai?ke={step + 1}") if step < 50 else response(article(20))


def leads(what: str, target: str, says: str = "alamat web") -> Case:
    return page(f"redirect to {what}", SOURCE, moved(target), BLOCKED, FetchCause.ADDRESS, says)


STEPS = {"/rantai": chain, "/putar-dua": moved("/redirects-in-a-circle")}
"""Further addresses of the outlet; no feed lists them."""

REDIRECTS = [
    page("redirects in a circle", SOURCE, moved("/putar-dua"), FAILED, FetchCause.REDIRECTS, "berputar"),
    page("a redirect to itself", SOURCE, moved("/a-redirect-to-itself"), FAILED, FetchCause.REDIRECTS, "berputar"),
    page("50 redirects", SOURCE, chain, FAILED, FetchCause.REDIRECTS, "lebih dari 5 pengalihan"),
    page(
        "a redirect without an address", SOURCE, response(b"", status="302 Found"), FAILED, FetchCause.REDIRECTS, "tanpa tujuan"
    ),
    page("a redirect with control characters", SOURCE, moved("/baik\x01\x0bx"), FAILED, FetchCause.GONE, "HTTP 404"),
    leads("127.0.0.1", "http://127.0.0.1:1/rahasia", "di luar situs sumber"),
    leads("169.254.169.254", "http://169.254.169.254/latest/meta-data/", "di luar situs sumber"),
    leads("::1", "http://[::1]:1/", "di luar situs sumber"),
    leads("a decimal address", "http://2130706433/", "di luar situs sumber"),
    leads("brackets that are no address", "http://[x]/"),
    leads("a file", "file:///etc/passwd"),
    leads("a script", "javascript:alert(1)"),
    leads("another host", "http://lain.invalid/", "di luar situs sumber"),
    leads("a host with a password", "http://netra@127.0.1.5/"),
    page(
        "meta refresh to another site",
        SOURCE,
        response(b'<meta http-equiv=refresh content="0; url=http://lain.invalid/"><title>Rapat</title>'),
        FetchOutcome.REFUSED,
        FetchCause.NO_ARTICLE,
        "tidak ada teks",
    ),
    page(
        "canonical link to another site",
        SOURCE,
        response(article(21).replace(b"<title>", b'<link rel=canonical href="http://lain.invalid/milik-lain"><title>')),
        STORED,
    ),
]
