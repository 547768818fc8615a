"""`netra db`: the tables."""

import typer

from migrations.upgrade import upgrade_database
from models.database import make_engine
from models.settings import Settings
from netra.console import out

app = typer.Typer(help="The database: make it, bring it up to date.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `netra db upgrade` a subcommand while it is the only one."""


@app.command()
def upgrade() -> None:
    """Make the tables, or bring them up to date, and load regions, rules and calendar.

    Example: `NETRA_DATABASE_URL=postgresql://netra@localhost/netra netra db upgrade`
    """
    engine = make_engine(Settings().database_address)
    revision = upgrade_database(engine)
    out.print(f"{engine.url.render_as_string(hide_password=True)} is at revision {revision}.", markup=False, soft_wrap=True)
