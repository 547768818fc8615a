import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Answer, AuditEvent, Case, ExternalStatus, Item, ItemKind, Stage
from models.evidence.store import EvidenceWriter, Fetched
from models.settings import Settings
from service.cases.completeness import answer_requirement
from service.cases.dossier.facts import Dossier
from service.cases.dossier.gather import gather_dossier
from service.cases.schemas import CaseEdit, FollowUpEntry, Purpose, RequirementAnswer
from service.cases.service import edit
from service.followup.service import enter_follow_up
from service.language import Language, read_catalogue
from service.review import covering
from service.review import service as review
from service.review.schemas import Judgement
from tests.factories import make_flag, make_item, make_user
from tests.service.cases.desk import PILKADA, actor_of, confirmed_flag, make_case, mirror

HOSTILE = '<script>alert(1)</script> & "Étienne Ñuñez" Ćuković'
NAME = "Siti Rekaananda"
NOT_SHOWN = {"shows_name", "names_shown", "is_second", "is_withdrawn", "made_at", "what", "region_code", "confidence", "version"}


def words(text: str) -> str:
    """Without spaces and line ends, which each form sets its own way."""
    return re.sub(r"\s+", "", text)


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, key)
    elif value not in (None, "") and not isinstance(value, bool) and key not in NOT_SHOWN:
        yield key, value


def said(value: Any) -> set[str]:
    """Every way in which our pages may say a fact."""
    language, ways = Language("id"), {str(value)}
    if isinstance(value, int):
        return ways | {language.number(value)}
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return {language.day(date.fromisoformat(value))}
    if re.match(r"\d{4}-\d\d-\d\dT", value):
        return {language.moment(datetime.fromisoformat(value), "33")}
    return ways | {texts["id"] for key, texts in read_catalogue().items() if key.endswith(f".{value}")}


@pytest.fixture
def case(session: Session, settings: Settings) -> Case:
    first, second = actor_of(session), actor_of(session, "pengawas")
    with EvidenceWriter(settings.evidence_dir) as writer:
        snapshot = writer.append(Fetched("https://contoh.test/a", b"<p>Isi</p>", "text/html", 200))
    session.add(snapshot)
    session.flush()
    values = {"published_at": PILKADA, "first_seen_at": PILKADA, "snapshot_id": snapshot.id}
    item = make_item(session, title=f"{HOSTILE} bersama {NAME}", **values)
    case = make_case(session, first, confirmed_flag(session, first, second, item))
    text = f"{HOSTILE}. " + "Uraian yang panjang sekali. " * 120
    new = {"title": HOSTILE, "office": "camat", "agency": "Kecamatan Wanasari", "place": "Pendopo", "description": text}
    new |= {"subject_name": NAME, "subject_number": "198001012005011001", "act": "kegiatan_berpihak", "happened_on": "2024-10-15"}
    edit(session, first, case.id, CaseEdit.model_validate(new))
    answer_requirement(session, first, case.id, RequirementAnswer(requirement="bukti", answer=Answer.YES, note="Salinan 👍"))
    mirror(session, first, case, ExternalStatus.FINDING, "2024-10-18", document_number="001/TM/X/2024", note=f"Oleh {NAME}.")
    step = FollowUpEntry(stage=Stage.RECOMMENDED, on_day=date(2024, 11, 2), document_number="R-12/2024")
    enter_follow_up(session, first, case.id, step)
    session.commit()
    return case


def take(browser: TestClient, case: Case, form: str, **values: str) -> bytes:
    answer = browser.post(f"/perkara/{case.id}/berkas", data={"purpose": "arsip", "format": form} | values)
    assert answer.status_code == 200
    return answer.content


