"""A screenshot as the evidence of a text that a person typed from it. Its bytes are kept; nothing is read from them."""

from pathlib import Path

from netra.importer.options import Refused

MEBIBYTE = 1024 * 1024
LARGEST_PICTURE = 20 * MEBIBYTE
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif")
MAGIC = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"))


def is_picture_name(path: Path) -> bool:
    return path.name.lower().endswith(ENDINGS)


def read_picture(path: Path) -> tuple[bytes, str]:
    """The bytes and what they are, by their own first bytes: a name proves nothing."""
    with path.open("rb") as file:
        body = file.read(LARGEST_PICTURE + 1)
    if len(body) > LARGEST_PICTURE:
        raise Refused(f"a picture of more than {LARGEST_PICTURE // MEBIBYTE} MiB (make it smaller)")
    if content_type := _type_of(body):
        return body, content_type
    raise Refused("not a picture that we keep: its first bytes are none of PNG, JPEG, WebP or GIF (save it again as PNG)")


def _type_of(body: bytes) -> str:
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return next((content_type for magic, content_type in MAGIC if body.startswith(magic)), "")
