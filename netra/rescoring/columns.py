"""The columns of Parquet: which are read, and what is written."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from classifier.classify import describe, read_document_object
from classifier.errors import InputError
from classifier.reading.document import Document
from classifier.scoring.apart import Failure
from classifier.scoring.scorer import Scored
from netra.rescoring.errors import RescoringError
from netra.rescoring.scorers import ArtifactPlace, score

Row = dict[str, Any]


@dataclass(frozen=True)
class Columns:
    """What the columns of an archive are called there. Only id and text must exist."""

    id: str = "id"
    text: str = "text"
    title: str = "title"
    kind: str = "kind"
    author_name: str = "author_name"
    author_bio: str = "author_bio"

    def list_present(self, names: Sequence[str]) -> dict[str, str]:
        """Our names and theirs, of those that a file has; refuses a file without id, text or a renamed column."""
        default = asdict(Columns())
        wanted = asdict(self)
        missing = [
            theirs
            for ours, theirs in wanted.items()
            if theirs not in names and (ours in ("id", "text") or theirs != default[ours])
        ]
        if missing:
            raise RescoringError(
                f"it has no column {', '.join(missing)} but {', '.join(names)}; say which is which: --column text=NAME"
            )
        return {ours: theirs for ours, theirs in wanted.items() if theirs in names}


def parse_columns(pairs: Sequence[str]) -> Columns:
    """From `ours=theirs`, as the command line has them."""
    known = [own.name for own in fields(Columns)]
    given = dict[str, str]()
    for pair in pairs:
        ours, _, theirs = pair.partition("=")
        if ours not in known or not theirs:
            raise RescoringError(f"--column {pair}: write OURS=THEIRS, ours being one of {', '.join(known)}")
        given[ours] = theirs
    return Columns(**given)


def output_schema(arrow: Any, id_type: Any) -> Any:
    """The columns of a part; `docs/rescoring.md` explains them."""
    text = arrow.string()
    span = {"start": arrow.int32(), "end": arrow.int32(), "text": text, "weight": arrow.float64()}
    evidence = arrow.struct(list((span | {"words": arrow.list_(text), "signs": arrow.list_(text)}).items()))
    return arrow.schema(
        [
            ("id", id_type),
            ("row", arrow.int64()),
            ("probability", arrow.float64()),
            ("flagged", arrow.bool_()),
            ("verdict", text),
            ("act", text),
            ("label", text),
            ("evidence", arrow.list_(evidence)),
            ("title_weight", arrow.float64()),
            ("language", text),
            ("artifact", text),
            ("error", text),
        ]
    )


def score_rows(place: ArtifactPlace, rows: Sequence[Row], first: int) -> Iterator[Row]:
    """An object a row, as `netra classify` writes it; `row` is its number in the file, `error` why it has no score."""
    read = [read_row(row) for row in rows]
    found = iter(score(place, [own for own in read if isinstance(own, Document)]))
    for number, own in enumerate(read, start=first):
        result = _tell(own, next(found)) if isinstance(own, Document) else {"error": own.reason}
        yield {"row": number, "artifact": place.name, **result}


def _tell(document: Document, answer: Scored | Failure) -> Row:
    return {"error": answer.reason} if isinstance(answer, Failure) else describe(document, answer)


def read_row(row: Row) -> Document | Failure:
    """A text, or why it is none."""
    try:
        return read_document_object(row)
    except InputError as error:
        return Failure(str(error))
