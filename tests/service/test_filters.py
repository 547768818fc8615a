"""Every filter of the queue, in the address bar and in the API."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from models import Agency, AgencyTask, Cluster, ClusterMember, FlagReason, ItemKind, now
from service.accounts.service import load_actor
from service.errors import InvalidInput
from service.review import repository
from service.review.facets import read_facets
from service.review.filters import NAMES, QueueFilter
from service.review.walking import read_marks
from tests.factories import make_flag, make_item, make_source, make_user


@pytest.fixture
def wanted(session: Session) -> int:
    """One flag with a value of its own in every field, among one that has others."""
    source = make_source(session, slug="kabar")
    item = make_item(
        session, title="Lurah berjoget", text="Lurah itu berjoget.", source=source, region_code="33.24", kind=ItemKind.POST
    )
    cluster = Cluster(id=77)
    session.add_all([cluster, Agency(slug="pemkab-kendal", name="Pemkab", task=AgencyTask.EMPLOYS, region_code="33.24")])
    session.flush()
    due = {"due_on": (now() + timedelta(days=1)).date()}
    own = {"act": "foto_simbol", "office": "lurah", "phase": "kampanye", "reason": FlagReason.TIP}
    flag = make_flag(session, item, **own, **due)
    session.add(ClusterMember(item_id=item.id, cluster_id=77, similarity=1.0))
    user = make_user(session, username="pemegang")
    flag.holder_id, flag.held_until = user.id, now() + timedelta(minutes=5)
    make_flag(session, make_item(session, region_code="51"))
    session.flush()
    return flag.id


QUERIES = [
    "wilayah=33",
    "wilayah=33.24",
    "sumber=kabar",
    "cari=joget",
    "cari=lurah+berjoget",
    "perbuatan=foto_simbol",
    "jabatan=lurah",
    "instansi=pemkab-kendal",
    "jenis=post",
    "tahapan=kampanye",
    "sisa=0-2",
    "klaster=77",
    "pemegang=pemegang",
    "pemegang=dipegang",
    "sebab=informasi_masyarakat",
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_filter_leaves_what_it_names(session: Session, wanted: int, query: str) -> None:
    filters = QueueFilter.parse(query)
    assert filters.query() == query
    assert repository.list_ids(session, load_actor(session, make_user(session)), filters, 9) == [wanted]


def test_filters_join(session: Session, wanted: int) -> None:
    actor = load_actor(session, make_user(session))
    filters = QueueFilter.parse(
        "&".join(query for query in QUERIES if query not in {"wilayah=33", "cari=joget", "pemegang=dipegang"})
    )
    assert repository.list_ids(session, actor, filters, 9) == [wanted]
    assert all(value == [] for value in read_facets(session, actor, filters).counts.values())
    assert len(NAMES) == 12


@pytest.mark.parametrize(
    "query", ["sisa=9", "jenis=buku", "sebab=x", "klaster=a", "klaster=-1", "perbuatan=" + "x" * 81, "rak=x"]
)
def test_a_value_that_no_field_offers_is_refused(query: str) -> None:
    with pytest.raises(InvalidInput):
        QueueFilter.parse(query)


def test_the_api_takes_the_same_filters(session: Session, wanted: int, sign_in) -> None:
    browser: TestClient = sign_in()
    asked = {"kind": "post", "office": "lurah", "days": "0-2", "cluster": 77, "reason": "informasi_masyarakat", "search": "joget"}
    flags = browser.get("/api/v1/flags", params=asked).json()["flags"]
    assert [(flag["id"], flag["office"], flag["cluster_id"]) for flag in flags] == [(wanted, "lurah", 77)]


def test_facets_count_what_the_filter_holds(session: Session, wanted: int) -> None:
    facets = read_facets(session, load_actor(session, make_user(session)), QueueFilter())
    assert dict(facets.counts["act"]) == {"foto_simbol": 1, "kegiatan_berpihak": 1}
    assert (facets.seen, facets.is_whole) == (2, True)


@pytest.mark.parametrize("query", ["wilayah=33", "sisa=3-7", "wilayah=33&sisa=3-7", "wilayah=33&perbuatan=kegiatan_berpihak"])
def test_pieces_of_an_index_make_one_order(session: Session, query: str) -> None:
    places = ((0.2, "33.24", 4), (0.9, "33.01", 5), (0.5, "33", 6), (0.7, "33.24", 5))
    for priority, region, days in places:
        item, due_on = make_item(session, region_code=region), (now() + timedelta(days=days)).date()
        make_flag(session, item, priority=priority, region_code=region, due_on=due_on)
    actor, filters = load_actor(session, make_user(session)), QueueFilter.parse(query)
    found = repository.read_page(session, actor, filters, None, read_marks(session))
    assert [line.priority for line in found.lines] == [0.9, 0.7, 0.5, 0.2]
