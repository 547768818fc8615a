"""What a stolen table of passwords would cost to try."""

from argon2 import Type

from tests.service.conftest import HASHER


def test_a_hash_costs_at_least_what_owasp_asks_for() -> None:
    """Its Password Storage Cheat Sheet: Argon2id with 19 MiB, two rounds, one lane."""
    assert HASHER.type is Type.ID
    assert HASHER.memory_cost >= 19 * 1024
    assert HASHER.time_cost >= 2
    assert HASHER.parallelism >= 1
    assert HASHER.hash_len >= 32
    assert HASHER.salt_len >= 16
