"""Page by page from another house: each page is one transaction with its cursor, so a crash repeats one page at most."""

from collections.abc import Callable

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models import Origin
from models.settings import Settings
from service.interchange.asking import CannotPull, ask_changes
from service.interchange.receiving import Received, get_origin, take_page
from service.interchange.refused import go_back
from service.interchange.schemas import Origin as SaidOrigin
from service.interchange.signing import House
from service.sealing import Keys

MOST_PAGES = 10_000


def pull_changes(
    sessions: sessionmaker[Session],
    settings: Settings,
    url: str,
    token: str,
    key: str,
    *,
    on_page: Callable[[], object],
    anew: bool = False,
    must_stop: Callable[[], bool] = lambda: False,
) -> Received:
    """From where the last one ended, or from what it had to refuse and we understand by now; `anew` from the beginning.

    Up to the page at hand when somebody asks to stop.
    """
    own, done = House(Keys.of(settings), "").key, Received()
    cursor = _begin(sessions, url, anew=anew)
    for _ in range(MOST_PAGES):
        page = ask_changes(url, token, cursor, allows_private=settings.private_hosts)
        before = cursor
        try:
            said, changes = SaidOrigin.model_validate(page.get("origin")), page["changes"]
            cursor, has_more = str(page["cursor"])[:80].replace("\0", ""), page.get("next") is not None
        except (ValidationError, KeyError) as error:
            raise CannotPull(url=url, why="its answer is not a page of changes") from error
        with sessions.begin() as session:
            origin = get_origin(session, said, url, own_key=own, expected_key=key)
            done.add(take_page(session, origin, changes if isinstance(changes, list) else [], cursor, own_key=own))
        on_page()
        if not has_more or must_stop():
            break
        if cursor == before:
            raise CannotPull(url=url, why="it says that more waits and does not move on")
    return done


def _begin(sessions: sessionmaker[Session], url: str, *, anew: bool) -> str:
    with sessions.begin() as session:
        origin = session.scalar(select(Origin).where(Origin.url == url))
        if origin is None:
            return ""
        go_back(session, origin, anew=anew)
        return origin.cursor
