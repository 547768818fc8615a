"""Handles of private accounts are masked on screen; the stored text keeps them."""

import re

HANDLE = re.compile(r"(?<![\w@.])@([\w.]{2,})")


def mask_handles(text: str) -> str:
    """`@pegawai` → `@p••••••`. The length stays, so that the offsets of the evidence stay true."""
    return HANDLE.sub(lambda match: f"@{match[1][0]}{'•' * (len(match[1]) - 1)}", text)
