"""Every writer on one awkward result, compared with tests/golden/render/ byte for byte."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from dbtrack.columns import FIRST_TO_GO
from dbtrack.render import Format, Look, Section, default_format, write, write_sections
from dbtrack.render.screens.shortening import cells
from dbtrack.reports import REPORTS, Column, Kind
from tests.support.golden_files import assert_golden

ZONE = timezone(timedelta(hours=5, minutes=30))

COLUMNS = (
    Column("execution_key", Kind.KEY, "Key"),
    Column("script_name", Kind.IDENTIFIER, "Name"),
    Column("note", Kind.TEXT),
    Column("execution_status", Kind.STATUS, "Status"),
    Column("row_count", Kind.COUNT, "Rows"),
    Column("load", Kind.NUMBER),
    Column("share", Kind.RATIO),
    Column("duration_ms", Kind.DURATION_MS, "Duration"),
    Column("table_size", Kind.BYTES, "Size"),
    Column("started_at", Kind.TIME, "Started"),
    Column("affected_objects", Kind.LIST, "Objects"),
    Column("metadata", Kind.JSON),
    Column("is_open", Kind.BOOLEAN, "Open"),
    Column("metric_value", Kind.METRIC, "Value", unit_column="metric_unit"),
    Column("metric_unit", Kind.IDENTIFIER, "Unit"),
)
STARTED = datetime(2026, 1, 15, 14, 30, 25, 123456, tzinfo=UTC)


def row(name: str, note: str | None, status: str, **given: Any) -> tuple[Any, ...]:
    values = {
        "execution_key": bytes(range(32)),
        "script_name": name,
        "note": note,
        "execution_status": status,
        "row_count": 1234567,
        "load": Decimal("0.50"),
        "share": Decimal("0.9999"),
        "duration_ms": Decimal("192345.678"),
        "table_size": 123456789,
        "started_at": STARTED,
        "affected_objects": ["public.orders", 'public."odd, one"', None, ""],
        "metadata": {"größe": [1, 2.5, None], "quote": '"'},
        "is_open": True,
        "metric_value": Decimal("99.999"),
        "metric_unit": "percent",
    }
    return tuple((values | given)[column.name] for column in COLUMNS)


ROWS = (
    row("plain", "nothing odd", "COMPLETED"),
    row("[bold]not markup[/bold]", "[/bold] closes nothing", "FAILED", is_open=False),
    row("a|b,c;d", 'pipe | and "quotes", and \\ backslash', "RUNNING", duration_ms=None),
    row("two\nlines", "tab\tthen\r\nreturn", "COMPLETED", duration_ms=0),
    row("移行 Größe 🐘", "<script>*_`~&amp;", "COMPLETED", duration_ms=Decimal("0.217")),
    row("\x1b[31mred\x1b[0m", "\x9b2J \u202egnp.exe \x07 \x00", "CRITICAL"),
    row("", None, "ABANDONED", metric_value=Decimal(1500), metric_unit="ms"),
    tuple(None for _ in COLUMNS),
)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def written(output_format: Format, rows: Any = ROWS, stream: io.StringIO | None = None) -> str:
    stream = stream if stream is not None else io.StringIO()
    write(output_format, COLUMNS, rows, stream, title="Odd [things]", report="odd", look=Look(zone=ZONE))
    return stream.getvalue()


def on_terminal(
    monkeypatch: pytest.MonkeyPatch, width: int, rows: Any = ROWS, columns: tuple[Column, ...] = COLUMNS
) -> str:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORFGBG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", str(width))
    stream = Terminal()
    look = Look(zone=ZONE, now=STARTED + timedelta(days=1))
    write(Format.TABLE, columns, rows, stream, title="Odd [things]", details=["shop@db1:5432"], look=look)
    return stream.getvalue()


def golden(name: str, text: str) -> None:
    assert_golden(f"render/{name}", text)


@pytest.mark.parametrize("output_format", Format)
def test_the_awkward_result(output_format: Format) -> None:
    golden(f"awkward.{output_format}", written(output_format))


@pytest.mark.parametrize("output_format", Format)
def test_the_empty_result(output_format: Format) -> None:
    golden(f"empty.{output_format}", written(output_format, []))


@pytest.mark.parametrize("width", [60, 120, 400])
def test_the_awkward_result_on_a_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    golden(f"awkward.terminal-{width}", on_terminal(monkeypatch, width))


@pytest.mark.parametrize("width", [60, 120, 400])
def test_nothing_is_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    for line in on_terminal(monkeypatch, width).splitlines():
        assert cells(re.sub(r"\x1b\[[\d;]*m", "", line)) <= width


def test_no_control_character_reaches_a_terminal_raw(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [
        written(output_format)
        for output_format in Format
        if output_format not in (Format.CSV, Format.SPREADSHEET)
    ]
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    write(Format.TABLE, COLUMNS, ROWS, stream, title="\x1b]0;title\x07")
    for text in [*texts, stream.getvalue()]:
        assert not set(text) & (set(map(chr, range(0x20))) - {"\n"} | set(map(chr, range(0x7F, 0xA0))))
        assert "\u202e" not in text


def test_no_color_means_no_escape_sequence_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in written(Format.TABLE, stream=Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in written(Format.TABLE, stream=Terminal())


def test_off_a_terminal_nothing_limits_the_width_and_colours_have_to_be_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("COLUMNS", "40")
    text = written(Format.TABLE, ROWS[:1])
    assert "\x1b" not in text
    assert len(text.splitlines()) == 3
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[32mCOMPLETED\x1b[0m" in written(Format.TABLE, ROWS[:1])
    assert "\x1b" not in written(Format.PLAIN, ROWS[:1])


def test_a_grid_that_has_begun_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = (Column("execution_key", Kind.KEY), Column("script_name", Kind.IDENTIFIER, "Name"))
    rows = [(b"\x01" * 32, "short")] * 1000 + [(b"\x02" * 32, "q" * 300)]
    text = on_terminal(monkeypatch, 60, rows, columns)
    assert text.count("Name") == 1
    assert text.count("q") == 300


def test_a_narrow_terminal_leaves_out_the_least_important_columns_and_reports_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    columns = (
        Column("execution_key", Kind.KEY, "Key"),
        Column("script_name", Kind.IDENTIFIER, "Name"),
        Column("db_session_user", Kind.IDENTIFIER, "User", rank=1),
        Column("script_type", Kind.IDENTIFIER, "Type", rank=2),
    )
    rows = [(b"\x01" * 32, "n" * 20, "u" * 20, "t" * 20)]
    wide, middling, narrow = (on_terminal(monkeypatch, width, rows, columns) for width in (80, 60, 40))
    assert "t" * 20 in wide
    assert "no room" not in wide
    assert "u" * 20 in middling
    assert "t" * 20 not in middling
    assert "no room for: Type" in middling
    assert "n" * 20 in narrow
    assert "u" * 20 not in narrow
    assert "User, Type" in narrow


def test_a_column_that_is_left_out_first_gives_its_room_to_those_that_would_be_folded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    columns = (
        Column("metric_name", Kind.IDENTIFIER, "Metric"),
        Column("status", Kind.STATUS),
        Column("last_updated", Kind.TIME, "Updated", rank=FIRST_TO_GO),
    )
    rows = [("unfinished_operations_24h", "WARNING", STARTED)]
    wide, narrow = (on_terminal(monkeypatch, width, rows, columns) for width in (80, 40))
    assert "15 Jan 20:00:25" in wide
    assert "no room" not in wide
    assert "unfinished_operations_24h" in narrow
    assert "no room for: Updated" in narrow


def test_the_default_is_a_table_on_a_terminal_and_plain_off_it() -> None:
    assert default_format(Terminal()) is Format.TABLE
    assert default_format(io.StringIO()) is Format.PLAIN


def test_csv_reads_back() -> None:
    header, *body = csv.reader(io.StringIO(written(Format.CSV), newline=""))
    assert header == [column.name for column in COLUMNS]
    assert [line[1] for line in body] == [values[1] or "" for values in ROWS]
    first = dict(zip(header, body[0], strict=True))
    assert first["started_at"] == "2026-01-15T14:30:25.123456+00:00"
    assert first["affected_objects"] == r'{public.orders,"public.\"odd, one\"",NULL,""}'
    assert bytes.fromhex(first["execution_key"]) == bytes(range(32))


def test_json_is_one_document_of_a_pinned_shape() -> None:
    document = json.loads(written(Format.JSON))
    assert list(document) == ["report", "columns", "rows"]
    assert document["report"] == "odd"
    assert document["columns"][0] == {"name": "execution_key", "type": "string", "kind": "key"}
    assert document["rows"][1]["script_name"] == "[bold]not markup[/bold]"
    assert document["rows"][0]["duration_ms"] == 192345.678
    assert document["rows"][-1] == dict.fromkeys(column.name for column in COLUMNS)


def test_json_lines_are_the_rows_of_the_document() -> None:
    lines = [json.loads(line) for line in written(Format.JSONL).splitlines()]
    assert lines == json.loads(written(Format.JSON))["rows"]


@pytest.mark.parametrize("output_format", Format)
def test_sections(output_format: Format) -> None:
    columns = (Column("name", Kind.IDENTIFIER),)
    stream = io.StringIO()
    sections = [Section("first", columns, [("a",)], "First"), Section("second", columns, [], "Second")]
    write_sections(output_format, "show", sections, stream)
    golden(f"sections.{output_format}", stream.getvalue())


@pytest.mark.parametrize("output_format", [Format.TABLE, Format.MARKDOWN, Format.PLAIN])
def test_a_unit_is_shown_with_its_value_though_its_column_is_for_programs(output_format: Format) -> None:
    columns = (
        Column("metric_value", Kind.METRIC, "Value", unit_column="metric_unit"),
        Column("metric_unit", Kind.IDENTIFIER, "Unit", is_detail=True),
        Column("note", Kind.TEXT, "Note", is_detail=True),
    )
    stream = io.StringIO()
    write(output_format, columns, [(Decimal("99.9"), "percent", "hidden")], stream)
    text = stream.getvalue()
    assert ("99.9" in text, "Note" in text, "hidden" in text) == (True, False, False)
    assert "percent" in text if output_format is Format.PLAIN else "99.9 %" in text


@pytest.mark.parametrize("output_format", Format)
def test_rows_are_written_as_they_come(output_format: Format) -> None:
    """The reader of a pipe sees the first rows before the last are made."""
    stream = io.StringIO()

    def rows() -> Iterator[tuple[Any, ...]]:
        for number in range(3000):
            if number == 2500:
                assert len(stream.getvalue().splitlines()) > 1000
            yield ROWS[0]

    write(output_format, COLUMNS, rows(), stream)
    assert len(stream.getvalue().splitlines()) >= 3000


def test_json_does_not_load_the_writers_for_people() -> None:
    code = (
        "import io, sys; from dbtrack.render import write, Format; from dbtrack.reports import REPORTS\n"
        "for each in (Format.JSON, Format.JSONL, Format.CSV): write(each, (), (), io.StringIO())\n"
        "sys.exit(bool({'rich', 'tabulate', 'psycopg'} & set(sys.modules)))"
    )
    import subprocess

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\uff1d1"])
def test_no_cell_of_a_spreadsheet_is_a_formula(text: str) -> None:
    stream = io.StringIO()
    columns = (Column("name", Kind.TEXT), Column("count", Kind.NUMBER), Column("metadata", Kind.JSON))
    write(Format.SPREADSHEET, columns, [(text, Decimal(-5), {"a": 1}), ("plain", None, None)], stream)
    assert list(csv.reader(io.StringIO(stream.getvalue(), newline=""))) == [
        ["name", "count", "metadata"],
        ["'" + text, "-5", '{"a":1}'],
        ["plain", "", ""],
    ]
    exact = io.StringIO()
    write(Format.CSV, columns, [(text, None, None)], exact)
    assert next(csv.reader(io.StringIO(exact.getvalue().partition("\n")[2], newline="")))[0] == text


@pytest.mark.parametrize("moment", ["0044-03-15 12:00:00+00 BC", "infinity", "294276-12-31 00:00:00+00"])
@pytest.mark.parametrize("output_format", Format)
def test_a_moment_that_python_cannot_hold_is_written_as_the_server_wrote_it(
    output_format: Format, moment: str
) -> None:
    stream = io.StringIO()
    write(output_format, (Column("started_at", Kind.TIME),), [(moment,)], stream)
    assert moment in stream.getvalue()


@pytest.mark.parametrize(
    ("report", "kept"),
    [
        ("dashboard_by_tenant", {"Tenant", "Operations", "Failed"}),
        ("access", {"When", "User"}),
        ("administration", {"When", "User", "Change"}),
    ],
)
def test_the_tenant_and_the_person_stay_at_60_columns(
    monkeypatch: pytest.MonkeyPatch, report: str, kept: set[str]
) -> None:
    columns = REPORTS[report].usual_columns
    given = {
        Kind.TIME: STARTED,
        Kind.COUNT: 1234,
        Kind.NUMBER: Decimal("97.5"),
        Kind.DURATION_MS: 43,
        Kind.JSON: "on",
    }
    row = [given.get(column.kind, "saltmarsh") for column in columns]
    text = re.sub(r"\x1b\[[\d;]*m", "", on_terminal(monkeypatch, 60, [row, row], columns))
    shown = set(text.partition("no room")[0].split())
    assert kept <= shown
