"""Addresses of rows as items have them already: files that were exported at different times spell one host in different ways."""

from collections.abc import Container, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.addresses import key_of
from crawler.items import FetchedArticle
from models import Item
from models.addresses import twins_of
from netra.importer.options import ImportRow


def spell_as_known(session: Session, rows: Sequence[ImportRow], seen: Container[bytes] = ()) -> list[ImportRow]:
    """The rows; one whose page is an item, or a row before, under another spelling of its host gets the address of that.

    `seen` are the keys of rows before these that are no items.
    """
    urls = {row.article.url for row in rows if row.article and row.article.url}
    twins = {url: {key_of(twin): twin for twin in twins_of(url)} for url in urls}
    keys = {key for spellings in twins.values() for key in spellings}
    known = set(session.scalars(select(Item.item_key).where(Item.item_key.in_(keys)))) if keys else set[str]()
    known |= {key for key in keys if bytes.fromhex(key) in seen}
    return [_spell(row, row.article, twins, known) if row.article and row.article.url else row for row in rows]


def _spell(row: ImportRow, article: FetchedArticle, twins: dict[str, dict[str, str]], known: set[str]) -> ImportRow:
    url = article.url or ""
    found = next((key for key in twins[url] if key in known), key_of(url))
    known.add(found)
    address = twins[url][found]
    return row if address == url else replace(row, article=replace(article, url=address))
