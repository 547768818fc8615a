"""From rows to what the API says."""

from typing import Any

from sqlalchemy.orm import Session

from models import Assessment, Flag, Item, Permission, Rights
from models.base import now
from models.legal.deadline import local_day
from models.queue.priority import Weights, shown_priority
from service.accounts.actor import Actor
from service.api import schemas
from service.audit.service import Trail
from service.items import repository as items
from service.items.basis import Basis
from service.items.service import clean_for, shown_address
from service.pages import title_of
from service.review.lines import Line
from service.review.repository import AssessmentRow, QueueRow

OF_THE_FLAG = ("id", "item_id", "state", "reason", "region_code", "due_on", "office", "phase", "cluster_id", "severity")
EXCERPT = 600
"""Characters of a text that leave by the API where its publisher allows an excerpt."""


def say_me(actor: Actor) -> schemas.Me:
    areas = {permission: actor.areas(permission) for permission in Permission if actor.may(permission)}
    permissions = {permission.value: None if codes is None else sorted(map(str, codes)) for permission, codes in areas.items()}
    return schemas.Me(id=actor.id, username=actor.username, name=actor.name, permissions=permissions)


def say_line(line: Line, weights: Weights) -> schemas.FlagSummary:
    named = {"title": title_of(line, line), "source": line.source_slug, "kind": line.flag_kind, "cluster_size": line.cluster_size}
    found = {"probability": line.probability, "label": line.label, "act": line.act}
    return schemas.FlagSummary(**named, **found, **_say_standing(line, line.holder_username, weights))


def _say_row(row: QueueRow, weights: Weights) -> dict[str, Any]:
    """The same of one flag that was read with all that belongs to it."""
    flag, prediction = row.flag, row.prediction
    return {
        "title": title_of(row.item, row.version),
        "source": row.source.slug,
        "kind": flag.kind,
        "cluster_size": row.cluster_size,
        "probability": prediction.probability if prediction else None,
        "label": prediction.label if prediction else None,
        "act": prediction.act if prediction else None,
        **_say_standing(flag, row.holder.username if row.holder else None, weights),
    }


def _say_standing(flag: Flag | Line, holder: str | None, weights: Weights) -> dict[str, Any]:
    """What a flag says by itself, and whose it is at this moment."""
    at = now()
    today, is_held = local_day(at, flag.region_code), flag.held_until is not None and flag.held_until > at
    said: dict[str, Any] = {name: getattr(flag, name) for name in OF_THE_FLAG}
    return said | {
        "priority": shown_priority(flag.priority, weights, today) if flag.severity else flag.priority,
        "days_left": (flag.due_on - today).days,
        "holder": holder if is_held else None,
        "held_until": flag.held_until if is_held else None,
        "hold_reason": flag.hold_reason if is_held else None,
    }


def allowed(text: str, rights: Rights) -> str:
    """As much of a text as its publisher lets leave this house. The pages show all of it: they are read, not exported."""
    return text if rights is Rights.FULL_TEXT or len(text) <= EXCERPT else f"{text[:EXCERPT].rstrip()} …"


def say_flag(basis: Basis, weights: Weights) -> schemas.FlagDetail:
    row, law = basis.row, basis.law
    more = {
        "phase": law.phase.name if law.phase else None,
        "text": allowed(basis.text, row.source.rights),
        "published_at": row.version.published_at,
        "first_seen_at": row.item.first_seen_at,
        "gone_at": row.gone_at,
        "reasons": [schemas.EvidenceSpan.model_validate(reason, from_attributes=True) for reason in basis.reasons],
        "artifact": basis.artifact.name if basis.artifact else None,
        "election": law.election.slug if law.election else None,
        "violations": [schemas.Violation.model_validate(v, from_attributes=True) for v in law.violations.values()],
        "assessments": [_say_assessment(row) for row in basis.assessments],
        "hides_first": basis.hides_first,
    }
    return schemas.FlagDetail.model_validate({**_say_row(row, weights), **more})


def say_assessment(assessment: Assessment, *, user: str, violation: str | None) -> schemas.AssessmentAnswer:
    fields = {name: getattr(assessment, name, None) for name in schemas.AssessmentAnswer.model_fields}
    return schemas.AssessmentAnswer.model_validate(fields | {"user": user, "violation": violation})


def say_item(session: Session, actor: Actor, item: Item) -> schemas.ItemAnswer:
    source = items.get_source(session, item)
    versions = []
    for version in items.list_versions(session, item.id):
        clean, rights = clean_for(item.kind, version.method), items.source_of(session, version, source).rights
        snapshot = items.get_snapshot_of(session, version)
        versions.append(
            schemas.VersionAnswer(
                number=version.number,
                title=clean(version.title),
                text=allowed(clean(version.text), rights),
                author=clean(version.author),
                published_at=version.published_at,
                snapshot_id=version.snapshot_id,
                snapshot_sha256=snapshot.sha256 if snapshot else None,
                created_at=version.created_at,
            )
        )
    return schemas.ItemAnswer(
        id=item.id,
        kind=item.kind,
        url=shown_address(item),
        source=source.slug,
        region_code=item.region_code,
        first_seen_at=item.first_seen_at,
        versions=versions,
        gone_at=items.get_gone_at(session, item.id),
        picture_snapshot_id=picture.id if (picture := items.get_picture(session, item.id)) else None,
        flag_ids=items.list_flag_ids(session, actor, item.id),
        cluster_item_ids=[mate.item.id for mate in items.list_mates(session, actor, item.id)],
    )


def say_trail(trail: Trail) -> schemas.EventList:
    events = []
    for row in trail.rows:
        fields = {name: getattr(row.event, name) for name in schemas.EventAnswer.model_fields}
        events.append(schemas.EventAnswer.model_validate(fields | ({"actor": None, "detail": None} if row.is_hidden else {})))
    return schemas.EventList(events=events, next=trail.next_before)


def _say_assessment(row: AssessmentRow) -> schemas.AssessmentAnswer:
    code = row.violation.code if row.violation else None
    return say_assessment(row.assessment, user=row.author.username, violation=code)
