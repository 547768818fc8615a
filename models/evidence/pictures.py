"""What kind of picture some bytes are, told by the first of them: a name or a header proves nothing."""

MAGIC = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"))
LARGEST_PICTURE = 20 * 1024 * 1024
"""What is larger is neither imported nor shown."""


def picture_type_of(body: bytes) -> str:
    """The media type of a raster picture that every browser knows; empty for all else, SVG among it: it is a document.

    >>> picture_type_of(b"GIF89a..."), picture_type_of(b"<svg/>")
    ('image/gif', '')
    """
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for magic, media_type in MAGIC if body.startswith(magic)), "")
