"""Reading pages: everything that goes wrong on the real web. Layouts and their saved pages are tested in pages/."""

import pytest

from crawler.errors import NotAnArticle
from crawler.pages import extract, read_page, reader_of
from crawler.pages.decoding import decode_page

SENTENCE = "Rapat pengawasan di kantor kecamatan dihadiri para pegawai, warga dan pengawas desa sampai sore hari. "
BODY = f"<h1>Rapat di kecamatan</h1><div class='post-content'><p>{SENTENCE * 3}</p></div>"


@pytest.mark.parametrize(
    "body", [b"", b"   ", b"<html><body><p>Hanya sedikit kata.</p></body></html>", b"\x00\x01\x02", b"%PDF-1.7"]
)
def test_a_page_without_an_article_says_why(body: bytes) -> None:
    with pytest.raises(NotAnArticle) as refusal:
        read_page("generic", body, "http://a.test/1")
    assert refusal.value.reason


def test_a_page_without_a_date_has_none() -> None:
    article = extract(BODY, "https://www.antaranews.com/berita/1/x")
    assert (article.published_at, article.published_zone) == (None, "")


def test_a_page_cut_in_the_middle_gives_what_came() -> None:
    whole = f"<html><body>{BODY}".encode()
    article = read_page("antaranews", whole[: whole.rindex(b"sore")], "http://a.test/1")
    assert article.text.startswith("Rapat pengawasan")


@pytest.mark.parametrize(
    "headline",
    [
        "Rapat<script>window.x=1</script> di kecamatan",
        "Rapat di kecamatan<img src=x onerror=alert(1)>",
        "Rapat &lt;b&gt;di&lt;/b&gt; kecamatan",
        "Rapat di <b>kecamatan</b><!-- x -->",
    ],
)
def test_a_script_in_the_headline_comes_out_as_plain_text(headline: str) -> None:
    page = BODY.replace("Rapat di kecamatan", headline)
    assert extract(page, "https://www.antaranews.com/berita/1/x").title == "Rapat di kecamatan"


def test_a_canonical_link_to_another_host_is_not_believed() -> None:
    page = f"<head><link rel=canonical href='http://evil.test/x'></head>{BODY}"
    assert read_page("antaranews", page.encode(), "http://a.test/1?utm_source=x", hosts=["a.test"]).url == "http://a.test/1"


def test_five_megabytes_of_markup_are_read_in_time() -> None:
    page = BODY + "<div class='k'><span></span></div>\n" * 150_000
    assert extract(page, "https://www.antaranews.com/berita/1/x").text.startswith("Rapat")
    with pytest.raises(NotAnArticle, match="terlalu rumit"):
        extract(page)


def test_a_foreign_text_is_not_taken_for_indonesian() -> None:
    text = "The committee met on Tuesday to discuss the annual budget and heard from several members of the public. " * 3
    assert extract(f"<h1>Budget</h1><article><p>{text}</p></article>").language == "en"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("“é”".encode("cp1252"), "text/html; charset=iso-8859-1", "“é”"),
        (b'<meta charset="windows-1252">' + "“é”".encode("cp1252"), "text/html", '<meta charset="windows-1252">“é”'),
        ("“é”".encode(), "text/html", "“é”"),
        ("“é”".encode(), "text/html; charset=nonsense", "“é”"),
        ("“é”".encode("utf-16"), "", "“é”"),
        ("“é”".encode("cp1252"), "text/html; charset=utf-8", "“é”"),
        ("é“é".encode()[:-1], "text/html", "é“"),
    ],
)
def test_every_charset_is_decoded(body: bytes, content_type: str, text: str) -> None:
    assert decode_page(body, content_type) == text


def test_the_host_chooses_the_reader() -> None:
    urls = ["https://sumut.antaranews.com/x", "https://kendal.bawaslu.go.id/x", "https://notantaranews.com/x", ""]
    assert [reader_of(url) for url in urls] == ["antaranews", "bawaslu", "generic", "generic"]


@pytest.mark.parametrize(
    "tangle",
    ["<div>" * 400_000, "<div " + " ".join(f"a{number}" for number in range(400_000)) + ">"],
    ids=["depth", "attributes"],
)
def test_a_page_that_a_parser_would_need_hours_for_is_refused(tangle: str) -> None:
    with pytest.raises(NotAnArticle, match="terlalu rumit"):
        extract(tangle + BODY, "https://www.antaranews.com/berita/1/x")


@pytest.mark.parametrize("charset", ["zlib", "rot13", "idna", "punycode", "unicode_escape", "undefined", "utf-7"])
def test_what_only_python_calls_a_charset_is_none(charset: str) -> None:
    assert decode_page(b"a\\ud800+ADw-", f"text/html; charset={charset}") == "a\\ud800+ADw-"


@pytest.mark.parametrize("data", ['{"@type": [{}]}', '{"@type": "NewsArticle", "author": ' + "[" * 900 + "]" * 900 + "}"])
def test_json_ld_of_any_shape_is_only_left_out(data: str) -> None:
    page = f'<script type="application/ld+json">{data}</script>{BODY}\ud800'
    assert extract(page, "https://www.antaranews.com/berita/1/x").author == ""


def test_a_canonical_link_to_the_front_page_is_not_believed() -> None:
    page = f"<head><link rel=canonical href='http://a.test/'></head>{BODY}"
    assert read_page("antaranews", page.encode(), "http://a.test/1", hosts=["a.test"]).url == "http://a.test/1"


@pytest.mark.parametrize("link", ["/berita", "/kategori/politik/", "/2024/11/", "/berita?page=2"])
@pytest.mark.parametrize("url", ["http://a.test/berita/rapat-di-kantor-camat", "http://a.test/berita/rapat-di-kantor-camat/"])
def test_a_canonical_link_to_a_section_is_not_believed_of_an_article(link: str, url: str) -> None:
    page = f"<head><link rel=canonical href='http://a.test{link}'></head>{BODY}"
    assert read_page("antaranews", page.encode(), url, hosts=["a.test"]).url == url


@pytest.mark.parametrize("link", ["/rapat-di-kantor-camat/", "/berita/51234", "/51234/rapat", "/?p=512", "/baca.html"])
def test_a_canonical_link_to_an_article_is_believed_however_short(link: str) -> None:
    page = f"<head><link rel=canonical href='http://a.test{link}'></head>{BODY}"
    url = "http://a.test/berita/rapat-di-kantor-camat"
    assert read_page("antaranews", page.encode(), url, hosts=["a.test"]).url == f"http://a.test{link}"


def test_an_address_that_is_none_is_no_reason_to_stop() -> None:
    page = f"<html><body><h1>Rapat</h1><article><p>{SENTENCE * 4}</p></article></body></html>"
    assert extract(page, "http://[::1").url is None
