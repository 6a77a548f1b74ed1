"""Events as CloudEvents, and the check of their chain that the documentation shows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from dbtrack.events import Event, to_cloud_event
from tests.support.paths import DOCS

Check = Callable[[dict[str, object]], str | None]


def events(*ids: str, subject: str = "v42", start: tuple[int, str] = (0, "")) -> list[dict[str, object]]:
    """CloudEvents of an endpoint that has sent so many, with that chain."""
    number, chain = start
    sent = []
    for event_id in ids:
        number += 1
        chain = hashlib.sha256(bytes.fromhex(chain) + event_id.encode()).hexdigest()
        time = datetime(2026, 1, 2, tzinfo=UTC)
        event = Event(number, event_id, "alert.fired", time, subject, None, {"a": 1}, chain, "{}")
        sent.append(to_cloud_event(event, "postgresql://db:5432/shop"))
    return sent


@pytest.fixture
def check() -> Check:
    """The function in docs/events.md."""
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "events.md").read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the documentation's own
    function: Check = names["check"]
    return function


def test_the_sequence_sorts_as_text() -> None:
    sequences = [str(event["sequence"]) for event in events(*"abcdefghijkl")]
    assert sorted(sequences) == sequences


def test_no_attribute_is_empty() -> None:
    (event,) = events("a", subject="")
    assert "subject" not in event
    assert all(value not in ("", None) for value in event.values())


def test_the_check_accepts_what_is_sent_and_sent_again(check: Check) -> None:
    sent = events("a", "b", "c")
    assert [check(event) for event in (*sent[:2], *sent)] == [None] * 5


def test_the_check_sees_a_gap_and_two_senders(check: Check) -> None:
    first, second, third = events("a", "b", "c")
    assert check(first) is None
    assert check(third) == "2 to 2 are missing"
    (other_fourth,) = events("x", start=(3, str(second["chain"])))
    assert check(other_fourth) == "4 does not follow c: another database sends too"
