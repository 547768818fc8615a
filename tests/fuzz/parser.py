"""What is fed with broken documents, how it is called, and by which errors it may refuse."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Parser:
    """`wrap` puts a broken part into a sound whole, where the whole's own checks would hide it."""

    name: str
    samples: Sequence[bytes]
    read: Callable[[bytes], object]
    errors: tuple[type[Exception], ...] = ()
    wrap: Callable[[bytes], bytes] = bytes


def from_file(path: Path, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """As a parser is called that reads files."""

    def read_body(body: bytes) -> object:
        path.write_bytes(body)
        return read(path)

    return read_body
