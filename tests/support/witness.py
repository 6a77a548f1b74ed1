"""Plain event triggers that write down what PostgreSQL shows them: for tests of its own behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

Connection = psycopg.Connection[Any]

_INSTALL = """
CREATE SCHEMA witness;
CREATE TABLE witness.seen (
    id bigint GENERATED ALWAYS AS IDENTITY, event text, tag text, query text,
    login text, owner text, role text,
    commands jsonb, dropped jsonb);
CREATE FUNCTION witness.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_commands jsonb;
    v_dropped jsonb;
BEGIN
    IF tg_event = 'ddl_command_end' THEN
        -- Column by column: the column `command` is of a type that has no text form.
        SELECT jsonb_agg(to_jsonb(c)) INTO v_commands FROM (
            SELECT classid, objid, command_tag, object_type, schema_name, object_identity, in_extension
            FROM pg_event_trigger_ddl_commands()) AS c;
    ELSIF tg_tag = 'DROP INDEX' AND tg_event = 'ddl_command_start' THEN
        RETURN; -- DROP INDEX CONCURRENTLY refuses to run after a write
    ELSIF tg_event = 'sql_drop' THEN
        SELECT jsonb_agg(to_jsonb(d)) INTO v_dropped FROM pg_event_trigger_dropped_objects() AS d;
    END IF;
    INSERT INTO witness.seen (event, tag, query, login, owner, role, commands, dropped)
    VALUES (tg_event, tg_tag, current_query(), session_user, current_user, current_setting('role'),
        v_commands, v_dropped);
END $$;
CREATE EVENT TRIGGER witness_start ON ddl_command_start EXECUTE FUNCTION witness.note();
CREATE EVENT TRIGGER witness_end ON ddl_command_end EXECUTE FUNCTION witness.note();
CREATE EVENT TRIGGER witness_drop ON sql_drop EXECUTE FUNCTION witness.note();
CREATE EVENT TRIGGER witness_rewrite ON table_rewrite EXECUTE FUNCTION witness.note();
"""
_SEEN = """
SELECT event, tag, query, login, owner, role, coalesce(commands, '[]'), coalesce(dropped, '[]')
FROM witness.seen WHERE id > %s ORDER BY id
"""


@dataclass(frozen=True)
class Sighting:
    """One call of an event trigger, and what it was shown."""

    event: str
    tag: str
    query: str
    login: str
    owner: str
    role: str
    commands: list[dict[str, Any]]
    dropped: list[dict[str, Any]]


class Witness:
    """Watches the DDL of a database.

    Args:
        connection: to it, as superuser, in autocommit mode.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        connection.execute(_INSTALL)

    def sees(self, *statements: str) -> list[Sighting]:
        """Run each statement by itself, as a client would, and return what was seen meanwhile."""
        before = self._last()
        for statement in statements:
            self.connection.execute(statement.encode())
        return self.since(before)

    def events(self, *statements: str) -> list[str]:
        """Run the statements and return `event TAG` of each call."""
        return [f"{seen.event} {seen.tag}" for seen in self.sees(*statements)]

    def since(self, before: int = 0) -> list[Sighting]:
        """Return what was seen after the sighting of this number."""
        return [Sighting(*row) for row in self.connection.execute(_SEEN, (before,))]

    def _last(self) -> int:
        row = self.connection.execute("SELECT coalesce(max(id), 0) FROM witness.seen").fetchone()
        assert row
        return int(row[0])
