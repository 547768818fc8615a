"""`netra artifacts`: the life of trained classifiers, from candidate to live and back."""

import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column, Table
from rich.text import Text

from models import Artifact
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.commands.golden import as_line
from netra.console import MOST_ROWS, JsonOption, fail, out, print_json
from netra.workplace import open_database

if TYPE_CHECKING:
    from classifier.artifacts.gate import GoldenAnswers, Promotion
    from classifier.artifacts.shadow import Difference, Disagreement

app = typer.Typer(help="Trained classifiers: compare them, try one out as shadow, make one live, go back.", no_args_is_help=True)

PARTS = ("test", "out_of_fold")
MEASURES = ("texts", "average_precision", "precision", "recall", "precision_at_recall_90", "calibration_error")

PLAIN: Any = {"markup": False, "soft_wrap": True}

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Its name, or enough of the name's beginning.")]


@app.command("list")
def list_all(as_json: JsonOption = False) -> None:
    """List the artifacts, newest first: state (calon, bayangan, aktif, pensiun), line and test measures.

    Example: `netra artifacts list`
    """
    from classifier.artifacts.registry import list_artifacts

    with make_reading_session(open_database(Settings()))() as session:
        rows = list_artifacts(session)
    if as_json:
        print_json([_describe(row) for row in rows])
    elif not rows:
        out.print("There is no artifact yet. Train one: netra train")
    else:
        out.print(_list_as_table(rows))


@app.command()
def show(name: NameArgument, as_json: JsonOption = False) -> None:
    """Show the model card of an artifact, after its files have matched their hashes.

    Example: `netra artifacts show netra-3f9a`
    """
    from classifier.artifacts.artifact import CARD
    from classifier.artifacts.registry import find_artifact, load_registered

    settings = Settings()
    with make_reading_session(open_database(settings))() as session:
        row = find_artifact(session, name)
    card = (load_registered(settings.artifacts_dir, row).folder / CARD).read_text(encoding="utf-8")
    if as_json:
        print_json(_describe(row) | {"card": card})
    else:
        out.print(f"{row.name}: {row.state.value}\n", **PLAIN)
        out.print(card, **PLAIN)


@app.command()
def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="Name, or its beginning.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Name, or its beginning.")],
    as_json: JsonOption = False,
) -> None:
    """Compare two artifacts: measures, golden items, and stored scores of the same texts, each at its own line.

    Example: `netra artifacts compare netra-3f9a netra-51c0`
    """
    from classifier.artifacts.gate import compare_on_golden
    from classifier.artifacts.registry import find_artifact
    from classifier.artifacts.shadow import count_differences

    settings = Settings()
    engine = open_database(settings)
    with make_reading_session(engine)() as session:
        rows = find_artifact(session, first), find_artifact(session, second)
        stored = count_differences(session, *rows)
    golden = compare_on_golden(engine, settings.artifacts_dir, *rows)
    if as_json:
        print_json(_compare_as_json(rows, golden, stored))
    else:
        _print_comparison(rows, golden, stored)


