"""A member of a known family says only what is its own."""

import pytest

from crawler.catalogue import load_families, parse_source
from crawler.catalogue.families import Family
from crawler.errors import SourceFileError

MEMBER = """
name: Bawaslu Kabupaten Wanasari
family: bawaslu
at: wanasari
region: "33"
publisher: Badan Pengawas Pemilihan Umum Kabupaten Wanasari
confidence: C
evidence: address by the family's pattern, untried
"""


def test_seven_lines_make_a_new_outlet_of_a_known_family() -> None:
    source = parse_source(MEMBER, "bawaslu-wanasari")
    assert len(MEMBER.strip().splitlines()) == 7
    assert [feed.url for feed in source.feeds] == ["https://wanasari.bawaslu.go.id/rss.xml"]
    assert (source.hosts, source.reader, source.rights) == (("wanasari.bawaslu.go.id",), "bawaslu", "full_text")


def test_a_member_may_differ_from_its_family() -> None:
    source = parse_source(MEMBER + "reader: generic\ncadence_minutes: 60\n", "bawaslu-wanasari")
    assert (source.reader, source.cadence_minutes, source.delay_seconds) == ("generic", 60, 3)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("family: bawaslu", "family: bawaslo"), "none of antaranews"),
        (("at: wanasari", ""), "says `at`"),
        (("region", "wilayah"), "wilayah: Extra inputs"),
    ],
)
def test_a_member_that_cannot_be_filled_is_refused(change: tuple[str, str], complaint: str) -> None:
    with pytest.raises(SourceFileError, match=complaint):
        parse_source(MEMBER.replace(*change), "bawaslu-wanasari")


def test_a_host_tells_the_member() -> None:
    family = Family(about="", host="{at}.kabar.test")
    assert [family.place_of(host) for host in ("jateng.kabar.test", "www.kabar.test", "a.b.kabar.test", "kabar.test.id")] == [
        "jateng",
        None,
        None,
        None,
    ]


@pytest.mark.parametrize("name", list(load_families()))
def test_every_family_fills_a_source(name: str) -> None:
    extra = (
        ""
        if load_families()[name].defaults.get("feeds")
        else "feeds: [{kind: rss, url: 'https://x.test/rss'}]\nhome_url: https://x.test\n"
    )
    at = "" if extra else f"at: {'kabar' if load_families()[name].host else 'kabar.test'}\n"
    source = parse_source(f"name: Kabar\nfamily: {name}\nconfidence: C\n{at}{extra}", "kabar")
    assert "{at}" not in source.model_dump_json()
    assert source.rights_note
