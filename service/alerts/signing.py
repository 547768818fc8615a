"""Signed POSTs by the rules of Standard Webhooks: HMAC-SHA256 over id, moment and body, in three headers.

While a secret is being changed both the new and the former one sign, so that a receiver may take the new one over at its
own time and loses nothing.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from models import Webhook
from models.settings import Settings
from service.alerts.posting import post
from service.alerts.webhooks import PREFIX, PURPOSE
from service.sealing import Keys


def sign(secret: str, message_id: str, moment: int, body: bytes) -> str:
    """`v1,` and the signature, as receivers compute it."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{moment}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def secrets_of(keys: Keys, webhook: Webhook, at: datetime) -> list[str]:
    """What deliveries are signed with, the newest first; empty where our own key has changed."""
    secret = keys.unseal(PURPOSE, webhook.secret_sealed)
    is_changing = webhook.former_secret_sealed and webhook.former_until and webhook.former_until > at
    former = keys.unseal(PURPOSE, webhook.former_secret_sealed) if is_changing and webhook.former_secret_sealed else None
    return [secret, *([former] if former else [])] if secret else []


def send_signed(settings: Settings, url: str, secrets: Sequence[str], message_id: str, payload: dict[str, Any]) -> int:
    """One signed POST; raises NotPosted where nobody answered. Every attempt has a moment of its own."""
    body, moment = json.dumps(payload, ensure_ascii=False).encode(), int(time.time())
    headers = {
        "content-type": "application/json",
        "user-agent": "netra-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(sign(secret, message_id, moment, body) for secret in secrets),
    }
    return post(url, body, headers, allows_private=settings.alerts_private_hosts)
