"""Commands in hints, with the connection options that the user gave."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

_SHORT = frozenset({"-d", "-h", "-p", "-U"})
_LONG = frozenset({"--dbname", "--host", "--port", "--username", "--env"})
# A whole command at the end of a hint: with its own options or an argument it says where already.
_COMMAND = re.compile(r"(?:^|run: |with: |; )dbtrack (?P<command>[a-z][a-z-]*)(?: [a-z][a-z-]*)?$")
# These need no connection.
_WITHOUT_CONNECTION = frozenset({"check-proof", "completion", "demo", "key", "spool"})


def with_connection(hint: str, words: Sequence[str]) -> str:
    """Return the hint with the connection options of the command line after the command at its end.

    ``run: dbtrack install`` becomes ``run: dbtrack install -d shop`` after ``dbtrack history -d shop``.

    Args:
        words: the command line, without ``dbtrack``; those after ``--`` belong to another program.
    """
    found = _COMMAND.search(hint)
    if found is None or found["command"] in _WITHOUT_CONNECTION:
        return hint
    return " ".join([hint, *map(shlex.quote, connection_words(words))])


def connection_words(words: Sequence[str]) -> list[str]:
    """Return the connection options among the words, as they were given."""
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            break
        if word in _SHORT or word in _LONG:
            value = next(rest, None)
            kept += [] if value is None else [word, value]
        elif word[:2] in _SHORT or word.partition("=")[0] in _LONG:
            kept.append(word)
    return kept
