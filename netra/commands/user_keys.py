"""`netra user`: what people hold in their hands: sign-ins, tokens, second factors, accounts elsewhere."""

from datetime import datetime, timedelta
from typing import Annotated, Any, cast

import typer
from sqlalchemy import select

from models import Permission, UserIdentity, now
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.commands.users import app, get_user
from netra.console import JsonOption, fail, out, print_json, print_rows
from netra.workplace import open_database

Username = Annotated[str, typer.Argument(help="Whose it is.")]


@app.command()
def sessions(
    username: Username,
    end: Annotated[bool, typer.Option("--end", help="End them all.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the running sign-ins of a person, or end them.

    Example: `netra user sessions sari --end`
    """
    from service.accounts import repository
    from service.accounts.people import end_sessions

    settings = Settings()
    with make_session(open_database(settings)).begin() as session:
        user = get_user(session, username)
        idle = timedelta(minutes=settings.session_idle_minutes)
        rows = repository.list_sessions(session, user.id, now(), idle)
        if end:
            end_sessions(session, user)
    keys = ("id", "browser", "method", "created_at", "last_seen_at", "expires_at")
    _say([{key: getattr(row, key) for key in keys} for row in rows], as_json, f"{username} is not signed in.")
    if end and not as_json:
        out.print(f"ended {len(rows)}")


@app.command()
def token(
    username: Annotated[str, typer.Argument(help="The person as whom the machine acts.")],
    name: Annotated[str, typer.Option(help="What the token is for.")],
    days: Annotated[int, typer.Option(min=1, max=36_500, help="How long it is valid.")] = 90,
    write: Annotated[bool, typer.Option("--write", help="Let it change things, not only read.")] = False,
    scope: Annotated[list[str] | None, typer.Option(help="A permission that it gets; again for each. Replaces --write.")] = None,
    region: Annotated[str, typer.Option(help="Code of the area in which alone it holds.")] = "",
) -> None:
    """Make a token for /api/v1 and print it once: only its hash is stored.

    Example: `netra user token sari --name "ekspor harian" --days 30 --scope antrean.baca --region 33`
    """
    from service.accounts.tokens import create_api_token

    unknown = [one for one in scope or [] if one not in set(Permission)]
    if unknown:
        fail(f"there is no permission {unknown[0]!r}.", f"Permissions: {', '.join(Permission)}.")
    with make_session(open_database(Settings())).begin() as session:
        user = get_user(session, username)
        values = {"scopes": scope or None, "region_code": region or None}
        plain = create_api_token(session, user, name, days, write or bool(scope), **values)  # pyright: ignore[reportArgumentType]
    out.print(plain, markup=False)


@app.command()
def tokens(username: Username, as_json: JsonOption = False) -> None:
    """List a person's valid tokens by their first characters, with what they may do and when they were used last.

    Example: `netra user tokens sari`
    """
    from service.accounts import repository

    with make_reading_session(open_database(Settings()))() as session:
        rows = repository.list_tokens(session, get_user(session, username).id, now())
    keys = ("id", "name", "prefix", "can_write", "scopes", "region_code", "expires_at", "last_used_at")
    _say([{key: getattr(row, key) for key in keys} for row in rows], as_json, f"{username} has no valid token.")


@app.command()
def revoke(
    username: Annotated[str, typer.Argument(help="Whose token it is.")],
    name: Annotated[str, typer.Option(help="What the token was made for.")],
) -> None:
    """Revoke a machine's token.

    Example: `netra user revoke sari --name "ekspor harian"`
    """
    from service.accounts.tokens import revoke_tokens

    with make_session(open_database(Settings())).begin() as session:
        count = revoke_tokens(session, get_user(session, username), name)
    if not count:
        fail(f"{username} has no valid token named {name!r}.", "Names are those that `netra user tokens` shows.")
    out.print(f"revoked {count}")


@app.command()
def unfactor(username: Username) -> None:
    """Remove a person's second factor, for a lost telephone. Their sign-ins end.

    Example: `netra user unfactor sari`
    """
    from service.accounts.people import remove_second_factor
    from service.errors import NotFound

    with make_session(open_database(Settings())).begin() as session:
        user = get_user(session, username)
        try:
            remove_second_factor(session, user)
        except NotFound:
            fail(f"{username} has no second factor.", "Nothing was changed.")
    out.print(f"{username} has no second factor any more; sign-ins have ended.", markup=False)


@app.command()
def link(
    username: Username,
    subject: Annotated[str, typer.Argument(help="`sub` at the OpenID provider of NETRA_OIDC_ISSUER.")],
) -> None:
    """Let an account of the OpenID provider sign this person in.

    Example: `netra user link sari 6f1c9a52-0b7e-4d1f-9f55-2f0d8a3f7b10`
    """
    from service.accounts.people import link_identity

    settings = Settings()
    if not settings.oidc_issuer:
        fail("no OpenID provider is set.", "Set NETRA_OIDC_ISSUER; docs/roles.md tells how.")
    with make_session(open_database(settings)).begin() as session:
        link_identity(session, get_user(session, username), settings.oidc_issuer, subject)
    out.print(f"{subject} of {settings.oidc_issuer} signs in as {username}.", markup=False)


@app.command()
def unlink(username: Username) -> None:
    """Forget the accounts of the OpenID provider that sign this person in; their sign-ins end.

    Example: `netra user unlink sari`
    """
    from service.accounts.people import unlink_identity

    with make_session(open_database(Settings())).begin() as session:
        user = get_user(session, username)
        identities = list(session.scalars(select(UserIdentity).where(UserIdentity.user_id == user.id)))
        for identity in identities:
            unlink_identity(session, user, identity)
    out.print(f"unlinked {len(identities)}")


def _say(rows: list[dict[str, Any]], as_json: bool, nothing: str) -> None:
    if as_json:
        print_json(rows)
        return
    if not rows:
        out.print(nothing, markup=False)
        return
    print_rows(list(rows[0]), [list(map(_cell, row.values())) for row in rows], long=("name", "scopes", "browser"))


def _cell(value: Any) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "yes"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M} UTC"
        case list():
            return "\n".join(map(str, cast("list[str]", value)))
        case _:
            return str(value)
