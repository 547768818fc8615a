"""Every command that changes something leaves a row in the trail. A new command without a place here fails."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import Engine, select

from models import AuditEvent, Cluster, ClusterMember, verify_chain
from models.database import make_session
from models.settings import Settings
from netra.cli import app
from service.language import read_catalogue
from tests.factories import make_item, make_user
from tests.processes import run_netra

ROOT = Path(__file__).parent.parent.parent

READS = {
    *("backup key", "backup verify"),
    *("alerts test", "artifacts compare", "artifacts list", "artifacts show", "audit verify", "classify", "clusters list"),
    *("clusters show", "connectors check", "connectors list", "connectors show", "corpus lint", "corpus show", "encoder check"),
    *("evaluate", "evidence verify", "extract", "golden list", "golden suggest", "interchange key", "interchange schema"),
    *("agencies list", "interchange verify"),
    *("corrections list", "corrections show", "db roles", "jobs list", "quarantine texts"),
    *("labels show", "loop drift", "loop suspicious", "map show", "metrics", "openapi", "quarantine list"),
    *("quarantine show", "retention holds", "retention plan", "serve", "sources check", "sources list", "sources show"),
    *("user list", "user sessions", "user tokens"),
}
DERIVES = {"clusters reindex", "db upgrade", "encoder fit", "statistics refresh", "demo", "jobs run", "up", "worker"}
"""Works out anew what follows from other rows, or does what the commands below do; `demo` and `db upgrade` make the house."""

PASSWORD = {"NETRA_NEW_PASSWORD": "kata sandi yang panjang"}
CASES: dict[str, tuple[list[str], str]] = {
    "user add": (["sari", "--name", "Sari Wulandari", "--region", "33"], "pengguna.tambah"),
    "user grant": (["sari", "koordinator"], "pengguna.peran"),
    "user ungrant": (["sari", "koordinator"], "pengguna.peran_cabut"),
    "user password": (["sari"], "pengguna.sandi"),
    "user token": (["sari", "--name", "uji"], "token.tambah"),
    "user revoke": (["sari", "--name", "uji"], "token.cabut"),
    "user disable": (["sari"], "pengguna.nonaktif"),
    "user enable": (["sari"], "pengguna.aktif"),
    "golden add": (["1", "kegiatan_berpihak"], "emas.tambah"),
    "golden remove": (["1"], "emas.hapus"),
    "clusters confirm": (["1", "--why", "sama"], "klaster.pasti"),
    "clusters merge": (["1", "2", "--why", "sama"], "klaster.gabung"),
    "clusters undo": (["{newest}", "--why", "keliru"], "klaster.batal"),
    "queue weights": (["--time", "3"], "antrean.bobot"),
    "agencies add": (
        ["lembaga-baru", "--name", "Lembaga Baru", "--task", "pengawas_netralitas", "--since", "2027-10-17", "--replaces", "bkn"],
        "lembaga.tambah",
    ),
    "agencies rename": (["bkn", "--name", "Badan Kepegawaian", "--since", "2026-01-01"], "lembaga.ganti_nama"),
    "agencies close": (["kemendagri", "--on", "2030-12-31"], "lembaga.tutup"),
    "agencies reopen": (["kemendagri"], "lembaga.buka"),
}
ELSEWHERE: dict[str, str] = {
    "alerts run": "peringatan.buat",
    "artifacts promote": "artefak.aktif",
    "artifacts rollback": "artefak.aktif",
    "artifacts shadow": "artefak.bayangan",
    "backup write": "cadangan.buat",
    "clusters split": "klaster.pisah",
    "crawl": "perayapan.selesai",
    "db copy": "basis_data.salin",
    "evidence export": "bukti.ekspor",
    "evidence stamp": "bukti.stempel",
    "import": "impor.selesai",
    "interchange pull": "pertukaran.terima",
    "labels export": "label.ekspor",
    "labels import": "label.impor",
    "loop draw": "undian.tarik",
    "loop recall": "taksiran.catat",
    "map load": "peta.muat",
    "map remove": "peta.hapus",
    "quarantine drop": "karantina.buang",
    "quarantine replay": "karantina.baca_ulang",
    "queue refresh": "antrean.urut",
    "render": "bukti.gambar",
    "rescore": "skor.arsip",
    "restore": "cadangan.pulihkan",
    "retention erase": "retensi.permintaan",
    "retention hold": "retensi.tahan",
    "retention release": "retensi.lepas",
    "retention run": "retensi.hapus",
    "schedule": "perayapan.diakhiri",
    "score": "skor.batch",
    "sources add": "sumber.ubah",
    "sources watch": "sumber.alarm",
    "statistics publish": "statistik.terbit",
    "tips forget": "informasi.lupa",
    "train": "artefak.daftar",
    "user link": "identitas.taut",
    "user unlink": "identitas.lepas",
    "user unfactor": "faktor.hapus",
}
"""Takes more than a line to set up, and has tests of its own: here only that its row is written, and has words."""


def commands(group: Any = None, name: str = "") -> Iterator[str]:
    group = group or typer.main.get_command(app)
    for own, command in getattr(group, "commands", {}).items():
        full = f"{name} {own}".strip()
        yield from commands(command, full) if hasattr(command, "commands") else [full]


def test_every_command_has_its_place_here() -> None:
    known = READS | DERIVES | CASES.keys() | ELSEWHERE.keys()
    assert set(commands()) == known


@pytest.mark.parametrize("name", ELSEWHERE)
def test_the_row_of_a_command_is_written_somewhere_and_has_words(name: str) -> None:
    action, rooms = ELSEWHERE[name], ("netra", "crawler", "classifier", "service", "models")
    sources = (path.read_text(encoding="utf-8") for room in rooms for path in (ROOT / room).rglob("*.py"))
    assert any(f'"{action}"' in text for text in sources)
    assert f"jejak.aksi.{action}" in read_catalogue()


def test_every_other_changing_command_leaves_its_row(sqlite_settings: Settings, sqlite_engine: Engine) -> None:
    with make_session(sqlite_engine).begin() as session:
        make_user(session, username="lain")
        for _ in range(2):
            cluster = Cluster()
            session.add(cluster)
            session.flush()
            session.add_all(ClusterMember(item_id=make_item(session).id, cluster_id=cluster.id, similarity=0.9) for _ in range(2))
    missing = {name: said for name in CASES if (said := _left_out(sqlite_settings, sqlite_engine, name))}
    assert missing == {}
    with make_session(sqlite_engine)() as session:
        assert verify_chain(session).breaks == []


def _left_out(settings: Settings, engine: Engine, name: str) -> str:
    """Empty where the command wrote its row; else what it said."""
    given, action = CASES[name]
    before = _newest(engine)[0]
    arguments = [argument.format(newest=before) for argument in given]
    result = run_netra(settings, *name.split(), *arguments, **PASSWORD)
    newest, actions = _newest(engine, after=before)
    return "" if newest > before and action in actions else json.dumps([result.stderr[-300:], actions])


def _newest(engine: Engine, *, after: int = 0) -> tuple[int, list[str]]:
    with make_session(engine)() as session:
        rows = session.execute(
            select(AuditEvent.id, AuditEvent.action).where(AuditEvent.id > after).order_by(AuditEvent.id)
        ).all()
    return (rows[-1][0] if rows else after), [row[1] for row in rows]
