"""The definitions of the reports, and what is refused before a server is asked."""

from __future__ import annotations

from typing import Any

import pytest

from dbtrack.errors import UsageError
from dbtrack.reports import REPORTS, ParameterKind, Report, bind
from tests.support import paths

DOCS = paths.DOCS / "reports.md"


class NoServer:
    """Stands for a database that nobody may ask."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the server was asked: {name}")


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_a_report_is_documented_with_its_columns_and_parameters(report: Report) -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert f"`{report.name}`" in text
    for parameter in report.parameters:
        assert f"`--{parameter.name}`" in text or parameter.kind is ParameterKind.KEY
    assert all(f"`{column.name}`" in text for column in report.columns)


@pytest.mark.parametrize(
    ("name", "value"),
    [("days", 0), ("days", 36_501), ("days", "7"), ("limit", -1), ("status", "DONE")],
)
def test_bad_values_are_refused_before_the_server_is_asked(name: str, value: object) -> None:
    database: Any = NoServer()
    with pytest.raises(UsageError, match=str(value)):
        bind(database, REPORTS["history"], {name: value})


def test_defaults_and_case_of_the_status() -> None:
    database: Any = NoServer()
    values = bind(database, REPORTS["history"], {"status": "failed", "days": None})
    assert values["status"] == "FAILED"
    assert values["days"] == 7
    assert values["since"] is None


def test_a_missing_key_and_a_foreign_parameter_are_errors() -> None:
    database: Any = NoServer()
    with pytest.raises(UsageError, match="key is missing"):
        bind(database, REPORTS["show_execution"], {})
    with pytest.raises(ValueError, match="no parameter hours"):
        bind(database, REPORTS["history"], {"hours": 3})
