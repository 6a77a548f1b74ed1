"""What the words for a time mean, at a fixed now, in several time zones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from dbtrack.config import SystemZone
from dbtrack.errors import UsageError
from dbtrack.reports.time_words import Edge, Reader
from dbtrack.reports.window import Window

# A Friday, 06:40 in UTC: 12:10 in Kolkata, 07:40 in Berlin, Thursday 22:40 in Los Angeles.
NOW = datetime(2026, 11, 27, 6, 40, 30, tzinfo=UTC)
ZONES = {name: ZoneInfo(name) for name in ("UTC", "Asia/Kolkata", "Europe/Berlin", "America/Los_Angeles")}


def read(text: str, zone: str = "UTC", edge: Edge = Edge.SINCE, now: datetime = NOW) -> str:
    moment = Reader(now, ZONES[zone]).read(text, edge)
    return f"{moment.astimezone(ZONES[zone]):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("now", "2026-11-27 06:40:30"),
        ("today", "2026-11-27 00:00:00"),
        ("Yesterday", "2026-11-26 00:00:00"),
        ("YESTERDAY 02:00", "2026-11-26 02:00:00"),
        ("02:00 yesterday", "2026-11-26 02:00:00"),
        ("yesterday at noon", "2026-11-26 12:00:00"),
        ("02:00", "2026-11-27 02:00:00"),
        ("2:00", "2026-11-27 02:00:00"),
        ("02:00:15.5", "2026-11-27 02:00:15"),
        ("07:00", "2026-11-26 07:00:00"),
        ("2am", "2026-11-27 02:00:00"),
        ("12 am", "2026-11-27 00:00:00"),
        ("2:30 PM", "2026-11-26 14:30:00"),
        ("noon", "2026-11-26 12:00:00"),
        ("midnight", "2026-11-27 00:00:00"),
        ("24h", "2026-11-26 06:40:30"),
        ("24H", "2026-11-26 06:40:30"),
        ("7d", "2026-11-20 06:40:30"),
        ("90m", "2026-11-27 05:10:30"),
        ("1h30m", "2026-11-27 05:10:30"),
        ("1.5h", "2026-11-27 05:10:30"),
        ("-2h", "2026-11-27 04:40:30"),
        ("2 hours ago", "2026-11-27 04:40:30"),
        ("2.hours.ago", "2026-11-27 04:40:30"),
        ("an hour ago", "2026-11-27 05:40:30"),
        ("half an hour ago", "2026-11-27 06:10:30"),
        ("2 days 3 hours ago", "2026-11-25 03:40:30"),
        ("1 day, 2 hours and 3 minutes", "2026-11-26 04:37:30"),
        ("last 24 hours", "2026-11-26 06:40:30"),
        ("PT2H", "2026-11-27 04:40:30"),
        ("P1D", "2026-11-26 06:40:30"),
        ("2 weeks ago", "2026-11-13 06:40:30"),
        ("1 month ago", "2026-10-27 06:40:30"),
        ("9mo", "2026-02-27 06:40:30"),
        ("1y", "2025-11-27 06:40:30"),
        # Today is a Friday.
        ("friday", "2026-11-20 00:00:00"),
        ("last friday", "2026-11-20 00:00:00"),
        ("FRI 18:00", "2026-11-20 18:00:00"),
        ("thursday", "2026-11-26 00:00:00"),
        ("sat", "2026-11-21 00:00:00"),
        ("last night", "2026-11-26 18:00:00"),
        ("this week", "2026-11-23 00:00:00"),
        ("last week", "2026-11-16 00:00:00"),
        ("this month", "2026-11-01 00:00:00"),
        ("Last Month", "2026-10-01 00:00:00"),
        ("last quarter", "2026-07-01 00:00:00"),
        ("last year", "2025-01-01 00:00:00"),
        ("1 march", "2026-03-01 00:00:00"),
        ("March 1", "2026-03-01 00:00:00"),
        ("mar 1st 02:00", "2026-03-01 02:00:00"),
        ("the 1st of March", "2026-03-01 00:00:00"),
        ("1 march 2024", "2024-03-01 00:00:00"),
        ("March 1, 2024", "2024-03-01 00:00:00"),
        ("march", "2026-03-01 00:00:00"),
        ("1 december", "2025-12-01 00:00:00"),
        ("27 november", "2026-11-27 00:00:00"),
        ("29 february", "2024-02-29 00:00:00"),
        ("2026-03-01", "2026-03-01 00:00:00"),
        ("20260301", "2026-03-01 00:00:00"),
        ("2026-03", "2026-03-01 00:00:00"),
        ("2026-03-01 02:00", "2026-03-01 02:00:00"),
        ("2026-03-01T02:00:59.123456", "2026-03-01 02:00:59"),
        ("2026-03-01 02:00+01", "2026-03-01 01:00:00"),
        ("2026-03-01 02:00:00-03:30", "2026-03-01 05:30:00"),
        ("2026-03-01T02:00Z", "2026-03-01 02:00:00"),
        ("2026-03-01 02:00 utc", "2026-03-01 02:00:00"),
        ("20260301T020000Z", "2026-03-01 02:00:00"),
        ("@1764225630", "2025-11-27 06:40:30"),
    ],
)
def test_words_in_utc(text: str, meant: str) -> None:
    assert read(text) == meant


@pytest.mark.parametrize(
    ("text", "zone", "meant"),
    [
        # 12:10 there: what a table shows can be typed in again.
        ("07:00", "Asia/Kolkata", "2026-11-27 07:00:00"),
        ("12:09", "Asia/Kolkata", "2026-11-27 12:09:00"),
        ("12:11", "Asia/Kolkata", "2026-11-26 12:11:00"),
        ("2026-11-27 12:09:59+05:30", "Asia/Kolkata", "2026-11-27 12:09:59"),
        ("2026-11-27 12:09:59", "Asia/Kolkata", "2026-11-27 12:09:59"),
        ("today", "America/Los_Angeles", "2026-11-26 00:00:00"),
        ("friday", "America/Los_Angeles", "2026-11-20 00:00:00"),
        ("thursday", "America/Los_Angeles", "2026-11-19 00:00:00"),
        ("yesterday", "Europe/Berlin", "2026-11-26 00:00:00"),
        ("1 july", "Europe/Berlin", "2026-07-01 00:00:00"),
        ("24h", "Europe/Berlin", "2026-11-26 07:40:30"),
        # As a title shows it.
        ("Fri 27 Nov 07:00 IST", "Asia/Kolkata", "2026-11-27 07:00:00"),
        ("Fri 27 Nov 01:30 UTC", "Asia/Kolkata", "2026-11-27 07:00:00"),
        ("THURSDAY 26 NOV", "Asia/Kolkata", "2026-11-26 00:00:00"),
        ("Wed 31 Dec 2025 23:00", "Europe/Berlin", "2025-12-31 23:00:00"),
        ("Sun 25 Oct 02:30:00 CET", "Europe/Berlin", "2026-10-25 02:30:00"),
        ("06:40 UTC", "Asia/Kolkata", "2026-11-27 12:10:00"),
    ],
)
def test_words_in_other_zones(text: str, zone: str, meant: str) -> None:
    assert read(text, zone) == meant


def test_days_are_those_of_the_calendar_and_hours_are_hours() -> None:
    # The clocks went back at 03:00 on 25 October.
    after = datetime(2026, 10, 25, 11, 0, tzinfo=UTC)
    assert read("1d", "Europe/Berlin", now=after) == "2026-10-24 12:00:00"
    assert read("24h", "Europe/Berlin", now=after) == "2026-10-24 13:00:00"


def test_a_time_that_occurs_twice_and_one_that_does_not() -> None:
    reader = Reader(NOW, ZONES["Europe/Berlin"])
    twice = "2026-10-25 02:30"
    assert reader.read(twice, Edge.SINCE) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert reader.read(twice, Edge.UNTIL) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    for edge in Edge:
        assert reader.read("2026-03-29 02:30", edge) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [("02:00", "03:00", 1), ("23:00", "01:00", 2), ("07:00", "06:00", 23), ("yesterday 02:00", "03:00", 1)],
)
def test_until_a_clock_time_is_the_first_after_since(since: str, until: str, hours: int) -> None:
    reader = Reader(NOW, UTC)
    start = reader.read(since)
    assert reader.read(until, Edge.UNTIL, since=start) - start == timedelta(hours=hours)
    assert reader.read("06:00", Edge.UNTIL) == datetime(2026, 11, 27, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("yesteday", "did you mean yesterday?"),
        ("fryday", "did you mean friday?"),
        ("01/03/2026", "write the year first"),
        ("1.3.2026", "write the year first"),
        ("7", "7 of what?"),
        ("2026-03-01 02:00 CET", "offset"),
        ("Fri 27 Nov 06:28 IST", "write 02:00"),
        ("Thu 27 Nov", "write 02:00"),
        ("2026-13-01", "write 02:00"),
        ("30 february 2026", "write 02:00"),
        ("25:00", "write 02:00"),
        ("13 pm", "write 02:00"),
        ("2026-03-01 25:00", "write 02:00"),
        ("soon", "write 02:00"),
        ("", "write 02:00"),
        ("infinity", "write 02:00"),
        ("9999999y", "write 02:00"),
        ("0.5mo", "write 02:00"),
        ("-", "write 02:00"),
        ("ago", "write 02:00"),
    ],
)
def test_what_is_not_a_time_says_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(UsageError, match="not a time") as error:
        read(text)
    assert hint in str(error.value.hint)


@pytest.fixture
def local_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("name", "meant", "shown"),
    [
        ("Asia/Kolkata", "2026-11-27 07:00:00+05:30", "IST"),
        ("IST-5:30", "2026-11-27 07:00:00+05:30", "IST"),
        ("Europe/Berlin", "2026-11-27 07:00:00+01:00", "CET"),
    ],
)
def test_the_zone_of_the_machine(local_zone: pytest.MonkeyPatch, name: str, meant: str, shown: str) -> None:
    local_zone.setenv("TZ", name)
    time.tzset()
    zone = SystemZone()
    moment = Reader(NOW, zone).read("07:00").astimezone(zone)
    assert str(moment) == meant
    assert moment.tzname() == shown


def test_the_zone_of_the_machine_has_both_times_of_an_hour_that_occurs_twice(
    local_zone: pytest.MonkeyPatch,
) -> None:
    local_zone.setenv("TZ", "Europe/Berlin")
    time.tzset()
    for hour in (0, 1):
        moment = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        assert str(moment.astimezone(SystemZone())) == f"2026-10-25 02:30:00+0{2 - hour}:00"
    assert Reader(NOW, SystemZone()).read("2026-10-25 02:30", Edge.UNTIL).hour == 1


@pytest.mark.parametrize(
    ("since", "until", "zone", "words"),
    [
        (datetime(2026, 11, 20, 6, 28, tzinfo=UTC), None, UTC, "since Fri 20 Nov 06:28 UTC"),
        (NOW - timedelta(hours=2), NOW, UTC, "Fri 27 Nov 04:40 to 06:40 UTC"),
        (NOW - timedelta(minutes=2), NOW, UTC, "Fri 27 Nov 06:38:30 to 06:40:30 UTC"),
        (datetime(2025, 12, 31, 23, tzinfo=UTC), None, UTC, "since Wed 31 Dec 2025 23:00 UTC"),
        (
            datetime(2026, 10, 1, tzinfo=UTC),
            datetime(2026, 11, 1, tzinfo=UTC),
            ZONES["Europe/Berlin"],
            "Thu 1 Oct 02:00 CEST to Sun 1 Nov 01:00 CET",
        ),
        (None, NOW, UTC, "until Fri 27 Nov 06:40 UTC"),
        (NOW, None, timezone(timedelta(hours=3)), "since Fri 27 Nov 09:40:30 UTC+03:00"),
        (None, None, UTC, "all times"),
    ],
)
def test_a_window_says_its_zone(
    since: datetime | None, until: datetime | None, zone: ZoneInfo, words: str
) -> None:
    assert Window.of(since, until, zone, NOW).words == words


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("30m", "2026-11-27 07:10:30"),
        ("5h", "2026-11-27 11:40:30"),
        ("2 days", "2026-11-29 06:40:30"),
        ("4w", "2026-12-25 06:40:30"),
        ("1h 30m", "2026-11-27 08:10:30"),
        ("3 months", "2027-02-27 06:40:30"),
        ("1y", "2027-11-27 06:40:30"),
        ("P1D", "2026-11-28 06:40:30"),
    ],
)
def test_a_span_after_now(text: str, meant: str) -> None:
    assert f"{Reader(NOW, UTC).after(text):%Y-%m-%d %H:%M:%S}" == meant


def test_what_is_no_span_after_now() -> None:
    for text in ("2027-04-01", "tomorrow", "12:00", "2 days ago", "-2h", "last 2 weeks", "foo", ""):
        assert Reader(NOW, UTC).after(text) is None, text
    for text in ("9999y", "9999999d"):
        with pytest.raises(UsageError):
            Reader(NOW, UTC).after(text)
