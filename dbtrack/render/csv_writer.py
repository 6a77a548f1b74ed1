"""Writes CSV as RFC 4180 has it: a header, lines that end in CRLF, quotes only where they are needed."""

from __future__ import annotations

import csv
from typing import Any, TextIO

from dbtrack.render.section import Section
from dbtrack.render.values import machine

# What a spreadsheet takes for a formula; it drops white space before it.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# The values of these types are texts that somebody else wrote.
_WRITTEN = (str, list, tuple, dict)


def write_csv(section: Section, stream: TextIO, *, as_text: bool = False) -> None:
    """The column names, then each row's exact values; NULL is an empty field, as an empty string is.

    Args:
        as_text: put an apostrophe before a text that a spreadsheet would run as a formula.
    """
    cell = _text_cell if as_text else machine
    writer = csv.writer(stream)
    writer.writerow([column.name for column in section.columns])
    writer.writerows([cell(value) for value in row] for row in section.rows)


def _text_cell(value: Any) -> str:
    text = machine(value)
    is_formula = isinstance(value, _WRITTEN) and text.lstrip(" ").startswith(_BEGINS_FORMULA)
    return f"'{text}" if is_formula else text
