"""The statements that a migration ran, as the server of the copy logged them.

The server's log has what event triggers do not see: changes of rows, settings, the limits of transactions,
and what failed or was rolled back. A migration cannot remove it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbtrack.redaction.sql_tokens import Kind, tokens

_SIMPLE = "statement: "
_EXECUTE = re.compile(r"execute (?:fetch from )?[^:]*: ", re.DOTALL)
_DURATION = re.compile(r"duration: ([\d.]+) ms")
_PARAMETER = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")
_FAILURES = frozenset({"ERROR", "FATAL", "PANIC"})


@dataclass
class Sent:
    """What a client sent at once: one statement, or several.

    Args:
        session: which session; the numbers have no meaning.
        duration_ms: how long the server took; None where it failed or was cancelled.
        sqlstate: of the error; None where there was none.
    """

    session: str
    text: str
    duration_ms: float | None = None
    sqlstate: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Log:
    """What is in the log.

    Args:
        others: the databases, other than that of the copy, in which statements ran.
    """

    sent: tuple[Sent, ...]
    others: tuple[str, ...]


def read_log(path: Path, database: str, begin: int = 0) -> Log:
    """Return what clients sent to a database, in order.

    Args:
        begin: the size of the log before the first of it.

    Raises:
        OSError: the log cannot be read.
    """
    reader = _Reader()
    others: set[str] = set()
    for entry in _entries(path, begin):
        name = entry.get("dbname")
        if name == database:
            reader.read(entry)
        elif name and _text_of(entry) is not None:
            others.add(str(name))
    return Log(tuple(reader.sent), tuple(sorted(others)))


def _entries(path: Path, begin: int) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        lines.seek(begin)
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # the last line of a server that was killed
            if isinstance(entry, dict):
                yield entry


def _text_of(entry: Mapping[str, Any]) -> str | None:
    """Return the statement that an entry announces."""
    message = str(entry.get("message", ""))
    if entry.get("error_severity") != "LOG":
        return None
    if message.startswith(_SIMPLE):
        return message.removeprefix(_SIMPLE)
    match = _EXECUTE.match(message)
    return _with_values(message[match.end() :], str(entry.get("detail", ""))) if match else None


class _Reader:
    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self._last: dict[str, Sent] = {}

    def read(self, entry: Mapping[str, Any]) -> None:
        session = str(entry.get("session_id") or entry.get("pid"))
        text = _text_of(entry)
        if text is not None:
            sent = Sent(session, text)
            self._last[session] = sent
            self.sent.append(sent)
        elif entry.get("error_severity") in _FAILURES:
            self._fail(session, entry)
        elif (match := _DURATION.fullmatch(str(entry.get("message", "")))) and session in self._last:
            # What follows is the time of parsing and binding the next statement.
            self._last.pop(session).duration_ms = float(match[1])

    def _fail(self, session: str, entry: Mapping[str, Any]) -> None:
        """Note an error; a statement that cannot even be parsed is announced by nothing but its error."""
        text = entry.get("statement")
        last = self._last.pop(session, None)
        if last is None and text is None:
            return
        if last is None:
            last = Sent(session, str(text))
            self.sent.append(last)
        last.sqlstate, last.error = str(entry.get("state_code", "")), str(entry.get("message", ""))


def _with_values(text: str, detail: str) -> str:
    """Return a statement with the values of its parameters in their places."""
    values = dict(_PARAMETER.findall(detail))
    if not values:
        return text
    parts, position, before = [], 0, None
    for token in tokens(text):
        is_number = before is not None and before.text == "$" and before.end == token.start
        if is_number and before is not None and token.text in values:
            parts += [text[position : before.start], values[token.text]]
            position = token.end
        before = token if token.kind is Kind.SYMBOL else None
    return "".join([*parts, text[position:]])
