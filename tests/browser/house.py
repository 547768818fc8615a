"""A house with invented people, places and stories: what the pictures of the guide show, and what the tests of all pages walk."""

from datetime import timedelta
from types import MappingProxyType

from sqlalchemy.orm import Session

from models import (
    Alert,
    AlertKind,
    Case,
    CaseLead,
    Cluster,
    ClusterMember,
    Flag,
    Prediction,
    SavedSearch,
    User,
    Watch,
    now,
)
from models.settings import Settings
from service.accounts.service import load_actor
from service.cases.derived import derive
from service.review import service
from service.review.schemas import Judgement
from tests.factories import make_artifact, make_flag, make_item, make_source, make_user
from tests.service.rooms import store_copy

PEOPLE = MappingProxyType(
    {
        "rina": ("Rina Kartikasari", "pengawas"),
        "sekar": ("Sekar Ayuningtyas", "koordinator"),
        "wahyu": ("Wahyu Prasetyo", "operator"),
        "laras": ("Laras Widuri", "analis"),
        "tegar": ("Tegar Anggoro", "auditor"),
        "melati": ("Melati Sukma", "pembaca"),
        "admin": ("Admin Uji", "admin"),
    }
)
STORIES = (
    ("Camat Wanasari mengajak stafnya memilih paslon nomor urut 2", "33.24", 0.97, "camat", 1),
    ("Kepala sekolah membagikan kaus calon kepada guru di aula", "35.78", 0.93, "kepala_sekolah", 2),
    ("Lurah memasang baliho calon di halaman kantor kelurahan", "51", 0.88, "lurah", 3),
    ("Pegawai dinas berpose tiga jari bersama calon petahana", "73", 0.84, "pegawai", 4),
    ("Sekretaris daerah hadir di deklarasi pasangan calon", "33.74", 0.79, "sekda", 5),
    ("Unggahan dukungan dari akun pegawai kecamatan dihapus", "33.24", 0.71, "pegawai", 6),
    ("Sekda mengimbau seluruh ASN menjaga netralitas", "32", 0.61, "sekda", 7),
    ("Guru hadir di kampanye sebagai penonton, kata Bawaslu", "36", 0.55, "guru", -1),
)
SECOND = "Ajakan itu disampaikan dalam rapat dinas pada hari Senin, menurut dua orang yang hadir."


def fill_house(session: Session, settings: Settings) -> None:
    """People of every role, a queue, a case with two leads, alerts, a saved search."""
    people = {name: make_user(session, username=name, role=role) for name, (_, role) in PEOPLE.items()}
    for name, user in people.items():
        user.name = PEOPLE[name][0]
    make_artifact(session)
    source = make_source(session, slug="harian-wanasari", name="Harian Wanasari", region_code="33")
    flags = [_flag(session, settings, source, story) for story in STORIES]
    _assess(session, flags[5], people["rina"])
    _open_case(session, people["sekar"], flags[4:6])
    _cluster(session, flags[:2])
    _warn(session, people["rina"], flags[0])


def _flag(session: Session, settings: Settings, source: object, story: tuple[str, str, float, str, int]) -> Flag:
    title, region_code, probability, office, days = story
    copy = store_copy(session, settings, f"{title}. {SECOND}")
    seen = now() - timedelta(days=7 - days)
    item = make_item(
        session,
        source=source,  # pyright: ignore[reportArgumentType]
        title=title,
        text=f"{title}. {SECOND}",
        region_code=region_code,
        first_seen_at=seen,
        published_at=seen - timedelta(hours=3),
        snapshot_id=copy.id,
        author="Redaksi",
    )
    flag = make_flag(session, item, probability=probability, office=office)
    evidence = [{"start": 0, "end": len(title) + 1, "weight": 1.5, "words": ["paslon", "memilih"], "signs": []}]
    session.get_one(Prediction, flag.prediction_id).evidence = evidence
    return flag


def _assess(session: Session, flag: Flag, reader: User) -> None:
    actor = load_actor(session, reader)
    service.take(session, actor, flag.id, minutes=20)
    service.assess(
        session, actor, flag.id, Judgement.model_validate({"outcome": "perlu_bukti_tambahan", "note": "Video belum ada."})
    )


def _open_case(session: Session, owner: User, flags: list[Flag]) -> None:
    case = Case(
        title="Kehadiran di deklarasi pasangan calon",
        region_code="33.24",
        office="Sekretaris daerah",
        agency="Pemerintah Kabupaten Wanasari",
        agency_key="pemerintah kabupaten wanasari",
        subject_name="Bima Sakti Purnama",
        place="Pendopo kabupaten",
        description="Dua berita tentang peristiwa yang sama.",
        discovered_at=flags[0].discovered_at,
        opened_by_id=owner.id,
    )
    session.add(case)
    session.flush()
    session.add_all(CaseLead(case_id=case.id, flag_id=flag.id, added_by_id=owner.id) for flag in flags)
    derive(session, case)


def _cluster(session: Session, flags: list[Flag]) -> None:
    cluster = Cluster()
    session.add(cluster)
    session.flush()
    session.add_all(ClusterMember(item_id=flag.item_id, cluster_id=cluster.id, similarity=0.9) for flag in flags)


def _warn(session: Session, owner: User, flag: Flag) -> None:
    watch = Watch(user_id=owner.id, name="Camat di Jawa Tengah", region_code="33", words="camat")
    session.add(watch)
    session.add(SavedSearch(user_id=owner.id, name="Jawa Tengah, dua hari lagi", query="wilayah=33&sisa=0-2"))
    session.flush()
    about = {"region_code": flag.region_code, "flag_id": flag.id}
    session.add(Alert(kind=AlertKind.WATCH, key="uji-pantauan", user_id=owner.id, watch_id=watch.id, **about))
