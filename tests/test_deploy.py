"""docs/deploy: what containers and units promise, and that what they start exists."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from pydantic import SecretStr
from typer.core import TyperGroup as Group

from migrations.grants import CRAWLER, OWNER, SCORER, SERVICE, WORKER
from models.settings import Settings
from netra.cli import app

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "deploy"
COMPOSE = yaml.safe_load((FOLDER / "compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
UNITS = sorted(FOLDER.glob("*.service"))
OUTSIDE = {"proxy": {"edge"}, "worker-crawl": {"out"}, "worker-review": {"out"}}
"""Who may reach the internet, by which network; docs/deploy/hardening.md says why."""
SECRETS = {"DATABASE_URL"} | {name.upper() for name, field in Settings.model_fields.items() if field.annotation is SecretStr}


def parse_call(words: list[str]) -> None:
    """As the command line reads them: raises where a command or an option is not there."""
    command, name = typer.main.get_command(app), "netra"
    while isinstance(command, Group):
        context = command.make_context(name, list(words), resilient_parsing=True)
        name, command, words = command.resolve_command(context, list(words))  # pyright: ignore[reportAssignmentType]
    assert command is not None, f"there is no command {name}"
    command.make_context(name, list(words))


def names_of_settings(text: str) -> set[str]:
    return {name.removesuffix("_FILE") for name in re.findall(r"NETRA_([A-Z_]+)", text)}


def list_calls() -> Iterator[tuple[str, list[str]]]:
    for name, service in SERVICES.items():
        if service["image"].startswith("netra"):
            yield f"compose {name}", service["command"]
    for unit in UNITS:
        line = re.findall(r"^ExecStart=/srv/netra-code/\.venv/bin/netra (.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
        yield (
            unit.name,
            line[0].replace("%i", "once" if "schedule" in unit.name else "crawl").replace("${CONCURRENCY}", "1").split(),
        )


@pytest.mark.parametrize(("where", "words"), [pytest.param(*call, id=call[0]) for call in list_calls()])
def test_what_is_started_is_a_command_with_these_options(where: str, words: list[str]) -> None:
    parse_call(words)


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_do_no_more_than_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert {"mem_limit", "pids_limit", "logging"} <= set(service)
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert name == "proxy" or re.fullmatch(r"[1-9]\d+:[1-9]\d+", service["user"])
    assert not {"privileged", "network_mode", "pid", "ipc", "devices", "cgroup_parent"} & set(service)
    assert not any("docker.sock" in volume for volume in service["volumes"])


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_has_a_tag_that_says_which(name: str) -> None:
    image, _, tag = SERVICES[name]["image"].rpartition(":")
    assert image
    assert re.search(r"\d", tag)


def test_only_the_proxy_is_reached_and_only_who_must_goes_out() -> None:
    ways_out = {name for name, network in COMPOSE["networks"].items() if not network.get("internal")}
    found = {name: set(service["networks"]) & ways_out for name, service in SERVICES.items()}
    assert {name: networks for name, networks in found.items() if networks} == OUTSIDE
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_the_trusted_network_holds_the_proxy_and_the_service_alone() -> None:
    (config,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    assert SERVICES["service"]["environment"]["NETRA_TRUSTED_PROXIES"] == config["subnet"]
    assert {name for name, service in SERVICES.items() if "front" in service["networks"]} == {"proxy", "service"}


def test_secrets_are_files_that_their_service_is_given() -> None:
    given = {name: set(service.get("secrets", [])) for name, service in SERVICES.items()}
    for name, service in SERVICES.items():
        values = {key: value for key, value in service.get("environment", {}).items() if key.endswith("_FILE")}
        assert {f"/run/secrets/{secret}" for secret in given[name]} == set(values.values()), name
        assert not {f"NETRA_{secret}" for secret in SECRETS} & set(service.get("environment", {})), name
    assert set().union(*given.values()) == set(COMPOSE["secrets"])


def test_each_process_has_the_right_of_its_own_work_in_the_database() -> None:
    urls = {
        name: url for name, service in SERVICES.items() if (url := service.get("environment", {}).get("NETRA_DATABASE_URL_FILE"))
    }
    roles = {name: f"netra_{url.rpartition('_')[2]}" for name, url in urls.items()}
    assert roles == {
        "migrate": OWNER,
        "backup": OWNER,
        "service": SERVICE,
        "worker-review": WORKER,
        "worker-crawl": CRAWLER,
        "worker-score": SCORER,
    }


@pytest.mark.parametrize("path", sorted([*FOLDER.glob("*.env.example"), FOLDER / "netra-secrets.conf", FOLDER / "compose.yml"]))
def test_settings_that_are_named_exist_and_no_secret_stands_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    known = {name.upper() for name in Settings.model_fields} | {"HOSTNAME", "UPSTREAM"}
    assert names_of_settings(text) <= known
    set_to = re.findall(r"^(?!#)(?:Environment=)?\s*NETRA_([A-Z_]+)[=:] *(\S+)", text, re.MULTILINE)
    assert [name for name, value in set_to if name in SECRETS and value] == []


def test_the_image_copies_every_package_and_runs_as_nobody_in_particular() -> None:
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    stages = dict(re.findall(r"^FROM \S+ AS (\S+)\n(.*?)(?=^FROM |\Z)", text, re.MULTILINE | re.DOTALL))
    copied = {name for line in re.findall(r"^COPY (?!--)(.+)$", stages["build"], re.MULTILINE) for name in line.split()[:-1]}
    packages = re.search(r"^packages = (\[.*\])$", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert packages is not None
    assert copied == {*yaml.safe_load(packages[1]), "pyproject.toml", "constraints.txt", "README.md"}
    for name in ("netra", "render"):
        assert re.findall(r"^USER (\S+)$", stages[name], re.MULTILINE)[-1] == "10001:10001"
        assert not re.search(r"\b(pip|gcc|build-essential|git|curl|python3-venv)\b", stages[name])
    assert "/readyz" in stages["netra"]
    assert "chromium" in stages["render"]
    assert "chromium" not in stages["netra"]
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${BASE}", "build", "netra"}


def test_the_ignored_rest_leaves_what_is_copied() -> None:
    kept = re.findall(r"^!(\S+)$", (FOLDER / "Containerfile.dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert all((ROOT / name).exists() for name in kept)
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    assert all(re.search(rf"^COPY .*\b{re.escape(name)}\b", text, re.MULTILINE) for name in kept)
