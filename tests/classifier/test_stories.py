"""Same words, one event."""

from dataclasses import replace

from classifier.corpus import CorpusText, load_corpus
from classifier.reading.document import Document
from classifier.stories import identify, join_events, words_of

ONE = CorpusText("a", Document("Camat hadir.  Ia pulang."), "lain", "-", None, (), "klaster-1")


def test_texts_of_the_same_words_are_of_one_event_and_take_theirs_along() -> None:
    copy = replace(ONE, id="b", document=Document("Camat hadir.\nIa pulang.", "Judul"), event="impor-7")
    mate, other = (replace(ONE, id=name, document=Document(name), event=name) for name in ("impor-7", "konten-9"))
    assert [text.event for text in join_events([mate, ONE, copy, other])] == [*["klaster-1"] * 3, "konten-9"]


def test_the_corpus_repeats_no_words_so_that_its_events_stay() -> None:
    corpus = load_corpus()
    assert join_events(corpus) == corpus


def test_a_text_without_words_is_known_by_its_title() -> None:
    assert words_of(Document(" ", "Camat  hadir")) == "Camat hadir"
    assert identify(Document("Ya", author_name="Ani")) != identify(Document("Ya", author_name="Budi"))
