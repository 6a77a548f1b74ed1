"""The columns of the mart's views in docs/mart.md, between markers, from the comments in sql/mart/."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"<!-- columns of the mart -->\n.*?<!-- end of columns -->\n", re.DOTALL)
_VIEW = re.compile(
    r"^COMMENT ON (VIEW|FUNCTION) dbtrack_mart\.(\w+)\S* IS\s+('.*?');$", re.MULTILINE | re.DOTALL
)
_COLUMN = re.compile(r"^COMMENT ON COLUMN dbtrack_mart\.\w+\.(\w+) IS\s+('.*?');$", re.MULTILINE | re.DOTALL)


def renew(document: str) -> str:
    """Return the document with the views and columns as sql/mart/ has them now."""
    texts = [path.read_text(encoding="ascii") for path in sorted((ROOT / "sql/mart").glob("*.sql"))]
    sections = "\n".join(_section(text) for text in texts)
    return _BLOCK.sub(
        lambda _: f"<!-- columns of the mart -->\n{sections}<!-- end of columns -->\n", document
    )


def _section(text: str) -> str:
    comment = next(_VIEW.finditer(text))
    name = f"{comment[2]}(moment)" if comment[1] == "FUNCTION" else comment[2]
    summary = textwrap.fill(f"{_words(comment[3])}.", 100, break_on_hyphens=False)
    rows = [f"| `{column[1]}` | {_words(column[2])} |\n" for column in _COLUMN.finditer(text)]
    table = "".join(["\n| column | what it is |\n|---|---|\n", *rows]) if rows else ""
    return f"### `{name}`\n{summary}\n{table}"


def _words(literal: str) -> str:
    """Return the text of SQL literals, one or several one after another, as a cell of a table."""
    parts = re.findall(r"'((?:[^']|'')*)'", literal)
    return "".join(parts).replace("''", "'").replace("|", "\\|")
