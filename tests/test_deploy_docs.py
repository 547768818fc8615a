"""What docs/deploy tells an operator to type, held against the files that it is about."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from migrations.grants import CRAWLER, OWNER, SCORER, SERVICE, WORKER

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "deploy"
COMPOSE_TEXT = (FOLDER / "compose.yml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
PAGES = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
STAYING = {name for name, service in COMPOSE["services"].items() if service["image"].startswith("netra:")} - {"migrate", "backup"}
ROLES = [OWNER, SERVICE, WORKER, CRAWLER, SCORER]


def run_shell(script: str, folder: Path) -> str:
    done = subprocess.run(["sh", "-ec", script], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def lines_of(page: str, *beginnings: str) -> str:
    """The lines of its code that begin so, whole."""
    found = [line for line in PAGES[page].splitlines() if line.startswith(beginnings)]
    assert len(found) >= len(beginnings)
    return "\n".join(found)


def test_what_compose_cannot_do_without_stands_in_a_file_that_every_call_reads() -> None:
    wanted = set(re.findall(r"\$\{(\w+):\?", COMPOSE_TEXT))
    assert wanted == set(re.findall(r"^echo (\w+)=\S+ > \.env", PAGES["README.md"], re.MULTILINE))


def test_the_image_is_that_of_this_version_and_never_asked_of_a_registry() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    for name in STAYING | {"migrate", "backup"}:
        service = COMPOSE["services"][name]
        assert (service["image"], service["pull_policy"]) == (f"netra:{version}", "never")


def test_a_backup_and_a_restore_wait_for_no_migration() -> None:
    """Else the tables were new before the backup of an upgrade, and old code could never restore."""
    assert set(COMPOSE["services"]["backup"]["depends_on"]) == {"database"}


def test_nothing_that_an_office_puts_beside_compose_is_committed() -> None:
    mounted = {
        volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service["volumes"] if volume[0] == "."
    }
    named = {Path(path).parts[0] for path in mounted | {secret["file"] for secret in COMPOSE["secrets"].values()}}
    kept = set(re.findall(r"^/(\w+(?:\.env)?)/?$", (FOLDER / ".gitignore").read_text(encoding="utf-8"), re.MULTILINE))
    assert kept == (named | {"compose.env"}) - {"Caddyfile"}
    made = set(lines_of("README.md", "install -d -m 0700 secrets").replace("&& install -d", "").split()[4:])
    assert made == kept - {"compose.env"}


@pytest.mark.parametrize("page", ["upgrade.md", "operating.md"])
def test_tables_are_changed_when_nobody_works_on_them(page: str) -> None:
    stops = re.findall(r"^docker compose stop ([a-z -]+?)(?: +#.*)?$", PAGES[page], re.MULTILINE)
    assert stops
    assert all(set(line.split()) == STAYING for line in stops)


def test_commands_that_need_the_settings_are_given_them() -> None:
    assert [name for name, text in PAGES.items() if re.search(r"sudo -u netra\b", text)] == []


def test_the_lines_for_containers_make_every_secret_and_a_password_for_each_role(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    page = PAGES["README.md"].partition("## By containers")[2]
    begun = ("new() {", "for name in secret_key", "for role in service", "passwords() {")
    lines = [line for line in page.splitlines() if line.startswith((*begun, 'echo "postgresql://netra_owner'))]
    said = run_shell("\n".join([*lines, "passwords"]), tmp_path).splitlines()
    assert {path.name for path in (tmp_path / "secrets").iterdir()} == set(COMPOSE["secrets"])
    assert [re.sub("'[\\w-]{43}'", "…", line) for line in said] == [f"ALTER ROLE {role} PASSWORD …;" for role in ROLES]


def test_each_unit_is_handed_the_address_of_its_own_role(tmp_path: Path) -> None:
    block = re.search(r"^for pair in .*?^done$", PAGES["README.md"], re.MULTILINE | re.DOTALL)
    assert block is not None
    run_shell(block[0].replace("/etc/systemd/system", str(tmp_path)), ROOT)
    made = {path.parent.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*/secrets.conf")}
    roles = {
        name: re.findall(r"=database_url:/etc/netra/secrets/database_url_(\w+)$", text, re.MULTILINE)
        for name, text in made.items()
    }
    assert roles == {
        "netra-serve.service.d": ["service"],
        "netra-worker@crawl.service.d": ["crawler"],
        "netra-worker@score.service.d": ["scorer"],
        "netra-worker@review.service.d": ["worker"],
        "netra-backup.service.d": ["owner"],
        "netra-retention.service.d": ["owner"],
    }
    assert all(text.count("LoadCredential=") == text.count("Environment=") == 3 for text in made.values())
