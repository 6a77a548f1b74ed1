"""The definitions of the reports, and what is refused before a server is asked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dbtrack.errors import UsageError
from dbtrack.reports import REPORTS, Report, bind
from tests.support import paths
from tools.report_reference import documented

DOCS = paths.DOCS / "reports.md"


class NoServer:
    """Stands for a database that nobody may ask."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the server was asked: {name}")


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_every_column_is_explained(report: Report) -> None:
    silent = [column.name for column in report.columns if not column.help]
    assert silent == [], "give these columns a help text; docs/reports.md shows it"


def test_every_report_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert documented(text) == set(REPORTS), "run: python -m tools.generate"
    headings = set(re.findall(r"^## `(\w+)`$", text, re.MULTILINE))
    assert headings == set(REPORTS), "each report has a heading: ## `NAME`"


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
