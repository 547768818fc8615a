"""The desk of coordinators: spam is put aside with its flag and taken back."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Flag, FlagState, Item, ItemVersion, Outcome, Prediction, Tip, TipClosure, now
from models.addresses import canonical_url, key_of
from models.database import make_session
from models.queue.raising import move_flag
from models.settings import Settings
from service.accounts.service import load_actor
from service.review import service as review
from service.review.schemas import Judgement
from service.sealing import Keys
from service.tips import repository, service
from service.tips.sending import Desk, TipStatus, receive
from service.tips.words import TipWords
from tests.factories import make_artifact, make_item, make_user
from tests.service.tips.forms import TEXT, send


def test_a_coordinator_puts_spam_aside_with_its_flag_and_takes_it_back(seen, status_of, settings, visitor, sign_in) -> None:
    code = send(visitor, settings)
    browser = sign_in(role="koordinator", region_code="33")
    assert browser.post("/informasi/1/tutup", data={"alasan": "spam"}).status_code == 303
    assert seen(select(Flag.state))[0] is FlagState.ASSESSED
    assert status_of(code) is TipStatus.UNFIT
    assert "Batalkan" in browser.get("/informasi?pesan=ditutup&nomor=1").text
    assert browser.post("/informasi/1/buka").status_code == 303
    assert seen(select(Flag.state))[0] is FlagState.OPEN
    assert status_of(code) is TipStatus.RECEIVED


def test_a_tip_is_reopened_although_the_deed_on_its_flag_was_undone_by_itself(seen, settings, visitor, sign_in) -> None:
    send(visitor, settings)
    browser = sign_in(role="koordinator", region_code="33")
    assert browser.post("/informasi/1/tutup", data={"alasan": "spam"}).status_code == 303
    assert browser.post(f"/antrean/massal/{seen(select(Tip.bulk_id))[0]}/batal").status_code == 303
    assert browser.post("/informasi/1/buka").status_code == 303
    assert (seen(select(Tip.closed_at))[0], seen(select(Flag.state))[0]) == (None, FlagState.OPEN)


def test_a_later_tip_on_what_was_assessed_is_read_and_one_on_its_flag_joins_it(
    seen, session, status_of, settings, visitor
) -> None:
    link = "https://contoh.test/berita/camat-di-rapat"
    send(visitor, settings, tautan=link, teks="")
    reader, first = load_actor(session, make_user(session)), seen(select(Flag.id))[0]
    review.take(session, reader, first, minutes=20)
    judgement = {"outcome": Outcome.NEEDS_EVIDENCE.value, "note": "tanggalnya tidak ada"}
    review.assess(session, reader, first, Judgement.model_validate(judgement))
    session.commit()
    codes = [send(visitor, settings, tautan=link, teks=f"Saya melihatnya, saksi {number} orang.") for number in (1, 2)]
    assert [status_of(code) for code in codes] == [TipStatus.RECEIVED, TipStatus.REPEAT]
    [second] = seen(select(Flag.id).where(Flag.state == FlagState.OPEN))
    assert seen(select(Tip.flag_id).order_by(Tip.id)) == [first, second, second]


def close_both_and_reopen_the_first(visitor: TestClient, settings: Settings, browser: TestClient) -> None:
    for _ in range(2):
        send(visitor, settings)
    for number in (1, 2):
        assert browser.post(f"/informasi/{number}/tutup", data={"alasan": "spam"}).status_code == 303
    assert browser.post("/informasi/1/buka").status_code == 303


def test_a_tip_that_is_reopened_opens_the_flag_that_was_closed_with_another(seen, settings, visitor, sign_in) -> None:
    browser = sign_in(role="koordinator", region_code="33")
    close_both_and_reopen_the_first(visitor, settings, browser)
    assert seen(select(Flag.state)) == [FlagState.OPEN]
    assert browser.post("/informasi/2/buka").status_code == 303
    assert seen(select(Tip.closed_at)) == [None, None]


def test_a_tip_is_reopened_with_a_flag_of_its_own_where_that_deed_cannot_be_undone(
    seen, status_of, session, settings, visitor, sign_in
) -> None:
    codes = [send(visitor, settings) for _ in range(2)]
    browser = sign_in(role="koordinator", region_code="33")
    assert browser.post("/informasi/1/tutup", data={"alasan": "spam"}).status_code == 303
    reader, first = load_actor(session, make_user(session)), seen(select(Flag.id))[0]
    review.take(session, reader, first, minutes=20)
    judgement = {"outcome": Outcome.UNVERIFIABLE.value, "note": "tidak ada saksi"}
    review.assess(session, reader, first, Judgement.model_validate(judgement))
    session.commit()
    assert browser.post("/informasi/1/buka").status_code == 303
    assert seen(select(Flag.state).order_by(Flag.id)) == [FlagState.ASSESSED, FlagState.OPEN]
    assert [status_of(code) for code in codes] == [TipStatus.RECEIVED, TipStatus.REPEAT]


def test_a_flag_that_somebody_reads_is_not_put_aside(seen, session, settings, visitor, sign_in) -> None:
    send(visitor, settings)
    reader = load_actor(session, make_user(session))
    review.take(session, reader, seen(select(Flag.id))[0], minutes=20)
    browser = sign_in(role="koordinator")
    assert browser.post("/informasi/1/tutup", data={"alasan": "spam"}).status_code == 409
    assert seen(select(Tip.closed_at))[0] is None


def test_a_tip_is_put_aside_although_its_flag_lies_in_another_area(seen, session, settings, visitor, sign_in) -> None:
    item = make_item(session, region_code="33.26")
    item.item_key = key_of(canonical_url(item.url))
    session.commit()
    send(visitor, settings, tautan=item.url)
    browser = sign_in(role="koordinator", region_code="33.24")
    assert browser.post("/informasi/1/tutup", data={"alasan": "spam"}).status_code == 303
    assert (seen(select(Tip.closure)), seen(select(Flag.state))) == ([TipClosure.SPAM], [FlagState.OPEN])


@pytest.mark.parametrize(("probability", "state"), [(0.9, FlagState.OPEN), (0.1, FlagState.ASSESSED)])
def test_signs_on_the_page_of_an_outlet_are_not_put_aside_with_the_tip_that_named_it(
    seen, session, settings, visitor, sign_in, probability: float, state: FlagState
) -> None:
    send(visitor, settings, tautan="https://contoh.test/berita/camat")
    read_page(session, session.scalars(select(Flag)).one(), probability)
    browser = sign_in(role="koordinator", region_code="33")
    assert browser.post("/informasi/1/tutup", data={"alasan": "serangan_pribadi"}).status_code == 303
    assert (seen(select(Tip.closure)), seen(select(Flag.state))) == ([TipClosure.ABUSE], [state])


def read_page(session: Session, flag: Flag, probability: float) -> None:
    """A crawl reads the page that a tip named, and a machine reads what stands there."""
    item, words = session.get_one(Item, flag.item_id), "Camat Wanasari mengajak warga memilih satu calon."
    values = {"title": "", "text": words, "text_sha256": "1" * 64, "language": "id", "method": "uji"}
    page = ItemVersion(item_id=item.id, number=2, **values)
    session.add(page)
    session.flush()
    item.current_version_id = page.id
    found = Prediction(
        item_version_id=page.id, artifact_id=make_artifact(session).id, probability=probability, label="kegiatan_berpihak"
    )
    session.add(found)
    session.flush()
    move_flag(session, flag, item, page, found, score=probability)


def test_another_area_sees_no_tip(settings, visitor, sign_in) -> None:
    send(visitor, settings, kontak="surel@contoh.test")
    browser = sign_in(role="koordinator", region_code="51")
    assert TEXT not in browser.get("/informasi").text
    statuses = {browser.post(f"/informasi/1/{deed}", data={"alasan": "spam"}).status_code for deed in ("tutup", "buka", "kontak")}
    assert statuses == {404}
    assert sign_in(role="pengawas").get("/informasi").status_code == 403


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_tip_that_joins_a_flag_which_the_desk_is_closing_is_read(
    session: Session, engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, sessions = (now() - timedelta(days=1)).date(), make_session(engine)
    desk, words = Desk(Keys.of(settings), settings.evidence_dir, 90), TipWords("33.24", "", TEXT, day, day, "", "", "")
    coordinator = load_actor(session, make_user(session, role="koordinator", region_code="33"))
    first = receive(session, desk, words, form=None).tip.id
    session.commit()

    def close_first() -> None:
        with sessions.begin() as own:
            service.close(own, coordinator, first, TipClosure.SPAM)

    def find_and_be_slow(own: Session, item_id: int) -> int | None:
        found = find_unfinished_flag(own, item_id)
        closing.append(pool.submit(close_first))
        wait(closing, timeout=1)
        return found

    find_unfinished_flag, closing = repository.find_unfinished_flag, list[Future[None]]()
    monkeypatch.setattr(repository, "find_unfinished_flag", find_and_be_slow)
    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as own:
            joined = receive(own, desk, words, form=None).tip.flag_id
        closing[0].result(timeout=30)
    assert session.get_one(Flag, joined).state is FlagState.OPEN
    assert session.get_one(Tip, first).closure is TipClosure.SPAM
