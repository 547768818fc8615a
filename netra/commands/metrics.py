"""`netra metrics`: the figures of /metrics without the service."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.database import make_engine, make_reading_session
from models.settings import Settings
from netra.console import INCOMPLETE, JsonOption, err, fail, out, print_json

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


def metrics(
    output: Annotated[
        Path | None, typer.Option("--output", help="Write this file whole, for node_exporter's textfile collector.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print what Prometheus watches: queue, scoring, sources, crawls; exit code 1 when the database does not answer.

    Example: `netra metrics --output /var/lib/node_exporter/netra.prom`
    """
    from prometheus_client import CollectorRegistry, generate_latest, write_to_textfile

    from service.watching.collector import DatabaseCollector

    settings, registry = Settings(), CollectorRegistry()
    engine = make_engine(settings.database_address)
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
        fail(f"there is no database at {engine.url.database}.", "Make it: netra db upgrade")
    registry.register(DatabaseCollector(make_reading_session(engine), settings.evidence_dir))
    if output is not None:
        write_to_textfile(str(output), registry)
    if as_json:
        print_json(_rows(registry))
    elif output is None:
        out.print(generate_latest(registry).decode(), markup=False, soft_wrap=True, end="")
    if registry.get_sample_value("netra_database_up") != 1:
        err.print("netra: the database does not answer. Check NETRA_DATABASE_URL and the server.", markup=False)
        raise typer.Exit(INCOMPLETE)


def _rows(registry: "CollectorRegistry") -> list[dict[str, Any]]:
    samples = (sample for family in registry.collect() for sample in family.samples)
    return [{"name": sample.name, "labels": sample.labels, "value": sample.value} for sample in samples]
