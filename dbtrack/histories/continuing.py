"""Go on with the tables from which migrations were imported before."""

from __future__ import annotations

from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.histories.importing import import_history
from dbtrack.histories.tables import named_history
from dbtrack.histories.tools import find_tool


def import_known(database: Database) -> tuple[int, list[str]]:
    """Record what is new in the tables that were imported before; return how many executions, and failures.

    A table that cannot be read does not keep the others from being read.
    """
    recorded, failures = 0, []
    for tool, table, _zone in database.call("get_imported_histories"):
        try:
            history = named_history(database, find_tool(tool), table)
            recorded += len(import_history(database, history).rows)
        except DbtrackError as error:
            failures.append(f"{table}: {error.message}")
    return recorded, failures
