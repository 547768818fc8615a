"""`netra demo` as it is seen: the pages at once, and in the terminal how the queue fills."""

import signal

from rich.progress import Progress, TaskID

from models.settings import Settings
from netra.console import err, out, progress_bar
from netra.demo.people import DEMO_PASSWORD, PEOPLE
from netra.demo.preparing import DemoPreparing
from service.preparing.preparation import Preparation, Step

BARS = {
    Step.TABLES: "Preparing the database",
    Step.READ: "Crawling the demo outlets",
    Step.TRAIN: "Training the classifier",
    Step.SCORE: "Scoring",
    Step.CASES: "Opening two cases",
}


def show_demo(settings: Settings) -> None:
    """Serve until Ctrl-C or SIGTERM; whatever still prepares the demo ends with it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with DemoPreparing(settings) as preparing, progress_bar() as progress:
        waiting = progress.add_task(BARS[Step.TABLES], total=None)
        # Imported while the other process makes the tables.
        from netra.erasing import RequestErasing
        from netra.joining import StoryJoining
        from service.app import run

        preparing.wait_until_open()
        progress.remove_task(waiting)
        out.print(
            f"Open http://{settings.host}:{settings.port} and sign in as {PEOPLE[0].username} "
            f"with the password {DEMO_PASSWORD} (Ctrl-C stops the demo)",
            soft_wrap=True,
            markup=False,
        )
        preparing.follow(Bars(progress).show)
        run(settings, StoryJoining(), RequestErasing(), preparing)
    if not preparing.look().is_over:
        err.print("netra: stopped before the queue was filled. What was done is stored; the next run goes on.", soft_wrap=True)


class Bars:
    """A bar a step, and a line for what came of it all."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars = dict[Step, TaskID]()

    def show(self, preparation: Preparation) -> None:
        for one in preparation.steps:
            if one.step not in self._bars:
                self._bars[one.step] = self._progress.add_task(BARS[one.step], total=None)
            self._progress.update(self._bars[one.step], completed=one.done, total=one.total or None)
        if preparation.is_over:
            self._progress.stop()
            self._say_end(preparation)

    def _say_end(self, preparation: Preparation) -> None:
        if preparation.is_incomplete:
            err.print(
                "netra: the demo is incomplete, what is missing stands above. It is served as it is; the next run goes on.",
                soft_wrap=True,
            )
        else:
            out.print(f"{preparation.flags} flags wait in the queue.")
