"""A question as SQL that DuckDB, ClickHouse or Spark runs by itself on the files of a lake."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from dbtrack.archive.duckdb_engine import literal
from dbtrack.export.columns import ExportColumn, Storage
from dbtrack.lake.query import view_of
from dbtrack.lake.questions import Engine, Question, question_sql, text_literal
from dbtrack.lake.schema import lake_columns
from dbtrack.storage.place import bucket_and_prefix, is_bucket

_SPARK = {
    Storage.TEXT: "STRING",
    Storage.NUMBER: "BIGINT",
    Storage.DECIMAL: "DOUBLE",
    Storage.TIME: "TIMESTAMP",
    Storage.LIST: "ARRAY<STRING>",
    Storage.BOOLEAN: "BOOLEAN",
}
_CLICKHOUSE = {
    Storage.TEXT: "Nullable(String)",
    Storage.NUMBER: "Nullable(Int64)",
    Storage.DECIMAL: "Nullable(Float64)",
    Storage.TIME: "Nullable(DateTime64(6, 'UTC'))",
    Storage.LIST: "Array(Nullable(String))",
    Storage.BOOLEAN: "Nullable(Bool)",
}
# Columns are read from the files: ClickHouse does not undo the escapes in the names of directories.
_CLICKHOUSE_SETTINGS = "use_hive_partitioning = 0, input_format_parquet_allow_missing_columns = 1"


def runnable_sql(
    question: Question,
    engine: Engine,
    lake: str,
    object_identity: str | None = None,
    *,
    endpoint: str | None = None,
) -> str:
    """Return a question with all that it needs; for DuckDB and Spark several statements.

    Args:
        lake: a directory, or `s3://BUCKET/PREFIX`.
        endpoint: the URL of S3; None for Amazon's.

    Raises:
        UsageError: the place is malformed, or the question needs an object.
    """
    select = question_sql(question, engine, object_identity)
    pattern = f"{_root(lake, engine, endpoint)}/{question.table}"
    columns = lake_columns(question.table)
    match engine:
        case Engine.DUCKDB:
            return _for_duckdb(question, pattern, select, endpoint)
        case Engine.CLICKHOUSE:
            return _for_clickhouse(question, pattern, columns, select)
        case Engine.SPARK:
            return _for_spark(question, pattern, columns, select)
        case _:
            assert_never(engine)


def _root(lake: str, engine: Engine, endpoint: str | None) -> str:
    if not is_bucket(lake):
        return str(Path(lake).absolute())
    bucket, prefix = bucket_and_prefix(lake)
    path = f"{bucket}/{prefix}".rstrip("/")
    if engine is Engine.SPARK:
        return f"s3a://{path}"
    if engine is Engine.CLICKHOUSE and endpoint:
        return f"{endpoint.rstrip('/')}/{path}"
    return f"s3://{path}"


def _for_duckdb(question: Question, pattern: str, select: str, endpoint: str | None) -> str:
    files = literal(f"{pattern}/**/*.parquet")
    source = f"read_parquet({files}, union_by_name = true, hive_partitioning = false)"
    lines = ["SET TimeZone = 'UTC';", f"CREATE TEMP VIEW {question.table} AS"]
    if is_bucket(pattern):
        lines.insert(0, "INSTALL httpfs; LOAD httpfs; INSTALL aws; LOAD aws;")
        lines.insert(1, f"CREATE SECRET (TYPE s3, PROVIDER credential_chain{_duckdb_endpoint(endpoint)});")
    return "\n".join([*lines, f"{view_of(question.table, [source])};", f"{select};"])


def _duckdb_endpoint(endpoint: str | None) -> str:
    """Return the options of a secret: DuckDB takes credentials from the environment, but no endpoint."""
    if not endpoint:
        return ""
    scheme, _, address = endpoint.rstrip("/").partition("://")
    return f", ENDPOINT {literal(address)}, URL_STYLE 'path', USE_SSL {str(scheme == 'https').lower()}"


def _for_clickhouse(question: Question, pattern: str, columns: tuple[ExportColumn, ...], select: str) -> str:
    structure = ", ".join(f"{column.name} {_CLICKHOUSE[column.storage]}" for column in columns)
    url = text_literal(f"{pattern}/**/*.parquet", Engine.CLICKHOUSE)
    function = "s3" if "://" in pattern else "file"
    source = f"{function}({url}, 'Parquet', {text_literal(structure, Engine.CLICKHOUSE)})"
    return f"WITH {question.table} AS (SELECT * FROM {source})\n{select}\nSETTINGS {_CLICKHOUSE_SETTINGS};"


def _for_spark(question: Question, pattern: str, columns: tuple[ExportColumn, ...], select: str) -> str:
    structure = ", ".join(f"{column.name} {_SPARK[column.storage]}" for column in columns)
    path = text_literal(pattern, Engine.SPARK)
    return (
        "SET TIME ZONE 'UTC';\n"
        f"CREATE OR REPLACE TEMPORARY VIEW {question.table} ({structure})\nUSING parquet\n"
        f"OPTIONS (path {path}, recursiveFileLookup 'true', pathGlobFilter '*.parquet');\n{select};"
    )
