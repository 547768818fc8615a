"""What no timer touches: open work, evidence of cases, what a hold names, and the measures that everybody relies on."""

from sqlalchemy import ColumnElement, exists, select

from models import CaseLead, Flag, FlagState, GoldenItem, Item, ItemVersion, LegalHold


def is_free() -> ColumnElement[bool]:
    """Whether an item is none of these. A case protects its evidence whether it runs, has ended or was referred."""
    flag_of_item = Flag.item_id == Item.id
    leads = exists(select(CaseLead.id).join(Flag, Flag.id == CaseLead.flag_id).where(flag_of_item, CaseLead.removed_at.is_(None)))
    unfinished = exists().where(flag_of_item, Flag.state != FlagState.ASSESSED)
    held = exists().where(LegalHold.item_id == Item.id, LegalHold.released_at.is_(None))
    golden = exists(
        select(GoldenItem.id)
        .join(ItemVersion, ItemVersion.id == GoldenItem.item_version_id)
        .where(ItemVersion.item_id == Item.id)
    )
    return ~leads & ~unfinished & ~held & ~golden


def bears_words() -> ColumnElement[bool]:
    """Whether the newest version of an item still has its words."""
    return exists().where(ItemVersion.id == Item.current_version_id, ItemVersion.erased_at.is_(None))
