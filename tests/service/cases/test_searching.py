"""A search finds what is shown: whoever may not open a name does not learn it by asking for it."""

import pytest
from sqlalchemy.orm import Session

from models import Case
from service.accounts.actor import Actor
from service.cases import searching
from service.cases.filters import CaseFilter
from service.cases.listing import list_cases
from service.cases.schemas import CaseEdit
from service.cases.service import edit
from service.exports.registry import TABLES
from tests.factories import make_flag, make_item
from tests.service.cases.desk import actor_of, make_case


@pytest.fixture
def case(session: Session) -> Case:
    writer = actor_of(session)
    named = make_case(session, writer)
    new = CaseEdit(title="Camat Rekaan Wiradharma, S.Sos., mengajak", office="camat", subject_name="Rekaan Wiradharma")
    return edit(session, writer, named.id, new)


def found(session: Session, actor: Actor, search: str) -> list[int]:
    return [row.case.id for row in list_cases(session, actor, CaseFilter(search=search), None)]


@pytest.mark.parametrize("search", ["wiradharma", "dharma,", "WIR", "camat rekaan"])
def test_a_masked_name_is_found_by_those_alone_who_may_open_it(session: Session, case: Case, search: str) -> None:
    assert found(session, actor_of(session), search) == [case.id]
    for reader in (actor_of(session, "pengawas"), actor_of(session, "pembaca", None), actor_of(session, "analis", None)):
        assert found(session, reader, search) == []


def test_what_is_shown_is_found_by_everybody(session: Session, case: Case) -> None:
    reader = actor_of(session, "pembaca")
    assert found(session, reader, "mengajak camat") == [case.id]
    assert found(session, reader, "S.Sos.,") == [case.id]


def test_a_right_to_open_names_elsewhere_opens_none_here(session: Session) -> None:
    nation, reader = actor_of(session, region_code=None), actor_of(session, "pembaca", None)
    nowhere = make_case(session, nation, make_flag(session, make_item(session, region_code=None)))
    edit(session, nation, nowhere.id, CaseEdit(title="Lurah Rekaan", subject_name="Rekaan"))
    assert [found(session, one, "rekaan") for one in (nation, reader)] == [[nowhere.id], []]


def test_an_export_counts_what_its_reader_is_shown(session: Session, case: Case) -> None:
    reader = actor_of(session, "analis", None)
    counts = [TABLES["perkara"].preview(session, reader, f"cari={word}").count for word in ("wiradharma", "mengajak")]
    assert counts == [0, 1]


def test_of_too_many_named_cases_none_is_searched(session: Session, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST_MASKED", 0)
    bare = make_case(session, actor_of(session))
    assert found(session, actor_of(session, "pembaca"), "mengajak") == [bare.id]
