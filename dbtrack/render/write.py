"""Choose the writer for a format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import TextIO, assert_never

from dbtrack.render.formats import DEFAULT_LOOK, Format, Look, Row, Section
from dbtrack.reports.model import Column, Kind

# Each writer is imported only when it is used: loading Rich and tabulate takes longer than most reports.


def write(
    output_format: Format,
    columns: Sequence[Column],
    rows: Iterable[Row],
    stream: TextIO,
    *,
    title: str | None = None,
    report: str | None = None,
    details: Sequence[str] = (),
    look: Look = DEFAULT_LOOK,
) -> None:
    """Write one result to a stream, holding at most 1000 rows in memory.

    Args:
        output_format: which writer.
        columns: in the order of the rows' values.
        rows: read once; may be infinite.
        stream: text, in an encoding that holds the data.
        title: a heading for users; JSON, JSON Lines, CSV and plain text omit it.
        report: the name in the JSON document.
        details: what stands behind the title on a terminal: the database and its server, the window.
        look: the time zone of times in the formats for people, and what a terminal shows.

    Raises:
        OSError: the stream is closed or full (BrokenPipeError if the reader has gone).
    """
    write_section(output_format, Section(report, columns, rows, title, details), stream, look=look)


def write_section(
    output_format: Format, section: Section, stream: TextIO, *, look: Look = DEFAULT_LOOK
) -> None:
    """Write one section, as `write` does."""
    match output_format:
        case Format.TABLE:
            _draw(section, stream, look)
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

            write_markdown(without_details(section), stream, zone=look.zone)
        case Format.PLAIN:
            from dbtrack.render.text import write_plain

            write_plain(without_details(section), stream)
        case _:
            assert_never(output_format)


def write_sections(
    output_format: Format,
    report: str,
    sections: Iterable[Section],
    stream: TextIO,
    *,
    look: Look = DEFAULT_LOOK,
) -> None:
    """Write several results: as one JSON document, or one after the other, separated by empty lines.

    In JSON Lines, ``section`` is the section's name. CSV is one table, with the name in its first column.
    Plain text has a line ``NAME:`` before each section. A terminal shows no section without rows.
    """
    match output_format:
        case Format.JSON:
            from dbtrack.render.data import write_json_sections

            write_json_sections(report, sections, stream)
        case Format.JSONL:
            from dbtrack.render.data import write_jsonl

            for section in sections:
                write_jsonl(section, stream, with_section=True)
        case Format.CSV | Format.SPREADSHEET:
            write_section(output_format, _as_one_table(report, sections), stream, look=look)
        case Format.TABLE | Format.MARKDOWN | Format.PLAIN:
            if output_format is Format.TABLE and stream.isatty():
                sections = _with_rows(sections)
            for number, section in enumerate(sections):
                stream.write("\n" if number else "")
                stream.write(f"{section.name}:\n" if output_format is Format.PLAIN else "")
                write_section(output_format, section, stream, look=look)
        case _:
            assert_never(output_format)


def _draw(section: Section, stream: TextIO, look: Look) -> None:
    from dbtrack.render.screens import screen_of

    draw = screen_of(section.name) if look.as_screen and stream.isatty() else None
    if draw is None:
        from dbtrack.render.table import write_table

        write_table(without_details(section), stream, look)
    else:
        from dbtrack.render.screens.canvas import Canvas

        draw(section, Canvas(stream, zone=look.zone, now=look.now, color=look.color), look)


def without_details(section: Section) -> Section:
    """Return a section without the columns that only programs always get; units of the others stay."""
    units = {column.unit_column for column in section.columns if not column.is_detail}
    kept = [i for i, column in enumerate(section.columns) if not column.is_detail or column.name in units]
    if len(kept) == len(section.columns):
        return section
    rows = ([row[i] for i in kept] for row in section.rows)
    return replace(section, columns=[section.columns[i] for i in kept], rows=rows)


def _with_rows(sections: Iterable[Section]) -> Iterator[Section]:
    for section in sections:
        rows = iter(section.rows)
        first = list(islice(rows, 1))
        if first:
            yield replace(section, rows=chain(first, rows))


def _as_one_table(report: str, sections: Iterable[Section]) -> Section:
    """Return all sections as one: first the section's name, then each column that any of them has, once.

    All rows are held in memory, since the columns of the last section stand in the first line.
    """
    parts = [replace(section, rows=list(section.rows)) for section in sections]
    columns = {column.name: column for part in parts for column in part.columns}
    return Section(
        report,
        [Column("section", Kind.IDENTIFIER), *columns.values()],
        ([part.name, *(cells.get(name) for name in columns)] for part in parts for cells in _by_name(part)),
    )


def _by_name(section: Section) -> Iterator[dict[str, object]]:
    names = [column.name for column in section.columns]
    return (dict(zip(names, row, strict=True)) for row in section.rows)
