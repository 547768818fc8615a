"""What the API says and hears of alerts, watch-lists, digests and webhooks."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from models import AlertKind, Cadence, DeliveryState
from service.alerts import subscriptions, watching, webhooks
from service.alerts.posting import LONGEST_URL
from service.api.parameters import LARGEST_ID

ALERT = {
    "id": 12,
    "kind": "tenggat",
    "message": "3 penanda di Kabupaten Kendal bertenggat paling lama 2 hari lagi",
    "region_code": "33.24",
    "flag_id": None,
    "watch_id": None,
    "detail": {"count": 3},
    "path": "/antrean?rak=semua&wilayah=33.24&sisa=0-2",
    "is_read": False,
    "created_at": "2024-10-21T03:10:00Z",
}
WATCH = {
    "id": 4,
    "name": "Kendal, camat",
    "region_code": "33.24",
    "office": "camat",
    "source": None,
    "act": None,
    "words": "rapat dinas",
    "cluster_size": None,
    "is_shared": False,
    "is_own": True,
}
WEBHOOK = {
    "id": 2,
    "name": "Ruang pantau",
    "url": "https://pantau.contoh.test/netra",
    "waiting": 0,
    "dead": 0,
    "deliveries": [
        {"message_id": "msg_0f3a", "alert_id": 12, "state": "terkirim", "attempts": 1, "status": 204, "reason": ""},
    ],
}


def _example(example: dict[str, Any], **more: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]}, **more)


class AlertAnswer(BaseModel):
    model_config = _example(ALERT)

    id: int
    kind: AlertKind
    message: str = Field(description="Indonesian; names places, counts and outlets, never a person.")
    region_code: str | None
    flag_id: int | None
    watch_id: int | None
    detail: dict[str, Any]
    path: str = Field(description="The page that shows what it is about.")
    is_read: bool
    created_at: datetime


class AlertList(BaseModel):
    model_config = _example({"alerts": [ALERT], "unread": 1, "next": None})

    alerts: list[AlertAnswer]
    unread: int = Field(description="Counted to 100, of the last 30 days.")
    next: int | None = Field(description="For the parameter `before`.")


class ReadAll(BaseModel):
    model_config = _example({"up_to": 12}, extra="forbid")

    up_to: int = Field(ge=1, le=LARGEST_ID, description="The newest alert that you have seen.")


class MarkedAnswer(BaseModel):
    model_config = _example({"marked": 1})

    marked: int


class WatchBody(BaseModel):
    model_config = _example(
        {"name": "Kendal, camat", "region_code": "33.24", "office": "camat", "words": "rapat"}, extra="forbid"
    )

    name: str = Field(min_length=1, max_length=watching.LONGEST_NAME)
    region_code: str = Field("", max_length=13)
    office: str = Field("", max_length=80, description="Kind of office, as in the filter of flags.")
    source: str = Field("", max_length=80, description="Slug of a source.")
    act: str = Field("", max_length=80)
    words: str = Field("", max_length=watching.LONGEST_WORDS)
    cluster_size: int | None = Field(None, ge=2, le=watching.LARGEST_CLUSTER)
    is_shared: bool = Field(False, description="For all who may read the region; asks for the right to manage the queue.")


class WatchAnswer(BaseModel):
    model_config = _example(WATCH)

    id: int
    name: str
    region_code: str | None
    office: str | None
    source: str | None
    act: str | None
    words: str
    cluster_size: int | None
    is_shared: bool
    is_own: bool


class WatchList(BaseModel):
    model_config = _example({"watches": [WATCH]})

    watches: list[WatchAnswer]


class Made(BaseModel):
    model_config = _example({"id": 4})

    id: int


class SubscriptionBody(BaseModel):
    model_config = _example({"email": "sari@contoh.test", "cadence": "harian"}, extra="forbid")

    email: str = Field("", max_length=subscriptions.LONGEST_ADDRESS)
    cadence: Cadence = Field(description="`mati` ends the digest and forgets the address.")


class SubscriptionAnswer(BaseModel):
    model_config = _example({"email": "sari@contoh.test", "cadence": "harian", "next_at": "2024-10-22T00:00:00Z", "problem": ""})

    email: str
    cadence: Cadence
    next_at: datetime | None
    problem: str = Field(description="Why the last sending failed; empty where it did not.")


class WebhookBody(BaseModel):
    model_config = _example({"name": "Ruang pantau", "url": "https://pantau.contoh.test/netra"}, extra="forbid")

    name: str = Field(min_length=1, max_length=webhooks.LONGEST_NAME)
    url: str = Field(min_length=1, max_length=LONGEST_URL, description="https, without a user name; no private network.")


class WebhookMade(BaseModel):
    model_config = _example({"id": 2, "secret": "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})

    id: int
    secret: str = Field(description="Signatures are checked with it. It is shown once.")


class QueuedAnswer(BaseModel):
    model_config = _example({"queued": 3})

    queued: int


class DeliveryAnswer(BaseModel):
    message_id: str
    alert_id: int | None = Field(description="Null for a test.")
    state: DeliveryState
    attempts: int
    status: int | None
    reason: str


class WebhookAnswer(BaseModel):
    model_config = _example(WEBHOOK)

    id: int
    name: str
    url: str
    waiting: int
    dead: int
    deliveries: list[DeliveryAnswer] = Field(description="The last ten, and the last twenty that were given up.")


class WebhookList(BaseModel):
    model_config = _example({"webhooks": [WEBHOOK]})

    webhooks: list[WebhookAnswer]
