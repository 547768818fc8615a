"""`netra user`: people and tokens for machines."""

import sys
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Agency as AgencyRow
from models import User, UserRole
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import fail, out, print_json, print_rows
from netra.workplace import open_database

app = typer.Typer(help="People who may sign in, and tokens for machines.", no_args_is_help=True)

ROLES = "pengawas, koordinator, operator, analis, auditor, pembaca, admin; mitra or mitra_nama for another house."
Role = Annotated[str, typer.Argument(help=ROLES)]
Region = Annotated[str, typer.Option(help="Kemendagri code of the area (33, 33.24); none means the nation.")]
Agency = Annotated[str, typer.Option(help="Slug of the one agency whose civil servants it is about; none means all.")]
Password = Annotated[
    str,
    typer.Option(
        envvar="NETRA_NEW_PASSWORD", help="Asked for where it is not given; other people of this machine may see it here."
    ),
]


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="Short name for signing in.")],
    name: Annotated[str, typer.Option(help="Full name, as it stands in the trail.")],
    role: Annotated[str, typer.Option(help=ROLES)] = "pengawas",
    region: Region = "",
    agency: Agency = "",
    password: Password = "",
) -> None:
    """Add a person. The password is asked for, and never shown; without a terminal, standard input's first line is it.

    Example: `netra user add sari --name "Sari Wulandari" --role pengawas --region 33`
    """
    from service.accounts.people import create_user

    password = password or _read_password()
    with make_session(open_database(Settings())).begin() as session:
        create_user(session, username, name, password, role, region or None, agency=agency or None)
    out.print(f"{username} may sign in as {role}{_where(region, agency)}.", markup=False)


@app.command("list")
def list_users(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List the people with their roles and areas.

    Example: `netra user list`
    """
    query = (
        select(User, UserRole, AgencyRow)
        .outerjoin(UserRole, UserRole.user_id == User.id)
        .outerjoin(AgencyRow, AgencyRow.id == UserRole.agency_id)
        .order_by(User.username, UserRole.id)
    )
    with make_reading_session(open_database(Settings()))() as session:
        rows = [_describe(user, role, agency) for user, role, agency in session.execute(query).tuples()]
    if as_json:
        print_json(rows)
        return
    columns = ("username", "name", "role", "region", "agency", "state")
    print_rows(columns, [list(row.values()) for row in rows], long=("name",))


@app.command()
def password(
    username: Annotated[str, typer.Argument()],
    new: Password = "",
) -> None:
    """Give a person a new password; their running sign-ins end. Without a terminal, standard input's first line is it.

    Example: `netra user password sari`
    """
    from service.accounts.people import set_password

    new = new or _read_password()
    with make_session(open_database(Settings())).begin() as session:
        set_password(session, get_user(session, username), new)
    out.print(f"{username} has a new password; earlier sign-ins have ended.", markup=False)


@app.command()
def disable(username: Annotated[str, typer.Argument()]) -> None:
    """Let a person in no more: sign-ins end and tokens are revoked. What they did stays in the trail.

    Example: `netra user disable sari`
    """
    from service.accounts.people import disable_user

    with make_session(open_database(Settings())).begin() as session:
        disable_user(session, get_user(session, username))
    out.print(f"{username} may not sign in any more.", markup=False)


@app.command()
def enable(username: Annotated[str, typer.Argument()]) -> None:
    """Let a disabled person in again, with the password of before; tokens stay revoked.

    Example: `netra user enable sari`
    """
    from service.accounts.people import enable_user

    with make_session(open_database(Settings())).begin() as session:
        enable_user(session, get_user(session, username))
    out.print(f"{username} may sign in again.", markup=False)


@app.command()
def grant(username: Annotated[str, typer.Argument()], role: Role, region: Region = "", agency: Agency = "") -> None:
    """Give a person another role; they sign in anew.

    Example: `netra user grant sari auditor --region 33`
    """
    from service.accounts.people import Grant, add_role
    from service.errors import Conflict

    with make_session(open_database(Settings())).begin() as session:
        try:
            add_role(session, get_user(session, username), Grant.typed(role, region, agency))
        except Conflict:
            fail(f"{username} has this role there already.", "See them: netra user list")
    out.print(f"{username} is {role}{_where(region, agency)}.", markup=False)


@app.command()
def ungrant(username: Annotated[str, typer.Argument()], role: Role, region: Region = "", agency: Agency = "") -> None:
    """Take a role away; the person signs in anew.

    Example: `netra user ungrant sari auditor --region 33`
    """
    from service.accounts.own import list_roles
    from service.accounts.people import remove_role

    with make_session(open_database(Settings())).begin() as session:
        user = get_user(session, username)
        wanted = (role, region or None, agency or None)
        rows = [row for row in list_roles(session, user.id) if _named(row.grant, row.agency) == wanted]
        if not rows:
            fail(f"{username} is not {role}{_where(region, agency)}.", "See the roles: netra user list")
        remove_role(session, user, rows[0].grant)
    out.print(f"{username} is no longer {role}{_where(region, agency)}.", markup=False)


def get_user(session: Session, username: str) -> User:
    user = session.scalar(select(User).where(User.username == username))
    if user is None:
        fail(f"there is no user {username!r}.", "See them: netra user list")
    return user


def _read_password() -> str:
    """Asked for twice on a terminal; elsewhere the first line of standard input."""
    if sys.stdin and sys.stdin.isatty():
        return typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        line = sys.stdin.buffer.readline().decode() if sys.stdin else ""
    except UnicodeDecodeError:
        fail("the password on standard input is not UTF-8.", "Send it as UTF-8.")
    return line.rstrip("\r\n") or fail(
        "no terminal to ask for the password.", "Give it as the first line of standard input, or in NETRA_NEW_PASSWORD."
    )


def _describe(user: User, role: UserRole | None, agency: AgencyRow | None) -> dict[str, str]:
    state = "active" if user.is_active else "disabled"
    return {
        "username": user.username,
        "name": user.name,
        "role": role.role_name if role else "",
        "region": (role.region_code if role else None) or "",
        "agency": agency.slug if agency else "",
        "state": f"{state}, demo" if user.is_demo else state,
    }


def _named(role: UserRole, agency: AgencyRow | None) -> tuple[str, str | None, str | None]:
    return role.role_name, role.region_code, agency.slug if agency else None


def _where(region: str, agency: str) -> str:
    return (f" for region {region}" if region else "") + (f" and agency {agency}" if agency else "")
