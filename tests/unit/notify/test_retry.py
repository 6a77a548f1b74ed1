"""How long an event waits, and when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dbtrack.notify.outcome import Outcome, Verdict
from dbtrack.notify.retry import FAILED_ATTEMPTS, REFUSED_ATTEMPTS, is_dead, wait_seconds
from dbtrack.notify.retry_after import retry_after_seconds

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("attempt", "about"), [(1, 1), (2, 2), (5, 16), (10, 512), (11, 600), (5000, 600)])
def test_the_wait_doubles_up_to_ten_minutes(attempt: int, about: float) -> None:
    waits = {wait_seconds(attempt, Outcome(Verdict.UNREACHABLE, "")) for _ in range(20)}
    assert all(about * 0.75 <= wait <= about * 1.25 for wait in waits)
    assert len(waits) > 1


def test_what_the_receiver_asks_for_is_obeyed() -> None:
    assert wait_seconds(1, Outcome(Verdict.UNREACHABLE, "", 3600.0)) == 3600.0
    assert wait_seconds(1, Outcome(Verdict.UNREACHABLE, "", 1e9)) == 86400.0
    # A receiver that asks for no wait again and again is not flooded.
    assert wait_seconds(8, Outcome(Verdict.UNREACHABLE, "", 0.0)) > 60


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120), ("0", 0), (" 5 ", 5), ("Thu, 01 Jan 2026 00:01:00 GMT", 60), ("Thu, 01 Jan 2026 00:01:00", 60),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 0), ("-5", None), ("soon", None), ("", None), (None, None), ("1e9", None),
        ("9" * 400, None),
    ],
)  # fmt: skip
def test_both_forms_of_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, now=NOW) == seconds


def test_only_what_the_event_may_cause_is_given_up() -> None:
    assert not is_dead(10_000, Verdict.UNREACHABLE)
    assert [is_dead(n, Verdict.REFUSED) for n in (REFUSED_ATTEMPTS - 1, REFUSED_ATTEMPTS)] == [False, True]
    assert [is_dead(n, Verdict.FAILED) for n in (FAILED_ATTEMPTS - 1, FAILED_ATTEMPTS)] == [False, True]
