"""Which version of dbtrack a database has, beside this program's."""

from __future__ import annotations

from dataclasses import dataclass

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.sql_files import query


@dataclass(frozen=True)
class Installation:
    """What is installed in a database.

    Args:
        version: of dbtrack; None where its table is empty.
        missing: the numbers of migrations that this program has and the database lacks.
        unknown: the numbers of those that the database has and this program does not know.
    """

    version: str | None
    missing: frozenset[int]
    unknown: frozenset[int]


def read_installation(database: Database) -> Installation | None:
    """Return what is installed in a database; None where nothing is."""
    if not database.value(query("installation/is_installed")):
        return None
    applied = {row[0] for row in database.rows(query("installation/applied_migrations"))}
    known = known_migrations()
    version = database.value(query("installation/installed_version"))
    return Installation(version, known - applied, frozenset(applied) - known)


def known_migrations() -> frozenset[int]:
    """Return the numbers of this program's migrations."""
    return frozenset(file.number for file in sql_files.migrations() if file.number)
