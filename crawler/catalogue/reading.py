"""Reading source files: one for a crawl, all of them for the command line."""

from pathlib import Path

import yaml
from pydantic import ValidationError

from crawler.catalogue.families import Loader, with_family
from crawler.catalogue.files import SourceFile
from crawler.errors import SourceFileError


def read_source_file(path: Path) -> SourceFile:
    """Read one file; raises SourceFileError with the file and the key that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceFileError(f"{path.name}: cannot be read: {error}") from error
    return parse_source(text, path.stem)


def parse_source(text: str, slug: str) -> SourceFile:
    """A source from the text of the file `slug`.yml, with what its family says for it."""
    try:
        entry = yaml.load(text, Loader=Loader)  # noqa: S506  (a safe loader)
        if not isinstance(entry, dict):
            raise ValueError("holds no keys")
        source = SourceFile.model_validate({"slug": slug, **with_family(entry)})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "file"
        raise SourceFileError(f"{slug}.yml: {key}: {first['msg']}") from error
    except (ValueError, yaml.YAMLError) as error:
        raise SourceFileError(f"{slug}.yml: cannot be read: {error}") from error
    if source.slug != slug:
        raise SourceFileError(f"{slug}.yml: slug: {source.slug!r} must be the name of the file")
    return source


def read_source_files(folder: Path) -> dict[str, SourceFile]:
    """Every source of a folder by slug, in the order of their names."""
    return {path.stem: read_source_file(path) for path in list_source_files(folder)}


def read_sound_files(folder: Path) -> tuple[dict[str, SourceFile], dict[str, str]]:
    """As `read_source_files`, but a file that is broken costs only its own source: the second part says by slug what is wrong."""
    sound, broken = dict[str, SourceFile](), dict[str, str]()
    for path in list_source_files(folder):
        try:
            sound[path.stem] = read_source_file(path)
        except SourceFileError as error:
            broken[path.stem] = str(error)
    return sound, broken


def list_source_files(folder: Path) -> list[Path]:
    """In the order of their names."""
    if not folder.is_dir():
        raise SourceFileError(f"{folder}: no such folder of source files (NETRA_SOURCES_DIR)")
    return sorted(folder.glob("*.yml"))
