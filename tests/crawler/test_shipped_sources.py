"""The catalogue that we ship: whole, without doubles, and true to what it rests on."""

import csv
import time
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from crawler.catalogue import SourceFile, load_families, read_source_files
from crawler.loader import SourceLoader
from crawler.pages import layout
from models import Rights, SourceKind
from models.reference import DATA
from models.settings import Settings

FOLDER: Path = Settings.model_fields["sources_dir"].default
SEEDS = {"antaranews": "antaranews", "badung-inews": "inews", "kasn": "kasn", "kendal-bawaslu": "bawaslu", "wapresri": "wapresri"}


@pytest.fixture(scope="module")
def files() -> dict[str, SourceFile]:
    return read_source_files(FOLDER)


def codes_of(name: str) -> set[str]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return {row["code"] for row in csv.DictReader(file)}


def test_there_are_200_outlets_in_all_38_provinces(files: dict[str, SourceFile]) -> None:
    assert len(files) >= 200
    regions = {file.region for file in files.values() if file.region and file.is_enabled}
    assert {region.split(".")[0] for region in regions} == codes_of("provinces.csv")
    assert regions <= codes_of("provinces.csv") | codes_of("regencies.csv")


def test_no_feed_is_read_twice_and_only_sections_share_a_host(files: dict[str, SourceFile]) -> None:
    feeds = Counter(feed.url for file in files.values() for feed in file.feeds)
    assert [url for url, count in feeds.items() if count > 1] == []
    readers = defaultdict[str, list[SourceFile]](list)
    for file in files.values():
        for host in {host.removeprefix("www.") for host in file.hosts}:
            readers[host].append(file)
    families = load_families()
    doubles = [host for host, several in readers.items() if sum(not _is_section(file, families) for file in several) > 1]
    assert doubles == []


def _is_section(file: SourceFile, families: dict[str, object]) -> bool:
    return bool(file.family) and getattr(families[file.family], "is_one_site", False)


def test_every_reader_is_known_and_the_seeds_keep_theirs(files: dict[str, SourceFile]) -> None:
    assert {file.reader for file in files.values()} <= set(layout.load_families())
    assert {slug: files[slug].reader for slug in SEEDS} == SEEDS


def test_every_file_says_what_it_rests_on_and_a_day_only_where_somebody_read_it(files: dict[str, SourceFile]) -> None:
    assert [slug for slug, file in files.items() if not (file.evidence and file.rights_note)] == []
    assert [slug for slug, file in files.items() if file.last_worked_on and file.confidence != "A"] == []
    assert [slug for slug, file in files.items() if file.confidence == "A" and not file.last_worked_on] == []
    assert max(file.last_worked_on or date.min for file in files.values()) <= date.today()


def test_pages_of_the_press_are_not_fetched_before_its_terms_were_read(files: dict[str, SourceFile]) -> None:
    fetched = {slug for slug, file in files.items() if file.kind is SourceKind.NEWS and file.rights is not Rights.METADATA_ONLY}
    assert fetched == {"badung-inews"}
    assert all(file.hosts[0].endswith(".go.id") for file in files.values() if file.rights is Rights.FULL_TEXT)


def test_a_member_of_a_family_is_ten_lines_at_most(files: dict[str, SourceFile]) -> None:
    families = load_families()
    members = [slug for slug, file in files.items() if file.at and families[file.family].defaults.get("feeds")]
    assert len(members) > 200
    assert [slug for slug in members if len((FOLDER / f"{slug}.yml").read_text(encoding="utf-8").splitlines()) > 10] == []


def test_all_files_load_in_a_blink_and_a_spider_reads_only_its_own(files: dict[str, SourceFile], tmp_path: Path) -> None:
    started = time.process_time()
    read_source_files(FOLDER)
    assert time.process_time() - started < 1  # A tenth of it on a machine that is quick.
    for slug in ("antaranews-aceh", "detik"):
        (tmp_path / f"{slug}.yml").write_bytes((FOLDER / f"{slug}.yml").read_bytes())
    (tmp_path / "detik.yml").write_text("slug: [", encoding="utf-8")
    assert SourceLoader(tmp_path).load("antaranews-aceh").name == "antaranews-aceh"
