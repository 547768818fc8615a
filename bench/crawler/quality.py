"""What is found among articles with known copies, and what is taken for a copy and is none."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bench.crawler.copies import KINDS, Made
from models import ClusterMember


def report_quality(engine: Engine, made: Sequence[Made]) -> str:
    """Copies that share the cluster of their original, by what was done to them; pairs over all clusters."""
    right, wrong, all_right = count_pairs(engine, made)
    place_of = _clusters(engine)
    originals = {article.family: place_of.get(place) for place, article in enumerate(made) if article.kind == "original"}
    found, total = Counter[str](), Counter[str]()
    for place, article in enumerate(made):
        if article.kind != "original":
            total[article.kind] += 1
            found[article.kind] += place in place_of and place_of[place] == originals[article.family]
    kinds = ", ".join(f"{kind} {found[kind] / total[kind]:.3f}" for kind in KINDS)
    return (
        f"{len(made):,} articles, {total.total():,} of them copies. Copies found: {found.total() / total.total():.4f} ({kinds}). "
        f"Pairs: recall {right / all_right:.4f}, precision {right / max(1, right + wrong):.4f} ({wrong} wrong).\n"
    )


def count_pairs(engine: Engine, made: Sequence[Made]) -> tuple[int, int, int]:
    """Pairs in one cluster that are one story, and that are not; pairs that should be in one."""
    members, families = defaultdict[int, list[int]](list), Counter(article.family for article in made)
    for place, cluster_id in _clusters(engine).items():
        members[cluster_id].append(made[place].family)
    pairs = [one == other for inside in members.values() for one, other in combinations(inside, 2)]
    return sum(pairs), len(pairs) - sum(pairs), sum(count * (count - 1) // 2 for count in families.values())


def _clusters(engine: Engine) -> dict[int, int]:
    with Session(engine) as session:
        rows = session.execute(select(ClusterMember.item_id, ClusterMember.cluster_id)).all()
    return {item_id - 1: cluster_id for item_id, cluster_id in rows}
