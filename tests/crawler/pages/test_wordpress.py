"""Posts as WordPress gives them for machines."""

import json

import pytest

from crawler.errors import NotAnArticle
from crawler.pages.wordpress import read_post

SENTENCE = "Rapat pengawasan di kantor kecamatan dihadiri para pegawai, warga dan pengawas desa sampai sore hari."
POST = {
    "id": 7,
    "date": "2024-10-22T09:31:09",
    "date_gmt": "2024-10-22T01:31:09",
    "link": "https://kabarpesisir.test/2024/10/rapat/?utm_source=x",
    "title": {"rendered": "Rapat &#8220;Netral&#8221; di Kecamatan"},
    "content": {
        "rendered": f"<p>{SENTENCE}</p><div class='sharedaddy'>Bagikan</div><p>{SENTENCE} Lagi.</p><p>Editor: Bayu Samodra</p>"
    },
    "_embedded": {
        "author": [{"name": "Sekar Wulandhari"}],
        "wp:term": [[{"taxonomy": "category", "name": "Daerah"}], [{"taxonomy": "post_tag", "name": "ASN"}]],
    },
}


def test_a_post_gives_an_article_with_its_own_zone() -> None:
    article = read_post(json.dumps(POST).encode())
    assert (article.title, article.author, article.editor) == ("Rapat “Netral” di Kecamatan", "Sekar Wulandhari", "Bayu Samodra")
    assert article.text == f"{SENTENCE}\n\n{SENTENCE} Lagi."
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2024-10-22T09:31:09+08:00"
    assert (article.url, article.section, article.tags) == ("https://kabarpesisir.test/2024/10/rapat/", "Daerah", ("ASN",))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"content": 3}', b'{"content": {"rendered": "<p>Pendek.</p>"}}', b"[" * 100_000]
)
def test_what_is_no_post_is_refused(body: bytes) -> None:
    with pytest.raises(NotAnArticle):
        read_post(body)
