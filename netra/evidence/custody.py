"""The custody log of a package: who fetched what and when, by which hashes and versions, who looked, who exported and why."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from migrations.revisions import head_revision
from models import AuditEvent, FetchEvent, Item, ItemVersion, Source, TimeStamp, VersionPart
from models.item import PICTURE
from netra.evidence.index import ARCHIVE, Placed

MOST_EVENTS = 10_000
FETCH_WITHIN = timedelta(days=1)
"""The event of a fetch is written with its batch, soon after the answer."""


@dataclass(frozen=True)
class Handover:
    """Who takes evidence out, why, and when."""

    exporter: str
    purpose: str
    at: datetime


def describe_items(session: Session, items: Sequence[Item]) -> list[dict[str, Any]]:
    """Items with their source and all their versions; the words themselves are read from the records."""
    return [_describe_item(session, item) for item in items]


def make_custody(
    session: Session, handover: Handover, items: Sequence[dict[str, Any]], placed: Sequence[Placed], stamps: Sequence[TimeStamp]
) -> dict[str, Any]:
    """The whole log, for machines."""
    by_snapshot = {
        number: item["sumber"]
        for item in items
        for version in item["versi"]
        for number in (version["salinan"], *version["halaman_lain"], *version["gambar"])
    }
    return {
        "ekspor": asdict(handover) | {"at": handover.at.isoformat()},
        "perangkat": {"netra": software_version(), "tabel": head_revision(), "format": "WARC/1.1, WACZ 1.1.1"},
        "konten": list(items),
        "salinan": [_describe_record(session, one, by_snapshot, stamps) for one in placed],
        "jejak": _list_events(session, [item["nomor"] for item in items], [one.snapshot.id for one in placed]),
    }


def software_version() -> str:
    try:
        return version("netra")
    except PackageNotFoundError:
        return "0"


def as_text(custody: Mapping[str, Any]) -> str:
    """The log for people."""
    handover = custody["ekspor"]
    lines = [
        "CATATAN PENGUASAAN BUKTI (chain of custody)",
        "",
        f"Diekspor pada   : {handover['at']}",
        f"Diekspor oleh   : {handover['exporter']}",
        f"Tujuan          : {handover['purpose']}",
        f"Perangkat lunak : netra {custody['perangkat']['netra']}, tabel {custody['perangkat']['tabel']}",
        "",
        "Isi paket adalah dugaan atau indikasi yang masih harus dinilai orang; tidak satu pun adalah putusan.",
    ]
    for item in custody["konten"]:
        lines += ["", f"KONTEN {item['nomor']}: {item['judul']}", f"  Alamat : {item['alamat']}", f"  Sumber : {item['sumber']}"]
        lines += [_say_version(version) for version in item["versi"]]
    for record in custody["salinan"]:
        lines += ["", *_say_record(record)]
    lines += ["", "JEJAK"]
    lines += [f"  {event['waktu']}  {event['pelaku']}  {event['tindakan']}  {event['perihal']}" for event in custody["jejak"]]
    lines += ["", f"Hash SHA-256 setiap berkas paket ini ada di datapackage.json. Rekaman asli: archive/{ARCHIVE}.", ""]
    return "\n".join(lines)


def _describe_item(session: Session, item: Item) -> dict[str, Any]:
    source = session.get_one(Source, item.source_id)
    versions = session.scalars(select(ItemVersion).where(ItemVersion.item_id == item.id).order_by(ItemVersion.number)).all()
    current = next((one for one in versions if one.id == item.current_version_id), None)
    return {
        "nomor": item.id,
        "judul": _one_line(current.title if current else ""),
        "alamat": _one_line(item.url or ""),
        "sumber": source.slug,
        "hak": str(source.rights),
        "pertama_terlihat": item.first_seen_at.isoformat(),
        "versi": [_describe_version(session, one) for one in versions],
    }


def _describe_version(session: Session, one: ItemVersion) -> dict[str, Any]:
    parts = select(VersionPart.snapshot_id).where(VersionPart.version_id == one.id).order_by(VersionPart.number)
    pages, pictures = parts.where(VersionPart.number != PICTURE), parts.where(VersionPart.number == PICTURE)
    return {
        "nomor": one.number,
        "dibaca_pada": one.created_at.isoformat(),
        "dibaca_dengan": one.method,
        "terbit": one.published_at.isoformat() if one.published_at else None,
        "judul": _one_line(one.title),
        "sha256_teks": one.text_sha256,
        "salinan": one.snapshot_id,
        "halaman_lain": list(session.scalars(pages)),
        "gambar": list(session.scalars(pictures)),
    }


def _describe_record(
    session: Session, placed: Placed, sources: Mapping[int | None, str], stamps: Sequence[TimeStamp]
) -> dict[str, Any]:
    snapshot = placed.snapshot
    return {
        "nomor": snapshot.id,
        "alamat": _one_line(placed.url),
        "diambil_pada": snapshot.fetched_at.isoformat(),
        "diambil_oleh": _say_fetcher(session, placed, sources),
        "status_http": snapshot.http_status,
        "jenis": snapshot.content_type,
        "byte": snapshot.byte_count,
        "sha256_isi": snapshot.sha256,
        "sha256_rekaman": snapshot.warc_sha256,
        "sha256_rekaman_dalam_paket": placed.sha256,
        "tempat_asal": f"{snapshot.warc_file}:{snapshot.warc_offset}",
        "tempat_dalam_paket": f"archive/{ARCHIVE}:{placed.offset}+{placed.length}",
        "dihapus_karena_rahasia": list(placed.removed),
        "stempel_waktu": [
            {"waktu": stamp.stamped_at.isoformat(), "otoritas": stamp.authority, "berkas": stamp_path(stamp)}
            for stamp in stamps
            if stamp.snapshot_id == snapshot.id
        ],
    }


def stamp_path(stamp: TimeStamp) -> str:
    return f"custody/stempel-{stamp.snapshot_id}-{stamp.id}.tsr"


def _say_fetcher(session: Session, placed: Placed, sources: Mapping[int | None, str]) -> str:
    """The run that fetched it, or the person who imported it, as far as it was written down."""
    snapshot = placed.snapshot
    source = session.scalar(select(Source).where(Source.slug == sources.get(snapshot.id, "")))
    if source is None:
        return "netra"
    fetched = select(FetchEvent).where(FetchEvent.source_id == source.id, FetchEvent.snapshot_id == snapshot.id)
    window = FetchEvent.at.between(snapshot.fetched_at - FETCH_WITHIN, snapshot.fetched_at + FETCH_WITHIN)
    if event := session.scalar(fetched.where(window).order_by(FetchEvent.id).limit(1)):
        return f"netra, perayapan {event.run_id} ({source.slug})"
    imported = select(AuditEvent).where(AuditEvent.action == "impor", AuditEvent.subject_id == source.id)
    version = session.scalar(select(ItemVersion).where(ItemVersion.snapshot_id == snapshot.id).order_by(ItemVersion.id).limit(1))
    since = version.created_at if version else snapshot.fetched_at
    event = session.scalar(imported.where(AuditEvent.at >= since).order_by(AuditEvent.id).limit(1))
    return f"diimpor oleh {event.actor} ({source.slug})" if event else f"netra ({source.slug})"


def _list_events(session: Session, items: Sequence[int], snapshots: Sequence[int]) -> list[dict[str, Any]]:
    """What the trail says of these items and copies, with the hash by which each event is found in the chain."""
    of_items = (AuditEvent.subject_type == "item") & AuditEvent.subject_id.in_(items)
    of_copies = (AuditEvent.subject_type == "snapshot") & AuditEvent.subject_id.in_(snapshots)
    query = select(AuditEvent).where(or_(of_items, of_copies)).order_by(AuditEvent.id).limit(MOST_EVENTS)
    return [
        {
            "waktu": event.at.isoformat(),
            "pelaku": event.actor,
            "tindakan": event.action,
            "perihal": f"{event.subject_type} {event.subject_id}",
            "hash": event.hash,
        }
        for event in session.scalars(query)
    ]


def _say_version(version: Mapping[str, Any]) -> str:
    said = (
        f"  Versi {version['nomor']}: dibaca {version['dibaca_pada']} dengan {version['dibaca_dengan']}, "
        f"salinan {version['salinan']}, SHA-256 teks {version['sha256_teks']}"
    )
    return said + "".join(f", gambar halaman: salinan {number}" for number in version["gambar"])


def _say_record(record: Mapping[str, Any]) -> list[str]:
    lines = [
        f"SALINAN {record['nomor']}: {record['alamat']}",
        f"  Diambil          : {record['diambil_pada']} oleh {record['diambil_oleh']}",
        f"  Jawaban          : HTTP {record['status_http'] or '-'}, {record['jenis'] or '-'}, {record['byte']} byte",
        f"  SHA-256 isi      : {record['sha256_isi']}",
        f"  SHA-256 rekaman  : {record['sha256_rekaman'] or '-'}",
        f"  Dalam paket      : {record['tempat_dalam_paket']}",
    ]
    if record["dihapus_karena_rahasia"]:
        lines.append(f"  Dihapus (rahasia): {', '.join(record['dihapus_karena_rahasia'])}")
    return lines + [f"  Stempel waktu    : {one['waktu']} oleh {one['otoritas']}" for one in record["stempel_waktu"]]


def _one_line(text: str) -> str:
    """A title is an outlet's: it may hold line breaks, with which it would write lines of its own into the log."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
