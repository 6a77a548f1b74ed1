"""Writes rows as they come, a line each, with nothing above and below: there is no end to wait for."""

from __future__ import annotations

from typing import TextIO

from dbtrack.render.escape import visible
from dbtrack.render.format import Format
from dbtrack.render.section import Section
from dbtrack.render.values import NULL_MARK, machine


def write_lines(output_format: Format, section: Section, stream: TextIO) -> None:
    r"""Write one line a row: a JSON object, or the values with two spaces between, NULL as ``-``.

    Args:
        output_format: JSONL, or PLAIN.
    """
    if output_format is Format.JSONL:
        from dbtrack.render.json_writer import write_jsonl

        write_jsonl(section, stream)
        return
    for row in section.rows:
        cells = (NULL_MARK if value is None else visible(machine(value)) for value in row)
        stream.write("  ".join(cells) + "\n")
