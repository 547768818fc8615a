"""What we may read of each outlet: the source files (`crawler/sources/*.yml`), their families, and the rows that follow them."""

from crawler.catalogue.families import Family, load_families
from crawler.catalogue.files import FeedFile, SourceFile
from crawler.catalogue.reading import parse_source, read_source_file, read_source_files
from crawler.catalogue.rows import sync_sources

__all__ = [
    "Family",
    "FeedFile",
    "SourceFile",
    "load_families",
    "parse_source",
    "read_source_file",
    "read_source_files",
    "sync_sources",
]
