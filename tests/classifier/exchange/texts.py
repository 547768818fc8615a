"""Texts as nobody would write them, for trips through every format."""

from pathlib import Path

from hypothesis import strategies as st

from classifier.corpus import CorpusText
from classifier.exchange.formats import READERS, Format, whole_file, write_tasks
from classifier.exchange.records import LABELS, Offsets, ReadOptions, Record, Task, hash_document
from classifier.reading.document import Document, Kind
from classifier.reading.text import Span

ODD = "\n\r\t=+-@'\",;\\\u0085\ufeff\u2028☝️👨‍👩‍👧🇮🇩".replace("\u0085", "")
letters = st.sampled_from(ODD) | st.characters(exclude_categories=("Cs", "Cc"))
words = st.text(letters, max_size=40)
starts = st.sampled_from(["", "=", "'=", "''-", "@", "\t", "'", "\ufeff"])
sentences = st.builds(str.__add__, starts, words).filter(str.strip)


@st.composite
def texts(draw: st.DrawFn) -> CorpusText:
    document = Document(draw(sentences), draw(words), draw(st.sampled_from(Kind)), draw(words), draw(words))
    places = st.integers(0, len(document.text))
    spans = draw(st.lists(st.tuples(places, places).filter(lambda ends: ends[0] < ends[1]), max_size=3, unique=True))
    evidence = tuple(Span(*ends) for ends in sorted(spans))
    return CorpusText("uji", document, draw(st.sampled_from(LABELS)), "-", None, evidence, draw(words))


many_texts = st.lists(texts(), min_size=1, max_size=5, unique_by=lambda text: hash_document(text.document))


def make_text(text: str, label: str = "imbauan", *marks: tuple[int, int], **values: str) -> CorpusText:
    evidence = tuple(Span(*ends) for ends in marks)
    return CorpusText("uji-1", Document(text, values.get("title", "")), label, "-", None, evidence, values.get("event", "uji-1"))


def write(path: Path, form: Format, *written: CorpusText | Task, offsets: Offsets = Offsets.CHARACTERS) -> Path:
    tasks = [one if isinstance(one, Task) else Task(one) for one in written]
    with whole_file(path) as file:
        write_tasks(file, form, tasks, offsets=offsets)
    return path


def read(path: Path, form: Format, offsets: Offsets = Offsets.CHARACTERS, **label_map: str) -> list[Record]:
    return list(READERS[form](path, ReadOptions(label_map, offsets)))


def read_content(tmp_path: Path, form: Format, content: str | bytes, **label_map: str) -> list[Record]:
    path = tmp_path / "berkas"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path, form, Offsets.CHARACTERS, **label_map)


def say(text: CorpusText) -> tuple[object, ...]:
    """What must survive every trip."""
    return text.document, text.label, text.evidence, Task(text).event
