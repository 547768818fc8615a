"""What the page of a flag tells beside its text: nearest decisions, days that do not fit, others of the same office."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from models import Assessment, Flag, FlagState, Outcome, now
from service.accounts.actor import Actor
from service.accounts.service import load_actor
from service.items.dates import Doubt, find_days, list_warnings
from service.items.nearest import Decision, list_nearest
from service.items.page import read_flag
from service.review import repository
from tests.factories import make_flag, make_item, make_user

BANNERS = "Lurah memasang baliho calon di halaman kantor kelurahan bersama warga."


def decide(session: Session, *, outcome: Outcome = Outcome.UNVERIFIABLE, text: str = BANNERS, **values: object) -> Flag:
    region_code = str(values.pop("region_code", "33.24"))
    item = make_item(session, text=text, region_code=region_code, title="Lurah dan baliho")
    flag = make_flag(session, item, state=FlagState.ASSESSED, assessed_at=now(), **values)  # pyright: ignore[reportArgumentType]
    author = make_user(session)
    about = {"flag_id": flag.id, "item_version_id": flag.item_version_id, "user_id": author.id}
    session.add(Assessment(**about, outcome=outcome))
    session.flush()
    return flag


def nearest(session: Session, actor: Actor, flag: Flag) -> list[Decision]:
    row = repository.get_row(session, actor, flag.id)
    assert row is not None
    return list_nearest(session, actor, row)


def test_the_nearest_share_act_office_region_and_words(session: Session) -> None:
    flag = make_flag(session, make_item(session, text=BANNERS, region_code="33.24"), office="lurah")
    alike = decide(session, office="lurah")
    decide(session, office="guru", act="anggota_parpol", region_code="33.25", text="Guru menjadi pengurus partai.")
    decide(session, office=None, act="dekati_parpol", region_code="51", text="Sekda mendaftar ke partai.")
    found = nearest(session, load_actor(session, make_user(session)), flag)
    assert [one.flag.id for one in found] == [alike.id]
    assert found[0].shared == ("perbuatan", "jabatan", "wilayah", "kata")


def test_no_decision_is_shown_that_lies_out_of_the_area(session: Session) -> None:
    flag = make_flag(session, make_item(session, text=BANNERS, region_code="33.24"), office="lurah")
    decide(session, office="lurah", region_code="35.10")
    assert nearest(session, load_actor(session, make_user(session, region_code="33")), flag) == []
    assert len(nearest(session, load_actor(session, make_user(session)), flag)) == 1


def test_who_reads_blind_sees_none(session: Session, sign_in) -> None:
    first = make_user(session)
    flag = make_flag(session, state=FlagState.SECOND, first_assessor_id=first.id, office="lurah")
    decide(session, office="lurah", region_code="33")
    assert read_flag(session, load_actor(session, make_user(session)), flag.id).nearest == []
    assert len(read_flag(session, load_actor(session, first), flag.id).nearest) == 1


def test_others_of_the_same_office_and_region(session: Session, sign_in) -> None:
    flag = make_flag(session, office="camat")
    make_flag(session, make_item(session, title="Camat lain"), office="camat")
    make_flag(session, make_item(session, title="Camat jauh", region_code="35"), office="camat")
    text = sign_in().get(f"/penanda/{flag.id}").text
    assert "Camat lain" in text
    assert "Camat jauh" not in text


SEEN = datetime(2024, 10, 16, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "days_before", "doubts"),
    [
        ("Rapat dinas digelar Rabu (16/10/2024).", 0, []),
        ("Rapat dinas.", 400, [Doubt.OLD_WHEN_SEEN]),
        ("Rapat dinas.", -3, [Doubt.AHEAD_OF_US]),
        ("Pidato pada 2 November 2020 itu kembali beredar.", 0, [Doubt.OLD_EVENT]),
        ("Ajakan pada Pilkada Serentak 2020.", 0, [Doubt.OLD_ELECTION]),
        ("Pilkada 2020 dan Pilkada 2024 sama saja.", 0, []),
        ("Sesuai UU Nomor 7 tanggal 15 Agustus 2017 tentang pemilu.", 0, []),
    ],
)
def test_days_that_do_not_fit_are_named(sqlite_engine, text: str, days_before: int, doubts: list[Doubt]) -> None:
    with Session(sqlite_engine) as session:
        item = make_item(session, text=text, title="Rapat", first_seen_at=SEEN, published_at=SEEN - timedelta(days=days_before))
        page = load_actor(session, make_user(session))
        row = repository.get_row(session, page, make_flag(session, item).id)
        assert row is not None
        assert [one.doubt for one in list_warnings(row.item, row.version, "33")] == doubts


def test_a_warning_stands_above_the_text_with_its_days(session: Session, sign_in) -> None:
    item = make_item(session, published_at=datetime(2020, 11, 2, 3, tzinfo=UTC), first_seen_at=SEEN)
    flag = make_flag(session, item)
    text = sign_in().get(f"/penanda/{flag.id}").text
    assert "Materi lama diunggah kembali? Diterbitkan 2 Nov 2020" in text


def test_impossible_days_are_no_days() -> None:
    assert find_days("Pada 31 Februari 2024 dan 99/99/2024 tidak terjadi apa-apa.") == []
