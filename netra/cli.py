"""`netra`: every command, wired."""

import typer

from netra.commands import audit, crawl, data, db, demo, learn, score, serve, users
from netra.console import UNUSABLE, err

app = typer.Typer(
    name="netra",
    help="Watch public Indonesian news for signs that civil servants take political sides. `make run` shows it all.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=True,
)

app.command("import")(data.import_files)
app.command()(data.extract)
app.command()(crawl.crawl)
app.add_typer(crawl.sources, name="sources")
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


def main() -> None:
    """Entry point. Expected errors are one line and exit code 2; Ctrl-C is 130, as shells expect."""
    from classifier.errors import ClassifierError
    from crawler.errors import CrawlerError
    from service.errors import NetraError

    try:
        app()
    except (CrawlerError, ClassifierError, NetraError) as error:
        err.print(f"netra: {error}", markup=False, soft_wrap=True)
        raise SystemExit(UNUSABLE) from None
    except KeyboardInterrupt:
        err.print("netra: stopped. What was done is stored; run the same command to go on.", markup=False)
        raise SystemExit(130) from None
