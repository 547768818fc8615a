"""A process that hangs ends itself, whatever it hangs in."""

import subprocess
import sys
import time

import pytest

HANGS = {
    "in a wait": "time.sleep(600)",
    "in code that lets no other thread run": "re.match('(a+)+$', 'a' * 64 + 'b')",
    "in another thread": "threading.Thread(target=time.sleep, args=(600,)).start()",
}
WORK = """
import re, threading, time
from netra.hanging import ends_process_after
with ends_process_after(600), ends_process_after({seconds}):
    {work}
    {then}
print("sound", flush=True)
"""


def run(seconds: float, work: str, then: str = "pass") -> subprocess.CompletedProcess[str]:
    script = WORK.format(seconds=seconds, work=work, then=then)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("work", HANGS.values(), ids=HANGS)
def test_it_ends_and_says_where_it_stood(work: str) -> None:
    begun_at = time.monotonic()
    ended = run(0.3, work, then="threading.Event().wait()")
    assert (ended.returncode, ended.stdout, "Timeout" in ended.stderr, "<string>" in ended.stderr) == (1, "", True, True)
    assert time.monotonic() - begun_at < 30


def test_what_ends_in_time_is_left_alone() -> None:
    assert run(0.5, "pass").stdout == "sound\n"
    ended = run(0.3, "pass", then="pass\ntime.sleep(0.6)")
    assert (ended.returncode, ended.stdout) == (0, "sound\n")
