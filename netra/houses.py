"""The other houses that we ask: their addresses, and the files with the tokens that they gave us."""

from dataclasses import dataclass
from pathlib import Path

from netra.jobs.errors import JobError

LONGEST_TOKEN = 500


@dataclass(frozen=True)
class OtherHouse:
    url: str
    token_file: Path


def read_houses(setting: str) -> list[OtherHouse]:
    """Houses written as `address=file of its token`, several by commas. Raises JobError.

    >>> read_houses("https://netra.example=/etc/netra/mitra.token")
    [OtherHouse(url='https://netra.example', token_file=PosixPath('/etc/netra/mitra.token'))]
    """
    houses = list[OtherHouse]()
    for part in filter(None, map(str.strip, setting.split(","))):
        url, _, path = (piece.strip() for piece in part.rpartition("="))
        if not url or not path:
            raise JobError(
                f"NETRA_INTERCHANGE_HOUSES says {part[:80]!r}. Write it as: https://netra.example=/etc/netra/mitra.token"
            )
        houses.append(OtherHouse(url, Path(path)))
    return houses


def read_token(path: Path) -> str:
    """What the file holds, and nothing else. Raises JobError."""
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise JobError(f"{path} cannot be read: {error}. It holds the token and nothing else.") from None
    if not token or len(token) > LONGEST_TOKEN or any(character.isspace() for character in token):
        raise JobError(f"{path} holds no token. Put the token into it, and nothing else.")
    return token
