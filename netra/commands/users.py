"""`netra user`: people and tokens for machines."""

from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Region, Role, User, UserRole
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import fail, out, print_json
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


@app.command("list")
def list_users(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List the people with their roles and areas.

    Example: `netra user list`
    """
    query = select(User, UserRole).join(UserRole, UserRole.user_id == User.id).order_by(User.username)
    with make_reading_session(open_database(Settings()))() as session:
        rows = [_describe(user, role) for user, role in session.execute(query)]
    if as_json:
        print_json(rows)
        return
    table = Table("username", "name", "role", "region", "state", box=None, header_style="bold")
    for row in rows:
        table.add_row(*row.values())
    out.print(table)


@app.command()
def password(
    username: Annotated[str, typer.Argument()],
    new: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, envvar="NETRA_NEW_PASSWORD", help="Asked for.")
    ] = "",
) -> None:
    """Give a person a new password; their running sign-ins end.

    Example: `netra user password sari`
    """
    from service.accounts.service import set_password

    with make_session(open_database(Settings())).begin() as session:
        set_password(session, _get(session, username), new)
    out.print(f"{username} has a new password; earlier sign-ins have ended.", markup=False)


@app.command()
def disable(username: Annotated[str, typer.Argument()]) -> None:
    """Let a person in no more: sign-ins end and tokens are revoked. What they did stays in the trail.

    Example: `netra user disable sari`
    """
    from service.accounts.service import disable_user

    with make_session(open_database(Settings())).begin() as session:
        disable_user(session, _get(session, username))
    out.print(f"{username} may not sign in any more.", markup=False)


@app.command()
def revoke(
    username: Annotated[str, typer.Argument(help="Whose token it is.")],
    name: Annotated[str, typer.Option(help="What the token was made for.")],
) -> None:
    """Revoke a machine's token.

    Example: `netra user revoke sari --name "ekspor harian"`
    """
    from service.accounts.service import revoke_tokens

    with make_session(open_database(Settings())).begin() as session:
        count = revoke_tokens(session, _get(session, username), name)
    if not count:
        fail(f"{username} has no valid token named {name!r}.", "Names are those that `netra user token` was given.")
    out.print(f"revoked {count}")


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
        plain = create_api_token(session, _get(session, username), name, days, write)
    out.print(plain, markup=False)


def _get(session: Session, username: str) -> User:
    user = session.scalar(select(User).where(User.username == username))
    if user is None:
        fail(f"there is no user {username!r}.", "See them: netra user list")
    return user


def _describe(user: User, role: UserRole) -> dict[str, str]:
    state = "active" if user.is_active else "disabled"
    return {
        "username": user.username,
        "name": user.name,
        "role": role.role_name,
        "region": role.region_code or "",
        "state": f"{state}, demo" if user.is_demo else state,
    }
