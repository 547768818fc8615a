"""Hostile requests (tests/service/hostile.py): each is refused, and says nothing. A case that is not is named in the failure."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assessment, Flag, Outcome, Snapshot
from models.settings import Settings
from tests.factories import make_flag, make_item, make_user
from tests.service import hostile
from tests.service.rooms import store_copy

REFUSED = range(400, 500)
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def test_a_cursor_that_is_not_ours_is_refused(sign_in) -> None:
    browser = sign_in(role="admin")
    for path in ("/antrean?lanjut=", "/api/v1/flags?after=", "/perkara?lanjut="):
        statuses = {name: browser.get(path + quote(cursor)).status_code for name, cursor in hostile.CURSORS.items()}
        assert {name: status for name, status in statuses.items() if status not in {200, 404, 409, 422}} == {}, path
        assert statuses["no number"] in {404, 422}, path


def test_a_number_that_is_none_is_refused(session: Session, sign_in) -> None:
    make_flag(session)
    browser = sign_in(role="admin")
    for path in ("/penanda/{}", "/konten/{}/asli", "/perkara/{}", "/api/v1/flags/{}", "/api/v1/items/{}"):
        statuses = {name: browser.get(path.format(number)).status_code for name, number in hostile.NUMBERS.items()}
        assert {name: status for name, status in statuses.items() if status not in REFUSED} == {}, path


def test_a_body_that_is_none_changes_nothing(session: Session, sign_in) -> None:
    flag = make_flag(session)
    browser = sign_in()
    browser.post(f"/api/v1/flags/{flag.id}/take")
    for name, body in hostile.BODIES.items():
        answer = browser.post(f"/api/v1/flags/{flag.id}/assess", content=body, headers={"content-type": JSON})
        assert answer.status_code in {200, 400, 409, 413, 422}, (name, answer.status_code)
    session.expire_all()
    outcomes = session.scalars(select(Assessment.outcome)).all()
    assert len(outcomes) <= 1  # The first that was well formed closed the flag; what came after it found nothing to close.


def test_a_body_sets_nothing_that_is_ours(session: Session, sign_in) -> None:
    flags, other = [make_flag(session) for _ in range(3)], make_user(session)
    browser = sign_in()
    for flag, name in zip(flags, ("a field of ours", "twice the same field", "a prototype"), strict=True):
        browser.post(f"/api/v1/flags/{flag.id}/take")
        browser.post(f"/api/v1/flags/{flag.id}/assess", content=hostile.BODIES[name], headers={"content-type": JSON})
    session.expire_all()
    kept = session.execute(select(Assessment.user_id, Assessment.outcome)).all()
    assert [row for row in kept if row[0] == other.id or row[1] is Outcome.INDICATION] == []


def deeds_on(flag: Flag, copy: Snapshot) -> Iterator[tuple[str, str]]:
    """What one could try with a flag that one may not read."""
    own = f"/konten/{flag.item_id}"
    pages = (f"/penanda/{flag.id}", f"{own}/asli", f"{own}/salinan/{copy.id}", f"{own}/salinan/{copy.id}/isi")
    yield from (("GET", path) for path in (*pages, f"/api/v1/flags/{flag.id}", f"/api/v1/items/{flag.item_id}"))
    for deed in ("ambil", "lepas", "perpanjang", "lewati", "lewati/batal"):
        yield "POST", f"/penanda/{flag.id}/{deed}"
    for deed in ("take", "release"):
        yield "POST", f"/api/v1/flags/{flag.id}/{deed}"
    yield from (("POST", path) for path in (f"{own}/asli", f"{own}/salinan/{copy.id}/periksa"))


def test_guessed_numbers_of_another_area_look_as_if_they_were_not_there(session: Session, settings: Settings, sign_in) -> None:
    copy = store_copy(session, settings, "rahasia")
    flag = make_flag(session, make_item(session, region_code="51", snapshot_id=copy.id, title="Rahasia Bali"))
    browser = sign_in(role="koordinator", region_code="33")
    answers = {deed: browser.request(*deed) for deed in deeds_on(flag, copy)}
    assert {deed: answer.status_code for deed, answer in answers.items() if answer.status_code != 404} == {}
    missing = browser.get(f"/penanda/{flag.id + 999}").text.replace(str(flag.id + 999), "N")
    assert answers["GET", f"/penanda/{flag.id}"].text.replace(f"/{flag.id}", "/N") == missing


def test_the_same_field_twice_opens_no_other_area(session: Session, sign_in) -> None:
    make_flag(session, make_item(session, region_code="51", title="Rahasia Bali"))
    browser = sign_in(region_code="33")
    for query in ("wilayah=33&wilayah=51", "wilayah=51", "wilayah=51&rak=semua&rak=dinilai", "wilayah%5B%5D=51"):
        assert "Rahasia Bali" not in browser.get(f"/antrean?{query}").text


def test_a_nul_is_refused_wherever_it_stands(session: Session, sign_in) -> None:
    flag = make_flag(session)
    browser = sign_in(role="admin")
    forms: dict[str, dict[str, Any]] = {
        "/antrean/tersimpan": {"nama": "a\0b", "saring": "cari=a\0b"},
        f"/penanda/{flag.id}/lewati": {"alasan_lewati": "a\0b"},
        "/antrean/bobot": {"score": "1\0", "catatan": "\0"},
    }
    for path in ("/antrean?cari=a%00b", "/jejak?pelaku=%00", "/sumber?cari=%00"):
        assert browser.get(path).status_code in REFUSED, path
    assert {path: status for path, form in forms.items() if (status := browser.post(path, data=form).status_code) >= 500} == {}
