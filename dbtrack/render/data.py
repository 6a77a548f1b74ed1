"""Write CSV, JSON and JSON Lines."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from dbtrack.render.formats import Row, Section
from dbtrack.render.readable import visible_json
from dbtrack.render.values import json_type, json_value, machine_text
from dbtrack.reports.model import Column

# Spreadsheets treat a cell that begins with one of these as a formula, and ignore leading white space.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
LINE_END = os.linesep
"""What ends a line of CSV: what this platform's tools expect. To `cut`, a CR is a part of the value."""

# Values of these types can contain text of unknown origin.
_TEXT_TYPES = (str, list, tuple, dict)


def write_csv(section: Section, stream: TextIO, *, as_text: bool = False) -> None:
    """Write the column names, then each row's exact values; NULL and an empty string are empty fields.

    Args:
        as_text: for a spreadsheet: put an apostrophe before a text that it would evaluate as a formula, and
            end lines as RFC 4180 has it.
    """
    cell = _text_cell if as_text else machine_text
    writer = csv.writer(stream, lineterminator="\r\n" if as_text else LINE_END)
    writer.writerow([column.name for column in section.columns])
    writer.writerows([cell(value) for value in row] for row in section.rows)


def spreadsheet_text(text: str) -> str:
    """Return the text, with an apostrophe before it if a spreadsheet would evaluate it as a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_FORMULA) else text


def _text_cell(value: Any) -> str:
    text = machine_text(value)
    return spreadsheet_text(text) if isinstance(value, _TEXT_TYPES) else text


def write_json(section: Section, stream: TextIO) -> None:
    """Write one object with ``report``, ``columns`` and ``rows``, in constant memory."""
    stream.write('{"report": ' + _dump(section.name) + ", ")
    _write_body(section.columns, section.rows, stream)
    stream.write("}\n")


def write_json_sections(report: str, sections: Iterable[Section], stream: TextIO) -> None:
    """Write one object with ``report`` and ``sections``, each with ``name``, ``columns`` and ``rows``."""
    stream.write('{"report": ' + _dump(report) + ', "sections": [')
    for number, section in enumerate(sections):
        stream.write(",\n" if number else "\n")
        stream.write('{"name": ' + _dump(section.name) + ", ")
        _write_body(section.columns, section.rows, stream)
        stream.write("}")
    stream.write("\n]}\n")


def write_jsonl(section: Section, stream: TextIO, *, with_section: bool = False) -> None:
    """Write one object for each row, on one line; `with_section` adds the section's name as ``section``."""
    leading = {"section": section.name} if with_section else {}
    stream.writelines(_dump(leading | _row_object(section.columns, row)) + "\n" for row in section.rows)


def _write_body(columns: Sequence[Column], rows: Iterable[Row], stream: TextIO) -> None:
    stream.write('"columns": ' + _dump([_column_object(column) for column in columns]) + ', "rows": [')
    any_row = False
    for row in rows:
        stream.write((",\n" if any_row else "\n") + _dump(_row_object(columns, row)))
        any_row = True
    stream.write("\n]" if any_row else "]")


def _column_object(column: Column) -> dict[str, Any]:
    described = {"name": column.name, "type": json_type(column.kind), "kind": column.kind.value}
    return described | ({"unit_column": column.unit_column} if column.unit_column else {})


def _row_object(columns: Sequence[Column], row: Row) -> dict[str, Any]:
    return {column.name: json_value(column.kind, value) for column, value in zip(columns, row, strict=True)}


def _dump(value: Any) -> str:
    return visible_json(json.dumps(value, ensure_ascii=False, default=str))
