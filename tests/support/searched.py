"""Executions with all kinds of words, and searches of them, with notes of where words occur and without."""

from __future__ import annotations

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.reports import REPORTS, bind
from dbtrack.reports.search import Places, Search, search_rows

_ROWS = """
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type,
    execution_status, execution_timestamp, db_session_user, affected_objects, sql_command, error_message, metadata, record_source)
SELECT sha256(convert_to(%(of)s || n, 'UTF8')), d.load_date, '',
    CASE WHEN n %% 3 > 0 THEN sha256(convert_to('tenant-' || n %% 3, 'UTF8')) END, 'step_' || n %% 50, 'MIGRATION',
    CASE WHEN n %% 9 = 0 THEN 'FAILED' ELSE 'COMPLETED' END, d.load_date - interval '1 second', 'worker_' || n %% 7,
    array_remove(ARRAY['shop.item_' || n %% 400, CASE n %% 500 WHEN 1 THEN 'public."O""dd, name"' WHEN 2 THEN 'öffentlich.ıŞık'
        END], NULL),
    CASE n %% 250 WHEN 3 THEN E'UPDATE t SET a = ''100%%_sure'' -- back\\\\slash\\nnext line' WHEN 4 THEN 'SELECT İSTANBUL, ıslak, K'
        WHEN 5 THEN 'x' ELSE 'ALTER TABLE shop.item_' || n %% 400 || ' ADD note_' || n || ' text' END,
    CASE WHEN n %% 9 = 0 THEN 'column "note_' || n || '" of relation exists' END,
    jsonb_build_object('application_name', 'app ' || n %% 11, 'ticket', 'OPS-' || n %% 600), 'test'
FROM generate_series(%(first)s::integer, %(last)s::integer) AS n
CROSS JOIN LATERAL (SELECT now() - (%(last)s::integer - n + 60 * %(hours_ago)s) * interval '1 minute' AS load_date) AS d
"""
_CORPUS: tuple[dict[str, object], ...] = (
    {"grep": "note_1777 "},
    {"grep": "NOTE_1777"},
    {"grep": "ote_177"},
    {"grep": "alter table", "limit": 20},
    {"grep": "alter table"},
    {"grep": "table shop.item_399 add"},
    {"grep": "100%_sure"},
    {"grep": "back\\slash\nnext"},
    {"grep": "a = '100"},
    {"grep": "İSTANBUL"},
    {"grep": "istanbul"},
    {"grep": "ıslak"},
    {"grep": "x"},
    {"grep": "te"},
    {"grep": "%%%"},
    {"grep": "nothing of the kind"},
    {"object": "shop.item_77"},
    {"object": "item_77"},
    {"object": "shop.item_39?"},
    {"object": "*item_7*"},
    {"object": "*"},
    {"object": 'public."O""dd, name"'},
    {"object": "öffentlich.ıŞık"},
    {"object": "shop.nothing,shop.item_5"},
    {"name": "step_7"},
    {"name": "step_4*", "grep": "note_17"},
    {"user": "worker_3", "limit": 5},
    {"user": "worker_3,nobody", "object": "item_12"},
    {"app": "app 10", "failed": True},
    {"app": "*1?", "grep": "note_2"},
    {"ticket": "OPS-599"},
    {"grep": "note_", "failed": True, "limit": 7},
)


def add_executions(database: Database, of: str, first: int, last: int, hours_ago: int = 0) -> None:
    """Record executions of these numbers, one a minute; the last so many hours ago."""
    database.execute(_ROWS, {"of": of, "first": first, "last": last, "hours_ago": hours_ago})


def index_all(database: Database, most_rows: int = 500) -> None:
    """Write the notes of all executions."""
    database.execute("SET ROLE dbtrack_owner")
    while database.call("advance_search", p_most_rows=most_rows)[0][0] == "more":
        pass
    database.execute("RESET ROLE")


def report_values(database: Database, report: str, **arguments: object) -> dict[str, object]:
    """Return the parameters of a report of 30 days."""
    return bind(database, REPORTS[report], {"since": "30d", **arguments})


def assert_same_found(database: Database, *reports: str) -> int:
    """Compare all searches with what the report finds by reading; return how many read places."""
    used = 0
    for report in reports or ("history",):
        known = {parameter.name for parameter in REPORTS[report].parameters}
        text, in_order = sql_files.report(report), REPORTS[report].in_pages
        for arguments in (each for each in _CORPUS if each.keys() <= known):
            values = report_values(database, report, **arguments)
            found = list(search_rows(database, text, values, is_newest_first=in_order))
            assert found == database.rows(text, values), (report, arguments)
            search = Search.of(text, values, is_newest_first=in_order)
            used += search is not None and places_of(database, search).starts is not None
    return used


def places_of(database: Database, search: Search) -> Places:
    """Return where a search looks."""
    return Places(*database.rows(sql_files.query("search/places"), search.asking(None))[0])


def versions_read(database: Database, **arguments: object) -> int:
    """Return how many versions a search of the history reads."""
    search = Search.of(
        sql_files.report("history"), report_values(database, "history", **arguments), is_newest_first=True
    )
    assert search is not None
    places = places_of(database, search)
    return int(
        database.value(
            "SELECT count(*) FROM script_tracking.versions_within(%(starts)s::timestamptz[], %(ends)s::timestamptz[], "
            "%(load_dates)s::text[], NULL)",
            places._asdict(),
        )
    )
