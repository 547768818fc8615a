"""`netra user`: people and tokens for machines."""

from typing import Annotated

import typer
from sqlalchemy import select

from models import Region, Role, User
from models.database import make_session
from models.settings import Settings
from netra.console import fail, out
from netra.workplace import open_database

app = typer.Typer(help="People who may sign in, and tokens for machines.", no_args_is_help=True)


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="Short name for signing in.")],
    name: Annotated[str, typer.Option(help="Full name, as it stands in the trail.")],
    role: Annotated[str, typer.Option(help="pengawas, koordinator, operator, analis, auditor, pembaca or admin.")] = "pengawas",
    region: Annotated[str, typer.Option(help="Kemendagri code of the area (33, 33.24); none means the nation.")] = "",
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, envvar="NETRA_NEW_PASSWORD")
    ] = "",
) -> None:
    """Add a person. The password is asked for, and never shown.

    Example: `netra user add sari --name "Sari Wulandari" --role pengawas --region 33`
    """
    from service.accounts.service import create_user
    from service.errors import Conflict

    with make_session(open_database(Settings())).begin() as session:
        known = list(session.scalars(select(Role.name).order_by(Role.name)))
        if role not in known:
            fail(f"there is no role {role!r}.", f"Roles: {', '.join(known)}.")
        if region and session.get(Region, region) is None:
            fail(f"there is no region with the code {region!r}.", "Codes are Kemendagri's: 33 is Jawa Tengah, 33.24 Kendal.")
        try:
            create_user(session, username, name, password, role, region or None)
        except Conflict:
            fail(f"{username!r} is taken.", "Choose another username.")
    out.print(f"{username} may sign in as {role}{f' for region {region}' if region else ''}.", markup=False)


@app.command()
def token(
    username: Annotated[str, typer.Argument(help="The person as whom the machine acts.")],
    name: Annotated[str, typer.Option(help="What the token is for.")],
    days: Annotated[int, typer.Option(min=1, help="How long it is valid.")] = 90,
    write: Annotated[bool, typer.Option("--write", help="Let it change things, not only read.")] = False,
) -> None:
    """Make a token for /api/v1 and print it once: only its hash is stored.

    Example: `netra user token sari --name "ekspor harian" --days 30`
    """
    from service.accounts.service import create_api_token

    with make_session(open_database(Settings())).begin() as session:
        user = session.scalar(select(User).where(User.username == username))
        if user is None:
            fail(f"there is no user {username!r}.", "Add one: netra user add")
        plain = create_api_token(session, user, name, days, write)
    out.print(plain, markup=False)
