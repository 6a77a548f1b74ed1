"""The trace context of W3C (https://www.w3.org/TR/trace-context/): to which trace an operation belongs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

TRACEPARENT = "traceparent"
"""The key of metadata."""

_VARIABLE = "TRACEPARENT"
_FORM = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?:-.*)?"
)
_INVALID_VERSION = "ff"


@dataclass(frozen=True)
class TraceParent:
    """The span inside which something ran.

    Args:
        trace_id: 128 bits, not zero.
        span_id: 64 bits, not zero.
    """

    trace_id: int
    span_id: int


def parse_traceparent(text: str | None) -> TraceParent | None:
    """Return what a traceparent says; None if it is not one."""
    match = _FORM.fullmatch(text.strip()) if text else None
    if match is None or match["version"] == _INVALID_VERSION:
        return None
    found = TraceParent(int(match["trace"], 16), int(match["span"], 16))
    return found if found.trace_id and found.span_id else None


def trace_metadata(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the traceparent of the environment as metadata; empty if there is none, or it is malformed."""
    text = environ.get(_VARIABLE)
    return {TRACEPARENT: text.strip()} if text and parse_traceparent(text) else {}
