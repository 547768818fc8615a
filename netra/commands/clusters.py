"""`netra clusters`: stories that many outlets carry, and what people say of them."""

import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session

from models import Cluster, ClusterState, Overlap
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.commands.golden import as_line
from netra.console import JsonOption, fail, number_argument, number_option, out, print_json, progress_bar
from netra.workplace import open_database

if TYPE_CHECKING:
    from crawler.duplicates.listing import ClusterRow, MemberRow

app = typer.Typer(
    help="Near-duplicates: stories that many outlets carry. docs/near-duplicates.md tells more.", no_args_is_help=True
)

ClusterArgument = Annotated[int, number_argument("CLUSTER", "Number of the cluster, as `netra clusters list` shows it.")]
WhyOption = Annotated[str, typer.Option("--why", help="Why; it stands in the trail.")]
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")]


@app.command("list")
def list_all(
    limit: LimitOption = 30,
    before: Annotated[int | None, number_option("Go on behind this cluster.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the newest clusters, and pairs of clusters that may be one.

    Example: `netra clusters list --limit 10`
    """
    from crawler.duplicates.listing import list_clusters, list_merge_suggestions

    with make_reading_session(open_database(Settings()))() as session:
        rows = list_clusters(session, limit, before=before)
        pairs = list_merge_suggestions(session, limit) if before is None else []
    if as_json:
        print_json({"clusters": [_describe_row(row) for row in rows], "may_be_one": [_describe_pair(*pair) for pair in pairs]})
        return
    if not rows:
        out.print("There is no cluster yet: no two stored texts carry one story." if before is None else "There are no more.")
        return
    table = Table("cluster", "items", "suggested", "decided by", "seen first", box=None, header_style="bold")
    for row in rows:
        cells = (str(row.cluster.id), str(row.size), str(row.suggested), row.cluster.decided_by or "", as_line(row.title))
        table.add_row(*map(Text, cells))
    out.print(table)
    for one, other, found in pairs:
        out.print(
            f'clusters {one} and {other} may be one ({found.similarity:.0%} alike): netra clusters merge {one} {other} --why "…"',
            soft_wrap=True,
        )


@app.command()
def show(cluster_id: ClusterArgument, as_json: JsonOption = False) -> None:
    """Show the items of a cluster, first seen first, and what they share with items outside of it.

    Example: `netra clusters show 17`
    """
    from crawler.duplicates.listing import list_decisions, list_members, list_overlaps

    with make_reading_session(open_database(Settings()))() as session:
        cluster = session.get(Cluster, cluster_id)
        members, overlaps = list_members(session, cluster_id), list_overlaps(session, cluster_id)
        events = list_decisions(session, cluster_id)
    if cluster is None:
        fail(f"there is no cluster {cluster_id}.", "See them: netra clusters list")
    if as_json:
        items = [_describe_member(row) for row in members]
        outside = [{"items": _items_of(found), "kind": found.kind, "containment": found.containment} for found in overlaps]
        decisions = [{"event": event.id, "action": event.action, "actor": event.actor, "at": event.at} for event in events]
        print_json({**_describe(cluster), "items": items, "overlaps": outside, "decisions": decisions})
        return
    table = Table("item", "state", "basis", "alike", "contained", "source", "title", box=None, header_style="bold")
    for row in members:
        figures = (f"{row.member.similarity:.0%}", f"{row.member.containment:.0%}", row.source, as_line(row.title))
        table.add_row(*map(Text, (str(row.item.id), row.member.state, row.member.basis, *figures)))
    out.print(table)
    for found in overlaps:
        out.print(f"{found.kind}: items {found.item_id} and {found.other_id} share {found.containment:.0%} of the shorter text")
    for event in events:
        said = f"{event.at:%Y-%m-%d %H:%M} UTC: {event.action} by {event.actor}"
        out.print(f"{said}; {_say_way_back(event.id)}", markup=False, soft_wrap=True)


@app.command()
def split(
    cluster_id: ClusterArgument,
    items: Annotated[list[int], number_argument("ITEM...", "Items that carry another story.")],
    why: WhyOption,
    as_json: JsonOption = False,
) -> None:
    """Take items out of a cluster, together, into one of their own. The machine leaves both as they are from then on.

    Example: `netra clusters split 17 412 413 --why "perkara lain di kecamatan lain"`
    """
    from crawler.duplicates.decisions import split_cluster

    with make_session(open_database(Settings())).begin() as session:
        new_id = split_cluster(session, cluster_id, items, actor=_actor(), reason=why)
        event_id = _newest_decision(session, new_id)
    count = len(set(items))
    _say_decision(as_json, {"cluster": new_id, "items": count}, f"{count} items stand in cluster {new_id} now", event_id)


@app.command()
def merge(
    kept: Annotated[int, number_argument("KEPT", "The cluster whose number stays.")],
    gone: Annotated[int, number_argument("GONE", "The cluster whose items move.")],
    why: WhyOption,
    as_json: JsonOption = False,
) -> None:
    """Make two clusters one.

    Example: `netra clusters merge 17 23 --why "satu siaran pers"`
    """
    from crawler.duplicates.decisions import merge_clusters

    with make_session(open_database(Settings())).begin() as session:
        moved = merge_clusters(session, kept, gone, actor=_actor(), reason=why)
        event_id = _newest_decision(session, kept)
    _say_decision(as_json, {"cluster": kept, "moved": moved}, f"{moved} items moved to cluster {kept}", event_id)


@app.command()
def confirm(cluster_id: ClusterArgument, why: WhyOption = "", as_json: JsonOption = False) -> None:
    """Say that the items of a cluster carry one story.

    Example: `netra clusters confirm 17`
    """
    from crawler.duplicates.decisions import confirm_cluster

    with make_session(open_database(Settings())).begin() as session:
        count = confirm_cluster(session, cluster_id, actor=_actor(), reason=why)
        event_id = _newest_decision(session, cluster_id)
    words = f"cluster {cluster_id} is {ClusterState.CONFIRMED}; {count} were suggestions"
    _say_decision(as_json, {"cluster": cluster_id, "confirmed": count}, words, event_id)


@app.command()
def undo(
    event_id: Annotated[int, number_argument("EVENT", "Number of the event, as `netra clusters show` tells it.")],
    why: WhyOption,
    as_json: JsonOption = False,
) -> None:
    """Take a split, a merge or a confirmation back, the machine's merges too.

    Example: `netra clusters undo 9041 --why "salah klaster"`
    """
    from crawler.duplicates.decisions import undo as take_back

    with make_session(open_database(Settings())).begin() as session:
        event = take_back(session, event_id, actor=_actor(), reason=why)
    _say(as_json, {"event": event.id, "undone": event_id}, f"event {event_id} was taken back by event {event.id}.")


@app.command()
def reindex(
    every: Annotated[bool, typer.Option("--all", help="Texts that have a sketch too, after formulas.yml changed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Look for near-duplicates among stored texts that were never compared. A stopped run goes on where it was.

    Example: `netra clusters reindex`
    """
    from crawler.duplicates.reindex import count_waiting, reindex_batch

    engine = open_database(Settings())
    last_id, done = 0, 0
    with progress_bar() as progress:
        with make_reading_session(engine)() as session:
            task = progress.add_task("Comparing stored texts", total=count_waiting(session, every=every))
        while True:
            with make_session(engine).begin() as session:
                last_id, count = reindex_batch(session, last_id, every=every)
            if not count:
                break
            done += count
            progress.advance(task, count)
    _say(as_json, {"compared": done}, f"{done} stored texts were compared.")


def _describe(cluster: Cluster) -> dict[str, Any]:
    return {"cluster": cluster.id, "first_item": cluster.first_item_id, "decided_by": cluster.decided_by}


def _describe_row(row: "ClusterRow") -> dict[str, Any]:
    return {**_describe(row.cluster), "items": row.size, "suggested": row.suggested, "title": as_line(row.title)}


def _describe_pair(one: int, other: int, found: Overlap) -> dict[str, Any]:
    return {"clusters": [one, other], "similarity": found.similarity, "items": _items_of(found)}


def _describe_member(row: "MemberRow") -> dict[str, Any]:
    said = {"item": row.item.id, "title": as_line(row.title), "source": row.source, "first_seen_at": row.item.first_seen_at}
    return said | {key: getattr(row.member, key) for key in ("similarity", "containment", "basis", "state")}


def _items_of(found: Overlap) -> list[int]:
    return [found.item_id, found.other_id]


def _say(as_json: bool, value: dict[str, Any], words: str) -> None:
    if as_json:
        print_json(value)
    else:
        out.print(words, markup=False, soft_wrap=True)


def _newest_decision(session: Session, cluster_id: int) -> int:
    from crawler.duplicates.listing import list_decisions

    return list_decisions(session, cluster_id)[0].id


def _say_decision(as_json: bool, value: dict[str, Any], words: str, event_id: int) -> None:
    _say(as_json, value | {"event": event_id}, f"{words}; {_say_way_back(event_id)}")


def _say_way_back(event_id: int) -> str:
    return f'to take it back: netra clusters undo {event_id} --why "…"'


def _actor() -> str:
    return f"sistem:klaster:{getpass.getuser()}"[:80]
