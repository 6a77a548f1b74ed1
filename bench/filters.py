"""Time of history with each filter over three windows, with the index of searches and without."""

from __future__ import annotations

from collections import defaultdict
from time import perf_counter

from bench.place import Connection
from bench.reports import ROWS, filled_database, processor_milliseconds
from bench.timing import Milliseconds, median, table
from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.reports import REPORTS, bind
from dbtrack.reports.search import search_rows

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
    "grep, one row": {"grep": "note_77712 "},
    "a text without rows": {"grep": "frobnicate"},
    "a frequent text, 50 rows": {"grep": "alter table", "limit": 50},
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
        read = _taken(database, rounds)
        built = _index(database)
        found = _taken(database, rounds)
        title = f"history of {rows:,} executions in two years: milliseconds of the server's processor, "
        return "\n\n".join(
            [
                table(title + "reading rows", list(_WINDOWS), read),
                table(title + "searching", list(_WINDOWS), found),
                f"{built}\n{note}",
            ]
        )


def _taken(database: Database, rounds: int) -> dict[str, list[Milliseconds]]:
    taken: dict[tuple[str, str], list[Milliseconds]] = defaultdict(list)
    for _ in range(rounds):
        for window, since in _WINDOWS.items():
            for case, arguments in _CASES.items():
                taken[case, window].append(_milliseconds(database, since | arguments))
    return {case: [median(taken[case, window]) for window in _WINDOWS] for case in _CASES}


def _index(database: Database) -> str:
    """Build what searches read, and return how long it took and how large it is."""
    begin, outcome, versions, longest = perf_counter(), "more", 0, 0.0
    while outcome == "more":
        step = perf_counter()
        [(outcome, written)] = database.call("advance_search")
        versions += written
        longest = max(longest, perf_counter() - step)
    seconds = perf_counter() - begin
    size = database.value("SELECT pg_size_pretty(pg_total_relation_size('script_tracking.search_block'))")
    return (
        f"search: {versions:,} versions written in {seconds:.0f} s, the longest step {longest:.1f} s; {size}"
    )


def _milliseconds(database: Database, arguments: dict[str, object]) -> Milliseconds:
    values = bind(database, REPORTS["history"], arguments)
    begin, processor = perf_counter(), processor_milliseconds(database)
    for _row in search_rows(database, sql_files.report("history"), values, is_newest_first=True):
        pass
    return (processor_milliseconds(database) - processor) or (perf_counter() - begin) * 1000
