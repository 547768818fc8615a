"""A scorer with a mistake, in a module that the process which scores can import."""

import time
from collections.abc import Sequence

from classifier.reading.document import Document
from classifier.scoring.parameters import Parameters
from classifier.scoring.scorer import Scored, Scorer


class Planted(Scorer):
    """Breaks or hangs on texts with some words."""

    def __init__(self, parameters: Parameters, *, breaks: str = "-", hangs: str = "-"):
        super().__init__(parameters)
        self._breaks, self._hangs = breaks, hangs

    def score(self, documents: Sequence[Document], *, explain_all: bool = False) -> list[Scored]:
        if any(self._breaks in document.text for document in documents):
            raise ValueError("planted")
        if any(self._hangs in document.text for document in documents):
            time.sleep(60)
        return super().score(documents, explain_all=explain_all)
