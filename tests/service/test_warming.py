"""What a process reads before anybody asks for it."""

from service.pages import make_templates
from service.warming import warm_up


def test_the_pages_of_daily_work_are_ready_before_the_first_of_them_is_asked_for() -> None:
    environment = make_templates().env
    warm_up(environment)
    assert environment.cache is not None
    ready = {name for _, name in environment.cache.keys()}  # noqa: SIM118 - its own mapping yields nothing by itself
    assert {"base.html", "review/queue.html", "review/flag.html", "review/_text.html"} <= ready
