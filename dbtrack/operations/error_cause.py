"""Find out why an operation failed: `sqlstate`, `hint` and `cause` of an execution's metadata.

`cause` is the one line of the recorded message that names the error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbtrack.db import sqlstate_of
from dbtrack.redaction.server_message_words import FAILED_SEVERITIES, PARTS
from dbtrack.redaction.storable_text import message_text

_SEVERITIES = "|".join(sorted(map(re.escape, FAILED_SEVERITIES)))
_HINT_WORDS = "|".join(word for word, part in PARTS.items() if part == "HINT")
_CODE_PATTERN = "[0-9A-Z]{5}"
_FAILED = "(?:ERROR|FATAL|PANIC)"
# How programs repeat a server's error, the more precise ones first; `name` is the name of a condition.
_FORMATS = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        # psql; the code only with VERBOSITY verbose.
        (
            rf"^(?:psql:[^\n]*:\d+: )?(?:{_SEVERITIES})\s?:  "
            rf"(?:(?P<sqlstate>{_CODE_PATTERN}): )?(?P<message>.+)$"
        ),
        # psql itself, in a script: a missing \i file.
        r"^psql:[^\n]*:\d+: (?:error|fatal): (?P<message>.+)$",
        # psql, pg_restore and other programs of PostgreSQL that cannot connect or give up.
        rf"^[\w-]+: (?:error|fatal): (?:.*: )?(?:{_SEVERITIES})\s?:  (?P<message>.+)$",
        # psycopg and psycopg2, by themselves and under SQLAlchemy; asyncpg, also under SQLAlchemy.
        r"^(?:sqlalchemy\.\S+: \()?psycopg2?\.errors\.(?P<name>\w+)(?:\)|:) (?P<message>.+)$",
        r"^sqlalchemy\.\S+: \(\S+\) <class 'asyncpg\.exceptions\.(?P<name>\w+)'>: (?P<message>.+)$",
        r"^asyncpg\.exceptions\.(?:_base\.)?(?P<name>\w+): (?P<message>.+)$",
        # pg of Ruby, also under Rails.
        rf"^(?:[\w:]+: )?PG::(?P<name>\w+): {_FAILED}:  (?P<message>.+?)(?: \([\w:]+\))?$",
        # PDO of PHP.
        rf"SQLSTATE\[(?P<sqlstate>{_CODE_PATTERN})\]:? .*?\d+ {_FAILED}:  (?P<message>.+)$",
        # pgx and lib/pq of Go.
        rf"\b{_FAILED}: (?P<message>.+?) \(SQLSTATE (?P<sqlstate>{_CODE_PATTERN})\)",
        rf"\bpq: (?P<message>.+?)(?: \((?:SQLSTATE )?(?P<sqlstate>{_CODE_PATTERN})\))?\)?$",
        # JDBC, also under Flyway and Liquibase.
        (
            rf"(?:\bPSQLException|^Message +|\bDatabaseException): {_FAILED}: "
            r"(?P<message>.+?)(?: \[Failed SQL: .*)?$"
        ),
        # Any other exception of Java.
        r"^(?:Exception in thread \"[^\"]*\" )?[\w.$]+(?:Exception|Error): (?P<message>.+)$(?=\n\tat )",
        # An error of node, with its stack after it.
        r"^ *(?:\w+: )?\[?\w*[Ee]rror: (?P<message>.+)$(?=(?:\n.*){0,3}?\n +at )",
    )
)
_HINTS = re.compile(rf"^(?:{_HINT_WORDS})\s?:  (.+)$|^ +hint: ['\"](.+)['\"],?$|^ +Hint: (.+)$", re.MULTILINE)
# As other programs write it: (SQLSTATE 42P01), SQLSTATE[42P01], SQL State  : 42P01; node: code: '42P01'.
_SQLSTATE = re.compile(
    rf"\bSQL ?STATE\b[\s:=\[(]{{1,6}}(?P<sqlstate>{_CODE_PATTERN})\b|^ +code: '(?P<code>{_CODE_PATTERN})',?$",
    re.IGNORECASE | re.MULTILINE,
)
# knex writes the statement before the message.
_STATEMENT_IN_FRONT = re.compile(
    r"^(?:alter|create|drop|insert|update|delete|select|with|truncate|comment|grant|revoke|do|call|set)\b.*"
    r" - (?=\S)",
    re.IGNORECASE,
)
_CODE = re.compile(_CODE_PATTERN)
_DEEPEST = 5


def cause_of_output(text: str) -> dict[str, str]:
    """Return the metadata on the first server error in a command's stderr; empty where there is none."""
    error = _first_error(text)
    state = _SQLSTATE.search(text)
    sqlstate = (state["sqlstate"] or state["code"]).upper() if state else None
    if error is None:
        return {"sqlstate": sqlstate} if sqlstate else {}
    groups = error.groupdict()
    hint = _HINTS.search(text, error.end(), _next_error(text, error))
    known = {
        "cause": _STATEMENT_IN_FRONT.sub("", error["message"].strip()),
        "sqlstate": groups.get("sqlstate") or sqlstate_of(groups.get("name") or "") or sqlstate,
        "hint": hint and next(part for part in hint.groups() if part).strip(),
    }
    return {name: value for name, value in known.items() if value}


def _first_error(text: str) -> re.Match[str] | None:
    found = [match for match in (each.search(text) for each in _FORMATS) if match]
    # The first line that any format matches; of several formats the most precise one.
    return min(found, key=lambda match: text.count("\n", 0, match.start("message")), default=None)


def cause_of_message(text: str) -> dict[str, str]:
    """Return the same of a message, from which secrets are removed first."""
    return cause_of_output(message_text(text))


def cause_of_exception(error: BaseException) -> dict[str, str]:
    """Return the same of an exception or of one that it wraps, whatever driver raised it."""
    for each in _chain(error):
        diagnostic = getattr(each, "diag", None)
        state = getattr(each, "sqlstate", None) or getattr(each, "pgcode", None)
        if isinstance(state, str) and _CODE.fullmatch(state):
            message = getattr(diagnostic, "message_primary", None) or getattr(each, "message", None)
            hint = getattr(diagnostic, "message_hint", None) or getattr(each, "hint", None)
            known = {"sqlstate": state, "hint": hint, "cause": message}
            return {name: value for name, value in known.items() if isinstance(value, str) and value}
    return {}


def _next_error(text: str, error: re.Match[str]) -> int:
    following = error.re.search(text, error.end())
    return following.start() if following else len(text)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the exception and those that it wraps: SQLAlchemy's `orig`, Django's cause."""
    current: BaseException | None = error
    for _ in range(_DEEPEST):
        if current is None:
            return
        yield current
        origin = getattr(current, "orig", None)
        current = origin if isinstance(origin, BaseException) else current.__cause__
