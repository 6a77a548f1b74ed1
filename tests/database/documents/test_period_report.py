"""`dbtrack report`: the numbers, and the page that a browser shows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import psycopg
import pytest

from tests.support.command_line import run_dbtrack

_FILL = """
    SELECT script_tracking.ensure_month(to_char(timestamptz '2026-01-15' + m * interval '1 month', 'YYYY_MM'))
    FROM generate_series(-4, 0) AS m;
    CREATE TEMPORARY TABLE item AS
    SELECT sha256(convert_to(n::text, 'UTF8')) AS hk, n, timestamptz '2026-01-12 00:30Z' - n * interval '6 hours' AS at
    FROM generate_series(1, 200) AS n;
    INSERT INTO script_tracking.script_execution_h SELECT hk, n::text, NULL, at, 'track_operation@local' FROM item;
    INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, script_name, script_type,
        execution_status, execution_timestamp, execution_duration_ms, db_session_user, error_message, metadata,
        record_source)
    SELECT hk, at, hk, 'load <b>&', 'MIGRATION', CASE WHEN n IN (2, 30) THEN 'FAILED' ELSE 'COMPLETED' END, at,
        CASE n WHEN 3 THEN 90000 ELSE 100 + n % 7 END, CASE n % 2 WHEN 0 THEN 'alice' ELSE E'bob\u202e' END,
        CASE WHEN n IN (2, 30) THEN 'column "last_seen" does not exist' END, '{"sqlstate": "42703"}',
        'track_operation@local' FROM item
"""
_WEEK = ("--since", "2026-01-05", "--until", "2026-01-12", "--utc")


@pytest.fixture
def filled(installed_conninfo: str) -> str:
    """A database with four executions a day until 12 January."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(_FILL)
    return installed_conninfo


def test_the_document_says_what_a_plain_query_says(filled: str, tmp_path: Path) -> None:
    done = run_dbtrack("report", "-d", filled, *_WEEK, "--format", "json")
    facts = json.loads(done.stdout)
    with psycopg.connect(filled) as connection:
        counts = connection.execute(
            """SELECT count(*), count(*) FILTER (WHERE execution_status = 'FAILED'), max(execution_duration_ms)
            FROM script_tracking.current_execution
            WHERE execution_timestamp >= '2026-01-05Z' AND execution_timestamp < '2026-01-12Z'"""
        ).fetchone()
    assert counts == (28, 1, 90000)
    assert (facts["now"]["ended"], facts["now"]["failed"]) == counts[:2]
    assert (facts["before"]["ended"], facts["before"]["failed"]) == (28, 1)
    assert sum(week["ended"] for week in facts["weeks"]) == 200
    assert [sum(day["ended"]) for day in facts["days"]] == [4] * 7
    assert sum(sum(day["failed"]) for day in facts["days"]) == 1
    assert facts["slow"][0]["longest_ms"] == 90000
    assert facts["slow"][0]["p95_ms"] == pytest.approx(106, abs=1)
    assert {share["name"]: share["ended"] for share in facts["by_login"]} == {"alice": 14, "bob\u202e": 14}
    assert facts["causes"][0]["message"] == 'column "last_seen" does not exist'
    assert facts["causes"][0]["is_open"] is False, "the next run succeeded"

    page = tmp_path / "week.html"
    run_dbtrack("report", "-d", filled, *_WEEK, "-o", str(page))
    html = page.read_text(encoding="utf-8")
    assert "28 operations, 96.43 % succeeded, no failure is open" in html
    assert ">2 of 2 logins<" in html
    assert "Mon 5 Jan 2026 to Sun 11 Jan 2026, whole days in UTC" in html
    assert "load &lt;b&gt;&amp;" in html
    assert "<b>&" not in html
    assert "\u202e" not in html
    assert not re.search(r"<script|\son\w+=|\sstyle=|https?://", html)

    markdown = run_dbtrack("report", "-d", filled, *_WEEK).stdout
    assert markdown.startswith("# ")
    assert "| operations | 28 | 28 |" in markdown
    assert "load \\<b\\>\\&" in markdown


def test_an_empty_period_and_a_backward_one(filled: str, tmp_path: Path) -> None:
    page = tmp_path / "empty.html"
    run_dbtrack("report", "-d", filled, "--since", "2024-01-01", "--until", "2024-01-08", "-o", str(page))
    html = page.read_text(encoding="utf-8")
    assert "Nothing was recorded in this period" in html
    assert "Twelve weeks" not in html
    # Only warnings are to be decided: the heading is not that of a failure.
    assert 'class="bad" aria-hidden="true"' not in html
    assert 'aria-label="Critical">✘</i>For decision' not in html
    backward = run_dbtrack("report", "-d", filled, "--since", "2026-01-12", "--until", "2026-01-05")
    assert backward.returncode == 2
