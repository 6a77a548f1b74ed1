"""Writes the keys of metadata from docs/model.md into the view of the mart, in its block ``-- <keys>``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
_SECTION = "## The keys of metadata"
_VIEW = Path("sql/mart/metadata_dictionary.sql")
_BLOCK = re.compile(r"^( *)-- <keys>\n.*?^ *-- </keys>\n", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| (?P<keys>[^|]+) \| (?P<meaning>.+) \|$")
_INSIDE = re.compile(r"in `(\w+)`: ")
_WIDTH = 120


class Key(NamedTuple):
    """One documented key of metadata."""

    section: str
    name: str
    inside: str | None
    is_protected: bool
    meaning: str


def renewed_dictionary() -> dict[Path, str]:
    """Return the view's file, relative to the repository, with the text it should have."""
    keys = list(documented_keys((ROOT / "docs/model.md").read_text(encoding="utf-8")))
    text = (ROOT / _VIEW).read_text(encoding="ascii")
    rows = ",\n".join(_row(key) for key in keys)
    return {_VIEW: _BLOCK.sub(lambda _: f"    -- <keys>\n{rows}\n    -- </keys>\n", text)}


def documented_keys(document: str) -> Iterator[Key]:
    """Yield the keys that the tables of the section explain, in their order."""
    heading = ""
    for line in document.partition(_SECTION)[2].splitlines():
        if line.startswith("## "):
            return
        if line.startswith("### "):
            heading = line.removeprefix("### ")
        row = _ROW.match(line)
        if heading and row and "`" in row["keys"]:
            yield from _keys(heading, row["keys"], _plain(row["meaning"]))


def _keys(heading: str, cell: str, meaning: str) -> Iterator[Key]:
    inside = _INSIDE.match(cell)
    names = cell[inside.end() :] if inside else cell
    for name in re.findall(r"`(\w+)`", names):
        yield Key(heading, name, inside[1] if inside else None, "*" in cell, meaning)


def _plain(text: str) -> str:
    """Return the text without links and marks of code."""
    without_links = re.sub(r"\s*\(?\[[^\]]*\]\([^)]*\)\)?|\[([^\]]*)\]\([^)]*\)", _link_words, text)
    return " ".join(without_links.replace("`", "").split())


def _link_words(link: re.Match[str]) -> str:
    # A link in brackets only says where to read on; others are part of the sentence.
    if link[0].lstrip().startswith("("):
        return ""
    words = re.search(r"\[([^\]]*)\]", link[0])
    return f" {words[1]}" if words else ""


def _row(key: Key) -> str:
    protected = "true" if key.is_protected else "false"
    head = f"    ({_literal(key.section)}, {_literal(key.name)}, {_literal(key.inside)}, {protected},"
    return f"{head}\n{_meaning(key.meaning)})"


def _meaning(text: str) -> str:
    """Return the text as literals, one a line: PostgreSQL joins those that a line feed separates."""
    lines, line = [], ""
    for word in re.findall(r"\S+\s*", text):
        if len(line) + len(word) > _WIDTH:
            lines.append(line)
            line = ""
        line += word
    return "\n".join(f"     {_literal(each)}" for each in [*lines, line])


def _literal(text: str | None) -> str:
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"
