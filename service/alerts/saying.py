"""What an alert says in words, and where it leads. The sentences name places, counts and outlets, never a person or a text."""

from urllib.parse import urlencode

from models import AlertKind
from service.alerts.repository import AlertRow
from service.language import Language


def say(language: Language, row: AlertRow, *, is_for_mail: bool = False) -> str:
    """One sentence. In a mail a watch-list is a number: its name is its owner's, and may be that of a person."""
    detail = row.alert.detail
    values = {
        "region": row.region.name if row.region else language("peringatan.nasional"),
        "count": language.number(detail.get("count", 0)),
        "usual": language.number(round(detail.get("usual", 0), 1)),
        "act": language.label(detail.get("act")),
        "source": row.source.name if row.source else language("umum.tidak_diketahui"),
        "state": language(f"keadaan.{detail['state']}") if language.has(f"keadaan.{detail.get('state')}") else "",
        "day": detail.get("day", ""),
        "watch": _name_of_watch(language, row, is_for_mail=is_for_mail),
    }
    kind = f"{row.alert.kind}_perbuatan" if row.alert.kind is AlertKind.SPIKE and detail.get("act") else row.alert.kind.value
    return language(f"peringatan.{kind}", **values)


def path_of(row: AlertRow) -> str:
    """The page of ours that shows what it is about."""
    alert, detail = row.alert, row.alert.detail
    match alert.kind:
        case AlertKind.WATCH:
            return f"/penanda/{alert.flag_id}"
        case AlertKind.SILENT:
            return f"/sumber/{row.source.slug}" if row.source else "/sumber"
        case AlertKind.SPIKE:
            return _queue(wilayah=alert.region_code, perbuatan=detail.get("act"))
        case AlertKind.CLUSTER:
            return _queue(klaster=detail.get("cluster"))
        case AlertKind.DEADLINE:
            return _queue(wilayah=alert.region_code, sisa="0-2")
        case AlertKind.EXPIRED:
            return _queue(wilayah=alert.region_code, sisa="lewat")


def _queue(**filters: object) -> str:
    return f"/antrean?{urlencode({'rak': 'semua'} | {name: value for name, value in filters.items() if value})}"


def _name_of_watch(language: Language, row: AlertRow, *, is_for_mail: bool) -> str:
    number = language("peringatan.pantauan_nomor", id=row.alert.watch_id or 0)
    return number if is_for_mail or row.watch is None else row.watch.name
