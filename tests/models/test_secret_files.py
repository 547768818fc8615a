"""Secrets that stand in files, as systemd and containers hand them over."""

import logging
from pathlib import Path

import pytest
from pydantic import ValidationError

from models.settings import Settings
from netra.crawls.pool import environment


def put(tmp_path: Path, content: str | bytes, *, mode: int = 0o600) -> str:
    path = tmp_path / "rahasia"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)
    return str(path)


def read(monkeypatch: pytest.MonkeyPatch, **named: str) -> Settings:
    for name, value in named.items():
        monkeypatch.setenv(f"NETRA_{name.upper()}", value)
    return Settings(_env_file=None)


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_the_end_of_a_line_is_no_part_of_a_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, end: str) -> None:
    settings = read(monkeypatch, secret_key_file=put(tmp_path, f" dua kata {end}"))
    assert settings.secret_key.get_secret_value() == " dua kata "


def test_the_address_of_the_database_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    address = "postgresql://netra:sandi@basisdata/netra"
    assert read(monkeypatch, database_url_file=put(tmp_path, address)).database_address == address


def test_a_line_of_the_env_file_may_name_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"NETRA_METRICS_TOKEN_FILE={put(tmp_path, 'benar')}\n")
    assert Settings(_env_file=tmp_path / ".env").metrics_token.get_secret_value() == "benar"


@pytest.mark.parametrize(
    ("content", "why"),
    [("", "is empty"), ("\n", "is empty"), (b"\xff\xfe", "is no text"), (b"x" * 70_000, "is larger")],
    ids=["empty", "an empty line", "bytes", "too large"],
)
def test_what_is_no_secret_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | bytes, why: str) -> None:
    with pytest.raises(ValidationError, match=why) as caught:
        read(monkeypatch, secret_key_file=put(tmp_path, content))
    assert caught.value.errors()[0]["loc"] == ("secret_key",)


@pytest.mark.parametrize("name", ["tidak-ada", "."])
def test_a_file_that_is_missing_is_never_taken_for_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValidationError, match=r"there is no file .*"):
        read(monkeypatch, secret_key_file=str(tmp_path / name))


def test_two_words_for_one_secret_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="keep one of the two"):
        read(monkeypatch, secret_key="di sini", secret_key_file=put(tmp_path, "di sana"))


def test_a_setting_that_holds_no_secret_has_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert read(monkeypatch, host_file=put(tmp_path, "0.0.0.0")).host == "127.0.0.1"


@pytest.mark.parametrize(("mode", "warns"), [(0o400, False), (0o640, False), (0o644, True), (0o660, True)])
def test_a_file_that_is_open_to_others_is_told_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, warns: bool
) -> None:
    with caplog.at_level(logging.WARNING):
        settings = read(monkeypatch, secret_key_file=put(tmp_path, "isi-rahasia", mode=mode))
    assert settings.secret_key.get_secret_value() == "isi-rahasia"
    assert ("open to others" in caplog.text, "isi-rahasia" in caplog.text) == (warns, False)


def test_a_child_is_given_the_secret_and_not_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = environment(read(monkeypatch, youtube_key_file=put(tmp_path, "kunci")))
    assert (given["NETRA_YOUTUBE_KEY"], "NETRA_YOUTUBE_KEY_FILE" in given) == ("kunci", False)
