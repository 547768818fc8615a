"""What a log line says, and what it must never say."""

import json
import logging
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, StatementError

from models.database import make_engine
from models.logs.records import FIELDS, conceal, error_fields, process_facts, request_id
from models.logs.setup import LOUD, ROOMS, BoundedFile, StandardError, add_fact, log_file, own_log_file, start_logging
from models.settings import Settings

NAME, HANDLE = "Rina Kartikasari", "@rina.kartikasari"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Loggers are the process's own: give them back as they were."""
    names = ("", *ROOMS, *LOUD)
    levels = {name: logging.getLogger(name).level for name in names}
    yield
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, (StandardError, BoundedFile))]:
        root.removeHandler(handler)
        handler.close()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    process_facts.clear()


def settings(home: Path, **values: str) -> Settings:
    return Settings(home=home, _env_file=None, **values)  # pyright: ignore[reportArgumentType]


def written(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_record_is_one_json_object_with_known_fields(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(settings(tmp_path, log_format="json"))
    add_fact("source", "antara")
    token = request_id.set("abcd-1234")
    logging.getLogger("service.uji").info("answered %d", 3, extra={"ms": 1.5, "spider": object()})
    request_id.reset(token)
    (line,) = written(capsys)
    assert {name: line[name] for name in ("level", "logger", "message", "source", "request_id", "ms")} == {
        "level": "INFO",
        "logger": "service.uji",
        "message": "answered 3",
        "source": "antara",
        "request_id": "abcd-1234",
        "ms": 1.5,
    }
    assert str(line["at"]).endswith("+00:00")
    assert set(line) <= set(FIELDS)


def test_people_read_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(settings(tmp_path, log_format="text"))
    logging.getLogger("crawler.uji").warning("list not read", extra={"cause": "dns"})
    assert capsys.readouterr().err.endswith(" WARNING crawler.uji: list not read cause=dns\n")


def test_an_error_has_its_type_and_place_but_not_its_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(settings(tmp_path, log_format="json"))
    try:
        raise ValueError(f"tidak terbaca: {NAME}")
    except ValueError:
        logging.getLogger("crawler.uji").exception("cannot read %s of %s", "https://contoh.test/@rina/1?q=2", [NAME])
    (line,) = written(capsys)
    assert line["message"] == "cannot read https://contoh.test/… of list"
    assert line["error"]["type"] == "builtins.ValueError"  # pyright: ignore[reportIndexIssue]
    assert "Rina" not in json.dumps(line)


def test_an_error_of_sql_says_nothing_of_its_parameters(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    start_logging(settings(tmp_path, log_format="json"))
    engine = make_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(OperationalError) as caught:
        connection.execute(text("SELECT tak_ada FROM pasar WHERE nama = :nama"), {"nama": NAME})
    logging.getLogger("crawler.uji").error("cannot store: %s", caught.value, exc_info=caught.value)
    engine.dispose()
    (line,) = written(capsys)
    assert line["message"] == "cannot store: OperationalError: no such table: pasar"
    assert "Rina" not in json.dumps(line)


def test_a_deep_error_is_bounded() -> None:
    def sink(depth: int) -> None:
        if depth == 0:
            raise StatementError("rahasia", NAME, None, None)
        sink(depth - 1)

    with pytest.raises(StatementError) as caught:
        sink(200)
    fields = error_fields(caught.value, caught.tb)
    assert (len(fields["at"]), fields["message"]) == (15, "")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"post of {HANDLE} and rina@contoh.test", "post of @… and @…"),
        ("GET /antrean?cari=rina HTTP/1.1", "GET /antrean?… HTTP/1.1"),
        ("from 36.68.1.20:5000 and 2001:4860:4860::8888", "from [ip] and [ip]"),
        ("from 36.68.1.20 to 127.0.0.1 at 12:30:11", "from [ip] to 127.0.0.1 at 12:30:11"),
        ("satu\nERROR palsu", "satu"),
        ("a\x1b[31mb", "a?[31mb"),
    ],
)
def test_what_names_a_person_or_forges_a_line_is_taken_out(said: str, kept: str) -> None:
    assert conceal(said) == kept


def test_libraries_are_heard_from_warnings_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("scrapy").setLevel(logging.DEBUG)  # As Scrapy does.
    start_logging(settings(tmp_path, log_format="text", log_level="debug"))
    for name in ("scrapy.core", "httpx", "sqlalchemy.engine"):
        logging.getLogger(name).info("halaman %s", NAME)
    logging.getLogger("crawler.uji").debug("terlihat")
    assert capsys.readouterr().err.count("\n") == 1


def test_standard_error_that_nobody_reads_gets_only_warnings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = settings(tmp_path)
    start_logging(mine, file=log_file(mine, "service"))
    logging.getLogger("service.uji").info("answered")
    assert capsys.readouterr().err == ""
    assert "service.uji: answered" in (tmp_path / "log" / "service.log").read_text()


def test_files_do_not_grow_beyond_their_size(tmp_path: Path) -> None:
    mine = settings(tmp_path)
    start_logging(mine, file=log_file(mine, "crawl/satu", max_bytes=2000, old_files=1))
    for number in range(200):
        logging.getLogger("crawler.uji").info("baris %d", number)
    files = sorted((tmp_path / "log" / "crawl").iterdir())
    assert [file.name for file in files] == ["satu.log", "satu.log.1"]
    assert all(file.stat().st_size <= 2000 for file in files)


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log").write_text("bukan folder")
    mine = settings(tmp_path)
    assert log_file(mine, "service") is None
    start_logging(mine, file=BoundedFile(tmp_path / "penuh" / "service.log"))
    (tmp_path / "penuh").rmdir()
    logging.getLogger("service.uji").info("answered")
    assert capsys.readouterr().err == ""


def test_each_process_of_a_kind_has_a_file_of_its_own_and_leaves_it_to_the_next(tmp_path: Path) -> None:
    mine = settings(tmp_path)
    first, second = own_log_file(mine, "worker"), own_log_file(mine, "worker")
    assert first is not None
    assert second is not None
    assert [Path(file.baseFilename).name for file in (first, second)] == ["worker.log", "worker-2.log"]
    first.close()
    third = own_log_file(mine, "worker")
    assert third is not None
    assert Path(third.baseFilename).name == "worker.log"
    second.close()
    third.close()


def test_a_process_that_was_forked_takes_its_parents_file_from_nobody(tmp_path: Path) -> None:
    mine = settings(tmp_path)
    file = own_log_file(mine, "schedule")
    assert file is not None
    process = get_context("fork").Process(target=file.close)
    process.start()
    process.join()
    other = own_log_file(mine, "schedule")
    assert other is not None
    assert Path(other.baseFilename).name == "schedule-2.log"
    file.close()
    other.close()


def test_kinds_that_cannot_be_written_have_no_file_and_say_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "log").write_text("bukan folder")
    assert own_log_file(settings(tmp_path), "up") is None
    assert caplog.text.count("no log file of up can be written") == 1


def test_a_lock_of_another_user_is_held_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    opened = Path.open

    def open_own(path: Path, *values: Any, **named: Any) -> Any:
        if path.name == ".up.lock":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *values, **named)

    monkeypatch.setattr(Path, "open", open_own)
    file = own_log_file(settings(tmp_path), "up")
    assert file is not None
    assert (Path(file.baseFilename).name, caplog.text) == ("up-2.log", "")
    file.close()
