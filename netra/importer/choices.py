"""What a caller of `netra import` chose, checked before any file is opened."""

from dataclasses import dataclass, replace
from pathlib import Path

from crawler.addresses import KnownHosts
from crawler.catalogue import read_sound_files
from crawler.connectors.concealment import author_key
from models import ItemKind
from models.settings import Settings
from netra.console import fail
from netra.importer.headers import read_presets
from netra.importer.mappings import NAME, load_mapping, preset_columns
from netra.importer.options import COLUMNS, ImportOptions, Refused
from netra.importer.pictures import is_picture_name

CHAT_ENDINGS = (".txt", ".zip")
NO_KEY = b"no chat was imported here before"


@dataclass(frozen=True)
class Wish:
    """One run of the command."""

    settings: Settings
    options: ImportOptions
    files: list[Path]
    pasted: dict[str, str]
    errors: Path | None
    is_dry: bool
    actor: str

    @property
    def picture(self) -> Path | None:
        """The screenshot that belongs to the pasted text."""
        is_one = len(self.files) == 1 and is_picture_name(self.files[0]) and bool(self.pasted["text"])
        return self.files[0] if is_one else None


def read_pairs(pairs: list[str]) -> dict[str, str]:
    """`text=isi` → our name and the file's."""
    chosen = dict[str, str]()
    for pair in pairs:
        ours, equals, theirs = pair.partition("=")
        if not equals or ours not in COLUMNS:
            fail(f"--map {pair} is not of the form OURS=THEIRS.", f"Ours are: {', '.join(COLUMNS)}.")
        chosen[ours] = theirs
    return chosen


def with_columns(options: ImportOptions, folder: Path, *, mapping: str, preset: str) -> ImportOptions:
    """The options with the columns of a saved mapping or of a preset, and the kind that the preset's rows are."""
    if mapping and preset:
        raise Refused("--mapping and --preset cannot both say the columns (leave one out)")
    if mapping:
        return replace(options, columns=load_mapping(folder, mapping))
    if not preset:
        return options
    if preset not in read_presets():
        raise Refused(f"there is no preset {preset!r} (there are: {', '.join(read_presets())})")
    said = read_presets()[preset].get("kind")
    return replace(options, columns=preset_columns(preset), kind=options.kind or (ItemKind(said) if said else None))


def check_mapping_name(name: str) -> None:
    if name and NAME.fullmatch(name) is None:
        raise Refused(f"--save-mapping {name[:60]!r} is no name (small letters, digits, - and _)")


def find_author_key(home: Path, files: list[Path], *, is_dry: bool) -> bytes:
    """The key that hashes authors of chats, where a file may hold one. A dry run makes none: without it no chat is there yet."""
    if not any(path.name.lower().endswith(CHAT_ENDINGS) for path in files):
        return b""
    is_there = (home / "secrets" / "author-key").exists()
    return NO_KEY if is_dry and not is_there else author_key(home)


def find_outlets(sources_dir: Path) -> KnownHosts:
    """The hosts of the catalogue; a source file that is broken costs only its own."""
    sound, _broken = read_sound_files(sources_dir)
    return KnownHosts(file.hosts for file in sound.values() if not file.connector)


def list_files(paths: list[Path]) -> list[Path]:
    """Every file once, however often it is named."""
    files = list[Path]()
    for path in paths:
        if not path.exists():
            fail(f"{path} does not exist.", "Check the path.")
        files.extend(sorted(found for found in path.rglob("*") if found.is_file()) if path.is_dir() else [path])
    return list({path.resolve(): path for path in reversed(files)}.values())[::-1]
