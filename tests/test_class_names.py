"""The service may not import the classifier: what both call a class is held together here."""

from classifier.classes import ACTS, LOOK_ALIKES
from classifier.scoring.scorer import FOREIGN_LABEL
from service.language import read_catalogue


def names_under(prefix: str) -> set[str]:
    return {key.removeprefix(prefix) for key in read_catalogue() if key.startswith(prefix)}


def test_every_class_has_its_name_and_no_name_lacks_a_class() -> None:
    assert names_under("label.") == {*ACTS, *LOOK_ALIKES, FOREIGN_LABEL}


def test_every_look_alike_is_said_as_a_maybe() -> None:
    assert names_under("mungkin.") == {*LOOK_ALIKES, FOREIGN_LABEL}
