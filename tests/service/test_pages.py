import re
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

from models import Cluster, ClusterMember, Flag, FlagReason, ItemKind, ItemVersion, Prediction, now
from service.accounts.service import load_actor
from service.review import repository, service
from service.review.cursors import Cursor
from service.review.filters import QueueFilter
from service.review.schemas import Judgement
from service.review.walking import read_marks
from tests.factories import make_flag, make_item, make_source, make_user

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.mark.parametrize(("role", "room"), [("pengawas", "/antrean"), ("operator", "/sumber"), ("pembaca", "/antrean")])
def test_the_start_leads_to_the_room_of_ones_daily_work(sign_in, role: str, room: str) -> None:
    assert sign_in(role=role).get("/").headers["location"] == room


def test_the_start_and_the_queue_lead_strangers_to_the_sign_in(visitor: TestClient) -> None:
    assert visitor.get("/").headers["location"] == "/masuk"
    assert visitor.get("/antrean").headers["location"] == "/masuk?lanjut=/antrean"


def test_hostile_words_stay_words(session: Session, sign_in) -> None:
    source = make_source(session, name=HOSTILE)
    flag = make_flag(session, make_item(session, source=source, title=HOSTILE, text=HOSTILE, author=HOSTILE))
    browser = sign_in()
    for path in ("/antrean", f"/antrean?cari={HOSTILE}", f"/penanda/{flag.id}", "/sumber"):
        text = browser.get(path).text
        assert "<script>alert" not in text
        assert "<img" not in text


def test_the_queue_tells_no_probability_of_a_random_sample(session: Session, sign_in) -> None:
    make_flag(session, make_item(session), probability=0.04, reason=FlagReason.AUDIT)
    text = sign_in().get("/antrean").text
    assert "4%" not in text.replace(" ", "").replace("\xa0", "")
    assert ">sampel<" in text


def test_the_queue_is_read_in_pages_without_gaps_or_doubles(session: Session) -> None:
    item = make_item(session)
    first = make_flag(session, item, probability=0.5)
    columns = {name: getattr(first, name) for name in ("item_version_id", "reason", "discovered_at", "due_on", "region_code")}
    for number in range(119):
        other = make_item(session)
        session.execute(insert(Flag).values(**columns, item_id=other.id, priority=0.5 + (number % 7) / 10))
    actor = load_actor(session, make_user(session))
    seen, cursor = list[int](), None
    while lines := repository.read_page(session, actor, QueueFilter(), cursor, read_marks(session)).lines:
        seen += [line.id for line in lines]
        cursor = Cursor.parse(str(Cursor(lines[-1].priority, lines[-1].id)))
    assert len(seen) == len(set(seen)) == 120


def test_the_queue_shows_only_the_area_of_the_reader(session: Session, sign_in) -> None:
    make_flag(session, make_item(session, region_code="33.24", title="Kabar dari Kendal"))
    make_flag(session, make_item(session, region_code="35", title="Kabar dari timur"))
    text = sign_in(region_code="33").get("/antrean").text
    assert "Kabar dari Kendal" in text
    assert "Kabar dari timur" not in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("wilayah=51", "di Bali"),
        ("sumber=kabar", "di Kabar"),
        ("cari=tiga+jari", "tiga jari"),
        ("rak=kedua", "Tidak ada penanda"),
    ],
)
def test_filters_narrow_the_queue(session: Session, sign_in, query: str, shown: str) -> None:
    make_flag(session, make_item(session, title="Lurah di Bali", region_code="51"))
    make_flag(session, make_item(session, title="Lurah di Kabar", source=make_source(session, slug="kabar")))
    make_flag(session, make_item(session, title="Pose tiga jari"))
    text = sign_in().get(f"/antrean?{query}").text
    assert shown in text
    assert len(re.findall(r"<tr data-row>", text)) == (0 if query == "rak=kedua" else 1)


def test_an_overdue_flag_says_so_and_stays(session: Session, sign_in) -> None:
    make_flag(session, make_item(session, first_seen_at=now() - timedelta(days=30)))
    assert "kedaluwarsa" in sign_in().get("/antrean").text


def test_an_empty_queue_says_so(sign_in) -> None:
    assert "Tidak ada penanda di bagian ini." in sign_in().get("/antrean").text


@pytest.mark.parametrize("query", ["rak=lain", "lanjut=abc", "lanjut=nan_1", "lanjut=0.5_99999999999999999999"])
def test_a_broken_address_is_a_422(sign_in, query: str) -> None:
    assert sign_in().get(f"/antrean?{query}").status_code == 422


def test_the_item_page_has_what_a_monitor_needs(session: Session, sign_in) -> None:
    published_at = datetime.fromisoformat("2024-10-16T03:12:00+00:00")
    flag = make_flag(session, make_item(session, region_code="51", published_at=published_at))
    text = " ".join(sign_in().get(f"/penanda/{flag.id}").text.split())
    for shown in ("16 Okt 2024, 11.12 WITA", "Bali", "uji-1", "Pilkada serentak 2024", "kampanye", "kuat 0,9", "hak: teks penuh"):
        assert shown in text
    assert '<mark class="kuat">' in text
    assert "alasan kuat:" in text


def test_a_page_without_a_date_says_so(session: Session, sign_in) -> None:
    flag = make_flag(session, make_item(session, published_at=None))
    assert "tanggal tidak terbaca" in sign_in().get(f"/penanda/{flag.id}").text


