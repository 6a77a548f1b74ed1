"""docs/export.md has every column with its type, and every format."""

from __future__ import annotations

import re

import pytest

from dbtrack.export.columns import COLUMNS, SCHEMA_VERSION, Storage, Subject
from dbtrack.export.request import ExportFormat
from tests.support.paths import DOCS

_PAGE = (DOCS / "export.md").read_text()
_TYPES = {
    Storage.TEXT: "text",
    Storage.NUMBER: "integer",
    Storage.DECIMAL: "number",
    Storage.TIME: "time",
    Storage.LIST: "list",
}


@pytest.mark.parametrize("subject", Subject)
def test_every_column_is_there_in_order(subject: Subject) -> None:
    section = _PAGE.partition(f"### {subject}\n")[2].partition("\n### ")[0].partition("\n## ")[0]
    documented = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*) \|$", section, re.MULTILINE)
    columns = [column for column in COLUMNS[subject] if subject is Subject.EXECUTIONS or not column.is_full]
    assert documented == [(column.name, _TYPES[column.storage], column.help) for column in columns]


def test_the_version_of_the_schema_and_every_format_are_there() -> None:
    assert f"version {SCHEMA_VERSION} of the schema" in _PAGE
    assert set(
        re.findall(r"^\| `(\w+)` \|", _PAGE.partition("## Formats")[2].partition("\n## ")[0], re.MULTILINE)
    ) == {*ExportFormat}
