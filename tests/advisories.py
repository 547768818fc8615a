"""What is pinned against the public advisory database, where that answers: `make check` runs this, as `make audit` does.

Without a network nothing is known, and it says so: NOT ASKED is no finding and no clean bill. A finding fails `make check`.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx

ROOT = Path(__file__).parent.parent
DATABASE = "https://pypi.org/pypi/pip/json"
"""A page of the database that `pip-audit` asks. HTTPS_PROXY is honoured."""
ANSWERS_WITHIN = 5.0
ENDS_WITHIN = 600.0
PIP_AUDIT = ROOT / ".venv" / "tools" / "bin" / "pip-audit"
ABOUT = ("--requirement", "constraints.txt", "--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json")


def why_silent(address: str) -> str:
    """Why the database gives no answer; nothing where it does."""
    try:
        return "" if httpx.get(address, timeout=ANSWERS_WITHIN).is_success else f"{address} refuses"
    except httpx.HTTPError as error:
        return f"{address} does not answer ({type(error).__name__})"


def ask(program: Path) -> list[dict[str, Any]] | str:
    """Every package with its advisories; in words why nothing was learned. Half an answer is none."""
    command = [program, *ABOUT]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=ENDS_WITHIN)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{program.name} came to no end ({type(error).__name__})"
    try:
        return json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return (done.stderr.strip().splitlines() or [f"{program.name} said nothing"])[-1]


def list_findings(packages: list[dict[str, Any]]) -> Iterator[str]:
    for package in packages:
        for found in package.get("vulns", ()):
            mended = ", ".join(found["fix_versions"]) or "no version yet"
            yield f"{package['name']} {package['version']}: {found['id']}, mended in {mended}"


def main(address: str = DATABASE, program: Path = PIP_AUDIT) -> int:
    silent = why_silent(address)
    if not silent and not program.exists():
        made = subprocess.run(["make", "--no-print-directory", ".venv/tools/installed"], cwd=ROOT, check=False)
        silent = "" if made.returncode == 0 else "pip-audit cannot be installed"
    answer = silent or ask(program)
    if isinstance(answer, str):
        print(f"advisories: NOT ASKED, so nothing is known of holes: {answer}. Run make audit where there is a network.")
        return 0
    findings, unknown = list(list_findings(answer)), [package["name"] for package in answer if "skip_reason" in package]
    for finding in findings:
        print(finding)
    print(f"advisories: {len(findings)} findings in {len(answer)} packages; not known there: {', '.join(unknown) or 'none'}")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main())
