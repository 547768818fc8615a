"""What is installed against what we ask for, without a network: `make check` runs this.

Every package that pyproject.toml leads to is pinned in constraints.txt and installed in that version; nothing is pinned that it
does not lead to; every licence is one that we can live with. Pins of packages that are not installed here (another platform,
the tools of `make sbom`) cannot be followed, and are counted.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
SELF = "netra"
ALLOWED = {
    *("MIT", "MIT-0", "MIT-CMU", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Apache-2.0", "ISC", "Zlib", "PSF-2.0", "ZPL-2.1"),
    *("CC0-1.0", "CNRI-Python", "MPL-2.0", "MPL-1.1", "LGPL-3.0-only", "LGPL-2.1-or-later", "Unlicense", "BSL-1.0"),
}
"""SPDX. Weak copyleft is used as it comes, unchanged; strong copyleft and non-commercial terms are not here."""
OLD_NAMES = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "OSI Approved": "",
    "ISC License (ISCL)": "ISC",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""What classifiers and old metadata say, as SPDX."""
READ_BY_HAND = {"axe-playwright-python": "MIT", "partd": "BSD-3-Clause", "pyrage": "MIT"}
"""Packages whose metadata are silent, by the file LICENSE that they ship."""


def find_faults() -> list[str]:
    """Each in words that say how to mend it."""
    installed = {canonicalize_name(one.metadata["Name"]): one for one in distributions()}
    pins, wanted = read_pins(), set(follow(installed))
    return [
        *(f"{name} is needed and not pinned: make constraints" for name in sorted(wanted - pins.keys())),
        *(
            f"{name} is pinned and nothing asks for it: make constraints"
            for name in sorted(pins.keys() & installed.keys() - wanted)
        ),
        *(
            f"{name} is installed as {installed[name].version}, pinned as {pins[name]}: make setup"
            for name in sorted(wanted & pins.keys() & installed.keys())
            if installed[name].version != pins[name]
        ),
        *(f"{name}: licence {said!r} is not on our list (tests/supply.py)" for name, said in licences(installed, wanted)),
    ]


def read_pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = (Requirement(line) for line in lines if line.strip() and not line.startswith("#"))
    return {canonicalize_name(one.name): next(iter(one.specifier)).version for one in found if _holds(one, "")}


def follow(installed: dict[str, Distribution]) -> Iterator[str]:
    """Names of all that pyproject.toml leads to on this machine, through what is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(line for lines in project["optional-dependencies"].values() for line in lines)]
    waiting, seen = [Requirement(line) for line in asked], set[tuple[str, str]]()
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        for extra in ("", *one.extras):
            if (name, extra) in seen or not _holds(one, ""):
                continue
            seen.add((name, extra))
            found = installed.get(name)
            needs = (Requirement(line) for line in (found.requires or [])) if found else ()
            waiting += [_plain(need) for need in needs if _holds(need, extra)]
    return (name for name, _ in seen if name != SELF)


def licences(installed: dict[str, Distribution], wanted: set[str]) -> Iterator[tuple[str, str]]:
    """Packages that say no licence of our list."""
    for name in sorted(wanted & installed.keys()):
        said = READ_BY_HAND.get(name) or read_licence(installed[name])
        if not is_allowed(said):
            yield name, said


def read_licence(found: Distribution) -> str:
    about = found.metadata
    if expression := about.get("License-Expression"):
        return expression
    classified = [line.split(" :: ")[-1] for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    known = [OLD_NAMES.get(name, name) for name in classified]
    return " OR ".join(name for name in known if name) or (about.get("License") or "").partition("\n")[0].strip()


def is_allowed(expression: str) -> bool:
    """Whether one way to read an SPDX expression uses names of our list alone.

    >>> is_allowed("MPL-1.1 OR GPL-2.0-only"), is_allowed("MIT AND GPL-3.0-only")
    (True, False)
    """
    plain = re.sub(r"[()]", " ", OLD_NAMES.get(expression, expression))
    return any(all(part.strip() in ALLOWED for part in choice.split(" AND ")) for choice in plain.split(" OR "))


def _plain(need: Requirement) -> Requirement:
    """Without its condition, which was asked already."""
    need.marker = None
    return need


def _holds(need: Requirement, extra: str) -> bool:
    return need.marker is None or need.marker.evaluate({"extra": extra})


def main() -> int:
    faults = find_faults()
    for fault in faults:
        print(fault)
    away = read_pins().keys() - {canonicalize_name(one.metadata["Name"]) for one in distributions()}
    print(f"supply: {len(faults)} faults; {len(away)} pins are of packages that are not installed here")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
