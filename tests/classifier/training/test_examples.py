"""What the windows of one text teach."""

from dataclasses import replace

import numpy as np
import pytest

from classifier.config import Config
from classifier.corpus import CorpusText
from classifier.reading.document import Document, read_document
from classifier.reading.text import Span
from classifier.training.examples import list_examples, prepare
from classifier.training.fitting import fit_rows

ACT = "Camat Wanasari mengajak stafnya memilih paslon nomor urut 2."
LONG = f"Hujan turun. {ACT} Jalan rusak. Warga menanam padi. Pasar ramai."
MARKED = CorpusText("a", Document(LONG), "kegiatan_berpihak", "-", None, (Span(13, 13 + len(ACT)),), "a")
UNMARKED = replace(MARKED, evidence=())


def shown(config: Config, text: CorpusText) -> list[bool]:
    return [example.shows_act for example in list_examples(config, text, read_document(text.document), config.window.most)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MARKED, [True, True, False]),
        (UNMARKED, []),
        (replace(UNMARKED, document=Document(ACT)), [True]),
        (replace(UNMARKED, label="imbauan"), [False, False, False]),
    ],
)
def test_windows_of_a_long_act_without_marks_teach_nothing(small_config: Config, text: CorpusText, expected: list[bool]) -> None:
    assert shown(small_config, text) == expected


def test_an_act_without_marks_still_teaches_as_a_document(small_config: Config, small_corpus: list[CorpusText]) -> None:
    prepared = prepare(small_config, [*small_corpus[:60], UNMARKED, UNMARKED])
    assert set(prepared.owners.tolist()) == set(range(60))
    fitted = [fit_rows(prepared, np.arange(rows), with_classes=False) for rows in (60, 62)]
    without, others = (own.document.named_steps["model"].intercept_ for own in fitted)
    assert without != others
