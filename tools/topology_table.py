"""The table of docs/topologies.md, between markers, from the outcomes that the tests found."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

_OUTCOMES = Path(__file__).resolve().parent.parent / "tests" / "golden" / "topologies.json"
_BLOCK = re.compile(r"<!-- outcomes -->\n.*?<!-- end of outcomes -->\n", re.DOTALL)
_COLUMNS = {
    "fault": "fault",
    "executions": "what was recorded",
    "running": "what ran meanwhile",
    "events": "events at a webhook",
    "seals": "`verify` with a digest",
    "reconcile": "`reconcile`",
    "capture": "capture",
    "status": "`status`",
    "subscriber": "a subscriber",
    "fleet": "`fleet upgrade`",
}


def renew(document: str) -> str:
    """Return the document with the outcomes as they are in the file now."""
    rows = [row for found in json.loads(_OUTCOMES.read_text(encoding="utf-8")).values() for row in found]
    text = table(rows)
    return _BLOCK.sub(lambda _: f"<!-- outcomes -->\n{text}<!-- end of outcomes -->\n", document)


def table(rows: Sequence[Mapping[str, str]]) -> str:
    """Return a section for each topology, with a line for each fault, in Markdown."""
    names = dict.fromkeys(row["topology"] for row in rows)
    return "\n".join(_section(name, [row for row in rows if row["topology"] == name]) for name in names)


def _section(name: str, rows: Sequence[Mapping[str, str]]) -> str:
    columns = [key for key in _COLUMNS if key == "fault" or any(row[key] != "-" for row in rows)]
    lines = [[_COLUMNS[key] for key in columns], *([row[key] for key in columns] for row in rows)]
    head, *body = (f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
    return f"### {name[0].upper()}{name[1:]}\n{head}{'|---' * len(columns)}|\n{''.join(body)}"
