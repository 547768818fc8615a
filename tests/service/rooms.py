"""One of everything that the rooms of the service show, said with a text of the test's own, past every check of a form."""

import hashlib
import itertools
from datetime import timedelta

from sqlalchemy.orm import Session

from models import (
    Alert,
    AlertKind,
    Assessment,
    Case,
    CaseLead,
    Correction,
    CorrectionAsk,
    CorrectionDeed,
    CorrectionDeedKind,
    CorrectionSender,
    Flag,
    FlagReason,
    FlagState,
    Outcome,
    SavedSearch,
    Snapshot,
    Tip,
    User,
    Watch,
    now,
    record_event,
)
from models.evidence.store import EvidenceWriter, Fetched
from models.settings import Settings
from tests.factories import make_flag, make_item, make_source, make_user

_numbers = itertools.count(1)


def fill_rooms(session: Session, settings: Settings, owner: User, text: str) -> int:
    """Returns the flag that all of it is about."""
    number = next(_numbers)
    source = make_source(session, name=text[:200])
    copy = store_copy(session, settings, text)
    item = make_item(session, source=source, title=text, text=text, author=text[:300], snapshot_id=copy.id, region_code="33.24")
    flag = make_flag(session, item, state=FlagState.ASSESSED, assessed_at=now(), office="camat")
    reader = make_user(session)
    reader.name = text[:200]
    note = {"item_version_id": flag.item_version_id, "outcome": Outcome.NEEDS_EVIDENCE, "note": text}
    session.add(Assessment(flag_id=flag.id, user_id=reader.id, **note))
    held = make_flag(session, make_item(session, source=source, title=text, region_code="33.24"), reason=FlagReason.TIP)
    held.holder_id, held.held_until, held.hold_reason = reader.id, now() + timedelta(days=1), text[:500]
    _add_case(session, owner, flag.id, text)
    _add_tip(session, held.item_id, held.id, text, number)
    _add_correction(session, owner, flag, text, number)
    session.add(SavedSearch(user_id=owner.id, name=f"{text[:70]} {number}", query="wilayah=33"))
    watch = Watch(user_id=owner.id, name=text[:80], words=text[:200], is_shared=True)
    session.add(watch)
    session.flush()
    session.add(Alert(kind=AlertKind.WATCH, key=f"uji-{number}", region_code="33.24", watch_id=watch.id, flag_id=flag.id))
    record_event(session, "uji", actor=text[:80], subject=("flag", flag.id), detail={"catatan": text, text[:40]: [text]})
    return flag.id


def store_copy(session: Session, settings: Settings, text: str) -> Snapshot:
    """A page as its outlet sent it, with the text in its body and in its attributes."""
    page = f'<html><title>{text}</title><body onload="{text}"><p title="{text}">{text}</p></body></html>'
    with EvidenceWriter(settings.evidence_dir) as writer:
        copy = writer.append(Fetched("https://contoh.test/a", page.encode(errors="replace"), "text/html", 200))
    session.add(copy)
    session.flush()
    return copy


def _add_case(session: Session, owner: User, flag_id: int, text: str) -> None:
    short = text[:200]
    said = {"office": short, "agency": short, "subject_name": short, "subject_number": text[:40], "place": short}
    case = Case(
        title=short,
        region_code="33.24",
        agency_key=short.lower(),
        description=text,
        discovered_at=now(),
        opened_by_id=owner.id,
        **said,
    )
    session.add(case)
    session.flush()
    session.add(CaseLead(case_id=case.id, flag_id=flag_id, added_by_id=owner.id))


def _add_correction(session: Session, owner: User, flag: Flag, text: str, number: int) -> None:
    code, at = hashlib.sha256(f"koreksi {number}".encode()).hexdigest(), now()
    said = {"address": text, "description": text, "wrong": text, "reply": text, "contact_sealed": "uji"}
    about = {"asked": CorrectionAsk.FIX, "sender": CorrectionSender.SELF, "region_code": "33.24"}
    clock = {"created_at": at, "due_at": at + timedelta(hours=72)}
    correction = Correction(code_sha256=code, form_sha256=code, **said, **about, **clock)
    session.add(correction)
    session.flush()
    note = {"kind": CorrectionDeedKind.NOTE, "note": text[:1000], "done_by_id": owner.id}
    session.add(CorrectionDeed(correction_id=correction.id, item_id=flag.item_id, flag_id=flag.id, **note))


def _add_tip(session: Session, item_id: int, flag_id: int, text: str, number: int) -> None:
    day, code = now().date(), hashlib.sha256(str(number).encode()).hexdigest()
    about = {"item_id": item_id, "flag_id": flag_id, "region_code": "33.24", "happened_on": day, "known_on": day}
    session.add(Tip(code_sha256=code, text=text, link=text, office=text[:200], agency=text[:200], **about))
    session.flush()
