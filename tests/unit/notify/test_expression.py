"""Conditions of alerts: what they mean, what is refused, and that none can run for long."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dbtrack.columns import Column, Kind
from dbtrack.notify.alerts.expression import parse
from dbtrack.notify.alerts.words import ExpressionError

COLUMNS = (
    Column("name", Kind.IDENTIFIER),
    Column("status", Kind.STATUS),
    Column("started", Kind.TIME),
    Column("took_ms", Kind.DURATION_MS),
    Column("times", Kind.COUNT),
    Column("share", Kind.RATIO),
    Column("size", Kind.BYTES),
    Column("rate", Kind.NUMBER),
    Column("value", Kind.METRIC, unit_column="unit"),
    Column("unit", Kind.IDENTIFIER),
    Column("objects", Kind.LIST),
    Column("key", Kind.KEY),
    Column("proven", Kind.BOOLEAN),
    Column("data", Kind.JSON),
)
ROW: dict[str, Any] = {
    "name": "v42's",
    "status": "FAILED",
    "started": datetime.now(UTC) - timedelta(hours=2),
    "took_ms": Decimal("1500.25"),
    "times": 7,
    "share": 0.94,
    "size": 2**30,
    "rate": Decimal("94.5"),
    "value": Decimal("94.5"),
    "unit": "percent",
    "objects": ["public.invoice", "billing.total"],
    "key": b"\xab\xcd",
    "proven": True,
    "data": None,
}


class PythonRegexes:
    """Stands in for the server, whose regular expressions a test with a database tries."""

    def matches(self, pattern: str, text: str, *, ignores_case: bool) -> bool:
        return re.search(pattern, text, re.IGNORECASE if ignores_case else 0) is not None


def holds(condition: str, **row: object) -> bool:
    return parse(condition, "history", COLUMNS).matches(ROW | row, PythonRegexes())


def mistake(condition: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse(condition, "history", COLUMNS)
    return caught.value


@pytest.mark.parametrize(
    "condition",
    [
        "name = 'v42''s'",
        "NAME = 'v42''s' AND NOT status = 'COMPLETED'",
        "status = 'failed'",
        "status in ('cancelled', 'failed')",
        "status not in ('completed')",
        "name like 'v%'",
        "name like 'v__''_'",
        "name ilike '%42%S'",
        "name not like '%x%'",
        "name ~ '^v[0-9]+'",
        "name !~ '^x'",
        "name ~* '^V'",
        "took_ms > 1s and took_ms < 1.6s",
        "took_ms > 1500",
        "took_ms between 1s and 2s",
        "times >= 7 and times < 8",
        "share < 95 %",
        "share < 0.95",
        "rate < 95%",
        "value < 95 %",
        "value < 95",
        "size = 1GB",
        "started < 1h ago",
        "started > 1d ago",
        "started < now",
        "started > '2026-01-01'",
        "started > '2026-01-01T00:00:00+02:00'",
        "objects = 'public.invoice'",
        "objects like 'billing.%'",
        "objects <> 'public.other'",
        "objects ~ 'total$'",
        "key = 'ABCD'",
        "proven",
        "not not proven",
        "proven = true",
        "data is null",
        "name is not null",
        "name = 'x' or (times = 7 and (share > 0.5 or proven))",
        "name = 'x' and times = 1 or times = 7",
        "not (name = 'x' or times = 1)",
    ],
)
def test_a_row_that_matches(condition: str) -> None:
    assert holds(condition)


@pytest.mark.parametrize(
    "condition",
    [
        "name = 'V42''s'",
        "name like 'v'",
        "name like '%x%'",
        "name like 'v\\_2%'",
        "took_ms > 2s",
        "value > 5m",
        "value > 1MB",
        "not value > 5m",
        "objects = 'public'",
        "objects <> 'public.invoice'",
        "started < 3h ago",
        "not proven",
        "data is not null",
        "name = 'x' and times = 7 or times = 1",
    ],
)
def test_a_row_that_does_not_match(condition: str) -> None:
    assert not holds(condition)


@pytest.mark.parametrize(
    "condition",
    ["name = 'x'", "not name = 'x'", "name <> 'x'", "name in ('x')", "name not in ('x')", "name ~ '.'"],
)
def test_null_matches_nothing_as_in_sql(condition: str) -> None:
    assert not holds(condition, name=None)
    assert holds(f"{condition} or times = 7", name=None)


def test_an_empty_list_is_as_no_list() -> None:
    assert holds("objects is null", objects=[])
    assert not holds("objects = 'x'", objects=None)


def test_a_unit_is_converted_to_that_of_the_row() -> None:
    assert holds("value > 1m", value=Decimal(61), unit="seconds")
    assert not holds("value > 1m", value=Decimal(61), unit="ms")
    assert holds("value > 1m", value=Decimal(60_001), unit="ms")


def test_a_time_that_python_cannot_represent_matches_nothing() -> None:
    assert not holds("started < now", started="infinity")
    assert not holds("started >= now", started="infinity")


@pytest.mark.parametrize(
    ("condition", "message", "place"),
    [
        ("", "a column is missing here", 0),
        ("statuss = 'x'", "history has no column 'statuss'", 0),
        ("name = 'x' and", "a column is missing here", 14),
        ("name = 'x", "the text has no end", 7),
        ('name = "x"', "a text stands in single quotation marks", 7),
        ("name == 'x'", "name is compared with a text", 6),
        ("name = x", "name is compared with a text", 7),
        ("name = null", "nothing is equal to null", 7),
        ("name", "a comparison of name is missing here", 4),
        ("name not", "a comparison of name is missing here", 8),
        ("name < ", "name is compared with a text", 7),
        ("(name = 'x'", "')' is missing here", 11),
        ("name = 'x')", "'and' or 'or' is missing here", 10),
        ("name = 'x' name = 'y'", "'and' or 'or' is missing here", 11),
        ("times > 5m", "times is not measured in duration", 8),
        ("took_ms > 5 %", "took_ms is not measured in percent", 10),
        ("took_ms > 5parsec", "there is no unit 'parsec'", 11),
        ("took_ms > '5m'", "took_ms is compared with a number", 10),
        ("started > 5", "started is a time", 10),
        ("started > 5m", "'ago' is missing here", 12),
        ("started > 'soon'", "'soon' is not a time", 10),
        ("proven = 1", "proven is true or false", 9),
        ("proven > true", "proven cannot be compared by '>'", 7),
        ("data = 'x'", "data cannot be compared by '='", 5),
        ("objects > 'x'", "objects cannot be compared by '>'", 8),
        ("times like '%'", "times is not a text, so that 'like' cannot be used", 6),
        ("name like x", "a pattern in quotation marks is missing here", 10),
        ("name between 'a' 'b'", "'and' is missing here", 17),
        ("name in 'a'", "'(' is missing here", 8),
        ("name = 'x'; drop table t", "';' means nothing here", 10),
        ("name = pg_sleep(9)", "name is compared with a text", 7),
        ("name = 'x' -- more", "'-' means nothing here", 11),
        ("1 = 1", "a column is missing here", 0),
        ("(select 1) = 1", "history has no column 'select'", 1),
        ("and", "a column is missing here", 0),
        ("\x00", "'\\x00' means nothing here", 0),
    ],
)
def test_a_mistake_is_named_with_its_place(condition: str, message: str, place: int) -> None:
    found = mistake(condition)
    assert (found.message, found.start) == (message, place)


def test_the_caret_stands_under_the_mistake() -> None:
    assert mistake("name = 'x' and\n  statuss = 'y'").excerpt == "    statuss = 'y'\n    ^"
    assert mistake("name = 'x' and \x1b[31m").excerpt == "  name = 'x' and  [31m\n                 ^"


def test_what_is_too_long_or_too_deep_is_refused() -> None:
    assert "4,000 characters" in mistake("name = 'x' or " * 400).message
    assert "parentheses" in mistake("(" * 1000 + "proven" + ")" * 1000).message
    assert holds("not " * 900 + "proven")
    assert holds("times = 1 or " * 250 + "proven")


@pytest.mark.parametrize("pattern", ["%" + "a%" * 400 + "b", "%" + "_" * 200 + "b", "%a" * 300 + "%b%"])
def test_no_pattern_takes_long(pattern: str) -> None:
    assert not holds(f"name like '{pattern}'", name="a" * 4000)


def test_like_agrees_with_a_plain_reading() -> None:
    for pattern, text, expected in (
        ("", "", True),
        ("%", "", True),
        ("_", "", False),
        ("%%", "x", True),
        ("a%a", "a", False),
        ("a%a", "aa", True),
        ("%ab", "aab", True),
        ("a%b%c", "aXbbYc", True),
        ("%a_", "aab", True),
        ("100\\%", "100%", True),
        ("100\\%", "1000", False),
        ("(.*)", "(.*)", True),
        ("%\n%", "a\nb", True),
    ):
        assert holds(f"name like '{pattern}'", name=text) is expected, (pattern, text)


@pytest.mark.parametrize("age", ["800000d", "99999999999d", "9" * 400 + "w"])
def test_an_age_before_all_times_is_a_time_before_all_others(age: str) -> None:
    assert holds(f"started > {age} ago")
    assert not holds(f"started < {age} ago")
