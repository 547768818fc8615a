"""The files of docs/deploy as the programs read them that will: systemd, Caddy, and the image's own Python."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import run_program

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "deploy"
UNITS = sorted(FOLDER.glob("*.service"))
CONFINED = re.compile(
    r"^(?:NoNewPrivileges|Protect|Private|Restrict|Remove|Lock|Capability|SystemCall|User=netra|Group=netra).*$", re.MULTILINE
)
MOST_EXPOSED = 18
"""Tenths of what `systemd-analyze security` counts; below 30 it says OK."""


def ask(*command: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)), cwd=cwd, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_every_unit_is_confined_alike() -> None:
    lines = {unit.name: CONFINED.findall(unit.read_text(encoding="utf-8")) for unit in UNITS}
    assert len(lines) > 5
    assert {tuple(found) for found in lines.values()} == {tuple(lines["netra-serve.service"])}


def test_units_that_fetch_nothing_reach_nothing() -> None:
    fetching = {"netra-up", "netra-worker@", "netra-schedule", "netra-schedule@"}
    closed = {
        unit.stem for unit in UNITS if "\nIPAddressDeny=any\nIPAddressAllow=localhost\n" in unit.read_text(encoding="utf-8")
    }
    assert closed == {unit.stem for unit in UNITS} - fetching


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    """What they start is replaced by a program that is there; an instance is put where a template asks for one."""
    for unit in (*UNITS, *FOLDER.glob("*.timer")):
        text = unit.read_text(encoding="utf-8").replace("/srv/netra-code/.venv/bin/netra", "/bin/true")
        (tmp_path / unit.name.replace("@.", "@once.")).write_text(text)
    said = run_program("systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir()), SYSTEMD_UNIT_PATH=f"{tmp_path}:")
    assert [line for line in said.stderr.splitlines() if "netra" in line] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_as_closed_as_systemd_can_tell(unit: Path) -> None:
    said = run_program("systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", "--no-pager", unit)
    assert said.returncode == 0, said.stdout + said.stderr


def test_caddy_takes_its_file() -> None:
    said = run_program(
        "caddy", "validate", "--adapter", "caddyfile", "--config", FOLDER / "Caddyfile", NETRA_HOSTNAME="netra.test"
    )
    assert said.returncode == 0, said.stderr


@pytest.mark.slow
def test_what_the_image_copies_runs_without_the_checkout(tmp_path: Path) -> None:
    """From a folder where nobody may write, with the packages of this environment and none of the checkout's files."""
    source, home, empty = tmp_path / "site", tmp_path / "home", tmp_path / "empty"
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    for name in re.findall(r"^COPY (\w+) \1$", text, re.MULTILINE):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    empty.mkdir(mode=0o555)
    given = {"PYTHONPATH": str(source), "NETRA_HOME": str(home), "SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    where = ask(
        sys.executable, "-P", "-c", "import netra, migrations; print(netra.__file__, migrations.__file__)", cwd=empty, **given
    )
    assert where.stdout.count(str(source)) == 2
    for call in (("netra.cli", "db", "upgrade"), ("netra.cli", "sources", "list"), ("scrapy", "list")):
        said = ask(sys.executable, "-P", "-m", *call, cwd=empty, **given)
        assert said.returncode == 0, said.stderr
    assert list(empty.iterdir()) == []
