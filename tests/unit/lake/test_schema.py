"""The schema of a lake does not change without its version, and docs/long-history.md has it and every question."""

from __future__ import annotations

import json
import re

import pytest

from dbtrack.errors import UsageError
from dbtrack.export.columns import Storage, Subject
from dbtrack.export.hive import partition_name
from dbtrack.lake.engines import runnable_sql
from dbtrack.lake.manifest import Selection
from dbtrack.lake.questions import Engine, find_question, question_names, question_sql
from dbtrack.lake.schema import SCHEMA_VERSION, lake_columns
from tests.support.golden_files import how_to_update, is_updating
from tests.support.paths import DOCS, GOLDEN

_PAGE = (DOCS / "long-history.md").read_text()
_GOLDEN = GOLDEN / "lake_schema.json"
_TYPES = {
    Storage.TEXT: "text",
    Storage.NUMBER: "integer",
    Storage.DECIMAL: "number",
    Storage.TIME: "time",
    Storage.LIST: "list",
}


def test_the_schema_changes_only_with_its_version() -> None:
    """The file has every version; one that was released is never written again."""
    schema = {
        table: [[column.name, column.storage.value] for column in lake_columns(table)] for table in Subject
    }
    released = json.loads(_GOLDEN.read_text()) if _GOLDEN.exists() else {}
    if is_updating() and str(SCHEMA_VERSION) not in released:
        released[str(SCHEMA_VERSION)] = schema
        _GOLDEN.write_text(f"{json.dumps(released, indent=1)}\n")
    assert released.get(str(SCHEMA_VERSION)) == schema, (
        f"the columns changed: raise SCHEMA_VERSION in dbtrack/lake/schema.py. {how_to_update()}"
    )
    assert max(map(int, released)) == SCHEMA_VERSION
    for table in Subject:
        names: list[str] = []
        for version in sorted(released, key=int):
            columns = [name for name, _ in released[version][table]]
            assert set(columns) >= set(names), "a column of an earlier version is missing"
            names = columns


@pytest.mark.parametrize("table", Subject)
def test_every_column_is_documented_in_order(table: Subject) -> None:
    section = _PAGE.partition(f"### {table}\n")[2].partition("\n### ")[0].partition("\n## ")[0]
    documented = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*) \|$", section, re.MULTILINE)
    assert documented == [
        (column.name, _TYPES[column.storage], column.help) for column in lake_columns(table)
    ]
    assert f"version {SCHEMA_VERSION} of the schema" in _PAGE


def test_every_question_is_documented() -> None:
    section = _PAGE.partition("## Questions\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE) == question_names()


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("acme", "t=acme"),
        (None, "t=__HIVE_DEFAULT_PARTITION__"),
        ("a/b=%é ü", "t=a%2Fb%3D%25é ü"),
        ("..", "t=.."),
        ("\t'\"", "t=%09%27%22"),
    ],
)
def test_names_of_partitions(value: str | None, name: str) -> None:
    assert partition_name("t", value) == name


def test_a_name_that_is_too_long_is_replaced_by_its_hash() -> None:
    one, other = (partition_name("tenant", "漢" * 100 + end) for end in "ab")
    assert one != other
    assert len(one) < 100


def test_the_object_is_a_literal_of_the_engine() -> None:
    found = find_question("object")
    name = "it's \\ a"
    assert "= 'it''s \\ a'" in question_sql(found, Engine.DUCKDB, name)
    for engine in (Engine.CLICKHOUSE, Engine.SPARK):
        assert "= 'it\\'s \\\\ a'" in question_sql(found, engine, name)
    with pytest.raises(UsageError, match="needs --object"):
        question_sql(found, Engine.SPARK)
    with pytest.raises(UsageError, match="not about an object"):
        question_sql(find_question("fleet"), Engine.SPARK, name)


def test_where_each_engine_reads_a_lake_in_s3() -> None:
    found = find_question("fleet")
    assert "'s3://audit/p/executions/**/*.parquet'" in runnable_sql(found, Engine.DUCKDB, "s3://audit/p/")
    assert "path 's3a://audit/p/executions'" in runnable_sql(found, Engine.SPARK, "s3://audit/p")
    own = runnable_sql(found, Engine.CLICKHOUSE, "s3://audit/p", endpoint="http://localhost:9000")
    assert "s3('http://localhost:9000/audit/p/executions/**/*.parquet'" in own
    own = runnable_sql(found, Engine.DUCKDB, "s3://audit/p", endpoint="http://localhost:9000/")
    assert "credential_chain, ENDPOINT 'localhost:9000', URL_STYLE 'path', USE_SSL false);" in own


def test_a_selection_takes_months_only() -> None:
    for text in ("2026", "2026-13", "2026-01-01", "last month"):
        with pytest.raises(UsageError, match="is not a month"):
            Selection(since=text)
