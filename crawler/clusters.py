"""Near-duplicates: MinHash over five-word shingles, candidates by bands in SQL, never more than one cluster an item."""

import re
import struct
from collections.abc import Sequence

from rensa import RMinHash  # pyright: ignore[reportAttributeAccessIssue]  (written in Rust, without types)
from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from crawler.conflicts import insert_once
from models import Cluster, ClusterMember, ClusterState, Item, MinHashBand, MinHashSignature, now

PERMUTATIONS = 128
SEED = 42
BANDS, ROWS = 25, 5
SHINGLE = 5
MIN_WORDS = 8
MIN_SIMILARITY = 0.7
MAX_CANDIDATES = 200
WORD = re.compile(r"\w+")
LAYOUT = struct.Struct(f"<{PERMUTATIONS}I")


def assign_cluster(session: Session, item: Item, text: str) -> int | None:
    """Put the item beside the most similar one; returns its cluster, None where it stands alone.

    Called again for a changed text, it renews the signature and keeps a membership that exists.
    The caller holds the store lock, so two copies that arrive together see each other.
    """
    signature = sign(text)
    if signature is None:
        return None
    _save_signature(session, item.id, signature)
    own = session.get(ClusterMember, item.id)
    if own is not None:
        return own.cluster_id
    mates = _similar(session, item.id, signature)
    if not mates:
        return None
    cluster_id = _cluster_of(session, mates[0][0])
    # The others come along where they stand alone: two copies may be alike only through a third that comes last.
    for member_id, similarity in [(item.id, mates[0][1]), *mates[1:]]:
        values = {"item_id": member_id, "cluster_id": cluster_id, "similarity": similarity}
        insert_once(session, ClusterMember, values | {"state": ClusterState.SUGGESTED, "created_at": now()}, key=["item_id"])
    return cluster_id


def sign(text: str) -> Sequence[int] | None:
    """The MinHash of a text; None for texts too short to be compared."""
    words = WORD.findall(text.lower())
    if len(words) < MIN_WORDS:
        return None
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    minhash.update([" ".join(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1)])
    return minhash.digest()


def similarity_of(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimated Jaccard similarity of the shingles of two texts, 0 to 1."""
    return sum(a == b for a, b in zip(one, other, strict=True)) / PERMUTATIONS


def bands_of(signature: Sequence[int]) -> list[int]:
    """One number a band, from its five rows; equal numbers make candidates."""
    return [_fold(signature[band * ROWS : (band + 1) * ROWS]) for band in range(BANDS)]


def _fold(rows: Sequence[int]) -> int:
    value = 0xCBF29CE484222325
    for row in rows:
        value = ((value ^ row) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value >> 1  # Fits a signed 64-bit column on both engines.


def _save_signature(session: Session, item_id: int, signature: Sequence[int]) -> None:
    session.merge(MinHashSignature(item_id=item_id, signature=LAYOUT.pack(*signature)))
    session.execute(delete(MinHashBand).where(MinHashBand.item_id == item_id))
    session.add_all(MinHashBand(item_id=item_id, band=band, value=value) for band, value in enumerate(bands_of(signature)))
    session.flush()


def _similar(session: Session, item_id: int, signature: Sequence[int]) -> list[tuple[int, float]]:
    """Items that carry the same story with their similarity, the most similar first, the oldest of equals."""
    same_band = [and_(MinHashBand.band == band, MinHashBand.value == value) for band, value in enumerate(bands_of(signature))]
    candidates = (
        select(MinHashBand.item_id).where(or_(*same_band), MinHashBand.item_id != item_id).distinct().limit(MAX_CANDIDATES)
    )
    query = select(MinHashSignature.item_id, MinHashSignature.signature).where(MinHashSignature.item_id.in_(candidates))
    compared = [(mate_id, similarity_of(signature, LAYOUT.unpack(packed))) for mate_id, packed in session.execute(query)]
    return sorted((mate for mate in compared if mate[1] >= MIN_SIMILARITY), key=lambda mate: (-mate[1], mate[0]))


def _cluster_of(session: Session, mate_id: int) -> int:
    """The mate's cluster, made now when it stood alone."""
    member = session.get(ClusterMember, mate_id)
    if member is not None:
        return member.cluster_id
    cluster = Cluster()
    session.add(cluster)
    session.flush()
    session.add(ClusterMember(item_id=mate_id, cluster_id=cluster.id, similarity=1.0))
    session.flush()
    return cluster.id
