"""What happens with a request of the public: it gets its code and its clock. What we hold is not looked at."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from models import Correction, CorrectionAnswer, now, record_event
from models.correction import ANSWER_WITHIN
from service.accounts.by import By
from service.corrections import deeds, repository
from service.corrections.words import CorrectionWords
from service.sealing import Keys
from service.tips.codes import new_code, read_code
from service.tips.errors import FormUsed

PUBLIC = "publik"
CODE, CONTACT = "kode-koreksi", "kontak-koreksi"
"""Purposes of keys."""


class CorrectionStatus(StrEnum):
    """What a sender may know."""

    RECEIVED = "diterima"
    CHECKED = "diperiksa"
    """Somebody made sure of who asks, and works on it."""
    GRANTED = "dikabulkan"
    PARTLY = "sebagian"
    REFUSED = "ditolak"
    WITHDRAWN = "ditarik"


STATUS_OF = {
    CorrectionAnswer.GRANTED: CorrectionStatus.GRANTED,
    CorrectionAnswer.PARTLY: CorrectionStatus.PARTLY,
    CorrectionAnswer.REFUSED: CorrectionStatus.REFUSED,
}


@dataclass(frozen=True)
class Received:
    """The code is in nobody's hands but the sender's from here on."""

    correction: Correction
    code: str


def receive(session: Session, keys: Keys, words: CorrectionWords, *, form: str) -> Received:
    """Store a request. It does the same work whether anything is held about its sender or not."""
    if repository.has_form(session, form):
        raise FormUsed
    code, at = new_code(), now()
    correction = Correction(
        code_sha256=keys.digest(CODE, code),
        form_sha256=form,
        asked=words.asked,
        sender=words.sender,
        region_code=words.region_code,
        address=words.address,
        description=words.description,
        wrong=words.wrong,
        contact_sealed=keys.seal(CONTACT, words.contact) if words.contact else None,
        created_at=at,
        due_at=at + ANSWER_WITHIN,
    )
    session.add(correction)
    session.flush()
    detail = {"minta": words.asked.value, "wilayah": words.region_code, "kontak": bool(words.contact)}
    record_event(session, "koreksi.terima", actor=PUBLIC, subject=("correction", correction.id), detail=detail)
    return Received(correction, code)


def find(session: Session, keys: Keys, typed: str) -> Correction | None:
    """The request behind a code; None where there is none."""
    code = read_code(typed)
    return repository.get_by_code(session, keys.digest(CODE, code)) if code else None


def withdraw(session: Session, keys: Keys, typed: str) -> Correction | None:
    """Take a request back, by its code: the contact is deleted at once, and what lay still goes on. An answer stays."""
    correction = find(session, keys, typed)
    if correction is not None and correction.withdrawn_at is None:
        correction.withdrawn_at, correction.contact_sealed = now(), None
        session.flush()
        deeds.lift_restrictions(session, By(PUBLIC), correction)
        record_event(session, "koreksi.tarik", actor=PUBLIC, subject=("correction", correction.id))
    return correction


def status_of(correction: Correction) -> CorrectionStatus:
    if correction.withdrawn_at is not None:
        return CorrectionStatus.WITHDRAWN
    if correction.answer is not None:
        return STATUS_OF[correction.answer]
    return CorrectionStatus.CHECKED if correction.identity_at else CorrectionStatus.RECEIVED
