"""Texts without what no file of text holds."""

import re

UNPRINTABLE = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\ud800-\\udfff\\ufffe\\uffff"
"""As the inside of a class of characters: control characters but tab and line breaks, halves of letters, what is no letter."""
_ONE = re.compile(f"[{UNPRINTABLE}]")


def plain(text: str) -> str:
    return _ONE.sub("", text)
