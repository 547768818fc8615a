"""A text hidden in a long page keeps its marks, and is found again."""

import random

from classifier.corpus import CorpusText
from classifier.reading.document import Document, Kind
from classifier.reading.text import Span, split_sentences
from classifier.training.mixing import hide, hide_all

ACT = CorpusText("a", Document("Camat ikut kampanye. Ia pulang.", title="Judul"), "ikut_kampanye", "-", None, (Span(0, 20),), "a")
CALM = CorpusText("b", Document("Harga cabai naik. Hujan turun. Pasar ramai."), "lain", "-", None, (), "b")


def test_marks_move_with_the_text_and_the_title_goes() -> None:
    for seed in range(20):
        hidden = hide(ACT, [CALM], 15, random.Random(seed))
        (span,) = hidden.evidence
        assert hidden.document.text[span.start : span.end] == "Camat ikut kampanye."
        assert len(split_sentences(hidden.document.text)) == 17
        assert hidden.document.title == ""


def test_only_news_is_hidden_and_the_same_seed_gives_the_same_pages() -> None:
    post = CorpusText("c", Document("gas", kind=Kind.POST), "lain", "-", None, (), "c")
    other = CorpusText("d", Document("Jalan rusak. Warga mengeluh."), "lain", "-", None, (), "d")
    pages = hide_all([ACT, CALM, post, other], (10,), 1)
    assert [page.id for page in pages] == ["a", "b", "d"]
    assert pages == hide_all([ACT, CALM, post, other], (10,), 1)
    assert hide_all([ACT, CALM], (10,), 1) == []
