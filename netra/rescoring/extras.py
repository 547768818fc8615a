"""Libraries that the extra `archive` brings, imported only by whoever asked for what needs them."""

from importlib import import_module
from typing import Any

from netra.rescoring.errors import RescoringError


def import_extra(name: str, purpose: str) -> Any:
    """The module, or an error that says how to get it."""
    try:
        return import_module(name)
    except ImportError as error:
        raise RescoringError(
            f"{purpose} needs {name.partition('.')[0]}, which netra[archive] brings. In the folder of the code: "
            ".venv/bin/python -m pip install -c constraints.txt -e '.[archive]'"
        ) from error