@app.command()
def shadow(
    name: NameArgument,
    off: Annotated[bool, typer.Option("--off", help="End it: the artifact is a candidate again.")] = False,
    disagreements: Annotated[bool, typer.Option("--show", help="List where it and the live artifact disagree.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="With --show: how many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Try a candidate out beside the live artifact: `netra score` then scores with both, and only the live one flags.

    Example: `netra artifacts shadow netra-51c0`, later `netra artifacts shadow netra-51c0 --show`
    """
    if off and disagreements:
        fail("--off and --show are two things.", "Give one of them.")
    settings = Settings()
    if disagreements:
        _show_disagreements(settings, name, limit, as_json)
        return
    row = _end_shadow(settings, name) if off else _start_shadow(settings, name)
    if as_json:
        print_json(_describe(row))
    elif off:
        out.print(f"{row.name} is a candidate again; what it scored stays to be read with --show.", **PLAIN)
    else:
        out.print(f"{row.name} is the shadow artifact. Let it score: netra score", **PLAIN)


@app.command()
def promote(
    name: NameArgument,
    force: Annotated[
        str | None, typer.Option(metavar="REASON", help="Make it live even if it decides the golden items worse; says why.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make an artifact live, unless it decides the golden items worse than the live one. Texts are then scored again.

    Example: `netra artifacts promote netra-51c0 && netra score`
    """
    from classifier.artifacts.gate import promote_past_gate

    if force is not None and not force.strip():
        fail("--force needs a reason.", 'For instance --force "butir 12 salah label"; the trail keeps it.')
    settings = Settings()
    engine = open_database(settings)
    promotion = promote_past_gate(engine, settings.artifacts_dir, name, actor=_actor(), force=(force or "").strip())
    if as_json:
        print_json(_promotion_as_json(promotion))
    else:
        _print_promotion(promotion)


@app.command()
def rollback(as_json: JsonOption = False) -> None:
    """Make the artifact live again that was live before the present one. No gate: it was live already.

    Example: `netra artifacts rollback && netra score`
    """
    from classifier.artifacts.registry import find_former, live_artifact, load_registered, roll_back

    settings = Settings()
    engine = open_database(settings)
    with make_reading_session(engine)() as session:
        live = live_artifact(session)
        if live is None:
            fail("nothing is live, so there is no way back.", "Train an artifact: netra train")
        former = find_former(session, live)
    load_registered(settings.artifacts_dir, former)
    with make_session(engine).begin() as session:
        roll_back(session, live, former, actor=_actor())
    if as_json:
        print_json({"live": former.name, "former": live.name})
    else:
        out.print(f"{former.name} is live again, instead of {live.name}. Texts are scored again: netra score", **PLAIN)


def _list_as_table(rows: list[Artifact]) -> Table:
    table = Table(
        Column("name", no_wrap=True), "state", "trained", "line", "AP", "precision", "recall", box=None, header_style="bold"
    )
    for row in rows:
        measures = [_show(_measure(row, "test", "all", name)) for name in ("average_precision", "precision", "recall")]
        table.add_row(row.name, row.state.value, f"{row.trained_at:%Y-%m-%d}", f"{row.threshold:.4f}", *measures)
    return table


def _start_shadow(settings: Settings, name: str) -> Artifact:
    from classifier.artifacts.registry import find_artifact, load_registered, start_shadow

    engine = open_database(settings)
    with make_reading_session(engine)() as session:
        row = find_artifact(session, name)
    load_registered(settings.artifacts_dir, row)
    with make_session(engine).begin() as session:
        row = session.get_one(Artifact, row.id)
        start_shadow(session, row, actor=_actor())
    return row


def _end_shadow(settings: Settings, name: str) -> Artifact:
    from classifier.artifacts.registry import end_shadow, find_artifact

    with make_session(open_database(settings)).begin() as session:
        row = find_artifact(session, name)
        end_shadow(session, row, actor=_actor())
    return row


def _show_disagreements(settings: Settings, name: str, limit: int, as_json: bool) -> None:
    from classifier.artifacts.registry import find_artifact, live_artifact
    from classifier.artifacts.shadow import count_differences, list_disagreements

    with make_reading_session(open_database(settings))() as session:
        row, live = find_artifact(session, name), live_artifact(session)
        if live is None or live.id == row.id:
            fail(f"there is no other live artifact to hold {row.name} against.", "See them: netra artifacts list")
        stored = count_differences(session, live, row)
        found = list_disagreements(session, live, row, limit=limit)
    if as_json:
        print_json(
            [{"item_id": own.item_id, "title": as_line(own.title), "live": own.first, "shadow": own.second} for own in found]
        )
    else:
        _print_disagreements(row, live, stored, found)


def _print_disagreements(row: Artifact, live: Artifact, stored: "Difference", found: list["Disagreement"]) -> None:
    if not stored.texts:
        out.print(f"{row.name} has scored none of the texts that {live.name} scored. Let it: netra score", **PLAIN)
        return
    if found:
        table = Table("item", "live", "shadow", "title", box=None, header_style="bold")
        for own in found:
            table.add_row(str(own.item_id), f"{own.first:.3f}", f"{own.second:.3f}", Text(as_line(own.title)))
        out.print(table)
    out.print(_say_difference(live, row, stored), **PLAIN)


def _say_difference(first: Artifact, second: Artifact, stored: "Difference") -> str:
    if not stored.texts:
        return "No current text was scored by both."
    return (
        f"Of {stored.texts} current texts that both scored, {first.name} alone flags {stored.only_first} "
        f"and {second.name} alone {stored.only_second}."
    )


def _print_comparison(
    rows: tuple[Artifact, Artifact], golden: tuple["GoldenAnswers", "GoldenAnswers"] | None, stored: "Difference"
) -> None:
    table = Table("part", "kind", "measure", "A", "B", box=None, header_style="bold")
    for part, group, name in _list_measures(rows):
        table.add_row(part, group, name, *(_show(_measure(row, part, group, name)) for row in rows))
    table.add_row("line", "", "", *(f"{row.threshold:.4f}" for row in rows))
    out.print(f"A: {rows[0].name} ({rows[0].state.value})\nB: {rows[1].name} ({rows[1].state.value})", **PLAIN)
    out.print(table)
    for answers, other in (golden, golden[::-1]) if golden else ():
        alone = ", ".join(f"{text.item_id} ({text.label})" for text in answers.list_right_beside(other)) or "none"
        out.print(
            f"{answers.artifact}: {sum(answers.right)} of {len(answers.texts)} golden items right, {answers.found} of "
            f"{answers.acts} acts found; right alone: {alone}",
            **PLAIN,
        )
    if golden and golden[0].aside:
        out.print(f"Golden items:{_say_aside(golden[0])}", **PLAIN)
    if not golden:
        out.print("There is no golden item yet. Find some: netra golden suggest")
    if _differ_in_test(rows):
        out.print("Their test parts are of different texts (see how many): their measures say nothing of each other.", **PLAIN)
    out.print(_say_difference(*rows, stored), **PLAIN)


def _differ_in_test(rows: tuple[Artifact, Artifact]) -> bool:
    """The part grows with every event that people label."""
    first, second = (_measure(row, "test", "all", "texts") for row in rows)
    return first != second


def _say_aside(answers: "GoldenAnswers") -> str:
    return f" {answers.aside} more are left aside, because one of both may have learned them." if answers.aside else ""


def _compare_as_json(
    rows: tuple[Artifact, Artifact], golden: tuple["GoldenAnswers", "GoldenAnswers"] | None, stored: "Difference"
) -> dict[str, Any]:
    answers = [
        {
            "artifact": own.artifact,
            "items": len(own.texts),
            "right": sum(own.right),
            "acts": own.acts,
            "acts_found": own.found,
            "right_alone": [text.item_id for text in own.list_right_beside(other)],
            "aside": own.aside,
        }
        for own, other in ((golden, golden[::-1]) if golden else ())
    ]
    return {
        "artifacts": [_describe(row) for row in rows],
        "golden": answers,
        "stored": {"texts": stored.texts, "only_first": stored.only_first, "only_second": stored.only_second},
    }


def _print_promotion(promotion: "Promotion") -> None:
    row, former, gate = promotion.artifact, promotion.former, promotion.gate
    if former is not None and former.id == row.id:
        out.print(f"{row.name} is live already.", **PLAIN)
        return
    instead = f", instead of {former.name}" if former else ""
    out.print(f"{row.name} is live{instead}. Texts are scored again: netra score", **PLAIN)
    if gate:
        right, before = sum(gate.candidate.right), sum(gate.live.right)
        out.print(f"Golden items right: {right} of {len(gate.live.texts)}, before {before}.{_say_aside(gate.live)}", **PLAIN)
    else:
        out.print(f"Without a golden gate: {promotion.remark}.", **PLAIN)


def _promotion_as_json(promotion: "Promotion") -> dict[str, Any]:
    gate, former = promotion.gate, promotion.former
    golden = None
    if gate:
        right = {"items": len(gate.live.texts), "right": sum(gate.candidate.right), "right_before": sum(gate.live.right)}
        golden = right | {"lost": [text.item_id for text in gate.lost], "aside": gate.live.aside}
    return {
        "live": promotion.artifact.name,
        "former": former.name if former else None,
        "golden": golden,
        "remark": promotion.remark,
    }


def _list_measures(rows: tuple[Artifact, Artifact]) -> list[tuple[str, str, str]]:
    """Every measure of every kind that one of the two has, the test part first."""
    groups = {(part, group): None for part in PARTS for row in rows for group in row.metrics.get(part, {})}
    return [(part, group, name) for part, group in groups for name in MEASURES]


def _measure(row: Artifact, part: str, group: str, name: str) -> float | None:
    return row.metrics.get(part, {}).get(group, {}).get(name)


def _show(value: float | None) -> str:
    return "–" if value is None else str(value)


def _describe(row: Artifact) -> dict[str, Any]:
    keys = ("name", "trained_at", "sha256", "threshold", "read_line", "metrics")
    return {"state": row.state.value} | {key: getattr(row, key) for key in keys}


def _actor() -> str:
    return f"sistem:artefak:{getpass.getuser()}"[:80]
