"""A whole house into an archive and back, on either engine, while others write, with a full disk, and killed."""

import json
import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from models import AuditEvent, Snapshot, TipHour, now, verify_chain
from models.database import make_reading_session, make_session
from models.evidence.store import read_evidence
from models.settings import Settings
from netra.crawls.crawling import environment
from netra.keeping.backup import Made, make_backup
from netra.keeping.contents import describe_settings
from netra.keeping.encryption import make_key
from netra.keeping.errors import ArchiveDamaged, KeepingError
from netra.keeping.restore import Place, restore
from netra.keeping.snapshot import take_snapshot
from netra.keeping.unpacking import Nobody, unpack
from tests.netra.jobs.houses import wait_for
from tests.netra.keeping.houses import KEY, digests_of, files_of, ids_and_heads
from tests.processes import NETRA, kill, run_netra, start_netra

Make = Callable[..., str]
Opened = Callable[[str], Engine]


def quiet(*_: object) -> None: ...


def back_up(settings: Settings, engine: Engine, folder: Path, *, with_key: bool = False) -> Made:
    return make_backup(settings, engine, folder, with_key=with_key, on_progress=quiet)


@pytest.mark.parametrize("onto", ["sqlite", "postgresql"])
def test_an_empty_house_is_filled_with_all_that_there_was(
    house: Settings, engine: Engine, tmp_path: Path, onto: str, new_postgres: Make, opened: Opened
) -> None:
    made = back_up(house, engine, tmp_path, with_key=True)
    place = Place(tmp_path / "baru", "" if onto == "sqlite" else new_postgres())
    restored = restore(made.path, house, place, replace=False, on_progress=quiet)
    there = opened(place.address)
    assert digests_of(there) == digests_of(engine)
    assert ids_and_heads(there)[:-1] == ids_and_heads(engine)[:-1]  # Each has one event more: made here, restored there.
    assert_same_files(house.home, place.home)
    assert [line for line in restored.findings if "no stored copy" not in line] == []


def test_no_archive_knows_who_sent_tips(engine: Engine, tmp_path: Path) -> None:
    with make_session(engine).begin() as session:
        session.add(TipHour(hour=now(), sender="c" * 64, count=1))
    snapshot = take_snapshot(engine, tmp_path / "salinan.sqlite3", quiet)
    assert TipHour.__tablename__ not in snapshot.tables
    assert b"c" * 64 not in snapshot.path.read_bytes()


def assert_same_files(old: Path, new: Path) -> None:
    """Every file; one that a killed writer left is kept as far as rows name it, and sealed."""
    before, after = files_of(old), files_of(new)
    settings = after.pop("settings.env")
    torn = {name for name in after if name.endswith(".warc.gz") and f"{name}.sha256" not in before}
    assert before.keys() | {f"{name}.sha256" for name in torn} == after.keys()
    assert len(torn) == 1
    assert all(before[name] == after[name] for name in before.keys() - torn)
    assert all(before[name] == after[name] + b"\x1f\x8b torn" for name in torn)
    assert b"secret" not in settings.lower()


