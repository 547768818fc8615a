"""What becomes of a news page that an index found: work for the outlet's own crawl, or a title."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.addresses import canonical_url, is_on_hosts, key_of
from crawler.catalogue import SourceFile, sync_sources
from crawler.connectors.cursors import Walk
from crawler.connectors.gdelt import Finding, FoundPage
from crawler.connectors.run import ConnectorRun
from crawler.errors import NotAnArticle
from crawler.frontier import NEVER_AGAIN, add_listed
from crawler.items import FetchedArticle, ListedPage
from crawler.pages.language import language_of
from crawler.storing.storage import StoreOutcome
from models import Item, ItemKind, Rights, Source
from models.evidence.store import Fetched


class Outlets:
    """The catalogue by host."""

    def __init__(self, files: Iterable[SourceFile]) -> None:
        self._by_host = {host.removeprefix("www."): file for file in files if not file.connector for host in file.hosts}

    def find(self, url: str) -> SourceFile | None:
        host = canonical_url(url).split("/")[2].partition(":")[0].removeprefix("www.")
        file = self._by_host.get(host)
        return file if file and is_on_hosts(url, file.hosts) else None


def store_finding(
    run: ConnectorRun, outlets: Outlets, walk: Walk, finding: Finding, received: Fetched, *, next_page: str, pending_mark: str
) -> Walk:
    """Frontier, titles and cursor of one answer in one transaction."""

    def keep(session: Session) -> Counter[str]:
        counts = Counter[str]({"tak_terbaca": finding.unreadable})
        for page in finding.pages:
            counts[_keep_page(session, run, outlets.find(page.url), page, received)] += 1
        return counts

    return run.store_with(walk, keep, received, next_page=next_page, pending_mark=pending_mark, is_last=not next_page)


def _keep_page(session: Session, run: ConnectorRun, outlet: SourceFile | None, page: FoundPage, received: Fetched) -> str:
    """What became of one page, in a word that is counted."""
    if outlet is None:
        return _keep_title(session, run, page, received)
    if not outlet.is_enabled or outlet.rights is Rights.METADATA_ONLY:
        return "milik_katalog"  # What may be kept of it is said there, and its own feeds give it.
    source = session.scalar(select(Source).where(Source.slug == outlet.slug))
    if source is None:
        source = sync_sources(session, [outlet])[0]
    # An index that names a page once more is no reason to read it again; the outlet's own feeds are.
    listed = add_listed(
        session, source.id, None, [ListedPage(page.url, title=page.title)], outlet.hosts, recheck_hours=NEVER_AGAIN
    )
    return "antrean_baru" if listed.new else "antrean_dikenal"


def _keep_title(session: Session, run: ConnectorRun, page: FoundPage, received: Fetched) -> str:
    """Only of a page that nobody gave us before: an index must not overwrite what an outlet or an import said."""
    url = canonical_url(page.url)
    if session.scalar(select(Item.id).where(Item.item_key == key_of(url))) is not None:
        return StoreOutcome.UNCHANGED.value
    article = FetchedArticle(
        url=url,
        title=page.title,
        text=page.title,
        language=language_of(page.title),
        method="gdelt",
        kind=ItemKind.HEADLINE,
    )
    try:
        return run.store_text(session, article, page.raw, received).outcome.value
    except NotAnArticle:
        return "kosong"
