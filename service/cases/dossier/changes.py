"""What is different from the dossier before: each part of the masked content by its hash, so that no name can be guessed."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from models.base import canonical_json
from service.cases.dossier.facts import ChangedPart, DossierContent, Since
from service.cases.handed_out import last_content

PARTS: Mapping[str, str] = {
    "title": "judul",
    "reporter": "pelapor",
    "subject": "terlapor",
    "event": "peristiwa",
    "law": "dasar_hukum",
    "clocks": "tenggat",
    "requirements": "syarat",
    "evidence": "bukti",
    "decisions": "penilaian",
    "statuses": "keadaan",
    "referrals": "penerusan",
    "follow_ups": "tindak_lanjut",
    "corrections": "koreksi",
    "custody": "rantai",
}
"""Field of the content → its section (`berkas.bagian.…`). The chronology is told from the others."""


def parts_of(masked: DossierContent) -> dict[str, list[Any]]:
    """Section → the beginning of its hash and how many entries it has, for the trail."""
    content = masked.model_dump(mode="json")
    return {section: [_hash(content[name]), _count(content[name])] for name, section in PARTS.items()}


def since_last(session: Session, masked: DossierContent) -> Since | None:
    """Against the newest dossier of this case; None for the first one."""
    last = last_content(session, masked.case_id)
    if last is None:
        return None
    before, parts = last.detail["bagian"], parts_of(masked)
    changed = [
        ChangedPart(section=section, before=_entries(before.get(section)), now=_entries(part))
        for section, part in parts.items()
        if before.get(section) != part and not (section not in before and part[1] == 0)
    ]
    return Since(at=last.at, sha256=str(last.detail.get("sha256", "")), changed=changed)


def _hash(part: Any) -> str:
    return hashlib.sha256(canonical_json(part).encode()).hexdigest()[:16]


def _count(part: Any) -> int | None:
    return len(part) if isinstance(part, list) else None


def _entries(part: Sequence[Any] | None) -> int | None:
    return part[1] if part else None
