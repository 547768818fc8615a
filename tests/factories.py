"""Rows for tests, made with as few words as the test needs. People and places are invented."""

import hashlib
import itertools
from datetime import date, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Artifact,
    ArtifactState,
    Flag,
    FlagReason,
    Item,
    ItemKind,
    ItemVersion,
    Prediction,
    Rights,
    Source,
    SourceKind,
    User,
    UserRole,
    now,
)
from models.queue.words import index_flag

PASSWORD = "kata-sandi-uji-123"
_fast_hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_numbers = itertools.count(1)

PARTISAN = "Camat Wanasari mengajak stafnya memilih paslon nomor urut 2. Ajakan itu disampaikan dalam rapat dinas."


def make_source(session: Session, *, slug: str | None = None, **values: Any) -> Source:
    defaults: dict[str, Any] = {"name": "Harian Wanasari", "kind": SourceKind.NEWS, "rights": Rights.FULL_TEXT}
    source = Source(slug=slug or f"sumber-{next(_numbers)}", **(defaults | values))
    session.add(source)
    session.flush()
    return source


def make_item(
    session: Session,
    *,
    text: str = PARTISAN,
    title: str = "Camat Wanasari diklarifikasi",
    source: Source | None = None,
    kind: ItemKind = ItemKind.NEWS,
    region_code: str | None = "33",
    published_at: datetime | None = None,
    first_seen_at: datetime | None = None,
    **version_values: Any,
) -> Item:
    number = next(_numbers)
    url = f"https://contoh.test/{number}"
    item = Item(
        source_id=(source or make_source(session)).id,
        kind=kind,
        url=url,
        item_key=_sha256(url),
        region_code=region_code,
        first_seen_at=first_seen_at or now(),
    )
    session.add(item)
    session.flush()
    version = ItemVersion(
        item_id=item.id,
        number=1,
        title=title,
        text=text,
        text_sha256=_sha256(text),
        published_at=published_at,
        published_zone="WIB" if published_at else "",
        language="id",
        method="uji",
        **version_values,
    )
    session.add(version)
    session.flush()
    item.current_version_id = version.id
    session.flush()
    return item


def make_artifact(session: Session) -> Artifact:
    """The live artifact of the tests; there is one."""
    artifact = session.scalar(select(Artifact).where(Artifact.state == ArtifactState.LIVE))
    if artifact is None:
        artifact = Artifact(name="uji-1", sha256="0" * 64, state=ArtifactState.LIVE, threshold=0.5)
        session.add(artifact)
        session.flush()
    return artifact


def make_flag(session: Session, item: Item | None = None, *, probability: float = 0.9, **values: Any) -> Flag:
    item = item or make_item(session)
    assert item.current_version_id is not None
    prediction = Prediction(
        item_version_id=item.current_version_id,
        artifact_id=make_artifact(session).id,
        probability=probability,
        label="kegiatan_berpihak",
        act="kegiatan_berpihak",
        evidence=[{"start": 0, "end": 56, "weight": 1.5, "words": ["mengajak", "memilih"]}],
    )
    session.add(prediction)
    session.flush()
    defaults: dict[str, Any] = {
        "reason": FlagReason.MODEL,
        "priority": probability,
        "score": probability,
        "source_id": item.source_id,
        "kind": item.kind,
        "act": prediction.act,
        "region_code": item.region_code,
        "discovered_at": item.first_seen_at,
        "due_on": (item.first_seen_at + timedelta(days=7)).date(),
    }
    flag = Flag(item_id=item.id, item_version_id=item.current_version_id, prediction_id=prediction.id, **(defaults | values))
    session.add(flag)
    session.flush()
    version = session.get_one(ItemVersion, flag.item_version_id)
    index_flag(session, flag.id, version.title, version.text)
    return flag


def make_user(
    session: Session, *, username: str | None = None, role: str = "pengawas", region_code: str | None = None, **values: Any
) -> User:
    username = username or f"pengawas{next(_numbers)}"
    user = User(username=username, name=username.title(), password_hash=_fast_hasher.hash(PASSWORD), **values)
    session.add(user)
    session.flush()
    session.add(UserRole(user_id=user.id, role_name=role, region_code=region_code))
    session.flush()
    return user


def day(text: str) -> date:
    return date.fromisoformat(text)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
