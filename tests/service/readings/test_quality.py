"""What the figures of double readings are taken from."""

from sqlalchemy.orm import Session

from models import Cluster, ClusterMember, ClusterState, Flag
from service.readings.quality import ALL, LOT, SIGNS, read_quality
from service.review import covering, service
from tests.factories import make_flag
from tests.service.readings.conftest import INDICATION, UNVERIFIABLE, Person, Read, lots

HALF = lots(second=0.5)


def make_flags(session: Session, count: int, *, drawn: bool) -> list[Flag]:
    """Flags on which the lot falls, or on which it does not."""
    found = list[Flag]()
    while len(found) < count:
        flag = make_flag(session)
        found += [flag] if HALF.asks_second(flag.id) is drawn else []
    return found


def test_the_lot_takes_signs_and_all_else_alike(session: Session, person: Person, read: Read) -> None:
    lead, one, two = person(role="koordinator"), person(), person()
    (signs, other), (undrawn,) = make_flags(session, 2, drawn=True), make_flags(session, 1, drawn=False)
    for flag, first in ((signs, INDICATION), (other, UNVERIFIABLE), (undrawn, INDICATION)):
        read(one, flag, first, HALF)
        read(two, flag, first)
    groups = {line.names[0]: line.agreement for line in read_quality(session, lead, HALF, 30).groups}
    assert {name: own.raw.total for name, own in groups.items()} == {ALL: 3, SIGNS: 2, LOT: 2}
    assert (groups[LOT].kappa, groups[SIGNS].kappa) == (1.0, None)


def test_the_lot_of_a_covered_copy_is_that_of_its_decision(session: Session, person: Person) -> None:
    lead, one, two = person(role="koordinator"), person(), person()
    (decided,), (copy,) = make_flags(session, 1, drawn=False), make_flags(session, 1, drawn=True)
    cluster = Cluster()
    session.add(cluster)
    session.flush()
    both = [{"item_id": flag.item_id, "cluster_id": cluster.id, "similarity": 1.0} for flag in (decided, copy)]
    session.add_all(ClusterMember(**values, state=ClusterState.CONFIRMED) for values in both)
    session.flush()
    for actor, flag in ((one, decided), (two, copy)):
        service.take(session, actor, flag.id, minutes=20)
        covering.assess(session, actor, flag.id, INDICATION, None, covers=flag is decided)
    groups = read_quality(session, lead, HALF, 30).groups
    assert [line.agreement.raw.total for line in groups] == [1, 1, 0]
