"""What one process tells and the other reads: both ends of the line between them."""

import pytest

from netra.demo.telling import OVER, UNREAD, TellingProgress, after, broken_off, read_told, tell
from service.preparing.preparation import Preparation, Step, UnderWay


def hear(said: str, before: Preparation | None = None) -> list[Preparation]:
    """How far it was after each line."""
    states = [before or Preparation()]
    for line in said.splitlines():
        told = read_told(line)
        states += [after(states[-1], told)] if told else []
    return states[1:]


def test_a_step_is_told_from_its_beginning_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    with TellingProgress(Step.SCORE) as progress:
        task = progress.add_task("Scoring", total=82)
        progress.advance(task, 40)
    tell(OVER, flags=18)
    steps = [state.steps for state in hear(capsys.readouterr().out)]
    assert steps == [(UnderWay(Step.SCORE),), (UnderWay(Step.SCORE, 40, 82),), (), ()]


def test_two_steps_at_once_stand_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    with TellingProgress(Step.TRAIN), TellingProgress(Step.READ):
        said = capsys.readouterr().out
    assert [one.step for one in hear(said)[-1].steps] == [Step.READ, Step.TRAIN]


def test_a_step_that_came_to_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OSError), TellingProgress(Step.TRAIN):
        raise OSError
    tell(UNREAD, outlet="kasn")
    end = broken_off(hear(capsys.readouterr().out)[-1], is_disk_full=True)
    assert end == Preparation(unread=("kasn",), failed=(Step.TRAIN,), is_disk_full=True, is_over=True)


def test_whoever_is_killed_has_failed_in_what_was_under_way() -> None:
    end = broken_off(Preparation(steps=(UnderWay(Step.READ, 3, 9),)), is_disk_full=False)
    assert (end.failed, end.is_incomplete) == ((Step.READ,), True)


@pytest.mark.parametrize("line", ["netra: stopped.", "12", "[]", '{"other": 1}', "{", ""])
def test_words_are_no_event(line: str) -> None:
    assert read_told(line) is None
