"""Write messages for people: one line each, on standard error, without passwords.

Standard output is data and belongs to ``dbtrack.cli.output``.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable

before_each: list[Callable[[], None]] = []
"""Called before anything is written: a progress line is erased, so that messages stand on their own lines."""

Say = Callable[[str], None]
"""Writes one line to the user, as `say` does."""

# In a URI, or in what is left of a mistyped one: user:password@host.
_URI_PASSWORD = re.compile(r"(://[^:/@\s]*:|(?<![^\s/'\"])[\w.+-]+:(?!//))[^@\s]+(?=@)")
_PASSWORD_WORD = re.compile(r"(password\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&'\"]+)", re.IGNORECASE)
_SHORTEST_SECRET = 4  # replacing a shorter PGPASSWORD wherever it occurs would garble every message


def say(text: str) -> None:
    """Write one line; write nothing where standard error is closed."""
    _write(one_line(text))


def say_block(text: str) -> None:
    """Write text of several lines as it stands, with passwords masked."""
    _write(mask_passwords(text.rstrip("\n")))


def warn(text: str) -> None:
    """Write a warning: the command continues, and its exit code does not change."""
    say(f"dbtrack: warning: {text}")


def fail(text: str, hint: str | None = None) -> None:
    """Write what went wrong and the next step on one line, which a log keeps together."""
    say(f"dbtrack: {text}; {hint}" if hint else f"dbtrack: {text}")


def one_line(text: str) -> str:
    """Return the text on one line, with control characters escaped and passwords masked."""
    joined = " ".join(mask_passwords(text).split())
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in joined)


def mask_passwords(text: str) -> str:
    """Return the text with the passwords of connection strings, and PGPASSWORD, as ``***``."""
    masked = _PASSWORD_WORD.sub(r"\1***", _URI_PASSWORD.sub(r"\1***", text))
    secret = os.environ.get("PGPASSWORD", "")
    return masked.replace(secret, "***") if len(secret) >= _SHORTEST_SECRET else masked


def _write(text: str) -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            for clear in before_each:
                clear()
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()
