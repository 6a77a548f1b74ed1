"""Find an execution by what a person types: some digits of its key, ``last``, ``last-failed``, a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dbtrack.errors import UsageError
from dbtrack.operations.execution_keys import KEY_DIGITS, SHORTEST_PREFIX, KeyRange
from dbtrack.operations.executions import UnknownExecutionError
from dbtrack.sql_files import query

if TYPE_CHECKING:
    from dbtrack.db import Database

SHORTEST_WORD = 6
"""How many digits of a key are accepted where the answer may be a choice."""

_HEXADECIMAL = re.compile(rf"(?:\\x)?[0-9a-f]{{{SHORTEST_WORD},{KEY_DIGITS}}}")
_DIGITS = re.compile(r"[0-9a-f]+")
_BACK = re.compile(r"(?P<word>.+)~(?P<count>\d{1,6})?")
_CANDIDATES = 5
# A name that does not occur is looked for ever further back.
_DAYS = (31, 366, None)


def is_key(word: str) -> bool:
    """Return whether a word is a key, or enough digits of one that reports take it: 8 or more."""
    digits = word.strip().lower().removeprefix(r"\x")
    return len(digits) >= SHORTEST_PREFIX and _HEXADECIMAL.fullmatch(digits) is not None


def check_execution_word(word: str) -> None:
    """Check what needs no server.

    Raises:
        UsageError: the word is empty, or has more digits than a key.
    """
    text = word.strip()
    if not text:
        raise UsageError("the key is empty", hint="give a key, last, last-failed, or a name")
    digits = text.lower().removeprefix(r"\x")
    if len(digits) > KEY_DIGITS and _DIGITS.fullmatch(digits):
        raise UsageError(f"{text!r} is too long for a key: {len(digits)} digits, not {KEY_DIGITS}")


def resolve_execution_word(database: Database, word: str, *, is_running: bool = False) -> bytes:
    """Return the key of the execution that a word means.

    The word is a key, or its first digits, 6 or more; ``last``, the latest execution; ``last-failed``, the
    latest that failed, was cancelled or abandoned; or a name, for the latest execution with it. ``WORD~1`` is
    the one before, as in git. A name of 6 or more hexadecimal digits is written as ``NAME~0``.

    Args:
        is_running: choose among the executions that are running.

    Raises:
        UsageError: the word is empty, or several keys begin with these digits; they are listed.
        UnknownExecutionError: there is no such execution, or it is not the caller's.
    """
    check_execution_word(word)
    text = word.strip()
    digits = text.lower().removeprefix(r"\x")
    if _HEXADECIMAL.fullmatch(digits):
        return _by_digits(database, digits, text, is_running=is_running)
    match = _BACK.fullmatch(text)
    name, back = (match["word"], int(match["count"] or 1)) if match else (text, 0)
    return _latest(database, name, back, is_running=is_running)


def _by_digits(database: Database, digits: str, text: str, *, is_running: bool) -> bytes:
    keys = KeyRange(
        bytes.fromhex(digits.ljust(KEY_DIGITS, "0")), bytes.fromhex(digits.ljust(KEY_DIGITS, "f"))
    )
    rows = database.rows(
        query("operations/executions_by_prefix"),
        {"lowest": keys.lowest, "highest": keys.highest, "limit": _CANDIDATES + 1},
    )
    if len(rows) == 1:
        return bytes(rows[0][0])
    if rows:
        listed = ", ".join(
            f"{bytes(key).hex()[: max(12, len(digits) + 4)]} {name} {status}"
            for key, name, status, _ in rows[:_CANDIDATES]
        )
        more = ", and more" if len(rows) > _CANDIDATES else ""
        raise UsageError(f"several keys begin with {digits}: {listed}{more}", hint="give more digits")
    # Some names are digits too.
    found = _keys(database, text, 0, is_running=is_running)
    if found:
        return found[0]
    raise UnknownExecutionError(
        f"no execution has the key {digits}, or it is not yours", hint="dbtrack history shows the keys"
    )


def _latest(database: Database, name: str, back: int, *, is_running: bool) -> bytes:
    found = _keys(database, name, back, is_running=is_running)
    if len(found) > back:
        return found[back]
    running = "running " if is_running else ""
    noun = "execution" if len(found) <= 1 else "executions"
    what = {"last": running + noun, "last-failed": f"failed {noun}"}.get(
        name, f"{running}{noun} named {name}"
    )
    if not found:
        raise UnknownExecutionError(
            f"there is no {what}, or it is not yours", hint="dbtrack history shows names and keys"
        )
    count = "is one" if len(found) == 1 else f"are {len(found)}"
    raise UnknownExecutionError(f"there {count} {what}, so that ~{back} is too far back")


def _keys(database: Database, name: str, back: int, *, is_running: bool) -> list[bytes]:
    is_last = name in {"last", "last-failed"}
    found: list[bytes] = []
    for days in _DAYS:
        values = {
            "name": None if is_last else name,
            "failed": name == "last-failed",
            "running": is_running,
            "days": days,
            "limit": back + 1,
        }
        found = [bytes(row[0]) for row in database.rows(query("operations/latest_executions"), values)]
        if len(found) > back:
            break
    return found
