"""The traceparent of the environment is kept with an operation, if it is one."""

from __future__ import annotations

import pytest

from dbtrack.operations.traceparent import TraceParent, parse_traceparent, trace_metadata

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def test_a_traceparent_names_trace_and_span() -> None:
    expected = TraceParent(int(TRACE, 16), int(SPAN, 16))
    assert parse_traceparent(f"00-{TRACE}-{SPAN}-01") == expected
    assert parse_traceparent(f" 01-{TRACE}-{SPAN}-00-later ") == expected


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "x",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{SPAN}",
    ],
)
def test_anything_else_is_none(text: str | None) -> None:
    assert parse_traceparent(text) is None
    assert trace_metadata({"TRACEPARENT": text or ""}) == {}


def test_it_is_kept_as_metadata() -> None:
    text = f"00-{TRACE}-{SPAN}-01"
    assert trace_metadata({"TRACEPARENT": text}) == {"traceparent": text}
