"""What is installed is what we ask for, in the versions that we pinned, under licences that we can live with."""

import pytest

from tests.supply import find_faults, is_allowed


def test_pins_versions_and_licences_have_no_fault() -> None:
    assert find_faults() == []


@pytest.mark.parametrize("expression", ["GPL-3.0-only", "MIT AND AGPL-3.0-only", "CC-BY-NC-SA-4.0", ""])
def test_a_licence_that_binds_us_is_not_allowed(expression: str) -> None:
    assert not is_allowed(expression)


@pytest.mark.parametrize("expression", ["MIT", "BSD License", "MPL-1.1 OR GPL-2.0-only", "(MIT AND Zlib)"])
def test_one_way_to_read_it_is_enough(expression: str) -> None:
    assert is_allowed(expression)
