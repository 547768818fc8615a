from hypothesis import given, settings
from hypothesis import strategies as st

from service.items.highlight import Span, Strength, highlight, list_reasons, read_spans
from service.items.privacy import mask_handles

spans = st.lists(st.builds(Span, st.integers(0, 60), st.integers(1, 60), st.floats(-5, 5)), max_size=6)


def test_overlapping_spans_show_the_heavier_one() -> None:
    pieces = highlight("abcdef", [Span(0, 4, 0.2), Span(2, 6, 1.0)])[0]
    assert [(piece.text, piece.strength) for piece in pieces] == [
        ("ab", Strength.WEAK),
        ("cd", Strength.STRONG),
        ("ef", Strength.STRONG),
    ]


def test_a_span_over_two_paragraphs_marks_both() -> None:
    paragraphs = highlight("satu\n\ndua", [Span(2, 9, 1.0)])
    assert [[piece.text for piece in pieces] for pieces in paragraphs] == [["sa", "tu"], ["dua"]]


def test_reasons_come_heaviest_first_with_their_words_and_signs() -> None:
    evidence = [{"start": 0, "end": 4, "weight": 0.5}, {"start": 5, "end": 8, "weight": 2, "words": ["dua"], "signs": ["b"]}]
    reasons = list_reasons("satu dua", read_spans(evidence, 8))
    assert [(reason.text, reason.strength, reason.words, reason.signs) for reason in reasons] == [
        ("dua", Strength.STRONG, ("dua",), ("b",)),
        ("satu", Strength.WEAK, (), ()),
    ]


def test_what_speaks_against_an_act_is_no_reason() -> None:
    assert read_spans([{"start": 0, "end": 4, "weight": -0.5}], 8) == []


@settings(deadline=None)
@given(st.text("ab \n", max_size=60), spans)
def test_no_letter_is_lost_or_added(text: str, given_spans: list[Span]) -> None:
    evidence = [{"start": span.start, "end": span.end, "weight": span.weight} for span in given_spans]
    shown = highlight(text, read_spans(evidence, len(text)))
    joined = "".join(piece.text for pieces in shown for piece in pieces)
    assert joined.replace(" ", "") == text.replace("\n", "").replace(" ", "")


@settings(deadline=None)
@given(st.text("@ab.c ", max_size=40))
def test_masking_keeps_every_offset(text: str) -> None:
    assert len(mask_handles(text)) == len(text)


def test_handles_are_masked_and_mail_addresses_are_left() -> None:
    assert mask_handles("@sari.w dan a@contoh.test") == "@s••••• dan a@contoh.test"
