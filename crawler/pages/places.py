"""The time zone of an outlet by its host: `papua.example.id` prints its dates in WIT, where it prints no zone at all."""

from functools import cache

from crawler.regions import KINDS, load_gazetteer
from models.reference import timezone_of


@cache
def place_of(host: str) -> str:
    """IANA zone of the region that the first label of a host names; Jakarta's where it names none.

    >>> place_of("papua.antaranews.com"), place_of("www.kompas.com")
    ('Asia/Jayapura', 'Asia/Jakarta')
    >>> place_of("puncak.bawaslu.go.id")
    'Asia/Jayapura'
    """
    label = host.split(".", 1)[0].replace("-", " ").removeprefix("kab ").removeprefix("kota ")
    gazetteer = load_gazetteer()
    # Names that are words too count behind their kind alone, and a host names no word.
    names = (label.title(), label.upper(), label.capitalize(), *(kind + label.title() for kind in KINDS))
    code = next((code for name in names if (code := gazetteer.find(name))), None)
    return timezone_of(code)
