"""Whether dbtrack is installed in a database."""

from __future__ import annotations

from dbtrack.db import Database

_HAS_MIGRATIONS = "SELECT pg_catalog.to_regclass('script_tracking.schema_migration') IS NOT NULL"


def is_installed(database: Database) -> bool:
    """Tell whether dbtrack itself installed the schema, in whatever version."""
    return bool(database.value(_HAS_MIGRATIONS))
