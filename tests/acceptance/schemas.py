"""A foreign schema, made twice: once plainly, once while dbtrack watched."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.support.servers import Server

# pg_dump since its security release of August 2025 opens and closes with a random key.
_RANDOM_KEY = re.compile(r"^\\(un)?restrict .*$", re.MULTILINE)
_RENAME = re.compile(r'^ALTER TABLE "?(\w+)"? RENAME TO "?\w+"?')
_OBJECTS = """
SELECT kind, identity FROM (
    SELECT i.type, i.identity, c.relnamespace FROM pg_class AS c
    CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, c.oid, 0) AS i
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL SELECT 'function', i.identity, p.pronamespace FROM pg_proc AS p
    CROSS JOIN LATERAL pg_identify_object('pg_proc'::regclass, p.oid, 0) AS i
    UNION ALL SELECT 'type', i.identity, t.typnamespace FROM pg_type AS t
    CROSS JOIN LATERAL pg_identify_object('pg_type'::regclass, t.oid, 0) AS i
    WHERE t.typtype IN ('e', 'd', 'r') OR EXISTS (
        SELECT FROM pg_class AS c WHERE c.oid = t.typrelid AND c.relkind = 'c')
    UNION ALL SELECT 'trigger', i.identity, c.relnamespace FROM pg_trigger AS g JOIN pg_class AS c ON c.oid = g.tgrelid
    CROSS JOIN LATERAL pg_identify_object('pg_trigger'::regclass, g.oid, 0) AS i WHERE NOT g.tgisinternal
) AS o (kind, identity, namespace)
WHERE o.namespace = 'public'::regnamespace
ORDER BY 1, 2
"""
_CHILDREN = """
SELECT c.script_name, c.execution_status, c.affected_objects, c.sql_command, p.script_name
FROM script_tracking.current_execution AS c
LEFT JOIN script_tracking.script_execution_parent_l AS l
    ON l.child_execution_hk = c.script_execution_hk AND l.link_type = 'tracked'
LEFT JOIN script_tracking.current_execution AS p ON p.script_execution_hk = l.parent_execution_hk
WHERE c.script_type = 'DDL_AUTO'
ORDER BY c.execution_timestamp
"""
_OPERATIONS = """
SELECT script_name, script_type, execution_status FROM script_tracking.current_execution
WHERE script_type <> 'DDL_AUTO' ORDER BY execution_timestamp
"""


@dataclass(frozen=True)
class Captured:
    """A captured DDL command, and the operation that it ran in.

    Args:
        statement: as it was sent.
        operation: its name; None where it is linked to none.
    """

    tag: str
    status: str
    objects: list[str]
    statement: str
    operation: str | None


def database_name(conninfo: str) -> str:
    """Return the name of the database that a connection string leads to."""
    return str(conninfo_to_dict(conninfo)["dbname"])


def schema_dump(server: Server, conninfo: str) -> str:
    """Return the schema of a database, all that dbtrack put there left out."""
    # Choosing the schema leaves out event triggers, which belong to none.
    command = [str(server.bin_dir / "pg_dump"), "--schema-only", "--schema=public"]
    command.append(database_name(conninfo))
    done = subprocess.run(command, env=server.environment(), capture_output=True, text=True, check=True)
    return _RANDOM_KEY.sub("", done.stdout)


def existing_objects(conninfo: str) -> list[tuple[str, str]]:
    """Return kind and identity of the relations, functions, types and triggers of schema public."""
    with psycopg.connect(conninfo) as connection:
        return [(row[0], row[1]) for row in connection.execute(_OBJECTS)]


def existing_tables(conninfo: str) -> list[str]:
    """Return the identities of the tables of schema public."""
    return [identity for kind, identity in existing_objects(conninfo) if kind == "table"]


def makers_of(tables: Iterable[str], record: Iterable[Captured]) -> dict[str, str]:
    """Return, for each table, the operation in which a CREATE TABLE made it; none made fails."""
    makers: dict[str, str | None] = {}
    for command in record:
        if command.tag == "CREATE TABLE":
            makers |= dict.fromkeys(command.objects, command.operation)
        elif renamed := _RENAME.search(command.statement):
            # What a rename is recorded with is the new name alone.
            (table,) = command.objects
            makers[table] = makers.get(f"public.{renamed[1]}")
    found = {table: makers.get(table) for table in tables}
    assert [table for table, maker in found.items() if maker is None] == []
    return {table: maker for table, maker in found.items() if maker is not None}


def logged_statements(server: Server, conninfo: str) -> list[str]:
    """Return the first lines of the statements that the server's log shows for a database."""
    marker = re.compile(rf"@{database_name(conninfo)} LOG:  (?:statement|execute [^:]+): (.*)")
    return [found[1] for line in server.log_path.read_text().splitlines() if (found := marker.search(line))]


def captured(conninfo: str) -> list[Captured]:
    """Return every DDL command that was captured, in order."""
    with psycopg.connect(conninfo) as connection:
        return [Captured(*row) for row in connection.execute(_CHILDREN)]


def operations(conninfo: str) -> list[tuple[str, str, str]]:
    """Return name, type and status of every operation, in order."""
    with psycopg.connect(conninfo) as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(_OPERATIONS)]