def test_the_key_of_the_house_stays_out_unless_asked_for(sqlite_house: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    made = back_up(sqlite_house, sqlite_engine, tmp_path / "tanpa.tar")
    assert not made.facts.has_key
    assert KEY not in made.path.read_bytes()
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    given = sqlite_house.model_copy(update={"secret_key": type(sqlite_house.secret_key)("kunci rumah yang panjang")})
    made = back_up(given, sqlite_engine, tmp_path / "dengan.tar", with_key=True)
    restore(made.path, given, Place(tmp_path / "baru"), replace=False, on_progress=quiet)
    from service.sealing import Keys

    sealed = Keys.of(given).seal("uji", "rahasia")
    assert Keys.of(Settings(home=tmp_path / "baru", _env_file=None)).unseal("uji", sealed) == "rahasia"


def test_settings_go_along_without_anything_secret(sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    given = sqlite_settings.model_copy(
        update={"crawl_proxy": "http://sari:rahasia@proxy.test", "lease_minutes": 7, "crawl_contact": "a@b.test\nNETRA_DEMO=1"}
    )
    made = back_up(given, sqlite_engine, tmp_path)
    restore(made.path, given, Place(tmp_path / "baru"), replace=False, on_progress=quiet)
    lines = (tmp_path / "baru" / "settings.env").read_text().splitlines()
    assert {"NETRA_CRAWL_CONTACT=a@b.test NETRA_DEMO=1", "NETRA_CRAWL_PROXY=***", "NETRA_LEASE_MINUTES=7"} <= set(lines)
    assert "rahasia" not in "".join(lines)


def test_the_address_of_the_database_goes_along_without_passwords_wherever_they_stand(sqlite_settings: Settings) -> None:
    url = "postgresql://sari:rahasia@basis.test/netra?password=rahasia&sslpassword=rahasia&sslmode=require&passfile=/etc/pass"
    lines = describe_settings(sqlite_settings.model_copy(update={"database_url": url})).splitlines()
    shown = "postgresql://sari:***@basis.test/netra?passfile=%2Fetc%2Fpass&password=***&sslmode=require&sslpassword=***"
    assert f"NETRA_DATABASE_URL={shown}" in lines


def test_commands_make_verify_and_restore_an_encrypted_one(sqlite_house: Settings, tmp_path: Path) -> None:
    secret, public = make_key()
    made = run_netra(sqlite_house, "backup", str(tmp_path), "--json", NETRA_BACKUP_RECIPIENTS=public)
    assert made.returncode == 0, made.stderr
    path = json.loads(made.stdout)["archive"]
    assert path.endswith(".tar.age")
    assert run_netra(sqlite_house, "backup", "verify", path, NETRA_BACKUP_KEY=secret).returncode == 0
    refused = run_netra(sqlite_house, "restore", path, "--into", str(tmp_path / "baru"), NETRA_BACKUP_KEY=make_key()[0])
    assert (refused.returncode, (tmp_path / "baru").exists()) == (2, False)
    assert "not for this key" in refused.stderr
    done = run_netra(sqlite_house, "restore", path, "--into", str(tmp_path / "baru"), "--json", NETRA_BACKUP_KEY=secret)
    assert json.loads(done.stdout)["facts"]["head"] == json.loads(made.stdout)["facts"]["head"]


def test_beside_an_encrypted_archive_nothing_lies_in_clear(sqlite_house: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    given, far, seen = sqlite_house.model_copy(update={"backup_recipients": make_key()[1]}), tmp_path / "jauh", set[str]()
    far.mkdir()

    def look(*_: object) -> None:
        seen.update(path.name for path in far.rglob("*") if path.is_file())

    make_backup(given, sqlite_engine, far, with_key=False, on_progress=look)
    assert seen == {"archive", "lock"}
    assert list(given.home.glob(".netra-*")) == []


def test_the_trail_tells_of_the_archive_with_its_hash(house: Settings, engine: Engine, tmp_path: Path) -> None:
    made = back_up(house, engine, tmp_path)
    with make_reading_session(engine)() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert verify_chain(session).breaks == []
    assert event is not None
    assert (event.action, event.detail["sha256"]) == ("cadangan.buat", made.sha256)


def test_evidence_that_was_damaged_before_is_told_of_and_not_sealed_as_whole(
    sqlite_house: Settings, sqlite_engine: Engine, tmp_path: Path
) -> None:
    names = [path.with_suffix("") for path in sorted(sqlite_house.evidence_dir.glob("*/*/*.sha256"))]
    names[0].write_bytes(b"X" + names[0].read_bytes()[1:])
    names[1].unlink()
    made = back_up(sqlite_house, sqlite_engine, tmp_path)
    kinds = sorted(line.split(": ")[1] for line in made.damaged)
    assert kinds == ["the file is missing", "the file is not as it was when it was sealed"]
    restored = restore(made.path, sqlite_house, Place(tmp_path / "baru"), replace=False, on_progress=quiet)
    for words in ("the file is missing", "its seal does not match"):
        assert any(words in line for line in restored.findings)


def test_no_archive_is_ever_written_over(sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "ada.tar").write_text("milik orang lain")
    with pytest.raises(KeepingError, match="there already"):
        back_up(sqlite_settings, sqlite_engine, tmp_path / "ada.tar")
    assert (tmp_path / "ada.tar").read_text() == "milik orang lain"


def test_one_flipped_byte_in_any_part_is_refused(sqlite_house: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    made = back_up(sqlite_house, sqlite_engine, tmp_path)
    whole, flipped = made.path.read_bytes(), tmp_path / "salah.tar"
    for at in range(0, len(whole), len(whole) // 30):
        flipped.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        with pytest.raises(ArchiveDamaged):
            unpack(flipped, sqlite_house, Nobody(), quiet, stage="")


@pytest.mark.slow
def test_what_others_write_meanwhile_does_not_tear_a_backup(
    house: Settings, engine: Engine, tmp_path: Path, opened: Opened
) -> None:
    with _writing(house) as count:
        made = list[Made]()
        for number in range(2):
            made.append(back_up(house, engine, tmp_path / f"{number}.tar"))
            rows = made[-1].facts.tables["snapshots"].rows
            wait_for(lambda rows=rows: count() > rows)
        assert made[1].facts.tables["snapshots"].rows > made[0].facts.tables["snapshots"].rows
    restore(made[1].path, house, Place(tmp_path / "baru"), replace=False, on_progress=quiet)
    with make_reading_session(opened(f"sqlite:///{tmp_path}/baru/netra.sqlite3"))() as session:
        rows = session.scalars(select(Snapshot).where(Snapshot.url.startswith("https://ramai.test/"))).all()
        assert len(rows) > 5
        assert {read_evidence(tmp_path / "baru" / "evidence", row)[:4] for row in rows} == {b"isi "}
        assert verify_chain(session, expected_head=made[1].facts.head).breaks == []


WRITER = """
import sys, time
from models import record_event
from models.database import make_engine, make_session
from models.evidence.store import EvidenceWriter, Fetched
from models.settings import Settings
settings = Settings()
sessions = make_session(make_engine(settings.database_address))
with EvidenceWriter(settings.evidence_dir) as writer:
    for number in range(100_000):
        with sessions.begin() as session:
            row = writer.append(Fetched(f"https://ramai.test/{number}", b"isi %d" % number * 300, content_type="text/html"))
            session.add(row)
            session.flush()
            record_event(session, "uji", actor="sistem:uji", subject=("snapshot", row.id))
        print(number, flush=True)
        time.sleep(0.005)
"""


@contextmanager
def _writing(settings: Settings) -> Iterator[Callable[[], int]]:
    """A process that stores evidence and rows without end; yields how many rows there are by now."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER], env=environment(settings), stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    for _ in range(5):
        assert process.stdout.readline()
    from models.database import make_engine

    engine = make_engine(settings.database_address)

    def count() -> int:
        with make_reading_session(engine)() as session:
            return session.scalar(select(func.count()).select_from(Snapshot)) or 0

    try:
        yield count
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        engine.dispose()


@pytest.mark.parametrize("limit", [3_000_000, pytest.param(500_000, marks=pytest.mark.long)])
def test_a_full_disk_leaves_no_archive_and_the_house_as_it_was(
    sqlite_house: Settings, sqlite_engine: Engine, tmp_path: Path, limit: int
) -> None:
    before, folder = digests_of(sqlite_engine), tmp_path / "penuh"
    folder.mkdir()
    (sqlite_house.artifacts_dir / "uji-1" / "besar.npz").write_bytes(os.urandom(5_000_000))
    command = [NETRA, "backup", folder]
    done = subprocess.run(
        command, env=environment(sqlite_house), capture_output=True, text=True, preexec_fn=lambda: _limit_files(limit)
    )
    assert done.returncode == 2, done.stdout
    assert "Check space" in done.stderr
    assert list(folder.iterdir()) == []
    assert digests_of(sqlite_engine) == before


def _limit_files(size: int) -> None:
    """As a full disk: a file that grows beyond is refused its next byte."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("seconds", [0.1, *(pytest.param(n / 20, marks=pytest.mark.long) for n in range(20))])
def test_killed_at_any_moment_there_is_no_half_archive_and_the_next_run_clears_up(
    sqlite_house: Settings, sqlite_engine: Engine, tmp_path: Path, seconds: float
) -> None:
    folder = tmp_path / "cadangan"
    folder.mkdir()
    (sqlite_house.artifacts_dir / "uji-1" / "besar.npz").write_bytes(os.urandom(60_000_000))
    process = start_netra(sqlite_house, "backup", str(folder))
    end = time.monotonic() + 60
    while not any(folder.iterdir()) and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(seconds)
    kill(process)
    assert [path.name for path in folder.iterdir() if not path.name.startswith(".netra-backup-")] == []
    made = back_up(sqlite_house, sqlite_engine, folder)
    assert list(folder.iterdir()) == [made.path]
    assert unpack(made.path, sqlite_house, Nobody(), quiet, stage="").facts == made.facts
