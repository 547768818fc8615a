"""Starts the process of a browser and ends it, with whatever it started, when its time is over."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress

from crawler.rendering.job import Rendered, RenderFailed, RenderJob
from crawler.runs.parent import PARENT
from models.settings import Settings

SECONDS = 100.0
"""More than all the bounds within: who needs longer hangs."""
PASSED_ON = ("crawl_proxy", "crawl_contact", "crawl_private_hosts")
"""Settings that the process must know. It gets no database, no key and no token."""


def render_apart(settings: Settings, job: RenderJob, *, seconds: float = SECONDS) -> Rendered:
    """The page as a browser shows it; raises RenderFailed."""
    with tempfile.TemporaryDirectory(prefix="netra-peramban-", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "crawler.rendering"],
            env=_environment(settings, folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # So that browser and driver can be ended with it.
        )
        try:
            said, complaint = process.communicate(job.to_json().encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            raise RenderFailed(f"{job.url}: not done within {seconds:.0f} s") from None
        finally:
            _end(process)
    return _read(job, said, complaint)


def _read(job: RenderJob, said: bytes, complaint: bytes) -> Rendered:
    try:
        answer = json.loads(said)
    except ValueError:
        lines = complaint.decode("utf-8", "replace").strip().splitlines()
        raise RenderFailed(f"{job.url}: the browser did not start: {lines[-1][:300] if lines else 'it said nothing'}") from None
    if "failure" in answer:
        raise RenderFailed(answer["failure"])
    return Rendered.from_json(answer)


def _environment(settings: Settings, folder: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV")}
    passed_on = {f"NETRA_{name.upper()}": str(getattr(settings, name)) for name in PASSED_ON}
    return kept | passed_on | {"HOME": folder, "TMPDIR": folder, "NETRA_HOME": folder, PARENT: str(os.getpid())}


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
