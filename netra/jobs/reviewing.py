"""Jobs of the review room: tell people, keep its lists up to date, ask other houses, let go of what has had its time."""

from sqlalchemy import Engine

from models import now
from models.database import make_reading_session, make_session
from models.settings import Settings
from netra.jobs.job import Report
from netra.stopping import Stop

ACTOR = "sistem:retensi:jadwal"


def digest(settings: Settings, engine: Engine, _stop: Stop) -> Report:
    from service.alerts.passes import run_pass

    done = run_pass(make_session(engine), settings)
    found, sent = sum(done.found.values()), sum(done.deliveries.values())
    return Report(f"{found} alerts, {sent} deliveries, {done.mails} mails", problem="; ".join(done.problems))


def refresh(_settings: Settings, engine: Engine, stop: Stop) -> Report:
    """Once an hour the places; the counts every time. Each up to the batch at hand when somebody asks to stop."""
    from models.figures.tallying import catch_up
    from models.queue.refreshing import is_due, refresh_places

    sessions, moved = make_session(engine), 0
    with make_reading_session(engine)() as session:
        has_time = is_due(session, now())
    if has_time:
        moved = refresh_places(sessions, must_stop=lambda: stop.is_asked).moved
    counted = catch_up(sessions, must_stop=lambda: stop.is_asked)
    return Report(f"moved {moved} flags, counted {counted} changes")


def publish(settings: Settings, engine: Engine, _stop: Stop) -> Report:
    """Does nothing where the house shows no public page, also when it is asked for by name."""
    from service.dashboard.publishing import publish_due
    from service.dashboard.service import today

    if not settings.public_statistics:
        return Report("the house shows no public page")
    return Report(f"published {len(publish_due(make_session(engine), today()))} periods")


def pull(settings: Settings, engine: Engine, stop: Stop) -> Report:
    """House by house; one that does not answer keeps none of the others waiting."""
    from netra.houses import read_houses, read_token
    from netra.jobs.errors import JobError
    from service.errors import NetraError
    from service.interchange.pulling import pull_changes

    said, problems = list[str](), list[str]()
    for house in read_houses(settings.interchange_houses):
        if stop.is_asked:
            break
        try:
            sessions, token = make_session(engine), read_token(house.token_file)
            done = pull_changes(sessions, settings, house.url, token, "", on_page=_ignore, must_stop=lambda: stop.is_asked)
        except (JobError, NetraError) as error:
            problems.append(f"{house.url}: {error}")
            continue
        said.append(f"{house.url}: {done.new} new, {done.changed} changed, {done.withdrawn} withdrawn")
        problems += [f"{house.url}: {_say_refused(done.refused)}"] if done.refused else []
    return Report("; ".join(said) or "no house answered", problem="; ".join(problems))


def erase(settings: Settings, engine: Engine, stop: Stop) -> Report:
    """What `netra retention plan` counts. The file of SQLite is rebuilt by `netra retention run` alone: that stops writers."""
    from netra.retention.passes import erase_due

    result = erase_due(settings, engine, ACTOR, rebuilds=False, must_stop=lambda: stop.is_asked)
    rows = sum(sum(counts.values()) for counts in result.by_rule.values())
    left = [f"left {refusal.file}: {refusal.reason}" for refusal in result.refusals]
    return Report(f"erased {rows} rows, overwrote {result.buried} copies", problem="; ".join(left))


def _say_refused(lines: list[str]) -> str:
    return f"refused {len(lines)}, the first {lines[0]}; an upgrade asks again, and so does `netra interchange pull --anew`"


def _ignore() -> None:
    """Nobody watches page by page."""
