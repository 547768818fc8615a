"""What a test may do on this machine, and what becomes of it where it may not."""

import os
from typing import NoReturn

import pytest


def not_permitted(reason: str) -> NoReturn:
    """Mounting and network namespaces are for root. A person without that right goes on without them; CI must not."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}. These tests run as root, on a machine that lets root mount and make network namespaces.")
    pytest.skip(reason)
