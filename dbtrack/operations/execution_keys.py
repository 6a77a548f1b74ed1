"""Parse hash keys of executions: 64 hexadecimal digits, or the first few of them."""

from __future__ import annotations

import re
from typing import NamedTuple

from dbtrack.errors import UsageError

KEY_DIGITS = 64
SHORTEST_PREFIX = 8

_DIGITS = re.compile(r"[0-9a-f]+")


class KeyRange(NamedTuple):
    """The keys that begin with a prefix, from the lowest to the highest, both included; 32 bytes each."""

    lowest: bytes
    highest: bytes


def parse_key(text: str) -> bytes:
    r"""Return the 32 bytes of a whole hash key.

    Args:
        text: 64 hexadecimal digits of either case, with or without PostgreSQL's leading ``\x``.

    Raises:
        UsageError: the text is not such a key.
    """
    digits = _digits(text)
    if len(digits) < KEY_DIGITS:
        raise UsageError(
            f"{text!r} is not a complete key: it has {len(digits)} of {KEY_DIGITS} hexadecimal digits"
        )
    return bytes.fromhex(digits)


def parse_key_range(text: str) -> KeyRange:
    """Return the keys that begin with these 8 to 64 hexadecimal digits.

    Raises:
        UsageError: the text is not hexadecimal, too short or too long.
    """
    digits = _digits(text)
    if len(digits) < SHORTEST_PREFIX:
        raise UsageError(
            f"{text!r} is too short for a key: give at least {SHORTEST_PREFIX} hexadecimal digits"
        )
    return KeyRange(
        bytes.fromhex(digits.ljust(KEY_DIGITS, "0")), bytes.fromhex(digits.ljust(KEY_DIGITS, "f"))
    )


def _digits(text: str) -> str:
    digits = text.strip().lower().removeprefix(r"\x")
    if not _DIGITS.fullmatch(digits):
        raise UsageError(f"{text!r} is not a key: a key has {KEY_DIGITS} hexadecimal digits")
    if len(digits) > KEY_DIGITS:
        raise UsageError(f"{text!r} is too long for a key: {len(digits)} digits, not {KEY_DIGITS}")
    return digits
