"""The search index, on both engines."""

import doctest

import pytest
from sqlalchemy.orm import Session

from models.queue import words as flag_words
from models.queue.words import flag_ids_with, index_flag, words_of
from tests.factories import make_flag, make_item


def find(session: Session, question: str) -> list[int]:
    return sorted(session.scalars(flag_ids_with(session, words_of(question))))


@pytest.mark.parametrize("question", ["memilih", "dipilih camat", "PILIHAN", "klarifikasi rapat"])
def test_a_flag_is_found_by_any_form_of_its_words(session: Session, question: str) -> None:
    flag = make_flag(session)
    make_flag(session, make_item(session, title="Cuaca", text="Hujan turun di pesisir."))
    assert find(session, question) == [flag.id]


@pytest.mark.parametrize("question", ["' OR 1 --", '"camat', "camat:*", "NOT camat", "a & b | !c", "\\", "camat\\'"])
def test_signs_of_a_query_language_are_only_signs(session: Session, question: str) -> None:
    make_flag(session)
    if words_of(question):
        find(session, question)


def test_a_flag_that_moves_to_newer_words_is_found_by_these_alone(session: Session) -> None:
    flag = make_flag(session)
    index_flag(session, flag.id, "Lurah", "bernyanyi")
    assert (find(session, "nyanyi"), find(session, "camat")) == ([flag.id], [])


def test_examples_in_docstrings_run() -> None:
    assert doctest.testmod(flag_words).failed == 0
