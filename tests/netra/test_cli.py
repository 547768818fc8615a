"""The command line as people and machines meet it: exit codes, one-line errors, JSON, order kept."""

import json
import os
import pty
import re
import socket
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import ApiToken, User, UserSession, now
from models.database import make_session
from models.settings import Settings
from service.accounts.passwords import matches
from tests.engines import sqlite_every_day
from tests.factories import PARTISAN, make_item, make_user
from tests.netra.crawls.little_web import LittleWeb
from tests.processes import NETRA, environment, run_netra


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    """A home in which nothing was done yet."""
    return Settings(home=tmp_path / "baru", _env_file=None)


def test_missing_database_says_how_to_make_it(empty: Settings) -> None:
    result = run_netra(empty, "score")
    assert result.returncode == 2
    assert "netra db upgrade" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not empty.home.exists()


def test_database_is_made_and_made_again(settings: Settings) -> None:
    for _ in range(2):
        result = run_netra(settings, "db", "upgrade")
        assert (result.returncode, "revision" in result.stdout) == (0, True), result.stderr


def test_unreachable_database_is_one_line(empty: Settings) -> None:
    away = empty.model_copy(update={"database_url": "postgresql://netra:rahasia@127.0.0.1:1/netra"})
    result = run_netra(away, "audit", "verify")
    assert result.returncode == 2
    assert "rahasia" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr


def test_trail_is_verified_and_its_head_printed(settings: Settings, engine: Engine) -> None:
    with make_session(engine).begin() as session:
        make_item(session)
    said = json.loads(run_netra(settings, "audit", "verify", "--json").stdout)
    assert (said["whole"], said["events"]) == (True, 0)
    assert run_netra(settings, "audit", "verify", "--expect", "f" * 64).returncode == 1


