"""Imports as tests run them."""

from pathlib import Path

from sqlalchemy import Engine

from models.database import make_session
from models.settings import Settings
from netra.importer.files import read_files, read_rows
from netra.importer.options import ImportOptions, ImportRow
from netra.importer.report import ImportReport
from netra.importer.store import store_rows

KEY = b"kunci rekaan"


def options(**chosen: object) -> ImportOptions:
    return ImportOptions(**({"mapping": {}, "author_key": KEY} | chosen))


def read(path: Path, **chosen: object) -> list[ImportRow]:
    return list(read_rows(path, options(**chosen)))


def store(settings: Settings, engine: Engine, *paths: Path, **chosen: object) -> ImportReport:
    rows = read_files(paths, options(**chosen))
    return store_rows(rows, make_session(engine), settings.evidence_dir, actor="sistem:uji", on_row=lambda: None)


def texts(rows: list[ImportRow]) -> list[str]:
    return [row.article.text for row in rows if row.article]


def refusals(rows: list[ImportRow]) -> list[str]:
    return [row.refusal for row in rows if row.refusal]
