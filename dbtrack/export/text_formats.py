"""Write exported rows as CSV, JSON Lines, OCSF or CEF, in chunks of some thousand rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, assert_never

from dbtrack.export.cef import cef_event
from dbtrack.export.columns import ExportColumn, Storage
from dbtrack.export.ocsf import ocsf_event
from dbtrack.export.reading import Reading
from dbtrack.export.request import ExportFormat
from dbtrack.export.source import Source
from dbtrack.render.data import spreadsheet_text
from dbtrack.render.values import json_bytes

_ROWS_A_CHUNK = 2_000
_BYTES_A_CHUNK = 1 << 20
Chunk = tuple[int, bytes]
"""How many rows, and their text; the header of a CSV is not counted."""


def text_chunks(reading: Reading, chosen: ExportFormat) -> Iterator[Chunk]:
    """Yield the export in a text format; nothing, not even a header, if an incremental one has no rows."""
    match chosen:
        case ExportFormat.CSV:
            return _with_header(reading, reading.rows(), _csv_line)
        case ExportFormat.SPREADSHEET:
            cells = map(_spreadsheet_line(reading.columns), json_rows(reading))
            return _with_header(reading, cells, _csv_line)
        case ExportFormat.JSONL:
            return _chunks(reading.rows(as_json=True))
        case ExportFormat.OCSF | ExportFormat.CEF:
            render = renderer(chosen, Source.of(reading))
            return _chunks(render(row) + b"\n" for row in json_rows(reading))
        case ExportFormat.PARQUET:
            raise ValueError("Parquet is not a text format")
        case _:
            assert_never(chosen)


def json_rows(reading: Reading) -> Iterator[dict[str, Any]]:
    """Yield the rows as JSON objects; bytes that are not UTF-8, as SQL_ASCII allows, are replaced."""
    return (json.loads(row.decode(errors="replace")) for row in reading.rows(as_json=True))


def renderer(chosen: ExportFormat, source: Source) -> Callable[[Mapping[str, Any]], bytes]:
    """Return what makes the text of an event, without a line end, from a row as JSON.

    Args:
        chosen: jsonl, ocsf or cef.
    """
    match chosen:
        case ExportFormat.JSONL:
            return json_bytes
        case ExportFormat.OCSF:
            return lambda row: json_bytes(ocsf_event(row, source))
        case ExportFormat.CEF:
            return lambda row: cef_event(row, source).encode()
        case ExportFormat.CSV | ExportFormat.SPREADSHEET | ExportFormat.PARQUET:
            raise ValueError(f"{chosen} has no events")
        case _:
            assert_never(chosen)


def _with_header(
    reading: Reading, rows: Iterator[bytes], line: Callable[[Iterable[str]], bytes]
) -> Iterator[Chunk]:
    header = (0, line(column.name for column in reading.columns))
    chunks = _chunks(rows)
    first = next(chunks, None)
    if first is not None:
        yield from chain([header, first], chunks)
    elif not reading.is_incremental:
        yield header


def _chunks(rows: Iterable[bytes]) -> Iterator[Chunk]:
    """Join rows: as many as a write is worth, and few if they are long."""
    source = iter(rows)
    while part := list(islice(source, _ROWS_A_CHUNK // 20)):
        size = sum(map(len, part))
        while size < _BYTES_A_CHUNK and len(part) < _ROWS_A_CHUNK:
            more = list(islice(source, _ROWS_A_CHUNK // 20))
            if not more:
                break
            size += sum(map(len, more))
            part += more
        yield len(part), b"".join(part)


def _csv_line(values: Iterable[Any]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(values)
    return buffer.getvalue().encode()


def _spreadsheet_line(columns: Sequence[ExportColumn]) -> Callable[[dict[str, Any]], bytes]:
    def line(row: dict[str, Any]) -> bytes:
        return _csv_line(_cell(column, row[column.name]) for column in columns)

    return line


def _cell(column: ExportColumn, value: Any) -> str:
    if value is None:
        return ""
    if column.storage in (Storage.NUMBER, Storage.DECIMAL, Storage.TIME):
        return str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return spreadsheet_text(text)
