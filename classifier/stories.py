"""Which texts are the same, and which tell one story: no fit may be tried on what it was taught."""

from collections.abc import Sequence
from dataclasses import replace

from classifier.corpus import CorpusText
from classifier.reading.document import Document

Identity = tuple[str, str, str]


def words_of(document: Document) -> str:
    """The words whatever the spaces between them; of a text that has none, its title's."""
    return " ".join(document.text.split()) or " ".join(document.title.split())


def identify(document: Document) -> Identity:
    """What makes two texts one to learn from. Copies of a story bear other titles; the author of a post is read with it."""
    return words_of(document), document.author_name, document.author_bio


def name_event(item_id: int, cluster_id: int | None) -> str:
    """The story of an item."""
    return f"klaster-{cluster_id}" if cluster_id else f"konten-{item_id}"


def join_events(texts: Sequence[CorpusText]) -> list[CorpusText]:
    """The texts, with those of the same words in one event, whatever titles, authors or files they came with."""
    parents = dict[str, str]()

    def find(name: str) -> str:
        while (parent := parents.get(name, name)) != name:
            name = parents[name] = parents.get(parent, parent)
        return name

    first_events = dict[str, str]()
    for text in texts:
        one = first_events.setdefault(words_of(text.document) or text.id, text.event)
        parents[find(text.event)] = find(one)
    return [text if find(text.event) == text.event else replace(text, event=find(text.event)) for text in texts]
