"""Source files are strict, and the rows follow them."""

from pathlib import Path

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.catalogue import disable_missing, read_sound_files, read_source_file, read_source_files, sync_sources
from crawler.errors import SourceFileError
from models import AuditEvent, Feed, Source, SourceKind
from models.settings import Settings
from models.source import NEVER
from tests.factories import make_source

REAL = Settings.model_fields["sources_dir"].default
DEMO = Path("netra/demo/sources")


def write(tmp_path: Path, **changes: object) -> Path:
    values = yaml.safe_load((DEMO / "antaranews.yml").read_text(encoding="utf-8")) | changes
    path = tmp_path / "antaranews.yml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


def test_the_demo_has_the_five_outlets_of_its_site() -> None:
    assert set(read_source_files(DEMO)) == {"wapresri", "kasn", "kendal-bawaslu", "badung-inews", "antaranews"}


def test_an_unknown_key_is_an_error_that_names_file_and_key(tmp_path: Path) -> None:
    with pytest.raises(SourceFileError, match=r"antaranews\.yml: cadense: Extra inputs"):
        read_source_file(write(tmp_path, cadense=5))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"feeds": [{"kind": "rss", "url": "http://elsewhere.test/rss"}]}, "not on the hosts"),
        ({"feeds": [{"kind": "index", "url": "http://antaranews.demo.test/x"}]}, "link"),
        ({"feeds": [{"kind": "archive", "url": "http://antaranews.demo.test/x"}]}, "link"),
        ({"feeds": [{"kind": "rss", "url": "http://antaranews.demo.test/x", "disabled_reason": "mati"}]}, "enabled"),
        ({"feeds": [{"kind": "rss", "url": "http://antaranews.demo.test/x", "use": "history"}]}, "reach back"),
        ({"feeds": [{"kind": "sitemap", "url": "http://antaranews.demo.test/x", "use": "history"}]}, "read for news"),
        ({"rights": "metadata_only", "render": "screenshot"}, "render"),
        ({"render_hosts": ["cdn.test"]}, "render_hosts"),
        ({"is_enabled": False}, "disabled_reason"),
        ({"rights": "all"}, "rights"),
        ({"reader": "nobody"}, "reader"),
        ({"slug": "antara"}, "slug"),
        ({"page": {"body": 5}}, "page"),
        ({"hosts": ["lain.test"]}, "not on the hosts"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tmp_path: Path, changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(SourceFileError, match=complaint):
        read_source_file(write(tmp_path, **changes))


def test_antara_pages_are_not_fetched_without_permission() -> None:
    assert read_source_files(REAL)["antaranews"].rights == "metadata_only"


@pytest.mark.parametrize("text", ["", "- antara", "slug: [", "\tname: x", "a: &a [*a]"])
def test_a_file_that_holds_no_source_is_one_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "satu.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SourceFileError, match=r"satu\.yml"):
        read_source_file(tmp_path / "satu.yml")


def test_a_disabled_feed_is_a_row_that_no_crawl_asks(tmp_path: Path, session: Session) -> None:
    feeds = [{"kind": "rss", "url": f"http://antaranews.demo.test/{name}"} for name in ("a", "b")]
    feeds[1]["disabled_reason"] = "mati"
    source = sync_sources(session, [read_source_file(write(tmp_path, feeds=feeds))])[0]
    rows = session.scalars(select(Feed).where(Feed.source_id == source.id).order_by(Feed.url))
    assert [feed.is_enabled for feed in rows] == [True, False]


def test_a_feed_that_left_its_file_is_disabled_and_kept(tmp_path: Path, session: Session) -> None:
    source = sync_sources(session, [read_source_file(write(tmp_path))])[0]
    other = [{"kind": "rss", "url": "http://antaranews.demo.test/rss/politik.xml"}]
    sync_sources(session, [read_source_file(write(tmp_path, feeds=other, name="ANTARA baru"))])
    feeds = session.scalars(select(Feed).where(Feed.source_id == source.id).order_by(Feed.id))
    assert [(feed.url.rsplit("/", 1)[1], feed.is_enabled) for feed in feeds] == [("terkini.xml", False), ("politik.xml", True)]
    assert session.scalars(select(Source.name)).all() == ["ANTARA baru"]


def test_a_source_whose_file_was_deleted_is_disabled_and_the_trail_says_so(tmp_path: Path, session: Session) -> None:
    (source,) = sync_sources(session, [read_source_file(write(tmp_path))])
    imported = make_source(session, kind=SourceKind.IMPORT)
    assert disable_missing(session, ["antaranews"]) == []
    assert disable_missing(session, []) == []  # A folder that is not mounted.
    assert disable_missing(session, ["lain"]) == ["antaranews"]
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (source.is_enabled, imported.is_enabled, event.detail["sesudah"]["aktif"]) == (False, True, False)


def test_a_broken_file_costs_only_its_own_source(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "rusak.yml").write_text("name: [", encoding="utf-8")
    sound, broken = read_sound_files(tmp_path)
    assert (list(sound), list(broken)) == (["antaranews"], ["rusak"])


def test_a_change_of_rights_stands_in_the_trail(tmp_path: Path, session: Session) -> None:
    for rights in ("full_text", "full_text", "metadata_only"):
        sync_sources(session, [read_source_file(write(tmp_path, rights=rights))])
    first, second = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "sumber.ubah").order_by(AuditEvent.id))
    assert (first["sebelum"], first["sesudah"]["hak"]) == ({}, "full_text")
    assert (second["sebelum"]["hak"], second["sesudah"]["hak"]) == ("full_text", "metadata_only")


def test_invented_outlets_never_stand_beside_real_ones(tmp_path: Path, session: Session) -> None:
    invented, real = (read_source_file(write(tmp_path, is_demo=is_demo)) for is_demo in (True, False))
    make_source(session, kind=SourceKind.IMPORT)
    with pytest.raises(SourceFileError, match="holds the demo"):
        sync_sources(session, [invented, real])
    sync_sources(session, [invented])
    with pytest.raises(SourceFileError, match="holds the demo"):
        sync_sources(session, [real])
    assert session.scalars(select(Source.is_demo).where(Source.slug == "antaranews")).one()


def test_a_list_for_back_fills_only_is_never_due_until_the_file_says_otherwise(session: Session, tmp_path: Path) -> None:
    news = yaml.safe_load((DEMO / "antaranews.yml").read_text(encoding="utf-8"))["feeds"]
    old = {"kind": "sitemap", "url": "http://antaranews.demo.test/lama.xml"}
    due = select(Feed.next_poll_at).where(Feed.url == old["url"])
    sync_sources(session, [read_source_file(write(tmp_path, feeds=[*news, old | {"use": "history"}]))])
    assert session.scalars(due).one() == NEVER
    sync_sources(session, [read_source_file(write(tmp_path, feeds=[*news, old]))])
    assert session.scalars(due).one() is None
