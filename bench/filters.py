"""Time of history with each filter, over a week, a quarter and two years, as the client waits for it."""

from __future__ import annotations

from collections import defaultdict
from time import perf_counter

from bench.place import Connection
from bench.reports import ROWS, filled_database
from bench.timing import Milliseconds, median, table
from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.reports import REPORTS, bind

_DAYS = 730
_CASES: dict[str, dict[str, object]] = {
    "no filter, 50 rows": {"limit": 50},
    "user, 50 rows": {"user": "worker_7", "limit": 50},
    "a user without rows": {"user": "nobody"},
    "name, all rows": {"name": "step_7"},
    "a name without rows": {"name": "nothing"},
    "name with *, all rows": {"name": "step_77*"},
    "object, all rows": {"object": "shop.item_77"},
    "an object without rows": {"object": "shop.nothing"},
    "grep, all rows": {"grep": "note_7777"},
    "failed, all rows": {"failed": True},
    "waited, all rows": {"waited": True},
    "slow, 50 rows": {"slow": True, "limit": 50},
}
_WINDOWS = {"7 days": {"since": "7d"}, "90 days": {"since": "90d"}, "2 years": {"since": "730d"}}


def run(connection: Connection, rows: int, rounds: int) -> str:
    """Measure with 100 thousand and with so many executions, and return the tables."""
    sizes = dict.fromkeys((ROWS["100k"], rows))
    return "\n\n".join(_size(connection, count, rounds) for count in sizes)


def _size(connection: Connection, rows: int, rounds: int) -> str:
    with filled_database(connection, "filters", _DAYS, rows) as (database, note):
        database.execute("SET ROLE dbtrack_owner")
        while database.call_value("index_months"):
            pass
        database.execute("RESET ROLE")
        database.execute("ANALYZE script_tracking.script_execution_s")
        taken: dict[tuple[str, str], list[Milliseconds]] = defaultdict(list)
        for _ in range(rounds):
            for window, since in _WINDOWS.items():
                for case, arguments in _CASES.items():
                    taken[case, window].append(_milliseconds(database, since | arguments))
    body = {case: [median(taken[case, window]) for window in _WINDOWS] for case in _CASES}
    title = f"history of {rows:,} executions in two years: milliseconds, for all tenants"
    return table(title, list(_WINDOWS), body) + "\n\n" + note


def _milliseconds(database: Database, arguments: dict[str, object]) -> Milliseconds:
    values = bind(database, REPORTS["history"], arguments)
    begin = perf_counter()
    database.rows(sql_files.report("history"), values)
    return (perf_counter() - begin) * 1000
