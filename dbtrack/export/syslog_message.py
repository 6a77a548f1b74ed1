"""Format a message of RFC 5424."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

MOST_BYTES = 8_192
"""The longest message: RFC 5424 asks receivers for 2048, RFC 5425 recommends 8192."""

_FACILITY_AUDIT = 13
_ERROR, _WARNING, _INFORMATIONAL = 3, 4, 6
_SEVERITIES = {"FAILED": _ERROR, "CANCELLED": _WARNING, "ABANDONED": _WARNING}
# The number that RFC 5612 keeps for examples: dbtrack has none of its own.
_STRUCTURE = "dbtrack@32473"
_SHORTEST = 64
_NOT_PRINTABLE = re.compile(r"[^!-~]+")
_ESCAPED = re.compile(r'(["\\\]])')
_MOST_HOST_CHARACTERS = 255


def syslog_message(row: Mapping[str, Any], render: Callable[[Mapping[str, Any]], bytes]) -> bytes:
    """Return one message, of at most `MOST_BYTES`.

    Args:
        row: an exported row.
        render: returns the text for a row. If that is too long, it gets the row with `truncated` and with its
            longest texts and lists shortened.
    """
    status = row["execution_status"]
    parameters = {
        "id": row["id"],
        "type": row["script_type"],
        "status": status,
        "user": row["db_session_user"],
        "tenant": row["tenant"],
    }
    structure = "".join(f' {name}="{_escaped(value)}"' for name, value in parameters.items() if value)
    head = " ".join(
        (
            f"<{_FACILITY_AUDIT * 8 + _SEVERITIES.get(status, _INFORMATIONAL)}>1",
            row["recorded_at"] or "-",
            _NOT_PRINTABLE.sub("_", socket.gethostname())[:_MOST_HOST_CHARACTERS] or "-",
            "dbtrack",
            str(os.getpid()),
            status,
            f"[{_STRUCTURE}{structure}] ",
        )
    ).encode()
    return head + _fitting(row, render, MOST_BYTES - len(head))


def _escaped(value: object) -> str:
    return _ESCAPED.sub(r"\\\1", str(value))


def _fitting(row: Mapping[str, Any], render: Callable[[Mapping[str, Any]], bytes], most_bytes: int) -> bytes:
    text = render(row)
    if len(text) <= most_bytes:
        return text
    shortened = {**json.loads(json.dumps(row)), "truncated": True}
    while len(text := render(shortened)) > most_bytes:
        longest = max(_parts(shortened), key=lambda part: part.size)
        if longest.size <= _SHORTEST:
            return text[:most_bytes]
        longest.halve()
    return text


class _Part(NamedTuple):
    """A text or a list somewhere in a JSON value, which can be shortened."""

    holder: Any
    key: Any
    size: int

    def halve(self) -> None:
        whole = self.holder[self.key]
        self.holder[self.key] = whole[: len(whole) // 2]


def _parts(value: Any) -> Iterator[_Part]:
    places = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in places:
        if isinstance(item, str | list) and item:
            yield _Part(value, key, len(json.dumps(item)))
        if isinstance(item, dict | list):
            yield from _parts(item)
