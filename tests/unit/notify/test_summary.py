"""A row in one line."""

from __future__ import annotations

from dbtrack.notify.alerts.summary import summary


def test_a_failed_migration() -> None:
    row = {
        "script_type": "MIGRATION",
        "script_name": "v42",
        "execution_status": "FAILED",
        "affected_objects": ["public.a", "public.b", "public.c", "public.d"],
        "sql_command": "ALTER TABLE a …",
        "error_message": "no such\ncolumn",
        "db_session_user": "ci",
    }
    assert summary(row) == (
        "MIGRATION v42 FAILED public.a, public.b, public.c and 1 more: no such column (by ci)"
    )


def test_a_figure() -> None:
    assert summary(
        {
            "metric_name": "success_rate_24h",
            "status": "CRITICAL",
            "metric_value": 61.5,
            "metric_unit": "percent",
        }
    ) == ("success_rate_24h CRITICAL 61.5 percent")


def test_a_long_statement_is_cut() -> None:
    shown = summary({"script_name": "DO", "sql_command": "x" * 1000})
    assert shown.startswith("DO: xxx")
    assert shown.endswith("x…")
    assert len(shown) == 304


def test_nothing_known() -> None:
    assert summary({}) == ""
