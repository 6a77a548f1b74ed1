"""Subscriptions bring the record of several databases into one vault: each is a source, and its tenants are its own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from tests.support.command_line import rows, run_dbtrack
from tests.support.replicated import eventually
from tests.support.servers import Server, find_binaries, start_server

pytestmark = [pytest.mark.any_server, pytest.mark.slow]

_NAMES = ("east", "north", "west", "vault")
_NOT_COPIED = "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate <> 'r'"
_KEYS = """
SELECT array_agg(encode(s.script_execution_hk, 'hex') || s.load_date || s.execution_status || coalesce(s.load_end_date::text, '-')
    ORDER BY s.load_date) FROM script_tracking.script_execution_s AS s
"""
_WAITS = "SELECT count(*) FROM script_tracking.execution_wait_s AS s {of}"
_WAITED = """
INSERT INTO script_tracking.execution_wait_s (script_execution_hk, started_at, seen_by, tenant_hk, waited_ms, lock_mode,
    backend_pid, record_source)
SELECT script_execution_hk, now(), 'log', tenant_hk, 5, 'ShareLock', 4711, 'log_ingest@test'
FROM script_tracking.current_execution WHERE script_name = 'nightly'
"""
_OF_SOURCE = (
    "JOIN script_tracking.vault_tenant AS t ON t.tenant_hk = s.tenant_hk WHERE t.source_name = '{name}'"
)
_HUBS = "SELECT count(*) FROM script_tracking.script_execution_h AS s {of}"
_ACME = """
SELECT script_tracking.add_tenant('acme', 'Acme {name}');
SELECT script_tracking.map_tenant_schema('shop', 'acme');
"""


@dataclass
class Place:
    """A database, and a superuser's connection to it."""

    conninfo: str
    database: Database

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.database.raw.execute(statement.encode())


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    """Three servers with a source each, and one for the vault."""
    binaries = find_binaries(18)
    assert binaries
    quick = "wal_retrieve_retry_interval = '100ms'\nmax_logical_replication_workers = 10\n"
    with ThreadPoolExecutor() as threads:
        start = partial(start_server, 18, binaries)
        started = dict(
            zip(
                _NAMES,
                threads.map(start, [f"cluster_name = '{name}'\n{quick}" for name in _NAMES]),
                strict=True,
            )
        )
    yield started
    for server in started.values():
        server.stop()


def open_place(opened: ExitStack, server: Server, name: str) -> Place:
    server.psql(f"CREATE DATABASE {name}")
    conninfo = server.conninfo(name, tcp=True)
    connection = opened.enter_context(psycopg.connect(conninfo, autocommit=True))
    return Place(conninfo, Database.wrap(connection))


def follow(source: Place, vault: Place, name: str) -> None:
    """Let a subscription of the vault bring the record of a source, with the statement as it is printed."""
    subscription = f"record_of_{name}"
    succeeded("vault", "add", name, "--subscription", subscription, "-d", vault.conninfo)
    words = ("publication", "create", "--subscription", subscription)
    printed = succeeded(*words, "-d", source.conninfo)
    vault.run("\n".join(line for line in printed.splitlines() if not line.startswith("--")))


def succeeded(*words: str) -> str:
    """Run dbtrack, whatever it says, and return what it prints."""
    result = run_dbtrack(*words)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_subscriptions_bring_sources_whose_tenants_stay_apart(servers: dict[str, Server]) -> None:
    with ExitStack() as opened:
        vault = open_place(opened, servers["vault"], "vault")
        succeeded("vault", "install", "-q", "-d", vault.conninfo)
        places = {name: open_place(opened, servers[name], name) for name in _NAMES[:3]}
        for name, source in places.items():
            schema.install(source.database)
            source.run("CREATE SCHEMA shop", *_ACME.format(name=name).strip().splitlines())
            source.run("CREATE TABLE shop.before (id int)", "CREATE TABLE public.ours (id int)")
            follow(source, vault, name)
        eventually(lambda: vault.database.value(_NOT_COPIED) == 0, servers["vault"].log_path.read_text)
        for source in places.values():
            source.run("CREATE TABLE shop.after (id int)")
            source.run(
                "SELECT script_tracking.complete_operation(script_tracking.track_operation('nightly'))"
            )
            source.run(_WAITED)
        for name, source in places.items():
            of = _OF_SOURCE.format(name=name)
            eventually(partial(_has, vault, f"{_KEYS} {of}", source.database.value(_KEYS)))
            eventually(partial(_has, vault, _WAITS.format(of=of), 1))
            assert vault.database.value(_HUBS.format(of=of)) == source.database.value(_HUBS.format(of=""))
        _assert_apart(vault, places)
        _assert_watched(servers, vault, places["east"])
        for name in places:
            vault.run(f"DROP SUBSCRIPTION record_of_{name}")
        succeeded("vault", "remove", "east", "-d", vault.conninfo)
        servers["vault"].psql("DROP DATABASE vault WITH (FORCE)")


