"""`netra crawl --replay`, for people and machines."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import typer
from sqlalchemy import Engine

from crawler.quarantine.replay import QuarantineReport, replay_quarantine, waiting_ids
from crawler.storing.replay import Difference, ReplayReport, count_items, replay
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import INCOMPLETE, err, out, print_json, progress_bar
from netra.outlets import Wish, choose_sources

LONGEST_SHOWN = 70


def replay_sources(settings: Settings, engine: Engine, names: Sequence[str], *, dry_run: bool, as_json: bool) -> None:
    """Read the stored pages of these sources again, or of all; exit code 1 where one could not be read."""
    reading, writing = make_reading_session(engine), make_session(engine)
    reports, kept = list[ReplayReport](), list[QuarantineReport]()
    with progress_bar() as progress:
        for slug, file in choose_sources(Wish(names=tuple(names))).items():
            with reading() as session:
                total = count_items(session, slug) + len(waiting_ids(session, slug))
                task = progress.add_task(f"Reading again: {slug}", total=total)
            folder, step = settings.evidence_dir, partial(progress.advance, task)
            reports.append(replay(reading, writing, file, folder, dry_run=dry_run, on_step=step))
            kept.append(replay_quarantine(writing, file, folder, dry_run=dry_run, on_step=step))
            if not names:
                progress.remove_task(task)
    if as_json:
        print_json({"dry_run": dry_run, "sources": [_describe(*pair) for pair in zip(reports, kept, strict=True)]})
    else:
        _show(reports, kept, dry_run=dry_run)
    if any(report.refused for report in (*reports, *kept)):
        raise typer.Exit(INCOMPLETE)


def _describe(report: ReplayReport, kept: QuarantineReport) -> dict[str, Any]:
    differences = [asdict(difference) for difference in report.differences]
    return vars(report) | {"refused": dict(report.refused), "differences": differences, "quarantine": describe_quarantine(kept)}


def describe_quarantine(report: QuarantineReport) -> dict[str, Any]:
    return {"source": report.slug, "read": report.read, "known": report.known, "refused": dict(report.refused)}


def show_quarantine(report: QuarantineReport, *, dry_run: bool) -> None:
    """One line, and one for each reason; nothing where nothing waited."""
    if report.read + report.known + report.refused.total():
        read = "would be read" if dry_run else "read"
        counts = f"{report.read} {read}, {report.known} read before, {report.refused.total()} wait on"
        out.print(f"{report.slug}: quarantine: {counts}", markup=False)
    for reason, count in report.refused.most_common():
        err.print(f"{report.slug}: in quarantine {count}: {reason}", markup=False, soft_wrap=True)


def _show(reports: Sequence[ReplayReport], kept: Sequence[QuarantineReport], *, dry_run: bool) -> None:
    read = [report for report in reports if report.same + report.changed + report.skipped + report.refused.total()]
    for quarantine in kept:
        show_quarantine(quarantine, dry_run=dry_run)
    if not read and not any(one.read + one.known + one.refused.total() for one in kept):
        out.print("Nothing of these sources is stored yet: crawl them first.")
    for report in read:
        for difference in report.differences if dry_run else ():
            _show_difference(difference)
        changed = "would change" if dry_run else "changed"
        counts = f"{report.same} same, {report.changed} {changed}, {report.refused.total()} refused, {report.skipped} no pages"
        out.print(f"{report.slug}: {counts}", markup=False)
        for reason, count in report.refused.most_common():
            err.print(f"{report.slug}: refused {count}: {reason}", markup=False, soft_wrap=True)


def _show_difference(difference: Difference) -> None:
    out.print(f"item {difference.item_id} {difference.url}", markup=False, soft_wrap=True)
    for name, before in difference.before.items():
        old, new = _around(before, difference.after[name])
        out.print(f"  {name}: {old} → {new}", markup=False, soft_wrap=True)


def _around(before: Any, after: Any) -> tuple[str, str]:
    """Both values from where they part; a text may be long."""
    old, new = (" ".join(str(value).split()) for value in (before, after))
    start = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new)))
    start = max(0, start - 10)
    return _cut(old, start), _cut(new, start)


def _cut(text: str, start: int) -> str:
    shown = text[start : start + LONGEST_SHOWN]
    return f"{'…' if start else ''}{shown}{'…' if len(text) > start + LONGEST_SHOWN else ''}" or "(none)"
