"""What an office would take instead, running on SQLite as `pip install` leaves it, for as long as a block runs.

Each stands in an environment of its own, because its libraries ask for other versions than ours:

    python -m venv FOLDER && FOLDER/bin/pip install label-studio==1.23.2
    python -m venv FOLDER && FOLDER/bin/pip install doccano==1.8.4
"""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx2 as httpx

from bench.room.serving import Server

PERSON, PASSWORD, TOKEN = "ukur@contoh.test", "kata-sandi-untuk-mengukur", "0" * 40
START_SECONDS = 240
"""They make their database first."""
CHUNK = 10_000
SIZE = 50
LABELS = (
    '<View><Text name="text" value="$text"/><Choices name="partisan" toName="text">'
    '<Choice value="ya"/><Choice value="tidak"/></Choices></View>'
)
FILL_DOCCANO = """
import json, sys
from backend import cli
cli.django.setup()
from django.contrib.auth.models import User
from examples.models import Example
from projects.models import TextClassificationProject
person = User.objects.get()
project = TextClassificationProject.objects.create(name="ukur", created_by=person, project_type="DocumentClassification")
project.add_admin()
Example.objects.bulk_create([Example(project=project, text=text) for text in json.load(sys.stdin)], batch_size=500)
"""
"""Its import goes through a queue with a worker of its own; the rows are the same."""


class Rival(NamedTuple):
    name: str
    server: Server
    list_page: Callable[[int], None]
    """Ask for 50 tasks, as its own pages do; the argument is the number of the page."""
    take_next: Callable[[int], None]
    """Ask for the next task with its text; the argument is how many were asked for before, and one."""


def describe_version(name: str, program: Path) -> str:
    """Of its distribution, as its own environment says it."""
    asked = f"from importlib.metadata import version; print(version({name.replace('_', '-')!r}))"
    answer = subprocess.run([str(program.with_name("python")), "-c", asked], capture_output=True, text=True, check=True)
    return f"{name.replace('_', ' ')} {answer.stdout.strip()}"


@contextmanager
def label_studio(program: Path, folder: Path, texts: Sequence[str]) -> Iterator[Rival]:
    """`program` is bin/label-studio. It is filled over its API; a task that is taken is locked for whoever took it."""
    port = _free_port()
    person = ("--username", PERSON, "--password", PASSWORD, "--user-token", TOKEN, "--enable-legacy-api-token")
    command = [str(program), "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port), *person]
    surroundings = {"LABEL_STUDIO_BASE_DATA_DIR": str(folder), "COLLECT_ANALYTICS": "false"}
    with _running(command, surroundings, folder, port, {"authorization": f"Token {TOKEN}"}) as (server, client):
        project = _post(client, "/api/projects", {"title": "ukur", "label_config": LABELS})["id"]
        for first in range(0, len(texts), CHUNK):
            _post(client, f"/api/projects/{project}/import", [{"text": text} for text in texts[first : first + CHUNK]])

        def list_page(turn: int) -> None:
            answer = client.get("/api/tasks", params={"project": project, "page": turn, "page_size": SIZE})
            assert len(answer.json()["tasks"]) == SIZE, answer.text[:300]

        def take_next(_: int) -> None:
            task = _post(client, f"/api/dm/actions?project={project}&id=next_task", {"project": str(project)})
            assert task["data"]["text"]

        yield Rival("Label Studio", server, list_page, take_next)


@contextmanager
def doccano(program: Path, folder: Path, texts: Sequence[str]) -> Iterator[Rival]:
    """`program` is bin/doccano. It knows no taking: its next task is the first unfinished one at a place in the list."""
    port = _free_port()
    surroundings = {"DOCCANO_HOME": str(folder)}
    for arguments in (["init"], ["createuser", "--username", "ukur", "--password", PASSWORD]):
        subprocess.run([str(program), *arguments], env=os.environ | surroundings, check=True, capture_output=True)
    fill = [str(program.with_name("python")), "-c", FILL_DOCCANO]
    subprocess.run(fill, env=os.environ | surroundings, input=json.dumps(texts).encode(), check=True, capture_output=True)
    command = [str(program), "webserver", "--port", str(port), "--workers", "1"]
    with _running(command, surroundings, folder, port, {}) as (server, client):
        client.headers["authorization"] = (
            f"Token {_post(client, '/v1/auth/login/', {'username': 'ukur', 'password': PASSWORD})['key']}"
        )
        project = client.get("/v1/projects").json()["results"][0]["id"]

        def ask(offset: int, limit: int, **more: str) -> None:
            answer = client.get(f"/v1/projects/{project}/examples", params={"limit": limit, "offset": offset, **more})
            assert len(answer.json()["results"]) == limit, answer.text[:300]

        yield Rival(
            "doccano", server, lambda turn: ask((turn - 1) * SIZE, SIZE), lambda turn: ask(turn - 1, 1, confirmed="false")
        )


@contextmanager
def _running(
    command: Sequence[str], surroundings: dict[str, str], folder: Path, port: int, headers: dict[str, str]
) -> Iterator[tuple[Server, httpx.Client]]:
    log, address = folder / "rival.log", f"http://127.0.0.1:{port}"
    with log.open("wb") as file, httpx.Client(base_url=address, headers=headers, timeout=600) as client:
        process = subprocess.Popen(command, env=os.environ | surroundings, stdout=file, stderr=file)
        try:
            _wait(client, process, log)
            yield Server(address, process), client
        finally:
            process.terminate()
            process.wait()


def _wait(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(httpx.TransportError):
            client.get("/")
            return
        time.sleep(1)
    raise RuntimeError(f"it did not start:\n{log.read_text()[-2000:]}")


def _post(client: httpx.Client, path: str, body: object) -> Any:
    """The JSON of the answer."""
    answer = client.post(path, json=body)
    assert answer.is_success, answer.text[:300]
    return answer.json()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
