"""The public form as somebody fills it in."""

import re
from datetime import timedelta

from fastapi.testclient import TestClient

from models import now
from models.settings import Settings
from service.sealing import Keys
from service.tips import spam

TEXT = "Kepala dinas di Wanasari membagikan kaus calon kepada staf dalam rapat."


def form_of(settings: Settings, *, age: int = 60, **fields: str) -> dict[str, str]:
    day = (now() - timedelta(days=1)).date().isoformat()
    token = spam.new_form(Keys.of(settings), at=now().timestamp() - age)
    filled = {"provinsi": "33", "wilayah": "33.24", "teks": TEXT, "terjadi": day, "diketahui": day, "formulir": token}
    return filled | fields


def send(visitor: TestClient, settings: Settings, **fields: str) -> str:
    answer = visitor.post("/lapor", data=form_of(settings, **fields))
    assert answer.status_code == 200, answer.text
    found = re.search(r"<strong>([0-9A-Z*~$=-]+)</strong>", answer.text)
    assert found
    return found[1]
