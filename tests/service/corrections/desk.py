"""A request as somebody sends it, and the office that answers it."""

import re
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from models import Correction, CorrectionAsk, CorrectionSender, now
from models.correction import ANSWER_WITHIN
from models.settings import Settings
from service.sealing import Keys
from service.tips import spam

WRONG = "Tertulis bahwa saya camat, padahal saya sekretaris kecamatan."


def form_of(settings: Settings, age: int = 60, /, **fields: str) -> dict[str, str]:
    token = spam.new_form(Keys.of(settings), at=now().timestamp() - age)
    filled = {"minta": "perbaiki", "pengirim": "diri_sendiri", "provinsi": "33", "uraian": "Berita rapat di Wanasari"}
    return filled | {"keliru": WRONG, "formulir": token} | fields


def send(visitor: TestClient, settings: Settings, **fields: str) -> str:
    """The code that the sender keeps."""
    answer = visitor.post("/koreksi", data=form_of(settings, **fields))
    assert answer.status_code == 200, answer.text
    found = re.search(r"<strong>([0-9A-Z*~$=-]+)</strong>", answer.text)
    assert found
    return found[1]


def make_correction(session: Session, *, asked: CorrectionAsk = CorrectionAsk.FIX, **values: Any) -> Correction:
    at = now()
    number = f"{at.timestamp():.6f}".replace(".", "").zfill(64)
    defaults: dict[str, Any] = {"region_code": "33", "created_at": at, "due_at": at + ANSWER_WITHIN, "wrong": WRONG}
    defaults |= {"code_sha256": number, "form_sha256": number, "sender": CorrectionSender.SELF}
    correction = Correction(asked=asked, **(defaults | values))
    session.add(correction)
    session.flush()
    return correction
