"""The queue as it is filtered on the screen, in its order."""

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, aliased

from models import (
    ClusterMember,
    Flag,
    FlagReason,
    FlagState,
    Item,
    ItemKind,
    ItemVersion,
    Permission,
    PostRecord,
    Prediction,
    Region,
    Rights,
    Snapshot,
    Source,
    User,
    now,
)
from models.legal.deadline import local_day
from models.queue.placing import current_generation
from service.accounts.actor import Actor
from service.api.answers import EXCERPT, allowed
from service.corrections.notes import note_of_item
from service.exports.tables import MOST_ROWS, Column, ExportTable, Preview, Reach, Value, in_batches, local
from service.items.privacy import mask_address
from service.items.service import clean_for
from service.review.conditions import narrowed, on_shelf
from service.review.filters import QueueFilter, Shelf
from service.review.repository import visible

COLUMNS = (
    Column("penanda", "Id of the flag."),
    Column("konten", "Id of the item."),
    Column("judul", "Title of the text; of posts mostly empty."),
    Column("teks", "Text as stored: all of it where `hak` is `full_text`, else its first 600 characters."),
    Column("hak", "What the publisher lets go out: `metadata_only`, `excerpt`, `full_text`."),
    Column("sumber", "Slug of the source."),
    Column("sumber_nama", "Name of the source."),
    Column("jenis", "`news`, `post`, `headline`."),
    Column("alamat", "Address of the text; of a post only its platform, while handles are masked."),
    Column("wilayah", "Kemendagri code of the region."),
    Column("wilayah_nama", "Name of the region."),
    Column("terbit", "Published at, ISO 8601 in the region's zone."),
    Column("ditemukan", "First seen at: the legal clock starts here."),
    Column("tenggat", "Last day of the legal clock."),
    Column("sisa_hari", "Days left on the day of the export; negative when it has run out."),
    Column("keadaan", "`terbuka`, `menunggu_penilai_kedua`, `beda_pendapat`, `dinilai`, `dibatasi`."),
    Column("sebab", "Why it is before people: `model`, `aturan`, `informasi_masyarakat`, `sampel_audit`, `keberatan`."),
    Column("peluang", "Probability of the prediction, 0 to 1; empty of an audit sample that nobody has assessed."),
    Column("perbuatan", "Act or look-alike that the prediction names; empty like `peluang`."),
    Column("jabatan", "Kind of office that is named near the evidence."),
    Column("tahapan", "Stage of the election on the day of the text."),
    Column("tingkat", "Heaviest sanction of the act on that day."),
    Column("klaster", "Id of the cluster of the same story."),
    Column("klaster_jumlah", "Items of that cluster."),
    Column("pemegang", "Username of who holds it now."),
    Column("ditahan_sampai", "Until when."),
    Column("hilang", "When the post was found gone from its platform."),
    Column("versi", "Number of the version of the text."),
    Column("salinan_sha256", "SHA-256 of the stored copy."),
    Column("koreksi", "Newest note of correction, on request of the person concerned."),
)


class QueueTable(ExportTable):
    slug = "antrean"
    permission = Permission.READ_QUEUE
    page = "/antrean"
    columns = COLUMNS

    def preview(self, session: Session, actor: Actor, query: str) -> Preview:
        conditions = _conditions(session, actor, QueueFilter.parse(query))
        found = select(Flag.source_id).where(*conditions).limit(MOST_ROWS + 1).subquery()
        counts = [func.count(case((Source.rights == rights, 1))) for rights in Rights]  # GROUP BY would sort all rows in memory.
        counted = session.execute(select(*counts).select_from(found).join(Source, Source.id == found.c.source_id)).one()
        by_rights = {rights: count for rights, count in zip(Rights, counted, strict=True) if count}
        return Preview(sum(by_rights.values()), by_rights)

    def rows(self, session: Session, reach: Reach, query: str) -> Iterator[Sequence[Value]]:
        """The order first, as ids alone, then the rows in batches: the sort holds eight bytes a row, whatever the texts weigh."""
        with session.scalars(_order(session, reach.actor, QueueFilter.parse(query))) as found_ids:
            ids = array("q", found_ids)
        for batch in in_batches(ids):
            found = {row.penanda: row for row in session.execute(_rows().where(Flag.id.in_(batch)))}
            yield from (_say(found[flag_id], reach) for flag_id in batch if flag_id in found)


