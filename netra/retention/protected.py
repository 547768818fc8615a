"""What no timer touches: open work, evidence of cases, what a hold names, and the measures that everybody relies on."""

from sqlalchemy import ColumnElement, exists, or_, select

from models import CaseLead, Flag, FlagState, GoldenItem, Item, ItemVersion, LegalHold


def is_free() -> ColumnElement[bool]:
    """Whether an item is none of these."""
    return ~or_(*reasons_to_keep().values())


def reasons_to_keep() -> dict[str, ColumnElement[bool]]:
    """What protects an item, in words. A case protects its evidence whether it runs, has ended or was referred."""
    flag_of_item = Flag.item_id == Item.id
    leads = exists(select(CaseLead.id).join(Flag, Flag.id == CaseLead.flag_id).where(flag_of_item, CaseLead.removed_at.is_(None)))
    unfinished = exists().where(flag_of_item, Flag.state != FlagState.ASSESSED)
    held = exists().where(LegalHold.item_id == Item.id, LegalHold.released_at.is_(None))
    golden = exists(
        select(GoldenItem.id)
        .join(ItemVersion, ItemVersion.id == GoldenItem.item_version_id)
        .where(ItemVersion.item_id == Item.id)
    )
    return {
        "it is evidence of a case: take it out of its case first": leads,
        "it is open work: assess its flag first": unfinished,
        "it is held: release it first": held,
        "it is a golden item, against which every artifact is measured": golden,
    }


def bears_words() -> ColumnElement[bool]:
    """Whether any version of an item still has its words; one whose import was taken back has no newest, and has words."""
    return exists().where(ItemVersion.item_id == Item.id, ItemVersion.erased_at.is_(None))
