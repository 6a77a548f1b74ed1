"""Writes CSV as RFC 4180 has it: a header, lines that end in CRLF, quotes only where they are needed."""

from __future__ import annotations

import csv
from typing import TextIO

from dbtrack.render.section import Section
from dbtrack.render.values import machine


def write_csv(section: Section, stream: TextIO) -> None:
    """The column names, then each row's exact values; NULL is an empty field, as an empty string is."""
    writer = csv.writer(stream)
    writer.writerow([column.name for column in section.columns])
    writer.writerows([machine(value) for value in row] for row in section.rows)
