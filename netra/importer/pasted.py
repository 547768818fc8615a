"""What a person pastes: a text, with or without its address and a screenshot, or an address alone."""

from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.addresses import canonical_url, is_on_hosts, is_web_url
from crawler.catalogue import SourceFile, sync_sources
from crawler.frontier import NEVER_AGAIN, add_listed
from crawler.items import ListedPage
from crawler.pages.language import language_of
from models import Rights, Source, record_event
from models.evidence.store import Fetched
from netra.importer.columns import read_object
from netra.importer.options import ImportOptions, ImportRow, Refused
from netra.importer.pictures import read_picture
from netra.importer.platforms import live_trouble

PLACE = "tempel"


@dataclass(frozen=True)
class Queued:
    """Where a pasted address went."""

    source: str
    url: str
    is_new: bool


def lone_link(text: str) -> str:
    """The address, where the text is nothing else; empty otherwise."""
    text = text.strip()
    return text if not any(mark.isspace() for mark in text) and is_web_url(text) else ""


def read_pasted(values: dict[str, str], options: ImportOptions, picture: Path | None = None) -> ImportRow:
    """The row of a pasted text; a picture becomes the bytes behind it."""
    place = str(picture) if picture else PLACE
    row = read_object(place, values, options, columns={name: (name,) for name in values})
    if row.article is None or row.fetched is None:
        return row
    article = replace(row.article, language=language_of(row.article.text))
    if picture is None:
        return replace(row, article=article, fetched=replace(row.fetched, url=article.url or f"urn:netra:import:{PLACE}"))
    try:
        body, content_type = read_picture(picture)
    except Refused as refusal:
        return ImportRow(place, refusal=str(refusal), values=values)
    return replace(row, article=article, fetched=Fetched(row.fetched.url, body, content_type))


def queue_link(session: Session, url: str, files: dict[str, SourceFile], *, actor: str) -> Queued:
    """Put an address into the frontier of the outlet that owns it; its next crawl reads the page by the outlet's own rules.

    Raises Refused where no outlet of the catalogue has that host, or its rights forbid reading pages.
    """
    if trouble := live_trouble(url):
        raise Refused(
            f"{trouble.name} is import-only ({trouble.reason}). Paste what it says with the address: "
            f'netra import --text "..." --url {url}'
        )
    outlet = next((file for file in files.values() if not file.connector and is_on_hosts(url, file.hosts)), None)
    host = urlsplit(url).hostname or url
    if outlet is None:
        raise Refused(
            f"no source of the catalogue reads {host}. Add it: netra sources add https://{host}/ "
            f'or paste the text itself: netra import --text "..." --url {url}'
        )
    if not outlet.is_enabled or outlet.rights is Rights.METADATA_ONLY:
        raise Refused(f"the source {outlet.slug} is switched off, or its rights allow no reading of pages (see its file)")
    return _queue(session, url, outlet, actor)


def _queue(session: Session, url: str, outlet: SourceFile, actor: str) -> Queued:
    source = session.scalar(select(Source).where(Source.slug == outlet.slug))
    if source is None:
        source = sync_sources(session, [outlet])[0]
    # To paste a link of a page that was read is no reason to read it again; its outlet's own lists are.
    listed = add_listed(session, source.id, None, [ListedPage(url)], outlet.hosts, recheck_hours=NEVER_AGAIN)
    address = canonical_url(url, outlet.hosts)
    if listed.new:
        record_event(session, "impor.tautan", actor=actor, subject=("source", source.id), detail={"alamat": address})
    return Queued(outlet.slug, address, bool(listed.new))
