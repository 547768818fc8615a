"""Families of outlets that share a system or a publisher: what `families.yml` says of one holds for each of its members."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ConfigDict, Field, ValidationError

from crawler.catalogue.files import SourceFile, StrictModel
from crawler.errors import SourceFileError
from crawler.pages.layout import Loader

PATH = Path(__file__).with_name("families.yml")
PLACE = "{at}"


class Family(StrictModel):
    """What the members have in common; `{at}` stands for the part of the addresses that is the member's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str
    host: str = ""
    """The members' hosts, as a pattern with `{at}`: it tells a member by its address."""
    markers: tuple[str, ...] = ()
    """Words in the markup of a home page that tell a member by its system."""
    is_one_site: bool = False
    """The members are sections of one host."""
    defaults: dict[str, Any] = Field(default_factory=dict)

    def place_of(self, host: str) -> str | None:
        """The `at` of a member, from its host; None for other hosts."""
        if not self.host or self.is_one_site:
            return None
        pattern = re.escape(self.host).replace(re.escape(PLACE), r"([a-z0-9-]+)")
        found = re.fullmatch(pattern, host)
        return found[1] if found and found[1] != "www" else None

    def fill(self, at: str) -> dict[str, Any]:
        """The defaults of one member."""
        return {key: _filled(value, at) for key, value in self.defaults.items()}


@cache
def load_families() -> dict[str, Family]:
    """Every family by name, read once."""
    try:
        named = yaml.load(PATH.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506  (a safe loader, see above)
        families = {name: Family.model_validate(entry) for name, entry in named.items()}
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SourceFileError(f"{PATH.name}: cannot be read: {error}") from error
    for name, family in families.items():
        if unknown := family.defaults.keys() - SourceFile.model_fields.keys():
            raise SourceFileError(f"{PATH.name}: {name}: {', '.join(sorted(unknown))}: no key of a source file")
    return families


def with_family(entry: dict[str, Any]) -> dict[str, Any]:
    """What a source file says, on top of what its family says."""
    name, at = entry.get("family", ""), entry.get("at", "")
    if not name:
        return entry
    family = load_families().get(str(name))
    if family is None:
        raise ValueError(f"family {name!r} is none of {', '.join(load_families())}")
    filled = family.fill(str(at)) | entry
    if not at and PLACE in repr(filled):
        raise ValueError(f"a member of the family {name} says `at`, its own part of the addresses")
    return filled


def _filled(value: Any, at: str) -> Any:
    match value:
        case str():
            return value.replace(PLACE, at) if at else value
        case list():
            return [_filled(part, at) for part in value]
        case dict():
            return {key: _filled(part, at) for key, part in value.items()}
        case _:
            return value
