"""Tips that were put aside or withdrawn, and the items that rest on them alone: the same words stand there."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from models import Item, ItemVersion, LegalHold, Tip
from models.tip_items import METHOD
from netra.retention.items import NO_TIP_WORDS, erase_items
from netra.retention.judged import is_harmless
from netra.retention.protected import bears_words, is_free
from netra.retention.rules import Rule


def closed_tips(rule: Rule, at: datetime) -> Select[Any]:
    """Those with words of their own, and those whose item became free to go after they had lost theirs."""
    before = rule.before(at)
    over = or_(Tip.closed_at < before, Tip.withdrawn_at < before)
    has_words = or_(Tip.text != "", Tip.link != "", Tip.office != "", Tip.agency != "")
    held = exists().where(LegalHold.item_id == Tip.item_id, LegalHold.released_at.is_(None))
    has_item = exists().where(Item.id == Tip.item_id, _rests_on_closed_tips(before))
    return select(Tip.id).where(over, ~held, or_(has_words, has_item))


def erase_tips(session: Session, ids: Sequence[int], rule: Rule, at: datetime) -> Counter[str]:
    """Their words, and the items with theirs where nobody else stands on them."""
    touched = select(Item.id).where(Item.id.in_(select(Tip.item_id).where(Tip.id.in_(ids))))
    session.execute(touched.order_by(Item.id).with_for_update())
    items = list(session.scalars(touched.where(_rests_on_closed_tips(rule.before(at)))))
    session.execute(update(Tip).where(Tip.id.in_(ids)).values(NO_TIP_WORDS))
    done = Counter(informasi=len(ids))
    return done + erase_items(session, items, rule.slug, at) if items else done


def _rests_on_closed_tips(before: datetime) -> ColumnElement[bool]:
    """Whether no outlet and no import brought an item too, no other tip stands, and nobody needs it or found anything in it."""
    other = aliased(Tip)
    is_open = and_(
        or_(other.closed_at.is_(None), other.closed_at >= before),
        or_(other.withdrawn_at.is_(None), other.withdrawn_at >= before),
    )
    stands = exists().where(other.item_id == Item.id, is_open)
    elsewhere = exists().where(ItemVersion.item_id == Item.id, ItemVersion.erased_at.is_(None), ItemVersion.method != METHOD)
    seen_since = Item.last_seen_at > Item.first_seen_at
    return and_(bears_words(), is_free(), is_harmless(before), ~stands, ~elsewhere, ~seen_since)
