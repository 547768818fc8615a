"""Cases of test_trail_of_routes: what changes something in the room of corrections."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update

from models import Correction, CorrectionDeed, Item, ItemVersion
from models.settings import Settings
from tests.service.corrections.desk import form_of

API = "/api/v1/corrections"
ANSWER = {"jawaban": "ditolak", "dasar": "isi_pers", "balasan": "Ajukan kepada redaksi."}


def settings_of(desk: Any) -> Settings:
    return desk.browser.app.state.settings


def make(desk: Any) -> int:
    """A request of which somebody made sure who asks."""
    form = form_of(settings_of(desk), kontak="warga@contoh.test")
    assert desk.browser.post("/koreksi", data=form).status_code == 200
    number = newest(desk, Correction.id)
    assert desk.browser.post(f"/permintaan/{number}/identitas", data={"cara": "surat_resmi"}).status_code == 303
    return number


def newest(desk: Any, column: Any) -> int:
    with desk.browser.app.state.reading() as session:
        return session.scalar(select(column).order_by(column.desc()).limit(1))


def make_answered(desk: Any) -> int:
    number = make(desk)
    assert desk.browser.post(f"/permintaan/{number}/jawab", data=ANSWER).status_code == 303
    return number


def make_deed(desk: Any) -> tuple[int, int]:
    number = make(desk)
    sent = {"sasaran": f"penanda {desk.flag_id}", "catatan": "Yang disebut sekretaris."}
    assert desk.browser.post(f"/permintaan/{number}/catat", data=sent).status_code == 303
    return number, newest(desk, CorrectionDeed.id)


def make_newer_version(desk: Any) -> int:
    with desk.browser.app.state.writing.begin() as session:
        version = ItemVersion(
            item_id=desk.item_id, number=2, title="Ralat", text="Ralat.", text_sha256="0" * 64, language="id", method="uji"
        )
        session.add(version)
        session.flush()
        session.execute(update(Item).where(Item.id == desk.item_id).values(current_version_id=version.id))
    return make(desk)


class EraseNothing:
    """What the command line hands over, without a deed: netra's own tests erase."""

    def erase(self, session: Any, item_id: int, reason: str, actor: str) -> None: ...


def make_with_erasing(desk: Any) -> int:
    desk.browser.app.state.erasing = EraseNothing()
    return make(desk)


def send(desk: Any, _: object) -> int:
    return desk.browser.post("/koreksi", data=form_of(settings_of(desk))).status_code


def take_back(desk: Any, code: object) -> int:
    return desk.browser.post("/koreksi/tarik", data={"kode": code, "yakin": "true"}).status_code


def make_code(desk: Any) -> str:
    page = desk.browser.post("/koreksi", data=form_of(settings_of(desk))).text
    return page.partition('<p class="code"><strong>')[2].partition("<")[0]


def on_flag(path: str, **values: str) -> Callable[[Any, Any], int]:
    def post(desk: Any, number: Any) -> int:
        sent = {"sasaran": f"penanda {desk.flag_id}"} | values
        return desk.browser.post(f"/permintaan/{number}/{path}", data=sent).status_code

    return post


def posting(path: str, **values: Any) -> Callable[[Any, Any], int]:
    return lambda desk, number: desk.browser.post(path.format(number), **values).status_code


ONE = "/permintaan/{correction_id}"
DONE = "koreksi.tindak"
CORRECTION_CASES: dict[str, Any] = {
    "POST /koreksi": (lambda _: None, send, "koreksi.terima"),
    "POST /koreksi/tarik": (make_code, take_back, "koreksi.tarik"),
    f"POST {ONE}/identitas": (make, posting("/permintaan/{}/identitas", data={"cara": "redaksi"}), "koreksi.identitas"),
    f"POST {ONE}/kontak": (make, posting("/permintaan/{}/kontak"), "koreksi.kontak"),
    f"POST {ONE}/jawab": (make, posting("/permintaan/{}/jawab", data=ANSWER), "koreksi.jawab"),
    f"POST {ONE}/jawab/batal": (make_answered, posting("/permintaan/{}/jawab/batal"), "koreksi.batal_jawab"),
    f"POST {ONE}/catat": (make, on_flag("catat", catatan="Yang disebut sekretaris."), DONE),
    f"POST {ONE}/batasi": (make, on_flag("batasi"), DONE),
    f"POST {ONE}/baca-ulang": (make, on_flag("baca-ulang"), DONE),
    f"POST {ONE}/versi-baru": (make_newer_version, on_flag("versi-baru"), DONE),
    f"POST {ONE}/hapus": (make_with_erasing, on_flag("hapus", yakin="true"), DONE),
    f"POST {ONE}/tindakan/{{deed_id}}/batal": (
        make_deed,
        lambda desk, made: desk.browser.post(f"/permintaan/{made[0]}/tindakan/{made[1]}/batal").status_code,
        "koreksi.batal_tindak",
    ),
    f"POST {API}/{{correction_id}}/answer": (
        make,
        posting(API + "/{}/answer", json={"answer": "dikabulkan", "reply": "Dicatat."}),
        "koreksi.jawab",
    ),
}