def text_of_pdf(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_the_three_forms_hold_the_same_facts(session: Session, case: Case, sign_in: Any) -> None:
    browser = sign_in(role="koordinator", region_code="33")
    document = json.loads(take(browser, case, "json"))
    page = unescape(re.sub(r"<[^>]+>", " ", take(browser, case, "html").decode()))
    found = {"html": words(page), "pdf": re.sub(r"Berkasperkara\d+·\d+/\d+", "", words(text_of_pdf(take(browser, case, "pdf"))))}
    told = list(leaves({"purpose": document["purpose"], "content": document["content"], "letter": document["letter"]}))
    assert len(told) > 80
    as_drawn = [(key, {way.replace("👍", "[U+1F44D]") for way in said(value)} | said(value)) for key, value in told]
    missing = [
        (form, key, ways) for key, ways in as_drawn for form, text in found.items() if not any(words(w) in text for w in ways)
    ]
    assert missing == []
    assert Dossier.model_validate(document).content_sha256 == document["content_sha256"]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_names_are_masked_in_every_form_until_they_are_asked_for_with_the_right(
    session: Session, case: Case, sign_in: Any
) -> None:
    browser, monitor = sign_in(role="koordinator", region_code="33"), sign_in(role="pengawas", region_code="33")
    for form in ("json", "html", "pdf"):
        content = take(browser, case, form)
        text = text_of_pdf(content) if form == "pdf" else content.decode()
        assert "S.R." in text
        assert not {"rekaananda", "198001012005011001"} & set(re.findall(r"\w+", text.lower()))
    assert NAME in take(browser, case, "json", shows_name="true").decode()
    refused = monitor.post(f"/perkara/{case.id}/berkas", data={"purpose": "arsip", "format": "json", "shows_name": "true"})
    assert refused.status_code == 403
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "perkara.berkas")).all()
    assert [event.detail["nama"] for event in events] == [False, False, False, True]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_address_of_a_post_goes_into_a_dossier_only_with_the_names(session: Session, case: Case, sign_in: Any) -> None:
    item, url = session.scalars(select(Item)).one(), "https://contoh.test/@pegawai_kota/1"
    item.kind, item.url = ItemKind.POST, url
    session.commit()
    browser = sign_in(role="koordinator", region_code="33")
    for form in ("json", "html", "pdf"):
        content = take(browser, case, form)
        text = words(text_of_pdf(content) if form == "pdf" else content.decode())
        assert ("https://contoh.test/…" in text, "pegawai_kota" in text) == (True, False)
    assert url in take(browser, case, "json", shows_name="true").decode()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_hostile_words_stay_words_and_nothing_is_loaded_from_elsewhere(case: Case, sign_in: Any) -> None:
    page = take(sign_in(role="koordinator", region_code="33"), case, "html").decode()
    assert "<script>alert" not in page
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_people_who_decided_appear_by_role(session: Session, case: Case, sign_in: Any) -> None:
    browser = sign_in(make_user(session, username="penyusun", role="koordinator", region_code="33"))
    content = json.loads(take(browser, case, "json"))
    text = json.dumps(content)
    assert "penyusun" not in text.lower()
    assert [d["roles"] for d in content["content"]["decisions"]] == [["Koordinator"], ["Pengawas"]]
    assert content["made_by"] == ["Koordinator"]


def test_sentences_whose_reading_was_taken_back_are_not_quoted(session: Session) -> None:
    first, second, writer = actor_of(session, "pengawas"), actor_of(session, "pengawas"), actor_of(session)
    text = "Bupati membuka pasar murah. Camat Wanasari mengajak stafnya memilih paslon 2."
    flag = make_flag(session, make_item(session, text=text, published_at=PILKADA, first_seen_at=PILKADA))
    case = make_case(session, writer, flag)
    review.take(session, first, flag.id, minutes=20)
    wrong, _ = covering.assess(session, first, flag.id, judgement((0, 27)), None, covers=False)
    covering.undo(session, first, wrong.id, minutes=20)
    covering.assess(session, first, flag.id, judgement((28, 77)), None, covers=False)
    review.take(session, second, flag.id, minutes=20)
    covering.assess(session, second, flag.id, judgement(), None, covers=False)
    session.refresh(flag)
    [evidence] = gather_dossier(session, case, purpose=Purpose.REFERRAL, made_by=writer).content.evidence
    assert evidence.quotes == ["Camat Wanasari mengajak stafnya memilih paslon 2."]


def judgement(*marks: tuple[int, int]) -> Judgement:
    answers = {"content_partisan": "ya", "person_asn": "ya", "attribution_verified": "ya", "act": "kegiatan_berpihak"}
    evidence = [{"start": start, "end": end} for start, end in marks]
    return Judgement.model_validate({"outcome": "indikasi_pelanggaran", "evidence": evidence} | answers)
