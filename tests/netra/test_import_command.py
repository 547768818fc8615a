"""`netra import` as people call it."""

import json
from pathlib import Path

from models.settings import Settings
from tests.processes import run_netra

TABLE = "Judul;Isi Berita;Tautan\nRapat;Camat mengajak staf;https://x.com/a/status/1\nDua;;\n"


def write(folder: Path) -> Path:
    path = folder / "kliping.csv"
    path.write_text(TABLE)
    return path


def test_a_table_is_tried_imported_mended_and_its_columns_saved(sqlite_settings: Settings, tmp_path: Path) -> None:
    path, errors = str(write(tmp_path)), tmp_path / "salah.csv"
    tried = run_netra(sqlite_settings, "import", path, "--dry-run")
    assert (tried.returncode, "would be stored 1" in tried.stdout, "text = Isi Berita" in tried.stderr) == (1, True, True)
    done = run_netra(sqlite_settings, "import", path, "--errors", str(errors), "--save-mapping", "kliping")
    assert (done.returncode, errors.exists(), "stored 1" in done.stdout) == (1, True, True)
    again = run_netra(sqlite_settings, "import", path, "--mapping", "kliping", "--json")
    assert json.loads(again.stdout)["already_there"] == 1
    assert "kliping: text = Isi Berita" in run_netra(sqlite_settings, "import", "--list-mappings").stdout


def test_a_file_of_errors_is_never_overwritten(sqlite_settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "salah.csv").write_text("sedang diperbaiki")
    result = run_netra(sqlite_settings, "import", str(write(tmp_path)), "--errors", str(tmp_path / "salah.csv"))
    assert (result.returncode, "exists already" in result.stderr) == (2, True)


def test_a_text_comes_from_standard_input_and_a_link_is_answered(sqlite_settings: Settings) -> None:
    pasted = run_netra(sqlite_settings, "import", "-", "--url", "https://t.me/kanal/1", stdin="Camat mengajak warga memilih\n")
    assert (pasted.returncode, "stored 1" in pasted.stdout, "Telegram" in pasted.stderr) == (0, True, True)
    refused = run_netra(sqlite_settings, "import", "--text", "https://tidakada.example/1")
    assert (refused.returncode, "netra sources add" in refused.stderr) == (2, True)


def test_a_page_of_the_catalogue_is_known_by_the_address_that_its_crawl_keeps(sqlite_settings: Settings) -> None:
    pasted = (
        "import",
        "--text",
        "Camat mengajak staf",
        "--url",
        "https://m.antaranews.com/berita/1/rekaan",
        "--dry-run",
        "--json",
    )
    first = json.loads(run_netra(sqlite_settings, *pasted).stdout)["first"]
    assert first[0]["url"] == "https://www.antaranews.com/berita/1/rekaan"


def test_a_screenshot_needs_its_text(sqlite_settings: Settings, tmp_path: Path) -> None:
    picture = tmp_path / "layar.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\nrekaan")
    assert run_netra(sqlite_settings, "import", str(picture)).returncode == 1
    assert run_netra(sqlite_settings, "import", str(picture), "--text", "Camat mengajak staf").returncode == 0


def test_nothing_to_import_is_one_line(sqlite_settings: Settings) -> None:
    for arguments in ([], ["--preset", "friendster", "--text", "x"], ["--title", "judul"]):
        result = run_netra(sqlite_settings, "import", *arguments)
        assert (result.returncode, result.stderr.count("netra: ")) == (2, 1)