def _has(place: Place, query: str, wanted: object) -> bool:
    return bool(place.database.value(query) == wanted)


def _assert_apart(vault: Place, places: dict[str, Place]) -> None:
    shown = [
        row[0]
        for row in vault.database.rows("SELECT tenant_bk::text FROM script_tracking.tenant_h ORDER BY 1")
    ]
    assert [name for name in shown if name.partition("/")[0] in places] == [
        tenant for name in sorted(places) for tenant in (name, f"{name}/acme")
    ]
    named = "SELECT tenant_name::text FROM script_tracking.tenant_s WHERE load_end_date IS NULL ORDER BY 1"
    assert ("east: Acme east",) in [tuple(row) for row in vault.database.rows(named)]
    for name in places:
        words = ("history", "--source", name, "--format", "jsonl", "-d", vault.conninfo)
        names = [row["script_name"] for row in rows(run_dbtrack(*words))]
        assert names.count("nightly") == 1
        assert names.count("CREATE TABLE") == 3
    # What arrived is counted and sealed here; the seals of a source stay there.
    succeeded("maintain", "-d", vault.conninfo)
    for place in (vault, *places.values()):
        succeeded("seal", "-d", place.conninfo)
        succeeded("verify", "-d", place.conninfo)
    found = {
        row["source_name"]: row
        for row in rows(run_dbtrack("vault", "sources", "--format", "jsonl", "-d", vault.conninfo))
    }
    assert [(found[name]["current_status"], found[name]["tenants"]) for name in places] == [("OK", 1)] * 3
    refused = run_dbtrack("vault", "remove", "east", "-d", vault.conninfo)
    assert (refused.returncode, "still brings" in refused.stderr) == (2, True), refused.stderr


def _assert_watched(servers: dict[str, Server], vault: Place, source: Place) -> None:
    """Both sides tell that a subscription does not receive."""
    vault.run("ALTER SUBSCRIPTION record_of_east DISABLE")
    stopped = "SELECT current_status FROM script_tracking.get_vault_sources() WHERE source_name = 'east'"
    eventually(lambda: vault.database.value(stopped) == "WARNING")
    assert "ALTER SUBSCRIPTION record_of_east ENABLE" in run_dbtrack("doctor", "-d", vault.conninfo).stdout
    servers["east"].psql("ALTER SYSTEM SET max_slot_wal_keep_size = '64MB'")
    servers["east"].psql("SELECT pg_reload_conf()")
    health = "SELECT current_status FROM script_tracking.get_replication_health() WHERE health_metric = 'slot record_of_east'"
    assert source.database.value(health) == "OK"
    fill = "SELECT count(pg_logical_emit_message(false, 'test', repeat('x', 1000000))) FROM generate_series(1, 40)"
    source.database.rows(fill)
    assert source.database.value(health) == "WARNING"
    source.database.rows(fill)
    source.run("CHECKPOINT")
    # The disk is spared, and what the vault lacks it can only copy again.
    assert source.database.value(health) == "CRITICAL"
    checked = run_dbtrack("doctor", "-d", source.conninfo)
    assert "pg_drop_replication_slot('record_of_east')" in checked.stdout
    servers["east"].psql("ALTER SYSTEM RESET max_slot_wal_keep_size")
