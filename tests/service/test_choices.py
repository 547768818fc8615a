"""What the queue's filter offers is read anew every few seconds, and stays one object as long as nothing changed."""

import pytest
from sqlalchemy.orm import Session

from service.review import choices
from tests.factories import make_source, make_user


@pytest.fixture(autouse=True)
def always_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choices, "KEPT_SECONDS", -1)


def test_what_did_not_change_stays_one_object(session: Session) -> None:
    make_source(session, slug="kabar")
    assert choices.read_choices(session) is choices.read_choices(session)


def test_a_new_source_is_offered(session: Session) -> None:
    before = choices.read_choices(session)
    make_source(session, slug="kabar-baru", name="Kabar Baru")
    after = choices.read_choices(session)
    assert set(after.sources) - set(before.sources) == {("kabar-baru", "Kabar Baru")}


def test_all_who_assess_can_be_handed_a_flag_and_nobody_else(session: Session) -> None:
    many = {make_user(session, username=f"penilai-{number}").username for number in range(120)}
    make_user(session, username="analis-1", role="analis")
    make_user(session, username="berhenti", is_active=False)
    offered = {one.username for one in choices.list_receivers(session)}
    assert many <= offered
    assert not {"analis-1", "berhenti"} & offered
