"""Read JSON objects from a stream: one on each line, concatenated, or in an array."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any

from dbtrack.ingest.log_stream import BLOCK_BYTES, LogStream

_BETWEEN = " \t\r\n,[]"
_MOST_CHARACTERS = 256 << 20
_DECODER = json.JSONDecoder()


def json_records(stream: LogStream) -> Iterator[dict[str, Any]]:
    """Return the objects; a damaged one is skipped up to the next line that begins with an object."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    rest = ""
    while chunk := stream.read(BLOCK_BYTES):
        rest += decoder.decode(chunk)
        position = 0
        while (step := _next(rest, position)) is not None:
            position, found = step
            if found is not None:
                yield found
        rest = rest[position:]
        if len(rest) > _MOST_CHARACTERS:
            rest = ""


def _next(text: str, position: int) -> tuple[int, dict[str, Any] | None] | None:
    """Return where the next value ends, and the value if it is an object; None while it is incomplete."""
    while position < len(text) and text[position] in _BETWEEN:
        position += 1
    if position == len(text):
        return None
    try:
        value, end = _DECODER.raw_decode(text, position)
    except (ValueError, RecursionError):
        line = text.find("\n{", position)
        return (line + 1, None) if line >= 0 and not _is_open(text, position, line) else None
    return end, value if isinstance(value, dict) else None


def _is_open(text: str, start: int, stop: int) -> bool:
    """Return whether an object of several lines may still be incomplete."""
    return text[start : start + 1] == "{" and text[start : text.find("\n", start, stop)].strip() == "{"
