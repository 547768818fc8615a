"""`netra`: every command, wired."""

import inspect
import os
from contextlib import suppress
from typing import Any, NoReturn

import typer
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError
from typer.core import TyperGroup

from crawler.runs.parent import end_with_parent
from models.logs.setup import start_logging
from models.settings import Settings
from netra.allocator import limit_arenas
from netra.commands import (
    agencies,
    alerts,
    artifacts,
    audit,
    backup,
    clusters,
    connectors,
    corpus,
    corrections,
    crawl,
    db,
    demo,
    encoder,
    evidence,
    extract,
    golden,
    imports,
    interchange,
    jobs,
    labels,
    learn,
    loop,
    maps,
    metrics,
    quarantine,
    queue,
    render,
    rescore,
    retention,
    schedule,
    score,
    serve,
    sources,
    statistics,
    tips,
    up,
    user_keys,
    worker,
)
from netra.console import UNUSABLE, err, fail


class _Questions(TyperGroup):
    """A no, or no answer, ends a command before it does anything: exit code 1 would tell of a part that was done."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.Abort:
            err.print()
            fail(
                "nothing was done: its question got a no, or no answer.",
                "Where nobody can answer, give the option; --help names it.",
            )


app = typer.Typer(
    name="netra",
    cls=_Questions,
    help="Watch public Indonesian news for signs that civil servants take political sides. `make run` shows it all.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=True,
)

COMMANDS = {
    "Start": {
        "demo": demo.demo,
        "db": db.app,
        "user": user_keys.app,
        "up": up.up,
        "worker": worker.worker,
        "serve": serve.serve,
    },
    "Collect": {
        "sources": sources.app,
        "crawl": crawl.crawl,
        "schedule": schedule.schedule,
        "import": imports.import_files,
        "connectors": connectors.app,
        "render": render.render,
        "quarantine": quarantine.app,
        "clusters": clusters.app,
        "extract": extract.extract,
    },
    "Flag and learn": {
        "score": score.score,
        "rescore": rescore.rescore,
        "train": learn.train,
        "artifacts": artifacts.app,
        "golden": golden.app,
        "loop": loop.app,
        "evaluate": learn.evaluate,
        "classify": score.classify,
        "encoder": encoder.app,
        "corpus": corpus.app,
        "labels": labels.app,
    },
    "Review": {
        "queue": queue.app,
        "alerts": alerts.app,
        "tips": tips.app,
        "corrections": corrections.app,
        "interchange": interchange.app,
        "agencies": agencies.app,
        "statistics": statistics.app,
        "map": maps.app,
        "openapi": serve.openapi,
    },
    "Watch over it": {
        "audit": audit.app,
        "evidence": evidence.app,
        "retention": retention.app,
        "backup": backup.app,
        "restore": backup.restore,
        "jobs": jobs.app,
        "metrics": metrics.metrics,
    },
}
"""Every command under the job that it belongs to, as `netra --help` and the README list them."""
NO_RIGHT = "42501"
"""PostgreSQL's insufficient_privilege."""
NO_RIGHT_MEND = (
    "The role of NETRA_DATABASE_URL may not do this: operators take netra_owner, and `netra db roles` prints what each role may."
)


def _example_of(group: typer.Typer) -> str:
    """The line of the group's first command that shows how it is typed."""
    first = inspect.getdoc(group.registered_commands[0].callback) or ""
    return next((line for line in first.splitlines() if line.startswith("Example: ")), "")


for job, commands in COMMANDS.items():
    for name, command in commands.items():
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=job, epilog=_example_of(command))
        else:
            app.command(name, rich_help_panel=job)(command)


def main() -> None:
    """Entry point. What a person can mend is one line and exit code 2; Ctrl-C is 130, as shells expect."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # Our sums are small: numpy's other threads would wait for them in loops.
    limit_arenas()
    try:
        end_with_parent()
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
    except ArgumentError as error:
        _end(
            f"{error}. A database is named like sqlite:////srv/netra/netra.sqlite3 or postgresql://netra:PASSWORD@localhost/netra."
        )
    except OperationalError as error:
        _end(_say_of_database(str(error.orig).strip().splitlines()[0]))
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != NO_RIGHT:
            raise
        _end(f"{str(error.orig).strip().splitlines()[0]}. {NO_RIGHT_MEND}")
    except OSError as error:
        mend = "Check the path." if isinstance(error, FileNotFoundError) else "Check space and rights."
        _end(f"{error.strerror or error}: {error.filename or 'no file'}. {mend}")


def _start_logging() -> None:
    with suppress(ValidationError):  # The command itself says which setting is wrong; `--help` works without it.
        start_logging(Settings())


def _families() -> tuple[type[Exception], ...]:
    from classifier.errors import ClassifierError
    from crawler.errors import CrawlerError
    from migrations.errors import UpgradeError
    from models.stemming.memo import StemmerError
    from netra.jobs.errors import JobError
    from netra.keeping.errors import KeepingError
    from netra.rescoring.errors import RescoringError
    from service.errors import NetraError

    return CrawlerError, ClassifierError, NetraError, StemmerError, KeepingError, RescoringError, UpgradeError, JobError


def _say_of_database(reason: str) -> str:
    if "disk is full" in reason or "No space left" in reason:
        return f"{reason}: nothing half was stored. Make space on the disk of the database, then run it again."
    return f"the database does not answer: {reason}. Check the server and its address: NETRA_DATABASE_URL, or what was typed."


def _end(message: str) -> NoReturn:
    err.print(f"netra: {message}", markup=False, soft_wrap=True)
    raise SystemExit(UNUSABLE) from None
