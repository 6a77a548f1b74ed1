"""Real migration programs of other languages: what they run, undo and leave half done is found in their tables."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.support.command_line import run_dbtrack
from tests.support.migration_programs import PROGRAMS, Migration, Program
from tests.support.servers import Server

# Each step starts the program: a JVM takes seconds.
pytestmark = [pytest.mark.release, pytest.mark.any_server, pytest.mark.slow, pytest.mark.timeout(900)]


class Expected(NamedTuple):
    """What differs between the tools.

    Args:
        known_by: how the DDL of a migration is found.
        author: whom the table names.
        of_failed: what is recorded of a migration that fails half way: its DDL, or None where the table has nothing of it.
        of_undone: what the undoing of a migration adds to its name; None: the table has nothing of it.
    """

    known_by: str
    author: str | None = None
    of_failed: int | None = None
    of_undone: str | None = None


_EXPECTED = {
    "dbmate": Expected("transaction"),
    "knex": Expected("transaction"),
    "rails": Expected("transaction"),
    "sqitch": Expected("session", author="Ann <ann@example.com>", of_failed=1, of_undone=" revert"),
    "liquibase": Expected("session", author="bob"),
    "prisma": Expected("session", of_failed=1),
}


class Site:
    """A database in which a tool runs, and what dbtrack says of it."""

    def __init__(self, tool: type[Program], directory: Path, server: Server, conninfo: str) -> None:
        name = str(conninfo_to_dict(conninfo)["dbname"])
        self.environment = server.environment(name) | {"PGTZ": "UTC"}
        self.program = tool(directory / tool.tool, server, name)
        self.began = datetime.now(UTC)

    def json(self, *words: str) -> Any:
        done = run_dbtrack(*words, "--format", "json", environment=self.environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)["rows"]

    def imported(self, *words: str) -> list[tuple[Any, ...]]:
        rows = self.json("import", *words)
        assert all(
            self.began <= datetime.fromisoformat(row["execution_timestamp"]) <= datetime.now(UTC)
            for row in rows
        )
        return [
            (row["script_name"], row["execution_status"], row["changes"], row["attributed_by"], row["author"])
            for row in rows
        ]

    def maintain(self) -> str:
        return run_dbtrack("maintain", "-v", environment=self.environment).stderr

    def blame(self) -> dict[str, str]:
        return {
            row["name"]: row["changed_name"]
            for row in self.json("blame", "public.widgets")
            if not row["is_dropped"] and row["kind"] in {"column", "index"}
        }


_WIDGETS = Migration(1, ("CREATE TABLE public.widgets (id int PRIMARY KEY)",), "DROP TABLE public.widgets")
_WEIGHT = Migration(
    2,
    ("ALTER TABLE public.widgets ADD weight int", "CREATE INDEX by_weight ON public.widgets (weight)"),
    "ALTER TABLE public.widgets DROP weight",
)
_BROKEN = Migration(3, ("CREATE TABLE public.half (id int)", "ALTER TABLE nowhere ADD x int"))
_INDEX = Migration(
    3, ("CREATE INDEX CONCURRENTLY by_id ON public.widgets (id)",), "DROP INDEX public.by_id", False
)
_WRAPPED = Migration(4, ("ALTER TABLE public.widgets ADD wrapped int",))


@pytest.mark.parametrize("tool", PROGRAMS, ids=lambda tool: tool.tool)
def test_what_the_program_runs_is_in_its_migrations(
    tool: type[Program], server: Server, installed_conninfo: str, tmp_path: Path
) -> None:
    site = Site(tool, tmp_path, server, installed_conninfo)
    expected = _EXPECTED[tool.tool]
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        _two_migrations(site, expected)
        runs = _one_that_fails(site, expected, connection)
        runs += _outside_a_transaction(site)
        if site.program.can_undo:
            runs += _undone_and_run_again(site, expected)
        name = site.program.name(3)
        found = site.json("history", "--name", name, "--limit", "9")
        assert len([row for row in found if row["script_name"] == name]) == runs
        _wrapped(site, expected, connection)


def _two_migrations(site: Site, expected: Expected) -> None:
    program = site.program
    one, two = program.name(1), program.name(2)
    program.write(_WIDGETS)
    program.write(_WEIGHT)
    program.run(program.up())
    assert site.imported(*_zone_words(site)) == [
        (one, "COMPLETED", 1, expected.known_by, expected.author),
        (two, "COMPLETED", 2, expected.known_by, expected.author),
    ]
    assert site.blame() == {"id": one, "weight": two, "by_weight": two, "widgets_pkey": one}


def _one_that_fails(site: Site, expected: Expected, connection: psycopg.Connection[Any]) -> int:
    """What it left half done is in the record if the table has the failure; somebody then removes it by hand."""
    site.program.write(_BROKEN)
    site.program.run(site.program.up(), fails=True)
    half = (site.program.name(3), "FAILED", expected.of_failed, "session", expected.author)
    assert site.imported() == ([half] if expected.of_failed else [])
    left = connection.execute("SELECT to_regclass('public.half') IS NOT NULL").fetchone()
    assert left == (expected.of_failed is not None,)
    if expected.of_failed:
        connection.execute("DROP TABLE public.half")
    return 1 if expected.of_failed else 0


def _outside_a_transaction(site: Site) -> int:
    site.program.forgive()
    site.program.write(_INDEX)
    site.program.run(site.program.up())
    assert "1 recorded from migration tools" in site.maintain()
    assert site.blame()["by_id"] == site.program.name(3)
    return 1


def _undone_and_run_again(site: Site, expected: Expected) -> int:
    name = site.program.name(3)
    site.program.run(site.program.undo())
    undone = [row[0] for row in site.imported()]
    assert undone == ([] if expected.of_undone is None else [name + expected.of_undone])
    assert "by_id" not in site.blame()
    site.program.run(site.program.up())
    assert site.imported() == [(name, "COMPLETED", 1, "session", expected.author)]
    assert site.blame()["by_id"] == name
    return 1


def _wrapped(site: Site, expected: Expected, connection: psycopg.Connection[Any]) -> None:
    """The run has its DDL and its migration, and the DDL is once in the record."""
    name = site.program.name(4)
    site.program.write(_WRAPPED)
    site.program.run([sys.executable, "-m", "dbtrack", "track", "release", "--", *site.program.up()])
    assert site.imported() == [(name, "COMPLETED", 1, expected.known_by, expected.author)]
    assert site.imported() == []
    assert site.blame()["wrapped"] == "release"
    inside = connection.execute(
        "SELECT c.script_name, c.sql_command LIKE '%%ADD wrapped%%'"
        " FROM script_tracking.script_execution_parent_l AS l"
        " JOIN script_tracking.current_execution AS p ON p.script_execution_hk = l.parent_execution_hk"
        " JOIN script_tracking.current_execution AS c ON c.script_execution_hk = l.child_execution_hk"
        " WHERE p.script_name = 'release' ORDER BY c.script_type"
    ).fetchall()
    assert inside == [("ALTER TABLE", True), (name, None)]
    assert _counts(connection) == (0, 0)


def _zone_words(site: Site) -> list[str]:
    """A zone that is not the tool's is refused before anything is recorded."""
    zone = site.program.zone
    if zone is None:
        return []
    refused = run_dbtrack("import", environment=site.environment)
    assert refused.returncode == 2, refused.stderr
    assert "in the time zone UTC the times in public.databasechangelog are" in refused.stderr
    assert "--timezone" in refused.stderr
    return ["--timezone", zone]


def _counts(connection: psycopg.Connection[Any]) -> tuple[int, ...]:
    """How many links are not confirmed by the record, and how many DDL are in two migrations."""
    found = connection.execute(
        "SELECT count(*) FILTER (WHERE NOT script_tracking.is_proven_link(l.link_type, p, c)),"
        " (SELECT count(*) FROM (SELECT FROM script_tracking.script_execution_parent_l"
        " WHERE link_type = 'tracked' GROUP BY child_execution_hk HAVING count(*) > 1) AS d)"
        " FROM script_tracking.script_execution_parent_l AS l"
        " CROSS JOIN script_tracking.execution_versions(l.parent_execution_hk) AS p"
        " CROSS JOIN script_tracking.execution_versions(l.child_execution_hk) AS c"
        " WHERE p.load_end_date IS NULL AND c.load_end_date IS NULL"
    ).fetchone()
    assert found is not None
    return tuple(found)
