"""The house of the pictures in every state that a page can be in, so that each can be looked at."""

from datetime import timedelta
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Assessment,
    Export,
    ExportFormat,
    ExportPurpose,
    Flag,
    FlagReason,
    FlagState,
    ItemKind,
    Origin,
    Outcome,
    ReceivedCase,
    ReceivedEntry,
    ReceivedKind,
    Source,
    SourceKind,
    Tip,
    User,
    Webhook,
    now,
)
from models.legal.deadline import local_day
from models.settings import Settings
from service.accounts.service import load_actor
from service.review import keeping, service
from service.review.schemas import Judgement
from tests.browser.house import fill_house
from tests.factories import make_flag, make_item, make_source, make_user
from tests.service.test_sources import fill as fill_source

INDICATION = Judgement.model_validate(
    {
        "outcome": "indikasi_pelanggaran",
        "content_partisan": "ya",
        "person_asn": "ya",
        "attribution_verified": "ya",
        "act": "kegiatan_berpihak",
        "note": "Rekaman rapat memuat ajakannya.",
    }
)
TITLES = MappingProxyType(
    {
        "held": "Kepala dinas mengarahkan grup percakapan pegawai",
        "kept": "Pegawai kelurahan mengunggah foto bersama calon",
        "handed": "Camat menghadiri pelantikan tim pemenangan",
        "second": "Guru mengajak wali murid memilih calon tertentu",
        "own": "Sekretaris desa membagikan stiker calon di pasar",
        "disputed": "Kepala bidang memakai kaus calon saat senam pagi",
        "post": "@akun.rekaan Bapak lurah kami siap menangkan nomor 2 di RT 04",
        "tip": "Informasi tentang apel pagi di kantor kecamatan",
        "mine": "Lurah mengumpulkan ketua RT untuk mendengar visi calon",
    }
)


def fill_states(session: Session, settings: Settings) -> dict[str, int]:
    """Everything of the house and more; the flags by the state that each is in."""
    fill_house(session, settings)
    people = {user.username: user for user in session.scalars(select(User))}
    source = session.scalars(select(Source)).one()
    flags = {state: _flag(session, source, state, title) for state, title in TITLES.items()}
    _hold(session, flags, people)
    _read_twice(session, flags, people)
    _add_tip(session, flags["tip"])
    _add_files(session, people["sekar"])
    _add_other_house(session)
    fill_source(session, make_source(session, slug="kabar", name="Kabar Wanasari", region_code="33"))
    make_user(session, username="nurul", must_change_password=True)
    session.flush()
    return {state: flag.id for state, flag in flags.items()} | {"expired": _expired(session)}


def _flag(session: Session, source: Source, state: str, title: str) -> Flag:
    kind = ItemKind.POST if state == "post" else ItemKind.NEWS
    if state == "post":
        source = make_source(session, slug="unggahan", name="Unggahan publik", kind=SourceKind.SOCIAL)
    text = f"{title}. Peristiwa itu disaksikan beberapa orang. @warga.rekaan ikut mengomentari."
    item = make_item(session, source=source, title="" if state == "post" else title, text=text, kind=kind, region_code="33.24")
    reason = FlagReason.TIP if state == "tip" else FlagReason.MODEL
    return make_flag(session, item, probability=0.82, office="lurah", reason=reason)


def _hold(session: Session, flags: dict[str, Flag], people: dict[str, User]) -> None:
    rina, sekar = (load_actor(session, people[name]) for name in ("rina", "sekar"))
    service.take(session, sekar, flags["held"].id, minutes=20)
    service.take(session, rina, flags["mine"].id, minutes=20)
    service.take(session, rina, flags["kept"].id, minutes=20)
    today = local_day(now(), "33.24")
    keeping.keep(session, rina, flags["kept"].id, until_on=today + timedelta(days=2), reason="menunggu rekaman rapat")
    service.take(session, sekar, flags["handed"].id, minutes=20)
    keeping.hand_over(session, sekar, flags["handed"].id, username="rina", note="Anda pernah menilai kantor yang sama.")


def _read_twice(session: Session, flags: dict[str, Flag], people: dict[str, User]) -> None:
    """One flag that waits for rina, one that waits for anybody but her, and one on which two disagree."""
    for state, name in (("second", "admin"), ("own", "rina")):
        actor = load_actor(session, people[name])
        service.take(session, actor, flags[state].id, minutes=20)
        service.assess(session, actor, flags[state].id, INDICATION)
    flag = flags["disputed"]
    flag.state = FlagState.DISPUTED
    about = {"flag_id": flag.id, "item_version_id": flag.item_version_id}
    session.add(Assessment(**about, user_id=people["rina"].id, **INDICATION.model_dump()))
    session.add(Assessment(**about, user_id=people["admin"].id, outcome=Outcome.NEEDS_EVIDENCE, is_second=True))


def _add_tip(session: Session, flag: Flag) -> None:
    day = local_day(now(), "33.24")
    about = {"item_id": flag.item_id, "flag_id": flag.id, "region_code": "33.24", "happened_on": day, "known_on": day}
    text = "Pada apel pagi camat meminta staf memilih satu calon."
    session.add(
        Tip(code_sha256="a" * 64, text=text, link="https://contoh.test/apel", office="Camat", contact_sealed="x", **about)
    )


def _add_files(session: Session, owner: User) -> None:
    about = {"row_count": 14, "byte_count": 5120, "sha256": "b" * 64, "query": "wilayah=33"}
    note = "Bahan rapat koordinasi mingguan."
    session.add(
        Export(user_id=owner.id, what="antrean", format=ExportFormat.XLSX, purpose=ExportPurpose.REPORTING, note=note, **about)
    )
    session.add(Webhook(owner_id=owner.id, name="Papan kabar", url="https://contoh.test/masuk", secret_sealed="x"))


def _add_other_house(session: Session) -> None:
    house = Origin(key="k" * 43, name="Pengawas Kabupaten Rekaan", url="https://rekan.contoh.test")
    session.add(house)
    session.flush()
    case = ReceivedCase(origin_id=house.id, remote_id=7, version=1, region_code="33.24", sha256="c" * 64, signature="x")
    case.withdrawn_at = now()
    session.add(case)
    session.flush()
    about = {"received_case_id": case.id, "kind": ReceivedKind.STATUS, "remote_id": 1, "value": "klarifikasi"}
    session.add(ReceivedEntry(**about, on_day=local_day(now(), "33"), document_number="12/REKAAN/2026"))


def _expired(session: Session) -> int:
    return session.scalars(select(Flag.id).where(Flag.due_on < local_day(now(), None)).order_by(Flag.id)).first() or 0
