"""The time zone of an outlet by its host: `papua.example.id` prints its dates in WIT, where it prints no zone at all."""

from functools import cache

from crawler.regions import load_gazetteer
from models.reference import timezone_of


@cache
def place_of(host: str) -> str:
    """IANA zone of the region that the first label of a host names; Jakarta's where it names none.

    >>> place_of("papua.antaranews.com"), place_of("www.kompas.com")
    ('Asia/Jayapura', 'Asia/Jakarta')
    """
    label = host.split(".", 1)[0].replace("-", " ").removeprefix("kab ").removeprefix("kota ")
    gazetteer = load_gazetteer()
    code = next((code for name in (label.title(), label.upper(), label.capitalize()) if (code := gazetteer.find(name))), None)
    return timezone_of(code)
