"""One configuration of training, read from a TOML file."""

import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from classifier.errors import ConfigError

BASELINE = Path(__file__).parent / "configs" / "baseline.toml"

Section = TypeVar("Section")


@dataclass(frozen=True)
class Words:
    ngrams: tuple[int, int]
    min_df: int
    weight: float


@dataclass(frozen=True)
class Chars:
    ngrams: tuple[int, int]
    min_df: int
    weight: float


@dataclass(frozen=True)
class Cues:
    across: bool
    min_df: int
    weight: float


@dataclass(frozen=True)
class Windows:
    size: int
    most: int
    """Windows of one text that training reads, at most; marked ones come first."""
    in_all: int
    """About how many windows training reads: with more texts each gives fewer."""
    C: float


@dataclass(frozen=True)
class Documents:
    C: float


@dataclass(frozen=True)
class Classes:
    C: float
    tolerance: float
    most: int
    """Texts of one class that training reads, at most."""


@dataclass(frozen=True)
class Line:
    folds: int
    hidden_among: tuple[int, ...]
    """Calibration sees every held-out news text once more among so many other sentences."""
    precision: float
    """The flag line keeps at least this precision on held-out texts."""
    recall: float
    """The reading line, below which nobody needs to look, keeps at least this recall on held-out texts."""


@dataclass(frozen=True)
class Config:
    name: str
    seed: int
    tolerance: float
    words: Words
    chars: Chars
    cues: Cues
    window: Windows
    document: Documents
    classes: Classes
    line: Line

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


SECTIONS = {
    "words": Words,
    "chars": Chars,
    "cues": Cues,
    "window": Windows,
    "document": Documents,
    "classes": Classes,
    "line": Line,
}


def load_config(path: Path = BASELINE) -> Config:
    """Read a configuration; a key too few or too many is an error, never a silent default."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return config_from_dict(data, str(path))


def config_from_dict(data: dict[str, Any], place: str) -> Config:
    """The configuration that `Config.as_dict` wrote, or that a TOML file holds."""
    sections = {name: _read(kind, data.get(name, {}), f"{place} [{name}]") for name, kind in SECTIONS.items()}
    return _read(Config, data | sections, place)


def _read(kind: type[Section], values: dict[str, Any], place: str) -> Section:
    expected = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    if set(values) != expected:
        raise ConfigError(f"{place}: missing {sorted(expected - set(values))}, unknown {sorted(set(values) - expected)}")
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})