def _conditions(session: Session, actor: Actor, filters: QueueFilter) -> list[ColumnElement[bool]]:
    return [on_shelf(filters.shelf, actor.id), visible(actor), *narrowed(session, filters)]


def _order(session: Session, actor: Actor, filters: QueueFilter) -> Select[int]:
    """As `list_queue` orders its pages."""
    query = select(Flag.id).where(*_conditions(session, actor, filters)).limit(MOST_ROWS).execution_options(yield_per=10_000)
    if filters.shelf is Shelf.ASSESSED:
        return query.order_by(Flag.id.desc())
    generation = current_generation(session)
    moved = case((Flag.placed_in > generation, func.coalesce(Flag.priority_before, Flag.priority)), else_=Flag.priority)
    return query.order_by(moved.desc(), Flag.id)


def _rows() -> Select[*tuple[Any, ...]]:
    mates = aliased(ClusterMember)
    size = select(func.count()).select_from(mates).where(mates.cluster_id == Flag.cluster_id).correlate(Flag)
    text = case((Source.rights == Rights.FULL_TEXT, ItemVersion.text), else_=func.substr(ItemVersion.text, 1, EXCERPT + 1))
    return (
        select(
            Flag.id.label("penanda"),
            Flag.item_id,
            ItemVersion.title,
            text.label("text"),
            Source.rights,
            Source.slug,
            Source.name.label("source"),
            Item.kind,
            Item.url,
            Flag.region_code,
            Region.name.label("region"),
            ItemVersion.published_at,
            Item.first_seen_at,
            Flag.due_on,
            Flag.state,
            Flag.reason,
            Prediction.probability,
            func.coalesce(Prediction.act, Prediction.label).label("act"),
            Flag.office,
            Flag.phase,
            Flag.severity,
            Flag.cluster_id,
            size.scalar_subquery().label("cluster_size"),
            User.username,
            Flag.held_until,
            PostRecord.gone_at,
            ItemVersion.number,
            Snapshot.sha256,
            note_of_item().label("correction"),
        )
        .join(Item, Item.id == Flag.item_id)
        .join(ItemVersion, ItemVersion.id == Flag.item_version_id)
        .join(Source, Source.id == Item.source_id)
        .outerjoin(Prediction, Prediction.id == Flag.prediction_id)
        .outerjoin(Region, Region.code == Flag.region_code)
        .outerjoin(User, User.id == Flag.holder_id)
        .outerjoin(PostRecord, PostRecord.item_id == Item.id)
        .outerjoin(Snapshot, Snapshot.id == ItemVersion.snapshot_id)
    )


def _say(row: Any, reach: Reach) -> tuple[Value, ...]:
    region: str | None = row.region_code
    is_open = reach.opens(region)
    clean = str if is_open else clean_for(row.kind)
    hides = row.reason is FlagReason.AUDIT and row.state is not FlagState.ASSESSED
    is_held = row.held_until is not None and row.held_until > now()
    return (
        row.penanda,
        row.item_id,
        clean(row.title),
        allowed(clean(row.text), row.rights),
        row.rights.value,
        row.slug,
        row.source,
        row.kind.value,
        row.url if is_open or row.kind is not ItemKind.POST else mask_address(row.url),
        region,
        row.region,
        local(row.published_at, region),
        local(row.first_seen_at, region),
        row.due_on,
        (row.due_on - local_day(now(), region)).days,
        row.state.value,
        row.reason.value,
        None if hides else row.probability,
        None if hides else row.act,
        row.office,
        row.phase,
        row.severity,
        row.cluster_id,
        row.cluster_size or 1,
        row.username if is_held else None,
        local(row.held_until, region) if is_held else None,
        local(row.gone_at, region),
        row.number,
        row.sha256,
        clean(row.correction or "") or None,
    )
