"""`netra`: every command, wired."""

from typing import NoReturn

import typer
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from netra.commands import (
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
    labels,
    learn,
    loop,
    score,
    serve,
    sources,
    users,
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
app.add_typer(sources.app, name="sources")
app.add_typer(connectors.app, name="connectors")
app.add_typer(clusters.app, name="clusters")
app.add_typer(evidence.app, name="evidence")
app.command()(score.score)
app.command()(score.classify)
app.command()(learn.train)
app.command()(learn.evaluate)
app.command()(serve.serve)
app.command()(serve.openapi)
app.command()(demo.demo)
app.add_typer(db.app, name="db")
app.add_typer(users.app, name="user")
app.add_typer(audit.app, name="audit")
app.add_typer(encoder.app, name="encoder")
app.add_typer(corpus.app, name="corpus")
app.add_typer(labels.app, name="labels")
app.add_typer(loop.app, name="loop")
app.add_typer(artifacts.app, name="artifacts")
app.add_typer(golden.app, name="golden")


def main() -> None:
    """Entry point. What a person can mend is one line and exit code 2; Ctrl-C is 130, as shells expect."""
    try:
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


def _families() -> tuple[type[Exception], ...]:
    from classifier.errors import ClassifierError
    from crawler.errors import CrawlerError
    from service.errors import NetraError

    return CrawlerError, ClassifierError, NetraError


def _end(message: str) -> NoReturn:
    err.print(f"netra: {message}", markup=False, soft_wrap=True)
    raise SystemExit(UNUSABLE) from None
