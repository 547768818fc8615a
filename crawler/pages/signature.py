"""Which family made a page of which nobody says how it is read: by its address, else by what its own head says."""

from urllib.parse import urlsplit

from crawler.addresses import is_web_url
from crawler.pages.layout import family_of, family_of_generator
from crawler.pages.metadata import HeadData


def recognise(head: HeadData, host: str) -> str:
    """The name of a family, `generic` where nothing is known.

    The page's word chooses no more than selectors; its text, address and date are checked all the same.
    """
    known = family_of(host or host_of(head.canonical))
    return known if known != "generic" else family_of_generator(head.generator)


def host_of(url: str) -> str:
    """The host of a web address, in small letters; empty for what is none."""
    return (urlsplit(url).hostname or "").lower() if is_web_url(url) else ""