@pytest.mark.parametrize(
    "evidence",
    [
        [],
        [{"start": -5, "end": 3}, {"start": 9, "end": 2}, {"start": 0, "end": 10**9}, {"start": "a", "end": None}, {}],
        [{"start": 0, "end": 40, "weight": 1}, {"start": 10, "end": 20, "weight": 3}, {"start": 30, "end": 60, "weight": -1}],
    ],
)
def test_odd_evidence_does_not_break_the_page(session: Session, sign_in, evidence: list[dict[str, object]]) -> None:
    flag = make_flag(session)
    prediction = session.get_one(Prediction, flag.prediction_id)
    prediction.evidence = evidence
    answer = sign_in().get(f"/penanda/{flag.id}")
    assert answer.status_code == 200


def test_the_same_story_elsewhere_is_listed_first_seen_first(session: Session, sign_in) -> None:
    cluster = Cluster()
    session.add(cluster)
    session.flush()
    late = make_item(session, title="Salinan belakangan")
    early = make_item(session, title="Yang pertama", first_seen_at=now() - timedelta(days=2))
    for item in (late, early):
        session.add(ClusterMember(item_id=item.id, cluster_id=cluster.id, similarity=0.9))
    flag, other = make_flag(session, late), make_flag(session, early)
    browser = sign_in()
    text = browser.get(f"/penanda/{flag.id}").text
    assert f'<a href="/penanda/{other.id}" lang="id">Yang pertama</a>' in text
    assert text.index("Yang pertama") < text.index("pertama terlihat") < text.index("konten ini")
    assert "2 konten" in browser.get("/antrean").text


def test_a_changed_text_is_announced(session: Session, sign_in) -> None:
    item = make_item(session)
    flag = make_flag(session, item)
    newer = ItemVersion(item_id=item.id, number=2, title="Judul baru", text="Teks baru.", text_sha256="1" * 64)
    session.add(newer)
    session.flush()
    item.current_version_id = newer.id
    text = sign_in().get(f"/penanda/{flag.id}").text
    assert "Teks berubah setelah ditandai" in text
    assert "Teks baru." in text


def test_private_handles_of_posts_are_masked_everywhere(session: Session, sign_in) -> None:
    item = make_item(session, kind=ItemKind.POST, title="", text="Ayo dukung, kata @pegawai_kota! surel: a@contoh.test")
    flag = make_flag(session, item)
    browser = sign_in()
    for path in ("/antrean", f"/penanda/{flag.id}", f"/api/v1/flags/{flag.id}", f"/api/v1/items/{item.id}"):
        text = browser.get(path).text
        assert "pegawai_kota" not in text
        assert "@p•••" in text


def test_the_second_reader_sees_the_first_reading_only_afterwards(session: Session, sign_in) -> None:
    first_user, second_user = make_user(session, username="sari"), make_user(session, role="koordinator")
    flag = make_flag(session)
    first = load_actor(session, first_user)
    service.take(session, first, flag.id, minutes=20)
    given = {"content_partisan": "ya", "person_asn": "ya", "attribution_verified": "ya", "act": "tim_sukses"}
    judgement = Judgement.model_validate(given | {"outcome": "indikasi_pelanggaran", "note": "RAHASIA"})
    service.assess(session, first, flag.id, judgement)
    browser = sign_in(second_user)
    browser.post(f"/penanda/{flag.id}/ambil")
    hidden = [browser.get(path).text for path in (f"/penanda/{flag.id}", f"/api/v1/flags/{flag.id}", "/jejak", "/api/v1/audit")]
    assert "RAHASIA" not in "".join(hidden)
    assert "indikasi_pelanggaran" not in hidden[2] + hidden[3]
    browser.post(f"/penanda/{flag.id}/nilai", data={"hasil": "tidak_dapat_diverifikasi"})
    assert "RAHASIA" in browser.get(f"/penanda/{flag.id}").text


def test_the_person_is_never_called_guilty(session: Session, sign_in) -> None:
    flag = make_flag(session)
    text = sign_in().get(f"/penanda/{flag.id}").text.lower()
    assert not {"pelanggar ", "terbukti", "putusan"} & set(re.findall(r"pelanggar\s|terbukti|\bputusan\b", text))


def test_a_missing_flag_is_a_page_with_404(sign_in) -> None:
    answer = sign_in().get("/penanda/999")
    assert answer.status_code == 404
    assert "di luar wilayah Anda" in answer.text


def test_the_trail_and_its_check(session: Session, sign_in) -> None:
    browser = sign_in(role="auditor")
    assert "Masuk" in browser.get("/jejak").text
    assert "Rantai utuh" in browser.post("/jejak/periksa").text


def test_a_broken_chain_is_shown(sqlite_engine, sqlite_visitor: TestClient) -> None:
    from models import record_event
    from models.database import make_session
    from tests.factories import PASSWORD

    with make_session(sqlite_engine).begin() as session:
        make_user(session, username="audit", role="auditor")
        for _ in range(3):
            record_event(session, "uji", actor="sistem:uji", subject=("user", None))
        session.connection().exec_driver_sql("DROP TRIGGER audit_events_no_update")
        session.connection().exec_driver_sql("UPDATE audit_events SET actor = 'orang lain' WHERE id = 2")
    sqlite_visitor.post("/masuk", data={"nama": "audit", "sandi": PASSWORD})
    assert "Rantai putus di 1 tempat" in sqlite_visitor.post("/jejak/periksa").text


def test_the_trail_of_one_area_shows_that_area(session: Session, sign_in) -> None:
    inside = make_flag(session, make_item(session, region_code="33"))
    outside = make_flag(session, make_item(session, region_code="35"))
    nation = load_actor(session, make_user(session))
    for flag in (inside, outside):
        service.take(session, nation, flag.id, minutes=20)
    text = sign_in(role="koordinator", region_code="33").get("/jejak").text
    assert f'href="/penanda/{inside.id}"' in text
    assert f'href="/penanda/{outside.id}"' not in text
