"""The stages of the demo, each with its progress. Every one may be interrupted and run again: nothing is done twice."""

from collections.abc import Sequence

from rich.progress import Progress
from sqlalchemy import Engine, func, select

from classifier.artifacts.registry import live_artifact
from classifier.score import count_waiting
from crawler.catalogue import disable_missing, read_source_files, sync_sources
from migrations.upgrade import upgrade_database
from models import Case, Flag, FlagState, FrontierState, FrontierUrl, User
from models.database import make_engine, make_reading_session, make_session
from models.settings import Settings
from netra.console import fail
from netra.crawls.crawling import CrawlOutcome, CrawlProgress, crawl_sources
from netra.demo.cases import make_demo_cases
from netra.demo.people import DEMO_PASSWORD, PEOPLE
from netra.demo.site.articles import load_articles
from netra.demo.site.outlets import OUTLETS
from netra.learning import score_everything, train_candidate
from service.accounts.service import create_user


def prepare_database(settings: Settings, progress: Progress) -> Engine:
    """Tables, reference data, the demo's outlets and its people; nothing of it in a database that holds real ones."""
    task = progress.add_task("Preparing the database", total=2)
    engine = make_engine(settings.database_address)
    upgrade_database(engine)
    progress.advance(task)
    with make_session(engine).begin() as session:
        if session.scalar(select(User.username).where(User.is_demo.is_(False)).limit(1)) is not None:
            fail("this database has people of its own.", "Give the demo another place: NETRA_HOME=demo netra demo")
        files = read_source_files(settings.sources_dir)
        sync_sources(session, files.values())
        disable_missing(session, files.keys())
        known = set(session.scalars(select(User.username)))
        for person in PEOPLE:
            if person.username not in known:
                create_user(session, person.username, person.name, DEMO_PASSWORD, person.role, is_demo=True)
    progress.advance(task)
    return engine


def crawl_demo(settings: Settings, engine: Engine, slugs: Sequence[str], progress: Progress) -> list[CrawlOutcome]:
    """Crawl the demo outlets over HTTP with the real spiders, each in its own process."""
    task = progress.add_task("Crawling the demo outlets", total=None)

    def show(measured: CrawlProgress) -> None:
        progress.update(task, completed=measured.done, total=measured.known or None)

    return crawl_sources(settings, engine, slugs, show)


def make_artifact(settings: Settings, engine: Engine, progress: Progress) -> None:
    """Train the first artifact from the corpus, if none is live."""
    with make_reading_session(engine)() as session:
        if live_artifact(session) is not None:
            return
    train_candidate(settings, engine, progress)


def score_demo(settings: Settings, engine: Engine, progress: Progress) -> None:
    score_everything(settings, engine, progress)


def open_demo_cases(engine: Engine, progress: Progress) -> None:
    """Cases and follow-ups to look at, where there are none yet."""
    task = progress.add_task("Opening two cases", total=1)
    make_demo_cases(engine)
    progress.advance(task)


def is_filled(engine: Engine) -> bool:
    """Whether an earlier run came to its end, and the outlets have shown nothing new since then."""
    addresses = {OUTLETS[article.outlet].url_of(article) for article in load_articles()}
    with make_reading_session(engine)() as session:
        live = live_artifact(session)
        if live is None or count_waiting(session, live) or session.scalar(select(Case.id).limit(1)) is None:
            return False
        states = dict(session.execute(select(FrontierUrl.url, FrontierUrl.state)).tuples().all())
    return addresses <= states.keys() and FrontierState.WAITING not in states.values()


def count_open_flags(engine: Engine) -> int:
    with make_reading_session(engine)() as session:
        return session.scalar(select(func.count()).select_from(Flag).where(Flag.state != FlagState.ASSESSED)) or 0
