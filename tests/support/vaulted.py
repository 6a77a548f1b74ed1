"""A vault and its sources: databases of one server, each with dbtrack, and the commands between them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from dbtrack.db import Database
from tests.support.command_line import done, rows, run_dbtrack
from tests.support.servers.sandbox import Sandbox

VERSIONS = """
SELECT array_agg(s.script_execution_hk || decode(to_char(s.version_number, 'FM0000000000'), 'escape')
    || convert_to(s.load_date::text || coalesce(s.load_end_date::text, '-') || s.execution_status, 'UTF8')
    ORDER BY s.version_number)
FROM script_tracking.script_execution_s AS s
"""
# Without the tenant, which has another key in the vault.
WAITS = """
SELECT array_agg(to_jsonb(w) - 'tenant_hk' ORDER BY w.script_execution_hk, w.started_at, w.seen_by)
FROM script_tracking.execution_wait_s AS w
"""
# Without the keys of tenants, and with those of objects as they are at the source.
OBJECTS = """
SELECT jsonb_agg(to_jsonb(o) - '{tenant_hk,recorded_by,object_hk}'::text[] || jsonb_build_object('object_bk',
    split_part(o.object_bk, '/', CASE WHEN strpos(o.object_bk, '/') > 0 THEN 2 ELSE 1 END)) ORDER BY o.version_number)
FROM script_tracking.object_s AS o
"""
_DROP_ROLE = "DROP OWNED BY dbtrack_vault; DROP ROLE dbtrack_vault"


@dataclass
class Source:
    """A database whose record is pushed."""

    conninfo: str
    database: Database
    words: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)

    def sql(self, *statements: str) -> None:
        """Run statements as a superuser, one transaction each."""
        for statement in statements:
            self.database.raw.execute(statement.encode())

    def wait(self, script_name: str, started_at: str = "now()", seen_by: str = "log") -> None:
        """Note that the latest execution of this name waited for a lock."""
        self.sql(
            "INSERT INTO script_tracking.execution_wait_s (script_execution_hk, started_at, seen_by, tenant_hk, waited_ms, "
            "is_acquired, lock_mode, object_identity, backend_pid, statement, holders, record_source) "
            f"SELECT script_execution_hk, {started_at}, '{seen_by}', tenant_hk, 1234.5, true, 'AccessExclusiveLock', "
            "'public.locked', 4711, 'ALTER TABLE locked', '[{\"pid\": 42, \"login\": \"holder\"}]', 'log_ingest@test' "
            f"FROM script_tracking.current_execution WHERE script_name = '{script_name}' "
            "ORDER BY execution_timestamp DESC LIMIT 1"
        )

    def push(self, *more: str) -> subprocess.CompletedProcess[str]:
        """Push what is new."""
        return run_dbtrack(
            "push", "-d", self.conninfo, "--once", *self.words, *more, environment=self.environment
        )

    def seal(self) -> None:
        """Seal what is recorded."""
        done(run_dbtrack("seal", "-d", self.conninfo))


@dataclass
class Vault:
    """The central record, and a superuser's connection to it."""

    sandbox: Sandbox
    template: str
    state: Path
    conninfo: str
    database: Database
    opened: ExitStack

    @property
    def name(self) -> str:
        """The name of its database."""
        return self.database.name

    def url(self, login: str) -> str:
        """How a source connects to it."""
        return f"postgresql://{login}@127.0.0.1:{self.sandbox.server.port}/{self.name}"

    def source(self, name: str, template: str | None = None) -> Source:
        """Add a source with a login of its own, in a new database."""
        login = self.sandbox.role(name)
        done(run_dbtrack("vault", "add", name, "-d", self.conninfo, "--login", login))
        return self.database_of(("--to", self.url(login)), template)

    def database_of(self, words: tuple[str, ...], template: str | None = None) -> Source:
        """Make a new database with dbtrack, which pushes with these words."""
        conninfo = self.sandbox.database(template or self.template)
        database = Database.wrap(self.opened.enter_context(psycopg.connect(conninfo, autocommit=True)))
        return Source(conninfo, database, words, {"DBTRACK_STATE": str(self.state)})

    def value(self, query: str) -> object:
        """Return the first value of a query, as a superuser."""
        return self.database.value(query)

    def versions(self, name: str) -> object:
        """Return the versions of a source, as `VERSIONS` gives them there."""
        own = f"JOIN script_tracking.vault_tenant USING (tenant_hk) WHERE source_name = '{name}'"
        return self.value(f"{VERSIONS} {own}")

    def waits(self, name: str) -> object:
        """Return the waits of a source, as `WAITS` gives them there."""
        own = f"JOIN script_tracking.vault_tenant AS t USING (tenant_hk) WHERE t.source_name = '{name}'"
        return self.value(f"{WAITS} {own}")

    def objects(self, name: str) -> object:
        """Return the versions of objects of a source, as `OBJECTS` gives them there."""
        return self.value(f"{OBJECTS} WHERE starts_with(o.object_bk, '{name}/')")

    def rows(self, *words: str) -> list[dict[str, Any]]:
        """Return what a command shows of the vault."""
        return rows(run_dbtrack(*words, "-d", self.conninfo, "--format", "jsonl"))

    def sources(self) -> dict[str, dict[str, object]]:
        """Return what `dbtrack vault sources` shows, by name."""
        found = self.rows("vault", "sources")
        return {str(row["source_name"]): row for row in found}

    def findings(self, name: str) -> list[tuple[str, str]]:
        """Return kind and details of the open findings of a source."""
        found = self.rows("vault", "findings", name)
        return [(row["finding_kind"], row["details"]) for row in found if row["accepted_at"] is None]


@contextmanager
def vault_of(sandbox: Sandbox, template: str, state: Path) -> Iterator[Vault]:
    """Make a vault in a new database, and remove its role in the end."""
    conninfo = sandbox.database(template)
    done(run_dbtrack("vault", "install", "-q", "-d", conninfo))
    with psycopg.connect(conninfo, autocommit=True) as connection, ExitStack() as opened:
        yield Vault(sandbox, template, state, conninfo, Database.wrap(connection), opened)
        connection.execute(_DROP_ROLE.encode())
