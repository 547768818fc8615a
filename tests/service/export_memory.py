"""Exports one list in a process of its own and says what the process held at most: python -m tests.service.export_memory KIND."""

import resource
import sys
from dataclasses import replace

from sqlalchemy import event, select

from models import ExportFormat, ExportPurpose, User
from models.database import make_engine, make_reading_session
from models.settings import Settings
from service.accounts.service import load_actor
from service.exports import service
from service.exports.schemas import ExportRequest


def main(kind: str, query: str) -> None:
    settings = Settings()
    engine = make_engine(settings.database_address)
    if engine.dialect.name == "sqlite":  # What SQLite maps of its file would count, though it is the kernel's to take back.
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA mmap_size=0"))
    with make_reading_session(engine)() as session:
        actor = replace(load_actor(session, session.scalars(select(User)).one()), token="uji")
        given = {"purpose": ExportPurpose.REPORTING, "note": "uji memori", "opens_names": False, "bom": False}
        asked = ExportRequest(what="antrean", format=ExportFormat(kind), query=query, **given)
        with service.prepare(session, actor, asked).file:
            sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
