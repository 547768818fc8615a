"""The platforms as data (`connectors.yml`): which may be read live, which only imported, and why. Every word is dated."""

from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from models.settings import Settings

FILE = Path(__file__).with_name("connectors.yml")


class LifeCycle(StrEnum):
    WORKS = "works"
    """Read live without a key."""
    NEEDS_KEY = "needs_key"
    """Read live once the settings named in `settings` are filled."""
    IMPORT_ONLY = "import_only"
    """Its terms or its doors forbid reading it live; what monitors hold may be imported."""
    ENDED = "ended"
    """The service is gone; old exports may be imported."""


class PlatformFile(BaseModel):
    """One platform, and what we found when we last looked at its terms."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    state: LifeCycle
    noted_on: date
    reason: str
    """Why it is in this state, in Indonesian: monitors ask."""
    reads: str = ""
    """What a live connector asks for."""
    limit: str = ""
    """The pace that the platform allows."""
    terms: str = ""
    """Address of the terms or of the documentation."""
    settings: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check_settings(self) -> Self:
        unknown = [name for name in self.settings if name not in Settings.model_fields]
        if unknown:
            raise ValueError(f"no such settings: {', '.join(unknown)}")
        return self

    @property
    def is_live(self) -> bool:
        return self.state in (LifeCycle.WORKS, LifeCycle.NEEDS_KEY)

    def missing_settings(self, settings: Settings) -> list[str]:
        """Variables that must be filled before the platform can be read."""
        if self.state is not LifeCycle.NEEDS_KEY:
            return []
        empty = [name for name in self.settings if not _filled(getattr(settings, name))]
        return [f"NETRA_{name.upper()}" for name in empty]


@cache
def read_platforms() -> dict[str, PlatformFile]:
    """Every platform by its name in commands and source files."""
    values = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {slug: PlatformFile.model_validate(entry) for slug, entry in values.items()}


def _filled(value: object) -> bool:
    return bool(value.get_secret_value() if hasattr(value, "get_secret_value") else value)  # pyright: ignore
