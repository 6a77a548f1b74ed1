"""Who has access to what is classified: as PostgreSQL itself decides it, now and at earlier times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from dbtrack.db import Database
from dbtrack.operations.classes import classify
from tests.support.recorded import Record
from tests.support.servers.sandbox import RoleFactory
from tests.support.witness import Connection

Access = set[tuple[str, str, str]]

# What PostgreSQL says by itself: of each login, whether it may, also after SET ROLE to a role that it is a member of.
_PLAIN = """
SELECT DISTINCT l.rolname, t.name, p.what
FROM pg_roles AS l
CROSS JOIN (VALUES ('hr.people', 'ssn'), ('hr.visit', NULL)) AS t (name, column_name)
CROSS JOIN (VALUES ('read', 'SELECT'), ('write', 'INSERT'), ('write', 'UPDATE'), ('write', 'DELETE'), ('write', 'TRUNCATE')) AS p (what, privilege)
JOIN pg_roles AS r ON pg_has_role(l.oid, r.oid, 'MEMBER') AND (l.oid = r.oid OR {usable})
WHERE l.rolcanlogin AND l.rolname = ANY (%(ours)s) AND has_schema_privilege(r.oid, 'hr', 'USAGE')
    AND CASE WHEN t.column_name IS NULL OR p.privilege IN ('DELETE', 'TRUNCATE') THEN has_table_privilege(r.oid, t.name, p.privilege)
        ELSE has_column_privilege(r.oid, t.name, t.column_name, p.privilege) END
"""
_USABLE = {
    False: "true",
    True: "(pg_has_role(l.oid, r.oid, 'USAGE') OR pg_has_role(l.oid, r.oid, 'SET'))",
}
_OURS = """
SELECT l.rolname, a.object_identity, w.what
FROM script_tracking.get_class_access(NULL, %(moment)s) AS a
CROSS JOIN LATERAL (VALUES ('read', a.can_read), ('write', a.can_write)) AS w (what, has)
JOIN pg_roles AS l ON a.login IN (l.rolname, 'PUBLIC') AND l.rolcanlogin AND l.rolname = ANY (%(ours)s)
WHERE w.has AND coalesce(CASE WHEN a.login = 'PUBLIC' THEN has_schema_privilege(l.rolname, 'hr', 'USAGE') ELSE a.can_use_schema END, true)
"""


@dataclass(frozen=True)
class Asked:
    """Asks PostgreSQL and dbtrack about some logins."""

    connection: Connection
    logins: list[str]

    def plain(self, column: str = "ssn") -> Access:
        """Return what the catalogs say."""
        usable = _USABLE[self.connection.info.server_version >= 160000]
        statement = _PLAIN.format(usable=usable).replace("'ssn'", f"'{column}'")
        return self._rows(statement, {"ours": self.logins})

    def ours(self, moment: datetime | None = None) -> Access:
        """Return what dbtrack says."""
        return self._rows(_OURS, {"ours": self.logins, "moment": moment})

    def _rows(self, statement: str, values: Mapping[str, Any]) -> Access:
        return {(row[0], row[1], row[2]) for row in self.connection.execute(statement.encode(), values)}


def now(connection: Connection) -> datetime:
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment


@pytest.mark.every_server
def test_access_is_what_postgresql_decides_now_and_was_then(record: Record, role: RoleFactory) -> None:
    connection = record.connection
    logins = {
        name: role(name)
        for name in ("reader", "writer", "column", "other", "member", "deep", "boss", "nobody", "all")
    }
    groups = {name: role(name, login=False) for name in ("clerks", "staff")}
    run = connection.execute

    def do(statement: str) -> None:
        run(statement.format(**logins, **groups).encode())

    do(
        "CREATE SCHEMA hr; CREATE TABLE hr.people (id int, ssn text, note text);"
        "CREATE TABLE hr.visit (day date); CREATE TABLE hr.plain (x int)"
    )
    do("GRANT USAGE ON SCHEMA hr TO {reader}, {writer}, {column}, {other}, {clerks}, {boss}, {all}")
    do(
        "GRANT SELECT ON hr.people, hr.plain TO {reader}, {nobody}; GRANT UPDATE, DELETE ON hr.people TO {writer}"
    )
    do(
        "GRANT SELECT (ssn), UPDATE (ssn) ON hr.people TO {column}; GRANT SELECT (note), INSERT (id) ON hr.people TO {other}"
    )
    do(
        "GRANT SELECT ON hr.visit TO {clerks} WITH GRANT OPTION; GRANT {clerks} TO {member}, {staff}; GRANT {staff} TO {deep}"
    )
    do("ALTER ROLE {deep} NOINHERIT; ALTER TABLE hr.visit OWNER TO {boss}; GRANT pg_read_all_data TO {all}")
    database = Database.wrap(connection)
    classify(database, "hr.people.ssn", "pii")
    classify(database, "hr.visit", "phi")
    asked = Asked(connection, list(logins.values()))
    found = asked.ours()
    assert found == asked.plain()
    assert {login for login, _, _ in found} == set(logins.values()) - {logins["other"], logins["nobody"]}
    _check_ways(connection, logins, groups)
    run("SELECT FROM script_tracking.maintain()")
    first, then = now(connection), asked.plain()
    # Everything changes: privileges, memberships, the owner, names; everybody may read.
    do(
        "REVOKE SELECT ON hr.people FROM {reader}; GRANT INSERT ON hr.people TO {reader}; GRANT SELECT ON hr.visit TO PUBLIC"
    )
    do("REVOKE {clerks} FROM {member}; GRANT {staff} TO {other}; ALTER TABLE hr.visit OWNER TO postgres")
    do("REVOKE pg_read_all_data FROM {all}; ALTER TABLE hr.people RENAME ssn TO number")
    run("SELECT FROM script_tracking.maintain()")
    expected = asked.plain("number")
    assert asked.ours() == expected
    assert expected != then
    # At that time; schemas are as they are now, in which nothing changed but for the login without USAGE.
    at_first = {each for each in asked.ours(first) if each[0] != logins["nobody"]}
    assert at_first == then
    # What was dropped since was there.
    do("DROP TABLE hr.visit")
    assert {name for _, name, _ in asked.ours()} == {"hr.people"}
    assert {each for each in asked.ours(first) if each[0] != logins["nobody"]} == then


def _check_ways(connection: Connection, logins: Mapping[str, str], groups: Mapping[str, str]) -> None:
    """Check how each has access, and through which roles; and who is told, too."""
    ways: dict[Any, Any] = {
        row[:3]: row[3:]
        for row in connection.execute(
            "SELECT login, object_identity, how, through, can_use_schema FROM script_tracking.get_class_access()"
        )
    }
    assert ways[logins["deep"], "hr.visit", "grant"] == ([groups["staff"], groups["clerks"]], True)
    assert ways[logins["nobody"], "hr.people", "grant"] == ([], False)
    assert ways[logins["boss"], "hr.visit", "owner"] == ([], True)
    assert ("postgres", "hr.people", "superuser") in ways
    assert (logins["all"], "hr.people", "pg_read_all_data") in ways
