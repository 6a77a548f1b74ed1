"""One table of evidence as CSV, which a spreadsheet opens without evaluating anything in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TextIO

from dbtrack.evidence.data_file import members, plain
from dbtrack.evidence.data_reader import DataReader
from dbtrack.evidence.model import Change, Evidence, EvidenceException
from dbtrack.render.data import spreadsheet_text

_CONTROLS = ("paragraph", "title", "status", "sentence", "text", "quoted", "measures")


def write_population(data: Path, stream: TextIO) -> None:
    """Write every change, with the kinds of its exceptions and the classes in the last columns."""
    _write([each.name for each in fields(Change)], _section(data, "population"), stream)


def write_exceptions(data: Path, stream: TextIO) -> None:
    """Write every exception."""
    _write([each.name for each in fields(EvidenceException)], _section(data, "exceptions"), stream)


def write_sample(evidence: Evidence, stream: TextIO) -> None:
    """Write the sampled changes, with the seal that covers each and the numbers of its exceptions."""
    rows = (
        {
            "number": number,
            **members(each.change),
            "block_number": each.block_number,
            "exceptions": each.labels,
        }
        for number, each in enumerate(evidence.sample.drawn, 1)
    )
    names = [each.name for each in fields(Change) if each.name != "exceptions"]
    _write(["number", *names, "block_number", "exceptions"], rows, stream)


def write_controls(evidence: Evidence, stream: TextIO) -> None:
    """Write each control with what the record says to it."""
    rows = (
        {**members(each.control), "status": each.status, "sentence": each.sentence}
        for each in evidence.controls
    )
    _write(_CONTROLS, rows, stream)


def _section(data: Path, name: str) -> Iterator[Mapping[str, object]]:
    with data.open("rb") as stream:
        for row in DataReader(stream).rows():
            if row.section == name and isinstance(row.value, dict):
                yield row.value


def _write(names: Sequence[str], rows: Iterable[Mapping[str, object]], stream: TextIO) -> None:
    # All fields are quoted: a spreadsheet that separates them by semicolons must not split one.
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_cell(plain(row[name])) for name in names] for row in rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return spreadsheet_text(text)
