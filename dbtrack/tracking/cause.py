"""What is known of why something failed: `sqlstate`, `hint` and `cause` of an execution's metadata.

`cause` is the one line that says it, where the recorded message holds more than that line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbtrack.tracking.server_words import FAILED_SEVERITIES, PARTS

_SEVERITIES = "|".join(sorted(map(re.escape, FAILED_SEVERITIES)))
_HINTS = "|".join(word for word, part in PARTS.items() if part == "HINT")
# As psql prints it; the code only with VERBOSITY verbose.
_SERVER_ERROR = re.compile(
    rf"^(?:psql:[^\n]*:\d+: )?(?:{_SEVERITIES})\s?:  (?:(?P<sqlstate>[0-9A-Z]{{5}}): )?(?P<message>.+)$",
    re.MULTILINE,
)
_HINT = re.compile(rf"^(?:{_HINTS})\s?:  (?P<hint>.+)$", re.MULTILINE)
# As other programs have it: (SQLSTATE 42P01), SQLSTATE[42P01], SQL State  : 42P01.
_SQLSTATE = re.compile(r"\bSQL ?STATE\b[\s:=\[(]{1,6}(?P<sqlstate>[0-9A-Z]{5})\b", re.IGNORECASE)
_CODE = re.compile(r"[0-9A-Z]{5}")
_DEEPEST = 5


def cause_of_output(text: str) -> dict[str, str]:
    """Return what a command's stderr says of the first error of a server; empty where it says nothing."""
    error = _SERVER_ERROR.search(text)
    if error is None:
        state = _SQLSTATE.search(text)
        return {"sqlstate": state["sqlstate"].upper()} if state else {}
    hint = _HINT.search(text, error.end(), _next_error(text, error.end()))
    known = {
        "cause": error["message"].strip(),
        "sqlstate": error["sqlstate"],
        "hint": hint and hint["hint"].strip(),
    }
    return {name: value for name, value in known.items() if value}


def cause_of_exception(error: BaseException) -> dict[str, str]:
    """Return what an exception, or what it wraps, says of a server's error, whatever driver raised it."""
    for each in _chain(error):
        diagnostic = getattr(each, "diag", None)
        state = getattr(each, "sqlstate", None) or getattr(each, "pgcode", None)
        if isinstance(state, str) and _CODE.fullmatch(state):
            message = getattr(diagnostic, "message_primary", None) or getattr(each, "message", None)
            hint = getattr(diagnostic, "message_hint", None) or getattr(each, "hint", None)
            known = {"sqlstate": state, "hint": hint, "cause": message}
            return {name: value for name, value in known.items() if isinstance(value, str) and value}
    return {}


def _next_error(text: str, position: int) -> int:
    following = _SERVER_ERROR.search(text, position)
    return following.start() if following else len(text)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Return the exception and those it was raised for: SQLAlchemy's `orig`, Django's cause."""
    current: BaseException | None = error
    for _ in range(_DEEPEST):
        if current is None:
            return
        yield current
        origin = getattr(current, "orig", None)
        current = origin if isinstance(origin, BaseException) else current.__cause__
