"""Every report's SQL gives what its definition says, on every server."""

from __future__ import annotations

import pytest

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.reports import REPORTS, Kind, Report, bind

TYPES = {
    Kind.TEXT: {"text", "varchar"},
    Kind.IDENTIFIER: {"text", "varchar", "name", "int8"},
    Kind.STATUS: {"text", "varchar"},
    Kind.COUNT: {"int4", "int8"},
    Kind.NUMBER: {"numeric", "float8", "int4", "int8"},
    Kind.RATIO: {"numeric", "float8"},
    Kind.DURATION_MS: {"numeric", "int8"},
    Kind.BYTES: {"int8", "numeric"},
    Kind.TIME: {"timestamptz"},
    Kind.KEY: {"bytea"},
    Kind.LIST: {"text[]", "numeric[]"},
    Kind.JSON: {"jsonb"},
    Kind.BOOLEAN: {"bool"},
    Kind.METRIC: {"numeric"},
}

# Names and types that the contract fixes (docs/sql-functions.md), as pg_get_function_result and _arguments show them.
FUNCTIONS = {
    "get_enterprise_dashboard": (
        "",
        (
            "metric_name text, metric_value numeric, metric_unit text, status text, "
            "last_updated timestamp with time zone"
        ),
    ),
    "get_execution_history": (
        "days integer DEFAULT 7",
        (
            "script_name character varying, script_type character varying, "
            "execution_status character varying, execution_timestamp timestamp with time zone, "
            "execution_duration_ms bigint, db_session_user character varying, affected_objects text[]"
        ),
    ),
    "get_performance_metrics": (
        "",
        (
            "metric_category text, metric_name text, current_value numeric, trend_direction text, "
            "performance_rating text"
        ),
    ),
    "get_system_health": (
        "",
        (
            "health_category text, health_metric text, current_status text, details text, "
            "last_checked timestamp with time zone"
        ),
    ),
    "get_recent_errors": (
        "hours integer DEFAULT 24",
        (
            "script_name character varying, error_message text, "
            "execution_timestamp timestamp with time zone, db_session_user character varying, "
            "client_ip inet, affected_objects text[], metadata jsonb"
        ),
    ),
}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
@pytest.mark.every_server
def test_the_columns_are_those_of_the_definition(installed: Database, report: Report) -> None:
    key = installed.value("SELECT script_tracking.track_operation('nightly')")
    installed.execute("SELECT script_tracking.add_tenant('acme')")
    installed.execute("CREATE TABLE public.orders (order_id int)")
    words = {"key": key, "tenant": "acme", "object": "public.orders"}
    arguments = {
        each.name: words[each.name] for each in report.parameters if each.required or each.name == "key"
    }
    found = installed.result(sql_files.report(report.name), bind(installed, report, arguments)).columns
    assert [column.name for column in found] == [column.name for column in report.columns]
    for column, info in zip(report.columns, found, strict=True):
        assert info.type_name in TYPES[column.kind], f"{column.name} is {info.type_name}"


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_units_stand_in_columns_of_the_report(report: Report) -> None:
    names = {column.name for column in report.columns}
    assert {column.unit_column for column in report.columns} - {None} <= names


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_function_is_that_of_the_contract(installed: Database, name: str) -> None:
    arguments, result = installed.rows(
        "SELECT pg_get_function_arguments(p.oid), pg_get_function_result(p.oid) FROM pg_proc AS p "
        "WHERE p.pronamespace = 'script_tracking'::regnamespace AND p.proname = %(name)s",
        {"name": name},
    )[0]
    fixed, columns = FUNCTIONS[name]
    assert arguments.startswith(fixed)
    assert all("DEFAULT" in argument for argument in arguments.removeprefix(fixed).split(", ") if argument)
    assert result == f"TABLE({columns})"


def test_there_is_one_sql_file_for_each_report() -> None:
    files = {path.stem for path in (sql_files.sql_root() / "reports").glob("*.sql")}
    assert files == set(REPORTS)
