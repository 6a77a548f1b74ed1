"""Choose the writer for a format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import TextIO, assert_never

from dbtrack.render.formats import Format, Row, Section
from dbtrack.reports.model import Column

# Each writer is imported only when it is used: loading Rich and tabulate takes longer than most reports.


def write(
    output_format: Format,
    columns: Sequence[Column],
    rows: Iterable[Row],
    stream: TextIO,
    *,
    title: str | None = None,
    report: str | None = None,
    zone: tzinfo | None = None,
) -> None:
    """Write one result to a stream, holding at most 1000 rows in memory.

    Args:
        output_format: which writer.
        columns: in the order of the rows' values.
        rows: read once; may be infinite.
        stream: text, in an encoding that holds the data.
        title: a heading for users; JSON, JSON Lines, CSV and plain text omit it.
        report: the name in the JSON document.
        zone: the time zone of times in tables and Markdown; None for the local zone of the machine.

    Raises:
        OSError: the stream is closed or full (BrokenPipeError if the reader has gone).
    """
    write_section(output_format, Section(report, columns, rows, title), stream, zone=zone)


def write_section(
    output_format: Format, section: Section, stream: TextIO, *, zone: tzinfo | None = None
) -> None:
    """Write one section, as `write` does."""
    match output_format:
        case Format.TABLE:
            from dbtrack.render.table import write_table

            write_table(section, stream, zone=zone)
        case Format.JSON:
            from dbtrack.render.data import write_json

            write_json(section, stream)
        case Format.JSONL:
            from dbtrack.render.data import write_jsonl

            write_jsonl(section, stream)
        case Format.CSV:
            from dbtrack.render.data import write_csv

            write_csv(section, stream)
        case Format.SPREADSHEET:
            from dbtrack.render.data import write_csv

            write_csv(section, stream, as_text=True)
        case Format.MARKDOWN:
            from dbtrack.render.text import write_markdown

            write_markdown(section, stream, zone=zone)
        case Format.PLAIN:
            from dbtrack.render.text import write_plain

            write_plain(section, stream)
        case _:
            assert_never(output_format)


def write_sections(
    output_format: Format,
    report: str,
    sections: Iterable[Section],
    stream: TextIO,
    *,
    zone: tzinfo | None = None,
) -> None:
    """Write several results: as one JSON document, or one after the other, separated by empty lines.

    In JSON Lines, ``section`` is the section's name. Plain text has a line ``NAME:`` before each section.
    """
    match output_format:
        case Format.JSON:
            from dbtrack.render.data import write_json_sections

            write_json_sections(report, sections, stream)
        case Format.JSONL:
            from dbtrack.render.data import write_jsonl

            for section in sections:
                write_jsonl(section, stream, with_section=True)
        case Format.TABLE | Format.CSV | Format.SPREADSHEET | Format.MARKDOWN | Format.PLAIN:
            for number, section in enumerate(sections):
                line_end = "\r\n" if output_format in (Format.CSV, Format.SPREADSHEET) else "\n"
                stream.write(line_end if number else "")
                stream.write(f"{section.name}:\n" if output_format is Format.PLAIN else "")
                write_section(output_format, section, stream, zone=zone)
        case _:
            assert_never(output_format)
