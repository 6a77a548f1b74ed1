"""The migration tools whose histories dbtrack reads, and how their tables are recognised."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from dbtrack.errors import UsageError


@dataclass(frozen=True)
class Tool:
    """One tool. `sql/queries/histories/NAME.sql` reads its table, and says what is in it.

    Args:
        name: as users type it.
        tables: the names that its table has unless it is configured otherwise.
        columns: columns that its table has in every version of the tool.
        without: columns that tell the table of another tool from it.
        beside: a table that is in the same schema; with `-` before it, one that is not.
        has_zone: whether its times have a zone, or it has no times.
        others: further tables that it has for itself, in the same schema.
    """

    name: str
    tables: tuple[str, ...]
    columns: tuple[str, ...]
    without: tuple[str, ...] = ()
    beside: str = ""
    has_zone: bool = True
    others: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """The name of the query that reads its table."""
        return self.name.replace("-", "_")

    def has_columns(self, columns: Collection[str]) -> bool:
        """Return whether a table with these columns can be this tool's."""
        return all(name in columns for name in self.columns) and not any(
            name in columns for name in self.without
        )

    def is_at_home(self, beside: Collection[str]) -> bool:
        """Return whether the tables beside its own are as with this tool."""
        if self.beside.startswith("-"):
            return self.beside.removeprefix("-") not in beside
        return not self.beside or self.beside in beside


_RAILS = "ar_internal_metadata"

TOOLS = (
    Tool(
        "flyway",
        ("flyway_schema_history", "schema_version"),
        ("installed_rank", "script", "success"),
        has_zone=False,
    ),
    Tool(
        "liquibase",
        ("databasechangelog",),
        ("id", "author", "filename", "dateexecuted", "md5sum"),
        has_zone=False,
        others=("databasechangeloglock",),
    ),
    Tool("alembic", ("alembic_version",), ("version_num",)),
    Tool("django", ("django_migrations",), ("app", "name", "applied")),
    Tool("rails", ("schema_migrations",), ("version",), ("dirty", "inserted_at"), _RAILS, others=(_RAILS,)),
    Tool("prisma", ("_prisma_migrations",), ("migration_name", "checksum", "started_at", "finished_at")),
    Tool("goose", ("goose_db_version",), ("version_id", "is_applied", "tstamp"), has_zone=False),
    Tool("golang-migrate", ("schema_migrations",), ("version", "dirty")),
    Tool("dbmate", ("schema_migrations",), ("version",), ("dirty", "inserted_at"), f"-{_RAILS}"),
    Tool(
        "sqitch",
        ("events",),
        ("event", "change_id", "project", "committed_at", "committer_name"),
        others=("changes", "dependencies", "projects", "releases", "tags"),
    ),
    Tool(
        "knex",
        ("knex_migrations",),
        ("name", "batch", "migration_time"),
        others=("knex_migrations_lock",),
    ),
    Tool(
        "yoyo",
        ("_yoyo_log",),
        ("migration_id", "operation", "created_at_utc", "username"),
        others=("_yoyo_migration", "_yoyo_version", "yoyo_lock"),
    ),
    Tool("atlas", ("atlas_schema_revisions",), ("version", "applied", "total", "executed_at", "hash")),
)

_ELSEWHERE = {
    "schemahero": "its history is in Kubernetes, not in the database: kubectl schemahero get migrations",
}


def find_tool(name: str) -> Tool:
    """Return a tool by its name.

    Raises:
        UsageError: dbtrack does not know it, or it keeps nothing in the database.
    """
    for tool in TOOLS:
        if tool.name == name.lower():
            return tool
    if name.lower() in _ELSEWHERE:
        raise UsageError(f"there is no table to import from for {name}", hint=_ELSEWHERE[name.lower()])
    known = ", ".join(tool.name for tool in TOOLS)
    raise UsageError(f"unknown migration tool: {name}", hint=f"one of {known}")
