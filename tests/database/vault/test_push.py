"""`dbtrack push` to a vault over a connection to its database."""

from __future__ import annotations

import json

import pytest

from tests.support.command_line import done, run_dbtrack
from tests.support.vaulted import OBJECTS, VERSIONS, Vault

pytestmark = pytest.mark.any_server


_TRACED = {"TRACEPARENT": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}


def assert_one_trace(vault: Vault) -> None:
    """Assert that the operation of the source east leads to that of west, whose trace it shares."""
    found = vault.rows("history", "--source", "east")
    [key] = [row["execution_key"] for row in found if row["script_name"] == "nightly"]
    shown = json.loads(done(run_dbtrack("show", key, "-d", vault.conninfo, "--format", "json")))
    [part] = next(section["rows"] for section in shown["sections"] if section["name"] == "show_trace")
    assert (part["script_name"], part["tenant"]) == ("nightly", "west")


def test_two_sources_with_a_tenant_of_one_name(vault: Vault) -> None:
    east, west = vault.source("east"), vault.source("west")
    for source, table in ((east, "orders"), (west, "invoices")):
        source.sql(
            "SELECT script_tracking.add_tenant('acme')",
            "CREATE SCHEMA shop",
            "SELECT script_tracking.map_tenant_schema('shop', 'acme')",
            f"CREATE TABLE shop.{table} (id int)",
            f"CREATE TABLE public.{table} (id int)",
        )
        done(run_dbtrack("track", "nightly", "-d", source.conninfo, "--", "true", environment=_TRACED))
        done(source.push())
        source.seal()
        done(source.push())
    # Versions arrive as they are, and those that a later one supersedes are ended.
    for name, source in (("east", east), ("west", west)):
        assert (vault.versions(name), vault.objects(name)) == source.database.rows(
            f"SELECT ({VERSIONS}), ({OBJECTS})"
        )[0]
    found = vault.sources()
    assert found["east"]["current_status"] == "OK"
    assert found["east"]["executions"] == east.database.value(
        "SELECT count(*) FROM script_tracking.script_execution_h"
    )
    # Every row of the source was compared with its seal.
    assert found["east"]["verified_rows"] == east.database.value(
        "SELECT count(*) FROM script_tracking.seal_leaf"
    )
    assert vault.findings("east") == vault.findings("west") == []
    # The reports: all, one source, one tenant of one source.
    everything = {row["script_name"] for row in vault.rows("history")}
    assert {"nightly"} < everything
    for name, own, other in (("east", "orders", "invoices"), ("west", "invoices", "orders")):
        rows = vault.rows("history", "--source", name)
        objects = {identity for row in rows for identity in row["affected_objects"]}
        assert {f"shop.{own}", f"public.{own}"} <= objects
        assert not any(other in identity for identity in objects)
        tenants = vault.rows("history", "--tenant", f"{name}/acme")
        assert {identity for row in tenants for identity in row["affected_objects"]} == {f"shop.{own}"}
        metrics = {
            row["metric_name"]: row["metric_value"] for row in vault.rows("dashboard", "--source", name)
        }
        assert int(metrics["total_operations_24h"]) > 0
    assert_one_trace(vault)
    # The counts of the rollups agree with the rows, source by source.
    done(run_dbtrack("maintain", "-d", vault.conninfo))
    for name in ("east", "west"):
        metrics = {
            row["metric_name"]: row["metric_value"] for row in vault.rows("dashboard", "--source", name)
        }
        counted = vault.value(
            "SELECT count(*) FROM script_tracking.script_execution_s AS s JOIN script_tracking.vault_tenant USING "
            f"(tenant_hk) WHERE source_name = '{name}' AND load_end_date IS NULL"
        )
        assert int(metrics["total_operations_24h"]) == counted
    assert "there is no source" in run_dbtrack("history", "-d", vault.conninfo, "--source", "north").stderr
    # The vault's own seals cover what arrived late.
    assert run_dbtrack("verify", "-d", vault.conninfo).returncode == 0
    assert run_dbtrack("doctor", "-d", vault.conninfo).returncode == 0
    # A login of one tenant sees that tenant of that source.
    login = vault.sandbox.role("acme_east", member_of=["dbtrack_reader"])
    done(run_dbtrack("tenant", "grant", login, "east/acme", "-d", vault.conninfo))
    seen = run_dbtrack("history", "-d", f"{vault.conninfo} user={login}", "--format", "jsonl")
    assert "shop.orders" in seen.stdout
    assert "invoices" not in seen.stdout
    assert "public.orders" not in seen.stdout


