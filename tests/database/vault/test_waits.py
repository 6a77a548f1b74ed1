"""Waits for locks, which are no events, on their way into the vault."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.support.command_line import done, run_dbtrack
from tests.support.vaulted import WAITS, Source, Vault

pytestmark = pytest.mark.any_server

_CONFIGURATION = "SELECT configuration::text FROM script_tracking.event_endpoint"


def waiting(vault: Vault, name: str) -> list[str]:
    """Return the keys of what waited for a lock, of one source."""
    return [row["execution_key"] for row in vault.rows("history", "--source", name, "--waited")]


def track(source: Source, *words: str) -> None:
    done(run_dbtrack("track", "nightly", "-d", source.conninfo, *words, "--", "true"))


def assert_holders(vault: Vault, key: str) -> None:
    """Assert that who held the lock is shown to those who see all tenants, and that a tenant sees its own waits."""
    login = vault.sandbox.role("acme_red", member_of=["dbtrack_reader"])
    done(run_dbtrack("tenant", "grant", login, "red/acme", "-d", vault.conninfo))
    for user, holder in (("", "holder, pid 42"), (f" user={login}", "pid 42")):
        words = ("-d", vault.conninfo + user, "--format", "json")
        sections = json.loads(done(run_dbtrack("show", key, *words)))["sections"]
        [wait] = next(section["rows"] for section in sections if section["name"] == "show_waits")
        assert (wait["holder"], wait["object_identity"]) == (holder, "public.locked")
    seen = run_dbtrack("history", "-d", f"{vault.conninfo} user={login}", "--waited", "--format", "jsonl")
    assert len(seen.stdout.splitlines()) == 1


def said(source: Source) -> str:
    """Push, and return what the command says of it."""
    pushed = source.push("-v")
    assert pushed.returncode == 0
    assert pushed.stderr.startswith("dbtrack: pushed")
    return pushed.stderr


def test_waits_arrive_once_and_stay_apart(vault: Vault) -> None:
    red, blue = vault.source("red"), vault.source("blue")
    red.sql("SELECT script_tracking.add_tenant('acme')")
    track(red, "--tenant", "acme")
    track(blue)
    # The log tells of a wait later than the execution is recorded.
    for source in (red, blue):
        done(source.push())
    red.wait("nightly")
    before = red.database.value(_CONFIGURATION)
    # More than one message has; and one whose transaction ends only after the push.
    blue.sql(
        "INSERT INTO script_tracking.execution_wait_s (script_execution_hk, started_at, seen_by, waited_ms, lock_mode, "
        "backend_pid, record_source) SELECT script_execution_hk, now() - n * interval '1 minute', 'log', n, 'ShareLock', n, 'x' "
        "FROM script_tracking.current_execution, generate_series(1, 1100) AS n WHERE script_name = 'nightly'"
    )
    with psycopg.connect(blue.conninfo) as slow:
        slow.execute("SELECT pg_current_xact_id()")
        slow.execute("SAVEPOINT inner_transaction")
        slow.execute(
            "INSERT INTO script_tracking.execution_wait_s SELECT (jsonb_populate_record(w, "
            '\'{"seen_by": "track"}\')).* FROM script_tracking.execution_wait_s AS w LIMIT 1'
        )
        # A wait of an execution that is another source's.
        key = red.database.value("SELECT script_execution_hk FROM script_tracking.execution_wait_s")
        blue.database.raw.execute(
            "INSERT INTO script_tracking.execution_wait_s (script_execution_hk, started_at, seen_by, waited_ms, lock_mode, "
            "backend_pid, record_source) VALUES (%s, now(), 'log', 1, 'ShareLock', 1, 'x')",
            (key,),
        )
        assert "1,100 waits for locks" in said(blue)
        slow.commit()
    assert "1 waits for locks" in said(blue)
    assert "waits" not in said(blue)
    blue.database.raw.execute(
        "DELETE FROM script_tracking.execution_wait_s WHERE script_execution_hk = %s", (key,)
    )
    done(red.push())
    for name, source in (("red", red), ("blue", blue)):
        assert vault.waits(name) == source.database.value(WAITS)
    assert waiting(vault, "red") == [bytes(key).hex()]
    assert len(waiting(vault, "blue")) == 1
    assert_holders(vault, bytes(key).hex())
    # A push that ended before it noted what it had sent sends that again, and nothing changes.
    red.database.raw.execute("UPDATE script_tracking.event_endpoint SET configuration = %s::jsonb", (before,))
    assert "waits" not in said(red)
    assert vault.findings("red") == vault.findings("blue") == []
    # A wait that somebody changes at the source.
    red.sql("UPDATE script_tracking.execution_wait_s SET waited_ms = 1")
    assert red.push().returncode == 3
    ((kind, details),) = vault.findings("red")
    assert (kind, "differs from what had arrived" in details) == ("rewritten", True)
    assert (
        vault.value("SELECT max(waited_ms) FROM script_tracking.execution_wait_s WHERE statement IS NOT NULL")
        == 1234.5
    )
