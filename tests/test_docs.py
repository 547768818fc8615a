"""The documentation is tested: what exists is mentioned, and what is mentioned exists."""

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
import typer
import yaml
from typer.core import TyperGroup as Group

from models.settings import Settings
from netra.cli import app
from netra.commands.users import ROLES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def list_commands() -> list[str]:
    root = typer.main.get_command(app)
    assert isinstance(root, Group)
    names = list[str]()
    for name, command in root.commands.items():
        names += [f"{name} {sub}" for sub in command.commands] if isinstance(command, Group) else [name]
    return names


def find_command(path: str) -> object:
    command = typer.main.get_command(app)
    for name in path.split():
        assert isinstance(command, Group)
        command = command.commands[name]
    return command


@pytest.mark.parametrize("name", list_commands())
def test_readme_names_every_command(name: str) -> None:
    group, _, sub = name.partition(" ")
    assert f"`netra {group}" in README
    assert f"`netra {name}" in README or f"`{sub}`" in README


@pytest.mark.parametrize("name", list_commands())
def test_help_of_every_command_shows_an_example(name: str) -> None:
    command = find_command(name)
    assert "Example: `" in (getattr(command, "help", "") or "")


def test_help_of_people_names_every_role() -> None:
    roles = yaml.safe_load((ROOT / "models" / "data" / "roles.yml").read_text(encoding="utf-8"))
    assert [role["name"] for role in roles if not re.search(rf"\b{role['name']}\b", ROLES)] == []


def test_help_of_every_group_shows_an_example() -> None:
    root = typer.main.get_command(app)
    assert isinstance(root, Group)
    groups = {name: command.epilog for name, command in root.commands.items() if isinstance(command, Group)}
    assert groups
    assert [name for name, epilog in groups.items() if not re.match(rf"Example: `.*netra {name}\b", epilog or "")] == []


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"`NETRA_{name.upper()}`" not in page]
    assert missing == []


def test_files_that_the_readme_links_to_exist() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_lines_of_cron_name_a_person_a_folder_and_the_settings() -> None:
    """Cron knows neither the environment of whoever tried the command, nor where it lies."""
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "docs" / "deploy" / "netra.cron"]
    lines = [
        line for page in pages for line in page.read_text(encoding="utf-8").splitlines() if re.match(r"[\d*/]+ [\d*/]+ \S", line)
    ]
    assert len(lines) > 4
    whole = (
        r"(\S+ ){5} *(netra +cd \S+ && set -a && \. /etc/netra/netra\.env && \.venv/bin/netra |root +cd \S+ && docker compose )"
    )
    assert [line for line in lines if not re.match(whole, line)] == []


def list_data_files() -> list[str]:
    """Text and data that ship beside the code."""
    files = (path for room in ("crawler", "classifier", "models", "netra") for path in (ROOT / room).rglob("*"))
    return sorted(str(path.relative_to(ROOT)) for path in files if path.suffix in {".yml", ".csv", ".txt", ".toml", ".md"})


def test_every_file_of_data_has_its_origin_and_licence() -> None:
    rows = (ROOT / "docs" / "data.md").read_text(encoding="utf-8").splitlines()
    named = [name for row in rows if row.startswith("| `") for name in re.findall(r"`([^`]+)`", row.split(" | ")[0])]
    assert [file for file in list_data_files() if not any(fnmatch(file, name) for name in named)] == []
