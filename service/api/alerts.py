"""JSON for alerts: read them, keep watch-lists, choose a digest, tell other programs."""

from typing import Annotated

from fastapi import Query, Response

from service.alerts import repository, service, subscriptions, watching, webhooks
from service.alerts.repository import AlertRow
from service.alerts.saying import path_of, say
from service.alerts.watching import NewWatch
from service.api.alert_schemas import (
    AlertAnswer,
    AlertList,
    DeliveryAnswer,
    Made,
    MarkedAnswer,
    QueuedAnswer,
    ReadAll,
    SubscriptionAnswer,
    SubscriptionBody,
    WatchAnswer,
    WatchBody,
    WatchList,
    WebhookAnswer,
    WebhookBody,
    WebhookList,
    WebhookMade,
)
from service.api.parameters import LARGEST_ID, Id
from service.api.problems import CONFLICT, MISSING
from service.api.routes import make_router
from service.dependencies import AlertReader, AppSettings, HouseKeys, QueueManager, QueueReader, Reading, Writing
from service.language import Language

router = make_router()


@router.get("/alerts", tags=["alerts"])
def list_alerts(
    session: Reading,
    actor: AlertReader,
    unread: Annotated[bool, Query(description="Only what you have not read, of the last 30 days.")] = False,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="Only alerts older than this id.")] = None,
) -> AlertList:
    """Your alerts and those of your area, the newest first."""
    page = service.read_page(session, actor, unread_only=unread, before=before)
    count = repository.count_unread(session, actor)
    return AlertList(alerts=[_say_alert(row) for row in page.rows], unread=count, next=page.next_before)


@router.post("/alerts/read", tags=["alerts"])
def read_all_alerts(session: Writing, actor: AlertReader, body: ReadAll) -> MarkedAnswer:
    """Mark what you have seen as read, 500 at most."""
    return MarkedAnswer(marked=service.mark_all_read(session, actor, up_to=body.up_to))


@router.post("/alerts/{alert_id}/read", tags=["alerts"], responses=MISSING)
def read_alert(session: Writing, actor: AlertReader, alert_id: Id) -> Made:
    service.mark_read(session, actor, alert_id)
    return Made(id=alert_id)


@router.post("/alerts/{alert_id}/unread", tags=["alerts"], responses=MISSING)
def unread_alert(session: Writing, actor: AlertReader, alert_id: Id) -> Made:
    service.mark_unread(session, actor, alert_id)
    return Made(id=alert_id)


@router.get("/watches", tags=["alerts"])
def list_watches(session: Reading, actor: QueueReader) -> WatchList:
    """Your watch-lists, and the shared ones of your area."""
    names = set(WatchAnswer.model_fields) - {"source", "is_own"}
    answers = [
        WatchAnswer(
            **{name: getattr(row.watch, name) for name in names},
            source=row.source.slug if row.source else None,
            is_own=row.watch.user_id == actor.id,
        )
        for row in watching.list_watches(session, actor)
    ]
    return WatchList(watches=answers)


@router.post("/watches", tags=["alerts"])
def add_watch(session: Writing, actor: QueueReader, body: WatchBody) -> Made:
    """Be told of new flags that fit everything that is given."""
    return Made(id=watching.add_watch(session, actor, NewWatch(**body.model_dump())).id)


@router.delete("/watches/{watch_id}", tags=["alerts"], status_code=204, responses=MISSING)
def end_watch(session: Writing, actor: QueueReader, watch_id: Id) -> None:
    watching.end_watch(session, actor, watch_id)


@router.get("/alerts/subscription", tags=["alerts"])
def get_subscription(session: Reading, actor: AlertReader) -> SubscriptionAnswer:
    stored = subscriptions.get_subscription(session, actor)
    return SubscriptionAnswer.model_validate(stored, from_attributes=True)


@router.put("/alerts/subscription", tags=["alerts"])
def subscribe(session: Writing, actor: AlertReader, body: SubscriptionBody) -> SubscriptionAnswer:
    """Choose where your digest goes, and how often."""
    stored = subscriptions.subscribe(session, actor, body.email, body.cadence)
    return SubscriptionAnswer.model_validate(stored, from_attributes=True)


@router.get("/webhooks", tags=["alerts"])
def list_webhooks(session: Reading, actor: QueueManager) -> WebhookList:
    """Your webhooks, with their last deliveries."""
    answers = [
        WebhookAnswer(
            id=row.webhook.id,
            name=row.webhook.name,
            url=row.webhook.url,
            waiting=row.waiting,
            dead=row.dead,
            deliveries=[DeliveryAnswer.model_validate(one, from_attributes=True) for one in row.deliveries],
        )
        for row in webhooks.list_webhooks(session, actor)
    ]
    return WebhookList(webhooks=answers)


@router.post("/webhooks", tags=["alerts"])
def add_webhook(
    session: Writing, settings: AppSettings, keys: HouseKeys, actor: QueueManager, body: WebhookBody, response: Response
) -> WebhookMade:
    """Have alerts that you may see sent to another program, signed as Standard Webhooks says."""
    private = settings.alerts_private_hosts
    webhook, secret = webhooks.add_webhook(session, actor, keys, body.name, body.url, allows_private=private)
    response.headers["Cache-Control"] = "no-store"  # Nothing keeps the secret, also not for a repeat of the request.
    return WebhookMade(id=webhook.id, secret=secret)


@router.post("/webhooks/{webhook_id}/test", tags=["alerts"], responses=MISSING)
def test_webhook(session: Writing, actor: QueueManager, webhook_id: Id) -> DeliveryAnswer:
    """Queue a delivery without an alert; the next `netra alerts run` sends it."""
    return DeliveryAnswer.model_validate(webhooks.queue_test(session, actor, webhook_id), from_attributes=True)


@router.post("/webhooks/{webhook_id}/secret", tags=["alerts"], responses=MISSING)
def change_webhook_secret(
    session: Writing, keys: HouseKeys, actor: QueueManager, webhook_id: Id, response: Response
) -> WebhookMade:
    """A new secret. For a day every delivery carries both signatures, that of the former secret and that of the new one."""
    secret = webhooks.change_secret(session, actor, keys, webhook_id)
    response.headers["Cache-Control"] = "no-store"
    return WebhookMade(id=webhook_id, secret=secret)


@router.post("/webhooks/{webhook_id}/resend", tags=["alerts"], responses=MISSING | CONFLICT)
def resend_deliveries(session: Writing, actor: QueueManager, webhook_id: Id) -> QueuedAnswer:
    """Queue every delivery that was given up once more, 500 at most, under the ids that they had. 409 where there is none."""
    return QueuedAnswer(queued=webhooks.send_again(session, actor, webhook_id))


@router.delete("/webhooks/{webhook_id}", tags=["alerts"], status_code=204, responses=MISSING)
def end_webhook(session: Writing, actor: QueueManager, webhook_id: Id) -> None:
    webhooks.end_webhook(session, actor, webhook_id)


def _say_alert(row: AlertRow) -> AlertAnswer:
    names = set(AlertAnswer.model_fields) - {"message", "path", "is_read"}
    values = {name: getattr(row.alert, name) for name in names}
    return AlertAnswer(**values, message=say(Language("id"), row), path=path_of(row), is_read=row.is_read)
