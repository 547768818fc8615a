from math import isclose

from service.readings.agreement import measure, share_of


def test_kappa_and_its_interval_are_those_of_the_textbook() -> None:
    found = measure([("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15)
    assert isclose(found.kappa or 0, 0.4)
    assert found.low is not None
    assert isclose(found.low, 0.151, abs_tol=0.001)


def test_no_kappa_where_everybody_always_says_the_same() -> None:
    found = measure([("a", "a")] * 5)
    assert (found.raw.value, found.kappa) == (1.0, None)
    assert measure([]).raw.value is None


def test_no_kappa_where_one_of_the_two_always_says_the_same() -> None:
    for pairs in ([("a", "b")] * 5 + [("a", "a")] * 95, [("a", "b"), ("b", "b")]):
        found = measure(pairs)
        assert (found.raw.value, found.kappa, found.low, found.high) == (pairs.count(pairs[-1]) / len(pairs), None, None, None)


def test_wilsons_interval_never_leaves_zero_to_one() -> None:
    none, all_of_few = share_of(0, 3), share_of(3, 3)
    assert (none.low, all_of_few.high, all_of_few.is_few) == (0.0, 1.0, True)
