"""How single values read."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from dbtrack.render import readable, values
from dbtrack.render.nagios import write_nagios
from dbtrack.render.readable import visible, visible_markdown
from dbtrack.reports import REPORTS, Column, Kind


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [
        (0, "<1 ms"),
        (Decimal("0.217"), "0.2 ms"),
        (Decimal("0.004"), "0.004 ms"),
        (Decimal("0.000"), "0 ms"),
        (999, "999 ms"),
        (1000, "1 s"),
        (Decimal(59949), "59.9 s"),
        (Decimal("59999.9"), "60 s"),
        (192_345, "3m 12s"),
        (3_600_000, "1h 00m"),
        (187_200_000, "2d 4h"),
        (-5, "-5 ms"),
    ],
)
def test_durations(milliseconds: int | Decimal, expected: str) -> None:
    assert readable.duration(milliseconds) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (Decimal(1234567), "count", "1,234,567"),
        (Decimal("99.9999"), "percent", "99.99 %"),
        (Decimal("100.00"), "percent", "100 %"),
        (Decimal("98.50"), "percent", "98.5 %"),
        (Decimal(90), "seconds", "1m 30s"),
        (Decimal(655360), "bytes", "640 kB"),
        (Decimal(512), "bytes", "512 bytes"),
        (Decimal(85), "points", "85 points"),
        (Decimal("0.5"), None, "0.5"),
    ],
)
def test_measures(value: Decimal, unit: str | None, expected: str) -> None:
    assert readable.measure(value, unit) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, "2026-01-15 14:30:25+00"), (-300, "2026-01-15 09:30:25-05"), (330, "2026-01-15 20:00:25+05:30")],
)
def test_moments_are_shown_in_a_zone_and_say_which(minutes: int, expected: str) -> None:
    zone = timezone(timedelta(minutes=minutes))
    assert readable.moment(datetime(2026, 1, 15, 14, 30, 25, 999, tzinfo=UTC), zone) == expected


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_form(kind: Kind) -> None:
    assert values.alignment(kind) in {"left", "right"}
    assert values.json_type(kind)
    assert values.human_text(Column("x", kind), None, values.DisplayStyle()) == "-"
    assert values.json_value(kind, None) is None


def test_long_lists_and_keys_are_shortened_only_where_asked() -> None:
    objects, key = Column("objects", Kind.LIST), Column("key", Kind.KEY)
    names = ["a", "b", "c", "d", "e"]
    assert values.human_text(objects, names, values.DisplayStyle()) == "a, b, c, d, e"
    assert values.human_text(objects, names, values.DisplayStyle(list_items=3)) == "a, b, c and 2 more"
    assert values.human_text(key, b"\xab" * 32, values.DisplayStyle()) == "ab" * 32
    assert values.human_text(key, b"\xab" * 32, values.DisplayStyle(key_digits=12)) == "ab" * 6


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_json_has_no_nan(number: str) -> None:
    assert values.json_value(Kind.NUMBER, Decimal(number)) == number


def test_controls_are_shown_as_escapes() -> None:
    assert visible("a\x1b[0m\n\t\x9b\u202eb") == r"a\x1b[0m\n\t\x9b\u202eb"
    assert visible("a\r\nb\x07", keep_newlines=True) == "a\nb\\x07"
    assert visible_markdown("a|b\n_c_ d_e") == r"a\|b<br>\_c\_ d_e"


HEALTH = REPORTS["health"].columns
CHECKED = datetime(2026, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rows", "code", "line"),
    [
        (
            [("capture", "capture_failures", "OK", "0 DDL commands could not be recorded", CHECKED)],
            0,
            "DBTRACK OK - 1 checks passed | ok=1 warning=0 critical=0 unknown=0 capture_failures=0;0;;0\n",
        ),
        (
            [
                ("storage", "tracking_size", "OK", "152 kB", CHECKED),
                ("operations", "success_rate_24h", "WARNING", "90.5 % of 21 operations | ended\n", CHECKED),
            ],
            1,
            (
                "DBTRACK WARNING - success_rate_24h: 90.5 % of 21 operations / ended\\n | "
                "ok=1 warning=1 critical=0 unknown=0 tracking_size=155648B;;;0 "
                "success_rate_24h=90.5%;95:;80:;0;100\n"
            ),
        ),
        (
            [
                ("capture", "a", "UNKNOWN", "not yours", CHECKED),
                ("capture", "et_sql_drop", "CRITICAL", "missing", CHECKED),
            ],
            2,
            "DBTRACK CRITICAL - a: not yours; et_sql_drop: missing | ok=0 warning=0 critical=1 unknown=1\n",
        ),
        (
            [("x", "y", "odd", "z", CHECKED)],
            3,
            "DBTRACK UNKNOWN - y: z | ok=0 warning=0 critical=0 unknown=1\n",
        ),
        ([], 3, "DBTRACK UNKNOWN - no checks | ok=0 warning=0 critical=0 unknown=0\n"),
    ],
)
def test_nagios(rows: list[tuple[object, ...]], code: int, line: str) -> None:
    stream = io.StringIO()
    assert write_nagios(HEALTH, rows, stream) == code
    assert stream.getvalue() == line


@pytest.mark.parametrize(
    ("metric", "details", "measured"),
    [
        ("rollup_lag", "00:00:44 behind", "rollup_lag=44s;86400;;0"),
        ("rollup_lag", "1 day 02:03:04 behind; run: dbtrack maintain", "rollup_lag=93784s;86400;;0"),
        ("rollup_lag", "45 days behind", "rollup_lag=3888000s;86400;;0"),
        ("rollup_lag", "not built here: reports read the rows", None),
        ("capture_failures", "0 DDL commands could not be recorded", "capture_failures=0;0;;0"),
        ("open_operations", "3 open, the oldest since 2026-01-01 10:00:00+00: x", "open_operations=3;;;0"),
        ("success_rate_24h", "99.50 % of 200 operations", "success_rate_24h=99.50%;95:;80:;0;100"),
        ("success_rate_24h", "nothing ended in the last 24 hours", None),
        ("partitions_ahead", "3 months ahead", "partitions_ahead=3;1:;;0"),
        ("default_partition_rows", "10000 or more rows outside", "default_partition_rows=10000;0;;0"),
        ("tracking_size", "12 MB", "tracking_size=12582912B;;;0"),
        ("tracking_size", "640 kB", "tracking_size=655360B;;;0"),
        ("version", "PostgreSQL 18.6, primary", None),
        ("another", "2026-01-01 was the last", None),
        ("another", "7 of 9 blocks", "another=7"),
    ],
)
def test_performance_data_have_one_unit_and_their_thresholds(
    metric: str, details: str, measured: str | None
) -> None:
    stream = io.StringIO()
    write_nagios(HEALTH, [("reports", metric, "OK", details, None)], stream)
    _, _, data = stream.getvalue().partition(" | ")
    assert data.split()[4:] == ([measured] if measured else [])
