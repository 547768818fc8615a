"""Parsers of files that another tool or another machine hands over: labels, texts to classify, archives in Parquet, backups."""

import io
import json
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.parquet as pq
import pyrage
from pydantic import SecretStr

from classifier.classify import classify_lines
from classifier.errors import ClassifierError
from classifier.exchange.formats import READERS, Format
from classifier.exchange.records import ReadOptions
from classifier.reading.document import Document
from classifier.scoring.scorer import Scored, Scorer, Verdict
from models.settings import Settings
from netra.keeping.archive import FACTS, ArchiveWriter
from netra.keeping.backup import DATABASE
from netra.keeping.encryption import make_key
from netra.keeping.errors import KeepingError
from netra.keeping.unpacking import Nobody, unpack
from netra.rescoring.columns import Columns
from netra.rescoring.parquet import sample_documents
from netra.rescoring.parts import Refused as RefusedFile
from netra.rescoring.parts import plan_parts
from tests.fuzz import samples
from tests.fuzz.parser import Parser, from_file

LABELS_CSV = f'text,label,evidence\n{samples.TEXT},imbauan,0-5;6-14\n"dua\nbaris",ikrar,\n'.encode()
LABEL_STUDIO = samples.as_json(
    [
        {
            "id": 1,
            "data": {"text": samples.TEXT, "netra_id": "uji-1"},
            "annotations": [
                {
                    "result": [
                        {"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": ["imbauan"]}},
                        {"from_name": "evidence", "to_name": "text", "type": "labels", "value": {"start": 0, "end": 5}},
                    ]
                }
            ],
        },
        {"id": 2, "data": {"text": "Rapat dinas"}, "annotations": [], "predictions": []},
    ]
)
DOCCANO = samples.as_json({"id": 4, "text": samples.TEXT, "label": [[0, 5, "imbauan"]], "meta": {"kind": "news"}}) + b"\n"
DOCCANO_DICTS = samples.as_json(
    {"text": samples.TEXT, "entities": [{"label": "bukti", "start_offset": 0, "end_offset": 5}], "cats": ["imbauan"]}
)
DATABASE_BYTES = b"SQLite format 3\0" * 40
PACKED = zlib.compress(DATABASE_BYTES)


def of_labels(folder: Path) -> list[Parser]:
    """`netra labels import`."""
    refused = (ClassifierError,)

    def read_as(form: Format) -> Callable[[bytes], object]:
        return from_file(folder / f"l.{form}", lambda path: list(READERS[form](path, ReadOptions())))

    return [
        Parser("labels", (samples.LABELS,), read_as(Format.JSONL), refused),
        Parser("labels-csv", (LABELS_CSV, LABELS_CSV.replace(b",", b";")), read_as(Format.CSV), refused),
        Parser("labels-label-studio", (LABEL_STUDIO,), read_as(Format.LABEL_STUDIO), refused),
        Parser("labels-doccano", (DOCCANO, DOCCANO_DICTS), read_as(Format.DOCCANO), refused),
    ]


def of_texts(folder: Path) -> list[Parser]:
    """`netra classify` and `netra rescore`."""
    return [
        Parser("classify", (samples.as_json({"id": 1, "text": samples.TEXT, "kind": "news", "title": "Rapat"}),), _classify),
        Parser("parquet", _parquet(), from_file(folder / "a.parquet", _read_parquet)),
    ]


def of_archives(folder: Path) -> list[Parser]:
    """`netra restore`: an archive as it comes, one that a key opens, and its parts where seal and sums vouch for them."""
    read = from_file(folder / "a.tar", _unpack)
    whole, refused = _archive(), (KeepingError,)
    return [
        Parser("backup", (whole,), read, refused),
        Parser("backup-encrypted", (_encrypted(whole),), read, refused),
        Parser("backup-facts", (_facts(),), read, refused, lambda facts: _archive(facts=facts)),
        Parser("backup-database", (PACKED,), read, refused, lambda packed: _archive(database=packed)),
    ]


class _SameForAll:
    """A scorer that looks at no text."""

    name = "uji"

    def score(self, documents: Sequence[Document]) -> list[Scored]:
        return [Scored(0.1, Verdict.READ, "lain", None, (), 0.0)] * len(documents)


def _classify(body: bytes) -> object:
    lines = body.decode("utf-8", "surrogateescape").splitlines()
    return [json.dumps(line) for line in classify_lines(lines, cast(Scorer, _SameForAll()))]


@cache
def _parquet() -> tuple[bytes, ...]:
    columns = {"id": [1, 2], "text": [samples.TEXT, None], "title": ["Rapat", ""], "kind": ["news", "post"]}
    table = pa.table(columns)
    tables = (table, table.set_column(1, "text", table["text"].dictionary_encode()))
    return tuple(_written(table, packing) for table, packing in zip(tables, ("snappy", "zstd"), strict=True))


def _written(table: pa.Table, packing: str) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, compression=packing)
    return file.getvalue()


def _read_parquet(path: Path) -> object:
    """A file that cannot be planned is refused; where one breaks while it is read, that is its part's matter (`try_unit`)."""
    parts = plan_parts(path, path.parent, Columns())
    if isinstance(parts, RefusedFile):
        return parts
    with suppress(Exception):
        return [list(sample_documents(part, Columns())) for part in parts]
    return parts


def _archive(*, facts: bytes = b"", database: bytes = PACKED) -> bytes:
    """A backup whose seal is sound, whatever stands in its parts."""
    sink = io.BytesIO()
    writer = ArchiveWriter(sink, io.BytesIO(), moment=1_700_000_000)
    parts = {FACTS: facts or _facts(), f"{DATABASE}00000000.z": database, "home/settings.env": b"# \n"}
    for name, data in parts.items():
        writer.add_bytes(name, data)
    writer.close()
    return sink.getvalue()


def _facts() -> bytes:
    said = {
        "format": 1,
        "netra": "1",
        "made_at": "2024-10-16T07:05:00Z",
        "revision": "0001",
        "engine": "sqlite",
        "database_bytes": len(DATABASE_BYTES),
        "database_sha256": sha256(DATABASE_BYTES).hexdigest(),
        "tables": {"items": {"rows": 1, "sha256": "a" * 64}},
        "positions": {"items": 1},
        "events": 1,
        "head": "b" * 64,
        "is_trail_whole": True,
        "has_key": False,
    }
    return samples.as_json(said)


@cache
def _key() -> str:
    """Another one each run, as everything that it encrypts."""
    return make_key()[0]


def _encrypted(data: bytes) -> bytes:
    return pyrage.encrypt(data, [pyrage.x25519.Identity.from_str(_key()).to_public()])


def _unpack(path: Path) -> object:
    settings = Settings(home=path.parent, backup_key=SecretStr(_key()), _env_file=None)
    return unpack(path, settings, Nobody(), lambda *_: None, stage="")