def test_a_rewritten_source(vault: Vault) -> None:
    south = vault.source("south")
    south.sql("CREATE TABLE salaries (id int)")
    south.seal()
    done(south.push())
    assert vault.findings("south") == []
    # Somebody with all rights changes the record and makes new seals over it.
    south.sql(
        "UPDATE script_tracking.script_execution_s SET db_session_user = 'nobody'",
        "DELETE FROM script_tracking.seal_leaf",
        "DELETE FROM script_tracking.seal_block",
        "DELETE FROM script_tracking.seal_state",
    )
    south.seal()
    pushed = south.push()
    assert pushed.returncode == 3
    assert "dbtrack vault findings south" in pushed.stderr
    assert [kind for kind, _ in vault.findings("south")] == ["rewritten"]
    assert vault.sources()["south"]["current_status"] == "CRITICAL"
    status = run_dbtrack("status", "-d", vault.conninfo)
    assert status.returncode != 0
    assert "block 1 of its seals has another hash" in " ".join(status.stdout.split())
    # What had arrived is still there.
    assert "nobody" not in {row["db_session_user"] for row in vault.rows("history", "--source", "south")}
    # The events once more: each row is compared with the one that is here.
    done(run_dbtrack("endpoint", "resume", "vault", "--since", "1h", "-d", south.conninfo))
    south.push()
    assert {"rewritten"} == {kind for kind, _ in vault.findings("south")}
    assert any("differs from what had arrived" in details for _, details in vault.findings("south"))
    # Somebody looks into it, and lets the source start again.
    accepted = run_dbtrack("vault", "accept", "south", "--reason", "a drill", "-d", vault.conninfo)
    assert accepted.returncode == 0
    south.sql("CREATE TABLE afterwards (id int)")
    south.seal()
    done(south.push())
    assert vault.findings("south") == []
    assert vault.sources()["south"]["current_status"] == "OK"


def test_a_row_that_was_changed_after_its_seal_and_before_the_push(vault: Vault) -> None:
    north = vault.source("north")
    north.sql("CREATE TABLE a (id int)", "CREATE TABLE b (id int)")
    north.seal()
    north.sql(
        "UPDATE script_tracking.script_execution_s SET sql_command = 'CREATE TABLE c ()' WHERE script_name ~ 'TABLE'"
    )
    assert north.push().returncode == 3
    ((kind, details),) = vault.findings("north")
    assert (kind, "2 rows differ from what it seals" in details) == ("seal", True)


def test_a_copy_must_not_push_in_place_of_its_source(vault: Vault) -> None:
    first = vault.source("first")
    first.sql("CREATE TABLE a (id int)")
    done(first.push())
    copy = vault.database_of(first.words)
    copy.sql("CREATE TABLE b (id int)")
    pushed = copy.push()
    assert (pushed.returncode, "another database" in pushed.stderr) == (1, True)
    assert [kind for kind, _ in vault.findings("first")] == ["place"]
    assert "public.b" not in str(vault.rows("history", "--source", "first"))
    # The source itself continues.
    first.sql("CREATE TABLE d (id int)")
    assert first.push().returncode == 0
    assert "public.d" in str(vault.rows("history", "--source", "first"))


