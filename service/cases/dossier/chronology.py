"""What happened when, told from the facts of a dossier."""

from collections.abc import Iterator
from datetime import datetime

from models.legal.deadline import local_day
from service.cases.dossier.facts import ChronologyEntry, DossierContent


def tell(content: DossierContent) -> list[ChronologyEntry]:
    """By day; what happened on one day stands in the order of the law: text, sighting, readings, institutions."""
    return sorted(_entries(content), key=lambda entry: entry.day)


def _entries(content: DossierContent) -> Iterator[ChronologyEntry]:
    def entry(moment: datetime, what: str, detail: str, code: str | None = None) -> ChronologyEntry:
        day = local_day(moment, content.subject.region_code)
        return ChronologyEntry(day=day, what=what, code=code, detail=detail)

    if content.event.happened_on:
        yield ChronologyEntry(day=content.event.happened_on, what="peristiwa", code=None, detail=content.event.place)
    for one in content.evidence:
        if one.published_at:
            yield entry(one.published_at, "terbit", f"{one.number}. {one.title}")
        yield entry(one.first_seen_at, "terlihat", f"{one.number}. {one.title}")
    for reading in content.decisions:
        yield entry(reading.at, "penilaian", str(reading.evidence_number), reading.outcome)
    yield entry(content.reporter.opened_at, "perkara_dibuka", "")
    for status in content.statuses:
        yield ChronologyEntry(day=status.on_day, what="keadaan", code=status.status, detail=status.document_number)
    for referral in content.referrals:
        yield ChronologyEntry(day=referral.on_day, what="penerusan", code=None, detail=referral.agency)
    for step in content.follow_ups:
        yield ChronologyEntry(day=step.on_day, what="tindak_lanjut", code=step.stage, detail=step.document_number)
