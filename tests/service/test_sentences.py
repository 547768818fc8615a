import time

from hypothesis import given, settings
from hypothesis import strategies as st

from service.items.highlight import Span
from service.items.sentences import MOST_SENTENCES, list_sentences, split_sentences
from service.review.schemas import MOST_MARKS

letters = st.text("aB.!?…\"' \n\t\xa0@•", max_size=80)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


def test_stops_and_paragraphs_end_a_sentence() -> None:
    assert split('Camat hadir! "Pilih dia." Lalu bubar…\n\nBawaslu memanggil\r\nSelesai') == [
        "Camat hadir!",
        '"Pilih dia."',
        "Lalu bubar…",
        "Bawaslu memanggil",
        "Selesai",
    ]


def test_titles_numbers_and_degrees_do_not() -> None:
    sentence = "Drs. H. Salim, S.H., M.Si. dari Jl. Melati membawa Rp. 1.500 pukul 10.30 WIB."
    assert split(f"{sentence} Ia pulang.") == [sentence, "Ia pulang."]


@settings(deadline=None)
@given(letters)
def test_spans_are_exact_in_order_and_leave_nothing_out(text: str) -> None:
    spans = list(split_sentences(text))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert spans == sorted(spans)
    assert "".join("".join(split(text)).split()) == "".join(text.split())


def test_a_text_made_to_hurt_costs_little() -> None:
    started = time.process_time()
    for text in ("." * 300_000, " " * 300_000, "! " * 150_000, "a.\n" * 100_000):
        assert len(list_sentences(text, [])) <= MOST_SENTENCES
    assert time.process_time() - started < 5


def test_reasons_are_checked_even_where_the_classifier_cut_otherwise() -> None:
    text = "Camat hadir. Ia mengajak warga memilih. Lalu ia pulang."
    found = list_sentences(text, [Span(13, 50, 1.0)])
    assert [(sentence.text, sentence.is_reason) for sentence in found] == [
        ("Camat hadir.", False),
        ("Ia mengajak warga memilih.", True),
        ("Lalu ia pulang.", True),
    ]


def test_no_more_are_checked_than_may_be_sent() -> None:
    text = "Camat hadir. " * 50
    assert sum(sentence.is_reason for sentence in list_sentences(text, [Span(0, len(text), 1.0)])) == MOST_MARKS
