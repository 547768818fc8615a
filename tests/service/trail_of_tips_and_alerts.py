"""Cases of test_trail_of_routes: what changes something in the rooms of tips and alerts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select, update

from models import AlertSubscription, DeliveryState, WebhookDelivery, now
from service.alerts.detecting import Limits, detect
from service.alerts.unsubscribing import make_link
from service.sealing import Keys
from service.tips import spam

DAY = (now() - timedelta(days=1)).date().isoformat()
TEXT = "Camat mengajak staf memilih satu calon dalam rapat dinas."
TIP = {"region_code": "33.24", "text": TEXT, "happened_on": DAY, "known_on": DAY, "contact": "warga@contoh.test"}
WATCH = {"name": "Kendal", "words": "rapat"}
WEBHOOK = {"name": "Ruang", "url": "https://contoh.test/netra"}


def make_tip(desk: Any) -> int:
    return desk.browser.post("/api/v1/tips", json=TIP).json()["id"]


def make_closed_tip(desk: Any) -> int:
    number = make_tip(desk)
    assert desk.browser.post(f"/api/v1/tips/{number}/close", json={"closure": "spam"}).status_code == 200
    return number


def make_alert(desk: Any) -> int:
    detect(desk.browser.app.state.writing, now(), Limits(outlets=5, days=2))
    return desk.browser.get("/api/v1/alerts").json()["alerts"][0]["id"]


def make_watch(desk: Any) -> int:
    return desk.browser.post("/api/v1/watches", json=WATCH).json()["id"]


def make_webhook(desk: Any) -> int:
    return desk.browser.post("/api/v1/webhooks", json=WEBHOOK).json()["id"]


def make_dead_delivery(desk: Any) -> int:
    number = make_webhook(desk)
    assert desk.browser.post(f"/api/v1/webhooks/{number}/test").status_code == 200
    with desk.browser.app.state.writing.begin() as session:
        session.execute(update(WebhookDelivery).values(state=DeliveryState.DEAD, next_at=None))
    return number


def make_way_out(desk: Any) -> str:
    assert desk.browser.put("/api/v1/alerts/subscription", json=MAIL).status_code == 200
    state = desk.browser.app.state
    with state.reading() as session:
        user_id = session.scalars(select(AlertSubscription.user_id)).one()
    return make_link(Keys.of(state.settings), user_id, str(MAIL["email"]))


def nothing(_: Any) -> None:
    """No preparation."""


def send_tip(desk: Any, _: object) -> int:
    token = spam.new_form(Keys.of(desk.browser.app.state.settings), at=now().timestamp() - 60)
    form = {"provinsi": "33", "teks": TEXT, "terjadi": DAY, "diketahui": DAY, "formulir": token}
    return TestClient(desk.browser.app).post("/lapor", data=form).status_code


def take_tip_back(desk: Any, _: object) -> int:
    code = desk.browser.post("/api/v1/tips", json=TIP).json()["code"]
    return TestClient(desk.browser.app).post("/lapor/tarik", data={"kode": code, "yakin": "true"}).status_code


def posting(path: str, **values: Any) -> Callable[[Any, object], int]:
    return lambda desk, number: desk.browser.post(path.format(number), **values).status_code


def deleting(path: str) -> Callable[[Any, object], int]:
    return lambda desk, number: desk.browser.delete(path.format(number)).status_code


FORM = {"nama": "Kendal", "kata": "rapat"}
MAIL = {"email": "sari@contoh.test", "cadence": "harian"}
API = "/api/v1"

TIP_CASES: dict[str, Any] = {
    "POST /lapor": (nothing, send_tip, "informasi.terima"),
    "POST /lapor/tarik": (nothing, take_tip_back, "informasi.tarik"),
    "POST /informasi/{tip_id}/tutup": (make_tip, posting("/informasi/{}/tutup", data={"alasan": "spam"}), "informasi.tutup"),
    "POST /informasi/{tip_id}/buka": (make_closed_tip, posting("/informasi/{}/buka"), "informasi.buka"),
    "POST /informasi/{tip_id}/kontak": (
        make_tip,
        posting("/informasi/{}/kontak", data={"alasan": "menanyakan hari"}),
        "informasi.kontak",
    ),
    f"POST {API}/tips": (nothing, posting(f"{API}/tips", json=TIP), "informasi.terima"),
    f"POST {API}/tips/{{tip_id}}/close": (
        make_tip,
        posting(f"{API}/tips/{{}}/close", json={"closure": "spam"}),
        "informasi.tutup",
    ),
    f"POST {API}/tips/{{tip_id}}/reopen": (make_closed_tip, posting(f"{API}/tips/{{}}/reopen"), "informasi.buka"),
    f"POST {API}/tips/{{tip_id}}/contact": (
        make_tip,
        posting(f"{API}/tips/{{}}/contact", json={"reason": "menanyakan hari"}),
        "informasi.kontak",
    ),
}
ALERT_CASES: dict[str, Any] = {
    "POST /peringatan/dibaca": (make_alert, posting("/peringatan/dibaca", data={"sampai": "9"}), "peringatan.baca_semua"),
    "POST /peringatan/{alert_id}/buka": (make_alert, posting("/peringatan/{}/buka"), "peringatan.baca"),
    "POST /peringatan/{alert_id}/dibaca": (make_alert, posting("/peringatan/{}/dibaca"), "peringatan.baca"),
    "POST /peringatan/{alert_id}/belum": (make_alert, posting("/peringatan/{}/belum"), "peringatan.belum_baca"),
    "POST /peringatan/pantauan": (nothing, posting("/peringatan/pantauan", data=FORM), "pantauan.tambah"),
    "POST /peringatan/pantauan/{watch_id}/hapus": (make_watch, posting("/peringatan/pantauan/{}/hapus"), "pantauan.hapus"),
    "POST /peringatan/langganan": (
        nothing,
        posting("/peringatan/langganan", data={"surel": "sari@contoh.test", "irama": "harian"}),
        "langganan.ubah",
    ),
    "POST /peringatan/webhook": (
        nothing,
        posting("/peringatan/webhook", data={"nama": "Ruang", "alamat": "https://contoh.test/netra"}),
        "webhook.tambah",
    ),
    "POST /peringatan/webhook/{webhook_id}/uji": (make_webhook, posting("/peringatan/webhook/{}/uji"), "webhook.uji"),
    "POST /peringatan/berhenti": (
        make_way_out,
        lambda desk, link: TestClient(desk.browser.app).post(link).status_code,
        "langganan.berhenti",
    ),
    "POST /peringatan/webhook/{webhook_id}/kirim-lagi": (
        make_dead_delivery,
        posting("/peringatan/webhook/{}/kirim-lagi"),
        "webhook.kirim_lagi",
    ),
    "POST /peringatan/webhook/{webhook_id}/rahasia": (
        make_webhook,
        posting("/peringatan/webhook/{}/rahasia"),
        "webhook.ganti_rahasia",
    ),
    f"POST {API}/webhooks/{{webhook_id}}/resend": (
        make_dead_delivery,
        posting(f"{API}/webhooks/{{}}/resend"),
        "webhook.kirim_lagi",
    ),
    f"POST {API}/webhooks/{{webhook_id}}/secret": (
        make_webhook,
        posting(f"{API}/webhooks/{{}}/secret"),
        "webhook.ganti_rahasia",
    ),
    "POST /peringatan/webhook/{webhook_id}/hapus": (make_webhook, posting("/peringatan/webhook/{}/hapus"), "webhook.hapus"),
    f"POST {API}/alerts/read": (make_alert, posting(f"{API}/alerts/read", json={"up_to": 9}), "peringatan.baca_semua"),
    f"POST {API}/alerts/{{alert_id}}/read": (make_alert, posting(f"{API}/alerts/{{}}/read"), "peringatan.baca"),
    f"POST {API}/alerts/{{alert_id}}/unread": (make_alert, posting(f"{API}/alerts/{{}}/unread"), "peringatan.belum_baca"),
    f"POST {API}/watches": (nothing, posting(f"{API}/watches", json=WATCH), "pantauan.tambah"),
    f"DELETE {API}/watches/{{watch_id}}": (make_watch, deleting(f"{API}/watches/{{}}"), "pantauan.hapus"),
    f"PUT {API}/alerts/subscription": (
        nothing,
        lambda desk, _: desk.browser.put(f"{API}/alerts/subscription", json=MAIL).status_code,
        "langganan.ubah",
    ),
    f"POST {API}/webhooks": (nothing, posting(f"{API}/webhooks", json=WEBHOOK), "webhook.tambah"),
    f"POST {API}/webhooks/{{webhook_id}}/test": (make_webhook, posting(f"{API}/webhooks/{{}}/test"), "webhook.uji"),
    f"DELETE {API}/webhooks/{{webhook_id}}": (make_webhook, deleting(f"{API}/webhooks/{{}}"), "webhook.hapus"),
}
