"""`netra`: every command, wired."""

from contextlib import suppress
from typing import NoReturn

import typer
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from models.logs.setup import start_logging
from models.settings import Settings
from netra.commands import (
    alerts,
    artifacts,
    audit,
    clusters,
    connectors,
    corpus,
    crawl,
    db,
    demo,
    encoder,
    evidence,
    extract,
    golden,
    imports,
    interchange,
    labels,
    learn,
    loop,
    maps,
    metrics,
    quarantine,
    queue,
    render,
    schedule,
    score,
    serve,
    sources,
    statistics,
    tips,
    user_keys,
)
from netra.console import UNUSABLE, err

app = typer.Typer(
    name="netra",
    help="Watch public Indonesian news for signs that civil servants take political sides. `make run` shows it all.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=True,
)

app.command("import")(imports.import_files)
app.command()(extract.extract)
app.command()(crawl.crawl)
app.command()(schedule.schedule)
app.command()(render.render)
app.add_typer(sources.app, name="sources")
app.add_typer(connectors.app, name="connectors")
app.add_typer(clusters.app, name="clusters")
app.add_typer(evidence.app, name="evidence")
app.add_typer(quarantine.app, name="quarantine")
app.command()(score.score)
app.command()(score.classify)
app.command()(learn.train)
app.command()(learn.evaluate)
app.command()(serve.serve)
app.command()(serve.openapi)
app.command()(metrics.metrics)
app.command()(demo.demo)
app.add_typer(db.app, name="db")
app.add_typer(user_keys.app, name="user")
app.add_typer(audit.app, name="audit")
app.add_typer(encoder.app, name="encoder")
app.add_typer(corpus.app, name="corpus")
app.add_typer(labels.app, name="labels")
app.add_typer(loop.app, name="loop")
app.add_typer(queue.app, name="queue")
app.add_typer(statistics.app, name="statistics")
app.add_typer(maps.app, name="map")
app.add_typer(alerts.app, name="alerts")
app.add_typer(tips.app, name="tips")
app.add_typer(artifacts.app, name="artifacts")
app.add_typer(golden.app, name="golden")
app.add_typer(interchange.app, name="interchange")


def main() -> None:
    """Entry point. What a person can mend is one line and exit code 2; Ctrl-C is 130, as shells expect."""
    try:
        _start_logging()
        app()
    except SystemExit:
        raise  # How every command ends. Only errors are worth the import of the families that they may belong to.
    except KeyboardInterrupt:
        err.print("netra: stopped. What was done is stored; run the same command to go on.", markup=False)
        raise SystemExit(130) from None
    except _families() as error:
        _end(str(error))
    except ValidationError as error:
        first = error.errors()[0]
        _end(f"setting NETRA_{str(first['loc'][0]).upper()}: {first['msg']}. docs/settings.md lists them.")
    except OperationalError as error:
        _end(f"the database does not answer: {str(error.orig).strip().splitlines()[0]}. Check NETRA_DATABASE_URL and the server.")
    except OSError as error:
        _end(f"{error.strerror or error}: {error.filename or 'no file'}. Check space and rights.")


def _start_logging() -> None:
    with suppress(ValidationError):  # The command itself says which setting is wrong; `--help` works without it.
        start_logging(Settings())


def _families() -> tuple[type[Exception], ...]:
    from classifier.errors import ClassifierError
    from crawler.errors import CrawlerError
    from models.stemming.memo import StemmerError
    from service.errors import NetraError

    return CrawlerError, ClassifierError, NetraError, StemmerError


def _end(message: str) -> NoReturn:
    err.print(f"netra: {message}", markup=False, soft_wrap=True)
    raise SystemExit(UNUSABLE) from None
