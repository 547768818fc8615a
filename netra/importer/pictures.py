"""A screenshot as the evidence of a text that a person typed from it. Its bytes are kept; nothing is read from them."""

from pathlib import Path

from models.evidence.pictures import LARGEST_PICTURE, picture_type_of
from netra.importer.options import Refused

MEBIBYTE = 1024 * 1024
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif")


def is_picture_name(path: Path) -> bool:
    return path.name.lower().endswith(ENDINGS)


def read_picture(path: Path) -> tuple[bytes, str]:
    """The bytes and what they are, by their own first bytes: a name proves nothing."""
    with path.open("rb") as file:
        body = file.read(LARGEST_PICTURE + 1)
    if len(body) > LARGEST_PICTURE:
        raise Refused(f"a picture of more than {LARGEST_PICTURE // MEBIBYTE} MiB (make it smaller)")
    if content_type := picture_type_of(body):
        return body, content_type
    raise Refused("not a picture that we keep: its first bytes are none of PNG, JPEG, WebP or GIF (save it again as PNG)")
