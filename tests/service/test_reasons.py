"""Why a text is before people, as a monitor reads it."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from models import Artifact, AuditDraw, AuditSample, DrawPurpose, Flag, FlagReason, Prediction
from service.items.estimate import Standing, stand
from tests.factories import make_artifact, make_flag

Read = Callable[[Flag], str]


@pytest.fixture
def read(sign_in) -> Read:
    """The page of a flag, one space between words."""
    return lambda flag: " ".join(sign_in().get(f"/penanda/{flag.id}").text.split())


def predict(session: Session, flag: Flag, **values: object) -> None:
    prediction = session.get_one(Prediction, flag.prediction_id)
    for name, value in values.items():
        setattr(prediction, name, value)


@pytest.mark.parametrize(("probability", "said"), [(0.92, "kuat 0,92"), (0.55, "ragu-ragu 0,55"), (0.9996, "kuat 0,99")])
def test_an_act_is_named_with_its_chance_and_its_line(session: Session, read: Read, probability: float, said: str) -> None:
    text = read(make_flag(session, probability=probability))
    assert "<dt>Prakiraan</dt><dd>Kegiatan yang berpihak</dd>" in text
    assert f"{said}, di atas ambang penanda (0,5)" in text


def test_a_look_alike_is_a_maybe(session: Session, read: Read) -> None:
    make_artifact(session).read_line = 0.25
    flag = make_flag(session, probability=0.3)
    predict(session, flag, act=None, label="ikrar")
    text = read(flag)
    assert "<dd>mungkin ikrar netralitas</dd>" in text
    assert "lemah 0,3, di bawah ambang penanda (0,5), di atas ambang baca (0,25)" in text


def test_a_class_that_nobody_named_yet_is_still_shown(session: Session, read: Read) -> None:
    flag = make_flag(session)
    predict(session, flag, act=None, label="kelas_baru")
    assert "<dd>kelas baru</dd>" in read(flag)


def test_an_artifact_without_a_reading_line_has_one_line() -> None:
    old, new = Artifact(threshold=0.5, read_line=0.0), Artifact(threshold=0.5, read_line=0.2)
    assert [stand(probability, old) for probability in (0.5, 0.49)] == [Standing.ABOVE, Standing.BELOW]
    assert [stand(probability, new) for probability in (0.5, 0.2, 0.19)] == [Standing.ABOVE, Standing.READ, Standing.BELOW]


def test_the_signs_of_a_reason_are_read_out(session: Session, read: Read) -> None:
    flag = make_flag(session)
    signs = ["jabatan ASN → dukungan", "peserta pemilu"]
    predict(session, flag, evidence=[{"start": 0, "end": 56, "weight": 1.5, "words": ["memilih"], "signs": signs}])
    assert "Terbaca: jabatan ASN → dukungan, peserta pemilu" in read(flag)


@pytest.mark.parametrize("entry", [{}, {"signs": None}, {"signs": []}, {"signs": "bukan daftar"}])
def test_rows_without_signs_still_render(session: Session, read: Read, entry: dict[str, object]) -> None:
    flag = make_flag(session)
    predict(session, flag, evidence=[{"start": 0, "end": 56, "weight": 1.5, "words": ["memilih"]} | entry])
    text = read(flag)
    assert "Terbaca:" not in text
    assert "<code>memilih</code>" in text


def draw(session: Session, purpose: DrawPurpose, **values: object) -> Flag:
    flag = make_flag(session, probability=0.04, reason=FlagReason.AUDIT)
    predict(session, flag, act=None, label="statistik", **values)
    made = AuditDraw(purpose=purpose, artifact_id=make_artifact(session).id, population=100, seed=1)
    session.add(made)
    session.flush()
    session.add(AuditSample(draw_id=made.id, flag_id=flag.id, item_version_id=flag.item_version_id, probability=0.04))
    return flag


def test_an_audit_draw_says_so_and_claims_no_reasons(session: Session, read: Read) -> None:
    text = read(draw(session, DrawPurpose.AUDIT, evidence=[]))
    assert "Sampel acak untuk mengukur yang terlewat." in text
    assert "Mesin tidak memberi alasan" not in text
    assert "<mark" not in text


def test_the_reasons_of_an_audit_draw_are_shown_where_there_are_some(session: Session, read: Read) -> None:
    assert "Kata terberat" in read(draw(session, DrawPurpose.AUDIT))


def test_a_draw_for_learning_is_not_called_random(session: Session, read: Read) -> None:
    text = read(draw(session, DrawPurpose.LEARNING, evidence=[]))
    assert "karena mesin ragu" in text
    assert "Sampel acak" not in text


def test_place_and_colour_do_not_tell_a_draw_from_a_flag(session: Session, read: Read) -> None:
    def shape(text: str) -> list[str]:
        """The tags of the page, without numbers of rows."""
        tags = re.findall(r"<[^>]*>", text)
        return [re.sub(r"\d+|selected", "", tag) for tag in tags]

    flagged = make_flag(session)
    assert shape(read(draw(session, DrawPurpose.AUDIT))) == shape(read(flagged))
