"""The sessions of clients in a test's database; autovacuum and the like come and go as they please."""

from __future__ import annotations

from dbtrack.db import Database

OTHER_SESSIONS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def end_other_sessions(database: Database) -> int:
    """End the sessions of all other clients of this database, wait until they are gone, and return how many."""
    ended = database.rows(f"SELECT pg_terminate_backend(pid, 20000) FROM ({OTHER_SESSIONS}) AS s")
    assert all(is_gone for (is_gone,) in ended)
    return len(ended)
