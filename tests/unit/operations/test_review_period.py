"""The periods of reviews, as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dbtrack.errors import UsageError
from dbtrack.operations.review_period import parse_period

_NOW = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)  # a Friday, of the week 2026-W53


@pytest.mark.parametrize(
    ("text", "name", "since", "until"),
    [
        ("2026Q3", "2026Q3", "2026-07-01", "2026-10-01"),
        ("2026-q4", "2026Q4", "2026-10-01", "2027-01-01"),
        ("2026-07", "2026-07", "2026-07-01", "2026-08-01"),
        ("2026-12", "2026-12", "2026-12-01", "2027-01-01"),
        ("2026-W01", "2026-W01", "2025-12-29", "2026-01-05"),
        ("2026-02-28", "2026-02-28", "2026-02-28", "2026-03-01"),
        ("2026", "2026", "2026-01-01", "2027-01-01"),
        ("last-week", "2026-W52", "2026-12-21", "2026-12-28"),
        ("Last month", "2026-12", "2026-12-01", "2027-01-01"),
        ("last-quarter", "2026Q4", "2026-10-01", "2027-01-01"),
        ("last-year", "2026", "2026-01-01", "2027-01-01"),
        ("yesterday", "2026-12-31", "2026-12-31", "2027-01-01"),
    ],
)
def test_a_period_has_a_name_and_two_ends(text: str, name: str, since: str, until: str) -> None:
    found = parse_period(text, _NOW, UTC)
    assert (found.name, f"{found.since:%F %T%z}", f"{found.until:%F %T%z}") == (
        name,
        f"{since} 00:00:00+0000",
        f"{until} 00:00:00+0000",
    )


def test_days_begin_in_the_zone() -> None:
    berlin = parse_period("2026Q3", _NOW, ZoneInfo("Europe/Berlin"))
    assert berlin.since == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert parse_period("yesterday", _NOW, ZoneInfo("America/New_York")).name == "2026-12-30"


@pytest.mark.parametrize(
    "text", ["", "soon", "2026Q5", "2026-13", "2026-W60", "2026-02-30", "0000", "9999", "2026Q3x"]
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(UsageError, match="not a period"):
        parse_period(text, _NOW, UTC)
