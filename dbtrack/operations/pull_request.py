"""How a pull request is written: its URL, or its number with a sign."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?P<sign>[#!]?)(?P<number>[1-9]\d{0,9})")
_URL = re.compile(r"https?://[^\s@]{1,2000}")


def pull_request_of(*texts: str | None) -> str | None:
    """Return the first text that names a pull request, as it is recorded: `#12`, `!12` or its URL."""
    for text in texts:
        word = (text or "").strip()
        number = _NUMBER.fullmatch(word)
        if number:
            return f"{number['sign'] or '#'}{number['number']}"
        if _URL.fullmatch(word):
            return word
    return None
