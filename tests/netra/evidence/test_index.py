"""The index of a package is in the order in which players look addresses up."""

import pytest

from netra.evidence.index import turn_round


@pytest.mark.parametrize(
    ("url", "turned"),
    [
        ("https://www.Contoh.test/Berita?b=2&a=1", "test,contoh)/berita?a=1&b=2"),
        ("http://a.contoh.test:8080", "test,contoh,a:8080)/"),
        ("https://contoh.test/2?é=1&page=2", "test,contoh)/2?%c3%a9=1&page=2"),
        ("urn:netra:import:a b.csv", "urn:netra:import:ab.csv"),
        ("http://[rusak", "http://[rusak"),
    ],
)
def test_addresses_are_turned_round(url: str, turned: str) -> None:
    assert turn_round(url) == turned
