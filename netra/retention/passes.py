"""One whole pass: the office's rules, the steps, and what the database keeps of it."""

from collections.abc import Callable

from sqlalchemy import Engine

from models import now
from models.database import make_session
from models.settings import Settings
from netra.retention.rules import Rule, load_rules, read_days
from netra.retention.run import Result, run
from netra.retention.traces import overwrite_what_is_freed, wipe


def erase_due(
    settings: Settings,
    engine: Engine,
    actor: str,
    *,
    rebuilds: bool,
    on_rule: Callable[[Rule], None] = lambda _: None,
    on_step: Callable[[int], None] = lambda _: None,
    on_wiping: Callable[[], None] = lambda: None,
    must_stop: Callable[[], bool] = lambda: False,
) -> Result:
    """Erase what has had its time, then let the database let go of it where something went. Raises RetentionError."""
    rules = load_rules(read_days(settings.retention_days))
    overwrite_what_is_freed(engine)
    result = run(
        make_session(engine),
        settings.evidence_dir,
        rules,
        now(),
        actor,
        on_rule=on_rule,
        on_step=on_step,
        must_stop=must_stop,
    )
    if result.has_changed:
        on_wiping()
        wipe(engine, rebuilds=rebuilds)
    return result
