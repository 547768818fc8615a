"""What an alert says in words, and where it leads. The sentences name places, counts and outlets, never a person or a text."""

from datetime import date
from urllib.parse import urlencode

from models import AlertKind
from service.alerts.repository import AlertRow
from service.language import Language

USUAL_DAYS = 2
"""Of deadlines whose row does not say it, and of the queue's filter for what is nearly over."""


def say(language: Language, row: AlertRow, *, is_for_mail: bool = False) -> str:
    """One sentence. In a mail a watch-list is a number: its name is its owner's, and may be that of a person."""
    detail = row.alert.detail
    values = {
        "region": _place_of(language, row),
        "count": language.number(detail.get("count", 0)),
        "usual": language.number(round(detail.get("usual", 0), 1)),
        "act": language.label(detail.get("act")),
        "source": row.source.name if row.source else language("umum.tidak_diketahui"),
        "state": language(f"keadaan.{detail['state']}") if language.has(f"keadaan.{detail.get('state')}") else "",
        "day": detail.get("day", ""),
        "days": language.number(detail.get("days", USUAL_DAYS)),
        "until": language.day(date.fromisoformat(detail["until"])) if "until" in detail else "",
        "watch": _name_of_watch(language, row, is_for_mail=is_for_mail),
    }
    return language(f"peringatan.{_sentence_of(row)}", **values)


def _place_of(language: Language, row: AlertRow) -> str:
    if row.region is None:
        return language("peringatan.nasional")
    return language("peringatan.instansi", region=row.region.name) if row.alert.is_of_agency else row.region.name


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
            is_near = detail.get("days", USUAL_DAYS) <= USUAL_DAYS and not detail.get("is_working")
            return _queue(wilayah=alert.region_code, sisa="0-2" if is_near else None)
        case AlertKind.CORRECTION:
            return "/permintaan"
        case AlertKind.EXPIRED:
            return _queue(wilayah=alert.region_code, sisa="lewat")


def _sentence_of(row: AlertRow) -> str:
    kind, detail = row.alert.kind, row.alert.detail
    if kind is AlertKind.SPIKE and detail.get("act"):
        return f"{kind}_perbuatan"
    return f"{kind}_kerja" if kind is AlertKind.DEADLINE and detail.get("is_working") else kind.value


def _queue(**filters: object) -> str:
    return f"/antrean?{urlencode({'rak': 'semua'} | {name: value for name, value in filters.items() if value})}"


def _name_of_watch(language: Language, row: AlertRow, *, is_for_mail: bool) -> str:
    number = language("peringatan.pantauan_nomor", id=row.alert.watch_id or 0)
    return number if is_for_mail or row.watch is None else row.watch.name