def test_people_and_tokens(settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRA_NEW_PASSWORD", "kata sandi yang panjang")
    added = run_netra(settings, "user", "add", "sari", "--name", "Sari Wulandari", "--region", "33")
    assert added.returncode == 0, added.stderr
    assert "taken" in run_netra(settings, "user", "add", "sari", "--name", "Lain").stderr
    assert "Kemendagri" in run_netra(settings, "user", "add", "budi", "--name", "Budi", "--region", "999").stderr
    token = run_netra(settings, "user", "token", "sari", "--name", "uji").stdout.strip()
    with make_session(engine)() as session:
        assert session.scalars(select(User.username)).all() == ["sari"]
        assert token not in session.scalars(select(ApiToken.token_sha256)).all()


def test_a_password_is_read_where_there_is_no_terminal(settings: Settings, engine: Engine) -> None:
    add, change = ("user", "add", "sari", "--name", "Sari Wulandari"), ("user", "password", "sari")
    for command, password in ((add, "kata sandi yang panjang"), (change, "kata sandi lain, panjang")):
        nothing = run_netra(settings, *command)
        assert (nothing.returncode, len(nothing.stderr.strip().splitlines()), nothing.stdout) == (2, 1, "")
        assert "first line of standard input" in nothing.stderr
        given = run_netra(settings, *command, stdin=f"{password}\n" * 2)
        assert (given.returncode, given.stderr) == (0, "")
        with make_session(engine)() as session:
            assert matches(password, session.scalars(select(User.password_hash)).one())


def test_a_password_is_asked_for_twice_on_a_terminal(sqlite_settings: Settings, sqlite_engine: Engine) -> None:
    terminal, child = pty.openpty()
    command = [NETRA, "user", "add", "sari", "--name", "Sari Wulandari"]
    with os.fdopen(terminal, "rb+", buffering=0) as keys:
        process = subprocess.Popen(
            command, env=environment(sqlite_settings), stdin=child, stdout=child, stderr=child, start_new_session=True
        )
        os.close(child)
        said = b""
        for asked in (b"Password: ", b"confirmation: "):
            while asked not in said:
                said += keys.read(1024)
            keys.write(b"kata sandi yang panjang\n")
        assert process.wait(30) == 0
    assert b"[]" not in said
    with make_session(sqlite_engine)() as session:
        assert session.scalars(select(User.username)).all() == ["sari"]


@sqlite_every_day
def test_sign_ins_and_tokens_are_told_to_people_and_to_machines(
    settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    with make_session(engine).begin() as session:
        user = make_user(session, username="sari")
        session.add(UserSession(user_id=user.id, token_sha256="0" * 64, expires_at=now() + timedelta(hours=1), browser="Firefox"))
    run_netra(settings, "user", "token", "sari", "--name", "ekspor", "--scope", "antrean.baca", "--scope", "penanda.nilai")
    for command, shown in (("sessions", "Firefox"), ("tokens", "antrean.baca")):
        table = run_netra(settings, "user", command, "sari").stdout
        assert shown in table
        assert not any(sign in table for sign in ("[", "None", "True"))
        assert all(len(moment) == 5 for moment in re.findall(r"\d\d:\d\d\S*", table)), table
    (token,) = json.loads(run_netra(settings, "user", "tokens", "sari", "--json").stdout)
    assert (token["scopes"], token["can_write"], token["last_used_at"]) == (["antrean.baca", "penanda.nilai"], True, None)


def test_a_port_that_is_taken_is_told_before_anybody_is_sent_there(sqlite_settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run_netra(sqlite_settings, "serve", "--port", str(port))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"netra: port {port} of 127.0.0.1 is taken."), result.stderr


@pytest.mark.parametrize("command", ["retention hold 1", "evidence export 1 --output berkas.wacz"])
def test_a_question_that_nobody_can_answer_is_not_told_as_a_part_that_was_done(empty: Settings, command: str) -> None:
    result = run_netra(empty, *command.split())
    assert (result.returncode, result.stderr.strip().startswith("netra: nothing was done")) == (2, True), result.stderr


@pytest.mark.parametrize("command", ["crawl", "rescore", "import", "evidence verify"])
@pytest.mark.parametrize("day", ["besok", "2026-02-30"])
def test_a_day_that_is_none_says_how_days_are_written(empty: Settings, command: str, day: str) -> None:
    result = run_netra(empty, *command.split(), "--since", day)
    assert result.returncode == 2
    assert f"'{day}' is no day; write it as" in result.stderr
    assert "Value error" not in result.stderr


def test_access_is_taken_away(settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRA_NEW_PASSWORD", "kata sandi yang panjang")
    run_netra(settings, "user", "add", "sari", "--name", "Sari Wulandari")
    run_netra(settings, "user", "token", "sari", "--name", "ekspor")
    assert run_netra(settings, "user", "revoke", "sari", "--name", "ekspor").returncode == 0
    assert run_netra(settings, "user", "revoke", "sari", "--name", "ekspor").returncode == 2
    assert run_netra(settings, "user", "disable", "sari").returncode == 0
    assert json.loads(run_netra(settings, "user", "list", "--json").stdout)[0]["state"] == "disabled"
    with make_session(engine)() as session:
        assert session.scalars(select(ApiToken.revoked_at)).one() is not None


def test_wrong_setting_is_one_line(empty: Settings) -> None:
    result = run_netra(empty, "db", "upgrade", NETRA_PORT="abc")
    assert (result.returncode, len(result.stderr.strip().splitlines())) == (2, 1)
    assert "NETRA_PORT" in result.stderr


def test_classify_keeps_order_and_place_of_bad_lines(with_live_artifact: Settings, tmp_path: Path) -> None:
    lines = [json.dumps({"id": n, "text": PARTISAN if n % 2 else "Hujan turun di Wanasari sejak pagi."}) for n in range(600)]
    lines[3] = "{rusak"
    lines[4] = json.dumps({"id": 4, "text": PARTISAN, "kind": "kelas lain"})
    source, target = tmp_path / "masuk.jsonl", tmp_path / "keluar.jsonl"
    source.write_text("\n".join(lines))
    result = run_netra(with_live_artifact, "classify", "--input", str(source), "--output", str(target))
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    assert result.returncode == 1
    assert [row["id"] for row in rows] == [0, 1, 2, None, *range(4, 600)]
    assert "error" in rows[3]
    evidence = rows[1]["evidence"][0]
    assert PARTISAN[evidence["start"] : evidence["end"]] == evidence["text"]
    assert {"id", "probability", "flagged", "act", "label", "evidence", "artifact"} <= rows[1].keys()


def test_classify_reads_standard_input(with_live_artifact: Settings) -> None:
    result = run_netra(
        with_live_artifact, "classify", "--input", "-", "--output", "-", stdin='{"id": "a", "text": "Apel pagi."}\n'
    )
    assert json.loads(result.stdout)["id"] == "a"


def test_evaluate_prints_measures_by_kind(with_live_artifact: Settings, tmp_path: Path) -> None:
    file = tmp_path / "label.jsonl"
    rows = [{"text": PARTISAN, "label": 1, "kind": "news"}, {"text": "Hujan turun.", "label": 0, "kind": "post"}]
    file.write_text("\n".join(map(json.dumps, rows * 5)))
    said = json.loads(run_netra(with_live_artifact, "evaluate", str(file), "--json").stdout)
    assert said["all"]["average_precision"] == 1.0
    assert set(said["by"]["kind"]) == {"news", "post"}


def test_extract_keeps_the_line_of_a_page_without_article(empty: Settings, tmp_path: Path) -> None:
    paragraph = "Camat membuka rapat di balai kecamatan dan membahas jadwal layanan kependudukan untuk warga. " * 5
    page = f"<html><body><article><h1>Rapat kecamatan</h1><p>{paragraph}</p></article></body></html>"
    source, target = tmp_path / "pages.jsonl", tmp_path / "articles.jsonl"
    source.write_text("\n".join([json.dumps({"id": 1, "html": page}), json.dumps({"id": 2, "html": ""}), "rusak"]))
    result = run_netra(empty, "extract", "--input", str(source), "--output", str(target))
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    assert (result.returncode, [row["id"] for row in rows]) == (1, [1, 2, None])
    assert rows[0]["text"].startswith("Camat membuka")
    words = {"id", "title", "text", "published_at", "author", "editor", "section", "tags", "captions", "site", "region"}
    assert rows[0].keys() == words | {"language", "quality", "quality_reasons", "method"}


@sqlite_every_day
def test_sources_are_listed_and_one_is_shown(settings: Settings) -> None:
    listed = json.loads(run_netra(settings, "sources", "list", "--json").stdout)
    assert {"antaranews", "wapresri", "kasn", "kendal-bawaslu", "badung-inews"} <= {row["slug"] for row in listed}
    assert json.loads(run_netra(settings, "sources", "show", "antaranews", "--json").stdout)["rights"] == "metadata_only"
    assert "Sources:" in run_netra(settings, "sources", "show", "tak-ada").stderr


def test_nobody_is_crawled_without_saying_who_reads(settings: Settings, engine: Engine) -> None:
    result = run_netra(settings, "crawl")
    assert (result.returncode, "NETRA_CRAWL_CONTACT" in result.stderr) == (2, True), result.stderr


def test_a_crawl_without_a_network_says_so_once(sqlite_settings: Settings, sqlite_engine: Engine, tmp_path: Path) -> None:
    with LittleWeb(tmp_path, {"satu": 1, "dua": 1}) as web:
        online = web.settings_for(sqlite_settings)
        offline = online.model_copy(update={"crawl_proxy": "http://127.0.0.1:1"})
        assert [run_netra(own, "crawl").stderr.count("whether this machine reaches") for own in (offline, online)] == [1, 0]


def test_openapi_document_is_printed(empty: Settings) -> None:
    document = json.loads(run_netra(empty, "openapi").stdout)
    assert "/api/v1/flags/take" in document["paths"]


def test_import_reports_in_json_and_by_exit_code(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "kliping"
    folder.mkdir()
    (folder / "a.txt").write_text("Sekda mengimbau ASN netral.")
    (folder / "b.txt").write_text("")
    result = run_netra(settings, "import", str(folder), "--json")
    said = json.loads(result.stdout)
    assert (result.returncode, said["stored"], len(said["refused"])) == (1, 1, 1)
    assert "OURS=THEIRS" in run_netra(settings, "import", str(folder), "--map", "isi").stderr


def test_a_table_into_a_pipe_shortens_no_value(settings: Settings, engine: Engine) -> None:
    with make_session(engine).begin() as session:
        session.add(User(username="pengawas", name="Nama yang Panjang Sekali " * 8, password_hash="x"))
    variables = {name: value for name, value in environment(settings).items() if name != "COLUMNS"}
    said = subprocess.run([NETRA, "user", "list"], env=variables, capture_output=True, text=True, check=True, timeout=60).stdout
    assert ("Nama yang Panjang Sekali " * 8).strip() in said
    assert "…" not in said


def test_a_closed_output_stops_no_command(settings: Settings, engine: Engine) -> None:
    result = subprocess.run(
        ["sh", "-c", f"{NETRA} user list >&-"],
        env=environment(settings),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("address", ["nonsense", "mysql://netra:rahasia@localhost/netra"])
def test_an_address_of_no_database_is_one_line(settings: Settings, engine: Engine, address: str) -> None:
    result = run_netra(settings, "db", "copy", "--to", address)
    assert (result.returncode, len(result.stderr.strip().splitlines())) == (2, 1), result.stderr
    assert "postgresql://" in result.stderr
    assert "rahasia" not in result.stderr
