"""The date decides the law, and leaves no act of a campaign without one."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models.legal.law_of_day import read_law

BEFORE, AFTER = date(2024, 9, 1), date(2024, 10, 20)
"""Around the day on which the candidates of the Pilkada of 2024 were fixed."""


def test_membership_of_a_party_rests_on_the_act_that_was_in_force(session: Session) -> None:
    bases = [read_law(session, day).violations["anggota_parpol"].legal_basis for day in (date(2023, 10, 30), date(2023, 10, 31))]
    assert bases == ["UU 5/2014 Ps 87(4)c", "UU 20/2023 Ps 52(3) huruf j dan (4)"]


@pytest.mark.parametrize(
    "act", ["ikut_kampanye", "pasang_apk", "sosialisasi_medsos", "hadir_deklarasi", "interaksi_medsos", "foto_simbol"]
)
def test_what_is_a_matter_of_ethics_before_is_one_of_discipline_once_candidates_are_fixed(session: Session, act: str) -> None:
    before, after = (read_law(session, day).violations[act] for day in (BEFORE, AFTER))
    assert (before.level, after.level) == ("kode_etik", "disiplin")