def test_a_person_who_is_erased(vault: Vault) -> None:
    source = vault.source("erasing")
    source.sql("CREATE TABLE bobsmith (id int)", "CREATE TABLE kept (id int)")
    source.seal()
    done(source.push())
    erase = ("erase", "--subject", "bobsmith", "--reason", "request 4711", "--yes")
    told = run_dbtrack(*erase, "-d", source.conninfo)
    assert (told.returncode, "run dbtrack erase there, too" in told.stdout + told.stderr) == (0, True)
    done(source.push())
    # The vault says that it must be done here, too, and why.
    ((kind, details),) = vault.findings("erasing")
    assert (kind, 'for the reason "request 4711"' in details) == ("erasure", True)
    assert "bobsmith" in str(vault.rows("history", "--source", "erasing"))
    assert vault.sources()["erasing"]["current_status"] == "CRITICAL"
    before = vault.sources()["erasing"]
    assert run_dbtrack(*erase, "-d", vault.conninfo).returncode == 0
    assert "bobsmith" not in str(vault.rows("history", "--source", "erasing"))
    accepted = run_dbtrack("vault", "accept", "erasing", "--reason", "erased here", "-d", vault.conninfo)
    assert accepted.returncode == 0
    assert vault.sources()["erasing"]["current_status"] == "OK"
    # The source does not start again, and what it sends again agrees.
    done(run_dbtrack("endpoint", "resume", "vault", "--since", "1h", "-d", source.conninfo))
    source.sql("CREATE TABLE after (id int)")
    source.seal()
    done(source.push())
    assert vault.findings("erasing") == []
    assert str(vault.sources()["erasing"]["verified_before"]) > str(before["verified_before"])
    # What was erased here before its seal arrived cannot be compared with it; the rest is.
    source.sql("CREATE TABLE carolsmith (id int)")
    done(source.push())
    erase = ("erase", "--subject", "carolsmith", "--reason", "request 4712", "--yes")
    assert run_dbtrack(*erase, "-d", vault.conninfo).returncode == 0
    source.seal()
    done(source.push())
    assert vault.findings("erasing") == []
    assert run_dbtrack("verify", "-d", vault.conninfo).returncode == 0


def test_a_silent_source(vault: Vault) -> None:
    quiet = vault.source("quiet")
    done(quiet.push())
    assert vault.sources()["quiet"]["current_status"] == "OK"
    vault.database.execute(
        "UPDATE script_tracking.vault_source SET last_seen_at = now() - interval '2 hours' WHERE source_name = 'quiet'"
    )
    assert vault.sources()["quiet"]["current_status"] == "WARNING"
    assert "source quiet: silent for 02:00" in " ".join(
        run_dbtrack("status", "-d", vault.conninfo, "--format", "plain").stdout.split()
    )
    done(run_dbtrack("alert", "add", "--ready", "vault-source", "-d", vault.conninfo))
    assert "source quiet" in run_dbtrack("alert", "check", "-d", vault.conninfo, "--format", "jsonl").stdout
    assert quiet.push().returncode == 0
    assert vault.sources()["quiet"]["current_status"] == "OK"


def test_a_login_that_is_no_source(vault: Vault) -> None:
    stranger = vault.sandbox.role("stranger", member_of=["dbtrack_vault"])
    pushed = vault.database_of(("--to", vault.url(stranger))).push()
    assert (pushed.returncode, "is not that of a source" in pushed.stderr) == (1, True)
    # A source's login reads nothing, and writes nothing else.
    login = vault.source("blind").words[1].partition("//")[2].partition("@")[0]
    read = run_dbtrack("history", "-d", f"{vault.conninfo} user={login}")
    assert read.returncode == 1
    done(run_dbtrack("vault", "remove", "blind", "-d", vault.conninfo))
    assert vault.sources()["blind"]["details"] == "removed; its rows stay"


def test_a_push_that_reaches_nobody_registers_nothing(vault: Vault) -> None:
    endpoints = "SELECT endpoint_name::text FROM script_tracking.event_endpoint"
    source = vault.source("mistyped")
    right = source.words
    for words, code in (
        (("--to", "postgresql://nobody@127.0.0.1:1/vault"), 12),
        (("--to", vault.url("nobody")), 12),
        (("--to", vault.url(vault.sandbox.role("stranger", member_of=["dbtrack_vault"]))), 1),
    ):
        source.words = words
        assert (source.push().returncode, source.database.rows(endpoints)) == (code, [])
    # The right one needs no other name, and one that was reached stays while its vault is away.
    source.words = right
    done(source.push())
    source.words = ("--to", right[1].replace(f":{vault.sandbox.server.port}/", ":1/"))
    assert "pushes to" in source.push().stderr
    assert source.database.rows(endpoints) == [("vault",)]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://a:secret@vault/vault", "must not contain a password"),
        ("postgresql://vault/vault?password=secret", "must not contain a password"),
        ("https://vault", "needs the token"),
        ("http://vault", "use https://"),
        ("kafka://vault/x", "needs the token"),
        ("nats://a:secret@vault/x", "must not contain a password"),
        ("ftp://vault/x", "--to takes"),
    ],
)
def test_refused_destinations(url: str, words: str) -> None:
    refused = run_dbtrack("push", "--to", url)
    assert refused.returncode == 2
    assert words in refused.stderr
    assert "secret@" not in refused.stderr
