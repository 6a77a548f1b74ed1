"""Write plain text and Markdown through tabulate, in batches, or one line for each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TextIO

from tabulate import tabulate
from wcwidth import wcswidth

from dbtrack.render.formats import Format, Row, Section, batches
from dbtrack.render.readable import visible, visible_markdown
from dbtrack.render.values import NULL_MARK, DisplayStyle, alignment, human_cells, machine_text, shown_columns


def write_plain(section: Section, stream: TextIO) -> None:
    r"""Write exact values in aligned columns under the column names; NULL is ``-``, a newline is ``\n``."""
    _write_batches(
        section,
        stream,
        table_format="plain",
        headings=[column.name for column in section.columns],
        alignments=[alignment(column.kind) for column in section.columns],
        cells=lambda row: [NULL_MARK if value is None else visible(machine_text(value)) for value in row],
    )


def write_markdown(section: Section, stream: TextIO, *, zone: tzinfo | None = None) -> None:
    """Write formatted values as a Markdown table, with all markup escaped."""
    shown, style = shown_columns(section.columns), DisplayStyle(zone)
    if section.title:
        stream.write(f"## {visible_markdown(section.title)}\n\n")
    _write_batches(
        section,
        stream,
        table_format="pipe",
        headings=[visible_markdown(column.heading) for column in shown],
        alignments=[alignment(column.kind) for column in shown],
        cells=lambda row: [visible_markdown(cell) for cell in human_cells(section.columns, row, style)],
    )


def _write_batches(
    section: Section,
    stream: TextIO,
    *,
    table_format: str,
    headings: Sequence[str],
    alignments: Sequence[str],
    cells: Callable[[Row], list[str]],
) -> None:
    heading_lines = len(tabulate([], headers=headings, tablefmt=table_format).splitlines())
    padded, skip = list(headings), 0
    for batch in batches(section.rows):
        body = [cells(row) for row in batch]
        text = tabulate(
            body, headers=padded, tablefmt=table_format, disable_numparse=True, colalign=alignments
        )
        stream.writelines(line.rstrip() + "\n" for line in text.splitlines()[skip:])
        # Headings padded to the widths so far align the next batch with the first.
        padded = [_pad(heading, [row[i] for row in body]) for i, heading in enumerate(padded)]
        skip = heading_lines
    if not skip:
        stream.write(tabulate([], headers=headings, tablefmt=table_format).rstrip() + "\n")


def _pad(heading: str, cells: Sequence[str]) -> str:
    width = max(_width(text) for text in (heading, *cells))
    return heading + "\N{NO-BREAK SPACE}" * (width - _width(heading))


def _width(text: str) -> int:
    return max(int(wcswidth(text)), 0)


def write_lines(output_format: Format, section: Section, stream: TextIO) -> None:
    r"""Write one line for each row: a JSON object, or the values separated by two spaces, NULL as ``-``.

    Args:
        output_format: JSONL, or PLAIN.
    """
    if output_format is Format.JSONL:
        from dbtrack.render.data import write_jsonl

        write_jsonl(section, stream)
        return
    for row in section.rows:
        cells = (NULL_MARK if value is None else visible(machine_text(value)) for value in row)
        stream.write("  ".join(cells) + "\n")
