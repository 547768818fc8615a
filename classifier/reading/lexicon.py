"""The lexicon of cues, masks and short forms, read from configs/lexicon.yml."""

from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

try:  # It gives the same ten times as fast, where PyYAML was built with libyaml, as its wheels are.
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader

from classifier.errors import ConfigError

CONFIGS = Path(__file__).parent.parent / "configs"
SECTIONS = {"cues", "absent", "parties", "names", "numbers", "ballot", "glued", "ordinals", "compass"}
SECTIONS |= {"known", "places", "plain", "slang"}


@dataclass(frozen=True)
class Cue:
    """One meaning, and the words that bear it."""

    name: str
    label: str
    """What monitors read."""
    is_role: bool
    """An actor: all words for it count as one word."""
    covers: bool
    """A topic: the actors inside its words do not act."""
    phrases: tuple[tuple[str, ...], ...]
    """As they are written in the lexicon."""
    stems: frozenset[str]
    unshown: frozenset[str]
    """Words that weigh as the cue and mostly mean something else: it is no reason that a monitor should read."""


@dataclass(frozen=True)
class Lexicon:
    cues: tuple[Cue, ...]
    absent: dict[str, tuple[str, ...]]
    """What a window lacks when it bears none of these cues."""
    parties: frozenset[str]
    upper_parties: frozenset[str]
    quiet_parties: frozenset[str]
    """Those of `upper_parties` that are common words in a sentence of capitals too."""
    after_partai: frozenset[str]
    party_tail: frozenset[str]
    namesakes: frozenset[str]
    """Parties whose short name is something else too, as it is behind `before_namesake`."""
    before_namesake: frozenset[str]
    names: frozenset[str]
    """Given names that are words of the dictionary too."""
    numbers: frozenset[str]
    ballot: frozenset[str]
    """Words whose number, glued or an ordinal, is a ballot number: "paslon2" is no plural."""
    glued: frozenset[str]
    """Words whose glued number is one, and no ordinal behind them."""
    ordinals: frozenset[str]
    compass: frozenset[str]
    regions: frozenset[str]
    """Words of regions' names; those with a capital are ordinary words without it."""
    long_regions: dict[str, tuple[tuple[str, ...], ...]]
    """Names of several words, of places too, in small letters, by their first word; the longest first."""
    known: frozenset[str]
    everyday: frozenset[str]
    """Words that no dictionary has and that are nobody's name in a sentence of capitals."""
    plain: frozenset[str]
    """Words that tell a monitor nothing: they weigh, but are not shown as reasons."""
    slang: dict[str, tuple[str, ...]]


@cache
def load_lexicon() -> Lexicon:
    """The lexicon that lies beside the configurations; strict about its sections."""
    data = yaml.load((CONFIGS / "lexicon.yml").read_bytes(), Loader=SafeLoader)
    if set(data) != SECTIONS:
        raise ConfigError(f"lexicon.yml: sections {sorted(data)}, expected {sorted(SECTIONS)}")
    if not all(isinstance(short, str) for short in data["slang"]):
        raise ConfigError("lexicon.yml: slang has a key that YAML does not read as text; quote it")
    for section in ("ballot", "glued", "ordinals"):
        if not all(isinstance(word, str) for word in data[section]):
            raise ConfigError(f"lexicon.yml: {section} has a word that YAML does not read as text; quote it")
    parties = data["parties"]
    slang = {short: tuple(full.split()) for short, full in data["slang"].items()}
    cues = tuple(_read_cue(name, entry) for name, entry in data["cues"].items())
    regions = (CONFIGS / "regions.txt").read_text(encoding="utf-8").splitlines()
    everyday = (CONFIGS / "everyday.txt").read_text(encoding="utf-8").splitlines()
    cue_words = {word for cue in cues for phrase in cue.phrases for word in phrase}
    return Lexicon(
        cues=cues,
        absent=_read_absent(data["absent"], {cue.name for cue in cues}),
        parties=frozenset(parties["anywhere"]),
        upper_parties=frozenset(parties["upper"]),
        quiet_parties=frozenset(parties["quiet"]),
        after_partai=frozenset(parties["after_partai"]),
        party_tail=frozenset(parties["tail"]),
        namesakes=frozenset(parties["namesakes"]),
        before_namesake=frozenset(parties["before_namesake"]),
        names=frozenset(data["names"]),
        numbers=frozenset(data["numbers"]),
        ballot=frozenset(data["ballot"]),
        glued=frozenset(data["glued"]),
        ordinals=frozenset(data["ordinals"]),
        compass=frozenset(data["compass"]),
        regions=frozenset(name for name in regions if " " not in name),
        long_regions=_index_long(regions + data["places"]),
        known=frozenset(data["known"]) | cue_words | frozenset(slang),
        everyday=frozenset(line for line in everyday if not line.startswith("#")),
        plain=frozenset(data["plain"]),
        slang=slang,
    )


def _read_cue(name: str, entry: dict[str, Any]) -> Cue:
    unknown = set(entry) - {"label", "role", "covers", "compose", "words", "stems", "unshown"}
    if unknown:
        raise ConfigError(f"lexicon.yml: cue {name} has unknown keys {sorted(unknown)}")
    if not entry.get("label"):
        raise ConfigError(f"lexicon.yml: cue {name} has no label for monitors")
    if not all(isinstance(word, str) for key in ("words", "stems", "unshown") for word in entry.get(key, [])):
        raise ConfigError(f"lexicon.yml: cue {name} has an entry that YAML does not read as text; quote it")
    composed = (" ".join(parts) for parts in product(*entry.get("compose", [])))
    phrases = tuple(tuple(words.split()) for words in [*entry.get("words", []), *composed] if words)
    return Cue(
        name,
        entry["label"],
        bool(entry.get("role")),
        bool(entry.get("covers")),
        phrases,
        frozenset(entry.get("stems", [])),
        frozenset(entry.get("unshown", [])),
    )


def _index_long(regions: list[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    names = sorted((tuple(name.lower().split()) for name in regions if " " in name), key=len, reverse=True)
    index: dict[str, list[tuple[str, ...]]] = {}
    for name in names:
        index.setdefault(name[0], []).append(name)
    return {first: tuple(own) for first, own in index.items()}


def _read_absent(entries: dict[str, list[str]], cues: set[str]) -> dict[str, tuple[str, ...]]:
    if unknown := {cue for own in entries.values() for cue in own} - cues:
        raise ConfigError(f"lexicon.yml: absent names cues that do not exist: {sorted(unknown)}")
    return {name: tuple(own) for name, own in entries.items()}
