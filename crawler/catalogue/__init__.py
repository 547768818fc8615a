"""What we may read of each outlet: the source files (`crawler/sources/*.yml`), their families, and the rows that follow them."""

from crawler.catalogue.families import Family, load_families
from crawler.catalogue.files import FeedFile, SourceFile
from crawler.catalogue.reading import list_source_files, parse_source, read_sound_files, read_source_file, read_source_files
from crawler.catalogue.rows import disable_missing, sync_sources

__all__ = [
    "Family",
    "FeedFile",
    "SourceFile",
    "disable_missing",
    "list_source_files",
    "load_families",
    "parse_source",
    "read_sound_files",
    "read_source_file",
    "read_source_files",
    "sync_sources",
]
