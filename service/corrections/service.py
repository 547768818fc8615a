"""The office: who asks, what is answered, and the contact behind a button. Every step ends with its event."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import Correction, CorrectionAnswer, IdentityCheck, now, record_event
from service.accounts.actor import Actor
from service.accounts.by import By
from service.corrections import deeds, obstacles, repository, targets
from service.corrections.errors import CorrectionAnswered, CorrectionTakenBack, IdentityUnchecked
from service.corrections.grounds import Ground, find_ground, list_grounds
from service.corrections.receiving import CONTACT
from service.corrections.repository import PAGE_SIZE, CorrectionRow, CorrectionShelf, DeedRow
from service.corrections.targets import Target
from service.errors import InvalidInput, NotFound
from service.sealing import Keys
from service.tips.words import clean

LONGEST_REPLY = 2000
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class CorrectionList:
    rows: list[CorrectionRow]
    next_after: int | None


@dataclass(frozen=True)
class CorrectionPage:
    row: CorrectionRow
    deeds: list[DeedRow]
    grounds: list[Ground]
    by_address: list[Target] = field(default_factory=list[Target])
    by_words: list[Target] = field(default_factory=list[Target])

    @property
    def targets(self) -> list[Target]:
        """All that was found, each once."""
        return list({target.key: target for target in (*self.by_address, *self.by_words)}.values())


@dataclass(frozen=True)
class Answer:
    answer: CorrectionAnswer
    ground: str
    reply: str


def read_list(session: Session, actor: Actor, shelf: CorrectionShelf, after: int | None) -> CorrectionList:
    rows = repository.list_corrections(session, actor, shelf, after)
    page = rows[:PAGE_SIZE]
    return CorrectionList(page, page[-1].correction.id if len(rows) > len(page) else None)


def read_page(session: Session, actor: Actor, correction_id: int, search: str = "") -> CorrectionPage:
    row = repository.get_row(session, actor, correction_id)
    if row is None:
        raise NotFound
    correction = row.correction
    return CorrectionPage(
        row,
        repository.list_deeds(session, correction_id),
        list_grounds(correction.asked),
        targets.find_by_address(session, actor, correction.address),
        targets.find_by_words(session, actor, search) if search else [],
    )


def get(session: Session, actor: Actor, correction_id: int) -> Correction:
    """A request that the person may answer, locked."""
    correction = repository.get_correction(session, actor, correction_id)
    if correction is None:
        raise NotFound
    return correction


def get_standing(session: Session, actor: Actor, correction_id: int) -> Correction:
    """One about which something may still be done, answered or not."""
    correction = get(session, actor, correction_id)
    if correction.withdrawn_at is not None:
        raise CorrectionTakenBack
    return correction


def check_identity(session: Session, actor: Actor, correction_id: int, how: IdentityCheck) -> Correction:
    """Say how somebody made sure of who asks. Asked again, the newest holds."""
    correction = _get_open(session, actor, correction_id)
    correction.identity, correction.identity_at, correction.identity_by_id = how, now(), actor.id
    session.flush()
    _record(session, actor, "koreksi.identitas", correction, {"cara": how.value})
    return correction


def answer(session: Session, actor: Actor, correction_id: int, given: Answer) -> Correction:
    """Decide on a request. What lies still for it goes on, unless that is what was granted."""
    correction = _get_open(session, actor, correction_id)
    reply = clean(given.reply)
    _check(correction, given, reply)
    is_kept = obstacles.keeps_restrictions(correction.asked, given.answer)
    lifted = [] if is_kept else deeds.lift_restrictions(session, By.of(actor), correction, by_answer=True)
    correction.answer, correction.reply = given.answer, reply
    correction.ground = "" if given.answer is CorrectionAnswer.GRANTED else given.ground
    at = now()
    correction.answered_at, correction.answered_by_id = at, actor.id
    session.flush()
    took = (at - correction.created_at) / HOUR
    detail = {"jawaban": given.answer.value, "dasar": correction.ground or None, "jam": round(took, 1)}
    detail |= {"tepat": at <= correction.due_at} | ({"pembatasan_berakhir": lifted} if lifted else {})
    _record(session, actor, "koreksi.jawab", correction, detail)
    return correction


def undo_answer(session: Session, actor: Actor, correction_id: int) -> list[int]:
    """Take an answer back: the request is open again, under the clock that it always had, and what went on with the answer
    lies still again. Returns the deeds of restriction of which that could not be."""
    correction = get(session, actor, correction_id)
    if correction.answered_at is None:
        raise CorrectionAnswered
    before = correction.answer
    correction.answer, correction.ground, correction.reply = None, "", ""
    correction.answered_at, correction.answered_by_id = None, None
    session.flush()
    begun, left = deeds.begin_again(session, actor, correction) if correction.withdrawn_at is None else ([], [])
    detail = {"jawaban": before.value if before else None}
    detail |= {"pembatasan": begun, "pembatasan_berakhir": left} if begun or left else {}
    _record(session, actor, "koreksi.batal_jawab", correction, detail)
    return left


def read_contact(session: Session, actor: Actor, keys: Keys, correction_id: int) -> tuple[Correction, str | None]:
    """The contact in clear, and who read it in the trail. None where it was sealed with another key."""
    correction = get(session, actor, correction_id)
    if correction.contact_sealed is None:
        raise NotFound
    contact = keys.unseal(CONTACT, correction.contact_sealed)
    _record(session, actor, "koreksi.kontak", correction)
    return correction, contact


def hours_left(correction: Correction) -> int:
    """To the end of the 3 x 24 hours, rounded down; negative when they are over."""
    return (correction.due_at - now()) // HOUR


def ground_names(corrections: Sequence[Correction]) -> dict[str, Ground]:
    found = {correction.ground: find_ground(correction.ground) for correction in corrections if correction.ground}
    return {slug: ground for slug, ground in found.items() if ground}


def _get_open(session: Session, actor: Actor, correction_id: int) -> Correction:
    correction = get_standing(session, actor, correction_id)
    if correction.answered_at is not None:
        raise CorrectionAnswered
    return correction


def _check(correction: Correction, given: Answer, reply: str) -> None:
    if not 0 < len(reply) <= LONGEST_REPLY:
        raise InvalidInput("koreksi_balasan")
    if given.answer not in obstacles.list_answers(correction):
        raise IdentityUnchecked
    if given.answer is not CorrectionAnswer.GRANTED and given.ground not in {
        ground.slug for ground in list_grounds(correction.asked)
    }:
        raise InvalidInput("koreksi_dasar")


def _record(session: Session, actor: Actor, action: str, correction: Correction, detail: dict[str, Any] | None = None) -> None:
    """A machine's token is named in it."""
    said = (detail or {}) | ({"token": actor.token} if actor.token else {})
    subject = ("correction", correction.id)
    record_event(session, action, actor=actor.username, actor_id=actor.id, subject=subject, detail=said)
