"""The queue as it is filtered on the screen, in its order."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models import Flag, FlagReason, FlagState, ItemKind, Permission, Rights, Source, now
from service.accounts.actor import Actor
from service.api.answers import allowed
from service.exports.queue_rows import FlagRow, conditions_of, order_of, read_rows
from service.exports.tables import MOST_ROWS, Column, ExportTable, Preview, Reach, Value, in_batches, local, zone_of
from service.items.privacy import mask_address
from service.items.service import clean_for
from service.review.filters import QueueFilter

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
        conditions = conditions_of(session, actor, QueueFilter.parse(query))
        found = select(Flag.source_id).where(*conditions).limit(MOST_ROWS + 1).subquery()
        counts = [func.count(case((Source.rights == rights, 1))) for rights in Rights]  # GROUP BY would sort all rows in memory.
        counted = session.execute(select(*counts).select_from(found).join(Source, Source.id == found.c.source_id)).one()
        by_rights = {rights: count for rights, count in zip(Rights, counted, strict=True) if count}
        return Preview(sum(by_rights.values()), by_rights)

    def rows(self, session: Session, reach: Reach, query: str) -> Iterator[Sequence[Value]]:
        """The order first, as ids alone, then the rows in batches: the sort holds eight bytes a row, whatever the texts weigh."""
        with session.scalars(order_of(session, reach.actor, QueueFilter.parse(query))) as found_ids:
            ids = array("q", found_ids)
        places = _Places(reach, now())
        for batch in in_batches(ids):
            yield from (_say(row, places[row.region_code]) for row in read_rows(session, batch))


@dataclass(frozen=True)
class _Place:
    """What holds for every row of a region while a file is made."""

    region: str | None
    at: datetime
    today: date
    is_open: bool


class _Places(dict[str | None, _Place]):
    """By code, each made when its first row comes."""

    def __init__(self, reach: Reach, at: datetime) -> None:
        super().__init__()
        self._reach, self._at = reach, at

    def __missing__(self, region: str | None) -> _Place:
        today = self._at.astimezone(zone_of(region)).date()
        return self.setdefault(region, _Place(region, self._at, today, self._reach.opens(region)))


def _say(row: FlagRow, place: _Place) -> tuple[Value, ...]:
    kind, region = ItemKind(row.kind), place.region
    clean = str if place.is_open else clean_for(kind, row.method)
    hides = row.reason == FlagReason.AUDIT and row.state != FlagState.ASSESSED
    is_held = row.held_until is not None and row.held_until > place.at
    return (
        row.id,
        row.item_id,
        clean(row.title),
        allowed(clean(row.text), Rights(row.rights)),
        row.rights,
        row.source,
        row.source_name,
        row.kind,
        row.url if place.is_open or kind is not ItemKind.POST else mask_address(row.url),
        region,
        row.region,
        local(row.published_at, region),
        local(row.first_seen_at, region),
        row.due_on,
        (row.due_on - place.today).days,
        row.state,
        row.reason,
        None if hides else row.probability,
        None if hides else row.act,
        row.office,
        row.phase,
        row.severity,
        row.cluster_id,
        row.cluster_size or 1,
        row.holder if is_held else None,
        local(row.held_until, region) if is_held else None,
        local(row.gone_at, region),
        row.version,
        row.sha256,
        clean(row.correction or "") or None,
    )
