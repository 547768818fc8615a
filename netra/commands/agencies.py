"""`netra agencies`: which institution has which task from when to when."""

from datetime import date
from typing import Annotated, Any, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from models import AgencyTask
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.console import JsonOption, day_option, fail, out, print_json, print_rows
from netra.workplace import open_database

app = typer.Typer(help="Institutions and their terms (docs/cases.md).", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help="Short name, as `netra agencies list` shows it.")]
LegalBasis = Annotated[str, typer.Option(help="The law behind it.")]
Entry = TypeVar("Entry", bound=BaseModel)


@app.command("list")
def list_agencies(as_json: JsonOption = False) -> None:
    """List every agency, past and to come.

    Example: `netra agencies list`
    """
    from service.agencies.repository import list_agencies as read

    with make_reading_session(open_database(Settings()))() as session:
        rows = [_describe(row) for row in read(session)]
    if as_json:
        print_json(rows)
        return
    columns = ("slug", "name", "task", "region", "from", "to", "referrals")
    print_rows(columns, [[row[name] or "" for name in columns] for row in rows], long=("name",))


@app.command()
def add(
    slug: Slug,
    name: Annotated[str, typer.Option(help="Its name.")],
    task: Annotated[AgencyTask, typer.Option(help="What it does.")],
    region: Annotated[str, typer.Option(help="Kemendagri code (33, 33.24); none means the nation.")] = "",
    since: Annotated[date | None, day_option("Its first day; it may lie in the future.")] = None,
    legal_basis: LegalBasis = "",
    replaces: Annotated[
        str, typer.Option(help="Slug of the agency whose task it takes over: that one ends the day before.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Add an agency, also one that is to come.

    Example: `netra agencies add lembaga-baru --name "Lembaga Baru" --task pengawas_netralitas --since 2027-10-17 --replaces bkn`
    """
    from service.agencies.keeping import OPERATOR, add_agency
    from service.agencies.schemas import NewAgency

    values = {"slug": slug, "name": name, "task": task, "region_code": region or None, "legal_basis": legal_basis}
    new = _checked(NewAgency, **values, valid_from_on=since, replaces=replaces or None)
    with make_session(open_database(Settings())).begin() as session:
        add_agency(session, OPERATOR, new)
    _say(f"{name} is added.", slug, as_json=as_json)


@app.command()
def rename(
    slug: Slug,
    name: Annotated[str, typer.Option(help="The new name.")],
    since: Annotated[date, day_option("The first day of the new name; not in the future.")],
    legal_basis: LegalBasis = "",
    as_json: JsonOption = False,
) -> None:
    """Rename an agency from a day on; what was referred before keeps the former name.

    Example: `netra agencies rename bkn --name "Badan Kepegawaian Negara" --since 2026-01-01`
    """
    from service.agencies import keeping
    from service.agencies.schemas import Renaming

    new = _checked(Renaming, name=name, from_on=since, legal_basis=legal_basis)
    with make_session(open_database(Settings())).begin() as session:
        keeping.rename(session, keeping.OPERATOR, slug, new)
    _say(f"{slug} is called {name} from {since}.", slug, as_json=as_json)


@app.command()
def close(
    slug: Slug,
    on: Annotated[date, day_option("Its last day; it may lie in the future.")],
    why: Annotated[str, typer.Option(help="The reason, for the trail.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Set the last day of an agency; never to before a referral.

    Example: `netra agencies close bkn --on 2027-10-16`
    """
    from service.agencies import keeping
    from service.agencies.schemas import Closing

    closing = _checked(Closing, on_day=on, reason=why)
    with make_session(open_database(Settings())).begin() as session:
        keeping.close(session, keeping.OPERATOR, slug, closing)
    _say(f"{slug} ends on {on}.", slug, as_json=as_json)


@app.command()
def reopen(slug: Slug, as_json: JsonOption = False) -> None:
    """Take the last day of an agency back.

    Example: `netra agencies reopen bkn`
    """
    from service.agencies import keeping

    with make_session(open_database(Settings())).begin() as session:
        keeping.reopen(session, keeping.OPERATOR, slug)
    _say(f"{slug} has no last day any more.", slug, as_json=as_json)


def _checked(kind: type[Entry], **values: Any) -> Entry:
    try:
        return kind(**values)
    except ValidationError as error:
        first = error.errors()[0]
        fail(f"{first['loc'][0]}: {first['msg']}.", "See `netra agencies --help`.")


def _say(sentence: str, slug: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"slug": slug})
    else:
        out.print(sentence, markup=False)


def _describe(row: Any) -> dict[str, Any]:
    agency = row.agency
    former = [{"name": one.name, "to": one.valid_to_on} for one in row.former]
    values = {"slug": agency.slug, "name": agency.name, "task": agency.task.value, "region": agency.region_code}
    values |= {"from": agency.valid_from_on, "to": agency.valid_to_on, "legal_basis": agency.legal_basis}
    return values | {"former_names": former, "referrals": row.referrals}
