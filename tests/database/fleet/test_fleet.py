"""Many databases are asked at once: each answer and each failure has its line, and one exit code tells all."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from dbtrack.version import __version__
from tests.database.schema.test_upgrade import open_earlier
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.paths import DOCS
from tests.support.proxy import Proxy
from tests.support.servers import Sandbox, Server, find_binaries, found_majors, start_server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.any_server
_QUOTED = 'o\'ne "two" 3'
_CLIENTS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dbtrack fleet'"


@dataclass(frozen=True)
class Fleet:
    """Two clusters, and the file that names their databases.

    Args:
        names: the databases of the first cluster by member, all with dbtrack.
    """

    file: Path
    sandbox: Sandbox
    other: Server
    names: dict[str, str]

    def run(self, *words: str, **variables: str) -> Any:
        return run_dbtrack("fleet", *words, environment={"DBTRACK_FLEET": str(self.file), **variables})

    def rows(self, *words: str, code: int) -> dict[str, dict[str, Any]]:
        done = self.run(*words, "--json")
        assert done.returncode == code, done.stderr + done.stdout
        found = json.loads(done.stdout)["rows"]
        return {row.get("member") or row.get("operation") or row["object_identity"]: row for row in found}

    def add(self, name: str, dsn: str, *words: str) -> None:
        done = self.run("add", name, "--dsn", dsn, *words)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def second() -> Iterator[Server]:
    """Another cluster, of the oldest version, which asks the login locked for a password."""
    major = found_majors()[0]
    binaries = find_binaries(major)
    assert binaries
    server = start_server(major, binaries)
    server.psql("CREATE ROLE locked LOGIN PASSWORD 'right'")
    hba = server.directory / "data" / "pg_hba.conf"
    hba.write_text("host all locked all scram-sha-256\n" + hba.read_text())
    server.psql("SELECT pg_reload_conf()")
    yield server
    server.stop()


@pytest.fixture
def fleet(second: Server, sandbox: Sandbox, installed_template: str, tmp_path: Path) -> Iterator[Fleet]:
    """Two members with dbtrack in one cluster, and two without it in the other."""
    dsns = {name: sandbox.database(installed_template) for name in ("prod", "eu")}
    names = {name: psycopg.conninfo.conninfo_to_dict(dsn)["dbname"] for name, dsn in dsns.items()}
    fleet = Fleet(tmp_path / "fleet.toml", sandbox, second, {name: str(each) for name, each in names.items()})
    fleet.add("prod", dsns["prod"], "--label", "stage=prod", "--label", "cluster=one")
    fleet.add("eu", dsns["eu"], "--label", "cluster=one")
    with psycopg.connect(second.conninfo(), autocommit=True) as connection:
        for name in (_QUOTED, "tenant_2", "other"):
            connection.execute(sql.SQL("CREATE DATABASE {} STRATEGY wal_log").format(sql.Identifier(name)))
        yield fleet
        for name in (_QUOTED, "tenant_2", "other"):
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _explained(dsn: str) -> None:
    """Let everything be well: the catalogs were compared."""
    assert run_dbtrack("reconcile", "-d", dsn).returncode == 0


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_each_failure_has_its_line(fleet: Fleet, server: Server) -> None:
    for name in fleet.names.values():
        _explained(server.conninfo(name))
    done = fleet.run("status", "--only", "cluster=one")
    assert done.returncode == 0, done.stdout
    assert "2 members: all is well" in done.stderr
    done = fleet.run("status", "--only", "cluster=one", "--quiet")
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)

    older = fleet.sandbox.database()
    open_earlier(older, 20).close()
    fleet.add("older", older)
    fleet.add("second", fleet.other.conninfo(tcp=True), "--databases", "*t*", "--label", "cluster=two")
    rows = fleet.rows("status", code=3)
    assert list(rows)[:3] == ["prod", "eu", "older"]
    assert (rows["prod"]["status"], rows["prod"]["version"], rows["prod"]["capture"]) == (
        "OK",
        __version__,
        "OK",
    )
    assert rows["prod"]["findings"] == 0
    assert rows["older"]["state"] == "older schema"
    # It is one without event triggers.
    assert (rows["older"]["capture"], rows["older"]["findings"]) == ("CRITICAL", 2)
    assert rows[f"second/{_QUOTED}"]["state"] == "not installed"
    assert rows[f"second/{_QUOTED}"]["database"] == _QUOTED
    assert {name for name in rows if name.startswith("second/")} == {
        f"second/{name}" for name in (_QUOTED, "tenant_2", "other", "postgres")
    }

    with psycopg.connect(server.conninfo(fleet.names["eu"]), autocommit=True) as connection:
        connection.execute("CREATE TABLE t (id int)")
        connection.execute(
            "SELECT script_tracking.complete_operation(script_tracking.track_operation('V1'), false, 'no')"
        )
    fleet.add("down", f"host=127.0.0.1 port={_closed_port()} dbname=x user=y")
    fleet.add("locked", f"host=127.0.0.1 port={fleet.other.port} dbname=postgres user=locked")
    fleet.add("nowhere", f"host=127.0.0.1 port={fleet.other.port} dbname=nowhere user=postgres")
    with Proxy(fleet.other.port) as proxy:
        proxy.stall()
        for name in ("slow_1", "slow_2", "slow_3", "slow_4"):
            fleet.add(name, f"host=127.0.0.1 port={proxy.port} dbname={name} user=postgres")
        done = fleet.run("status", "--json", "--timeout", "2", "--per-server", "2", PGPASSWORD="wrong")
    assert done.returncode == 1
    rows = {row["member"]: row for row in json.loads(done.stdout)["rows"]}
    assert {name: row["state"] for name, row in rows.items() if row["state"] not in {"answered", "not installed"}} == {
        "older": "older schema", "down": "unreachable", "locked": "refused", "nowhere": "refused",
        "slow_1": "timeout", "slow_2": "timeout", "slow_3": "timeout", "slow_4": "timeout",
    }  # fmt: skip
    assert "not asked: the server" in rows["slow_4"]["details"]
    assert rows["eu"]["status"] in {"WARNING", "CRITICAL"}
    assert (rows["eu"]["open_errors"], rows["eu"]["changed_by"]) == (1, "postgres")
    assert "wrong" not in done.stdout + done.stderr


def test_what_was_chosen_is_asked_and_nothing_else(fleet: Fleet, server: Server, tmp_path: Path) -> None:
    fleet.add(
        "second", fleet.other.conninfo(), "--all-databases", "--installed-only", "--label", "cluster=two"
    )
    assert set(fleet.rows("list", "--members", code=0)) == {
        "prod", "eu", "second/other", "second/postgres", "second/tenant_2", f"second/{_QUOTED}",
    }  # fmt: skip
    # Databases without dbtrack are left out; install leaves them alone, too.
    assert set(fleet.rows("status", code=3)) == {"prod", "eu"}
    assert fleet.rows("install", "--member", "second", code=0)["second/other"]["result"] == "not installed"
    assert set(fleet.rows("list", "--member", "second/t*", code=0)) == {"second/tenant_2"}
    assert set(fleet.rows("list", "--only", "cluster=*", "--only", "database=tenant_2", code=0)) == {
        "second/tenant_2"
    }
    assert set(fleet.rows("list", "--only", "cluster=one", "--only", "stage=prod", code=0)) == {"prod"}
    server_words = ("--server", fleet.other.conninfo(), "--databases", "tenant_*")
    found = fleet.rows("list", "--members", *server_words, code=0)
    assert [name.rpartition("/")[2] for name in found] == ["tenant_2"]
    for words, message in (
        (("--member", "prdo"), "did you mean prod?"),
        (("--only", "cluster=three"), "no member of the fleet has cluster=three"),
        (("--only", "three"), "--only takes LABEL=VALUE"),
        (("--databases", "x"), "--databases goes with --server"),
        (("--server", "postgresql://u:secret@db1/x"), "the connection string contains a password"),
        (("--fleet", str(tmp_path / "none.toml")), "there is no file"),
    ):
        done = fleet.run("status", *words)
        assert (done.returncode, message in done.stderr) == (2, True), done.stderr
        assert "secret" not in done.stderr

    # The example of the documentation.
    (example,) = re.findall(
        r"^```python\n(.*?)^```$", (DOCS / "fleet.md").read_text(), re.MULTILINE | re.DOTALL
    )
    done = subprocess.run(
        [sys.executable, "-c", example],
        env=clean_environment({"DBTRACK_FLEET": str(fleet.file)}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert sorted(done.stdout.splitlines()) == [f"{name} answered {__version__}" for name in ("eu", "prod")]

    # The other forms of the file, and the environments of the configuration file.
    lines = tmp_path / "fleet.txt"
    lines.write_text(f"# mine\n{server.conninfo(fleet.names['prod'])}\n")
    assert [row["database"] for row in fleet.rows("status", "--fleet", str(lines), code=3).values()] == [
        fleet.names["prod"]
    ]
    table = tmp_path / "fleet.csv"
    table.write_text(
        f'name,dsn,cluster\n"a, b","{server.conninfo(fleet.names["eu"])}",x\n'.replace("a, b", "a b")
    )
    assert (
        fleet.rows("status", "--fleet", str(table), "--only", "cluster=x", code=3)["a b"]["labels"]
        == "cluster=x"
    )
    config = tmp_path / "elsewhere" / "config.toml"
    config.parent.mkdir()
    config.write_text(f"[environments.staging]\ndsn = {json.dumps(server.conninfo(fleet.names['eu']))}\n")
    done = run_dbtrack("fleet", "status", "--json", environment={"DBTRACK_CONFIG": str(config)})
    assert [row["member"] for row in json.loads(done.stdout)["rows"]] == ["staging"]


def test_a_rollout_begins_with_the_canary_stops_at_a_failure_and_goes_on_where_it_stopped(
    fleet: Fleet, server: Server
) -> None:
    older = fleet.sandbox.database()
    open_earlier(older, 20).close()
    fleet.add("older", older)
    fleet.add("second", fleet.other.conninfo(), "--databases", "*")
    planned = fleet.rows("install", "--dry-run", code=0)
    assert {name: row["result"] for name, row in planned.items()} == {
        "prod": "up to date", "eu": "up to date", "older": "would upgrade", "second/other": "would install",
        "second/postgres": "would install", "second/tenant_2": "would install", f"second/{_QUOTED}": "would install",
    }  # fmt: skip
    assert planned["second/other"]["to_version"] == __version__

    # A schema of another make: dbtrack refuses it.
    fleet.other.psql("CREATE SCHEMA script_tracking", "other")
    words = ("install", "--canary", "second/tenant_2", "--member", "second")
    rows = fleet.rows(*words, code=1)
    assert {name: row["result"] for name, row in rows.items()} == {
        "second/tenant_2": "installed", f"second/{_QUOTED}": "installed", "second/other": "failed",
        "second/postgres": "not begun",
    }  # fmt: skip
    assert "--adopt" in rows["second/other"]["details"]
    done = fleet.run(*words)
    assert "run it again to continue" in done.stderr
    rows = fleet.rows(*words, "--keep-going", "--jobs", "3", code=1)
    assert {name: row["result"] for name, row in rows.items()} == {
        "second/tenant_2": "up to date", f"second/{_QUOTED}": "up to date", "second/other": "failed",
        "second/postgres": "installed",
    }  # fmt: skip
    # A canary that fails ends it, whatever else was asked for.
    fleet.other.psql("DROP SCHEMA script_tracking CASCADE", "postgres")
    rows = fleet.rows("install", "--canary", "second/other", "--member", "second", "--keep-going", code=1)
    assert [rows[name]["result"] for name in ("second/other", "second/postgres")] == ["failed", "not begun"]

    # An upgrade leaves alone what has no dbtrack.
    rows = fleet.rows("upgrade", "--member", "older", "--member", "second/postgres", code=0)
    assert (rows["older"]["result"], rows["older"]["to_version"]) == ("upgraded", __version__)
    assert rows["second/postgres"]["result"] == "not installed"
    assert fleet.rows("status", "--member", "older", code=3)["older"]["state"] == "answered"
    assert fleet.run("upgrade", "--canary", "nobody").returncode == 2


def _operation(connection: psycopg.Connection[Any], name: str, ticket: str | None, *statements: str) -> None:
    metadata = json.dumps({"ticket": ticket} if ticket else {})
    key = connection.execute(
        "SELECT script_tracking.track_operation(%s, 'MIGRATION', metadata => %s)", (name, metadata)
    ).fetchone()
    connection.execute("SELECT set_config('dbtrack.execution', encode(%s, 'hex'), false)", key)
    for statement in statements:
        connection.execute(statement.encode())
    connection.execute("SELECT set_config('dbtrack.execution', '', false)")
    connection.execute("SELECT script_tracking.complete_operation(%s)", key)


def test_what_differs_is_found_with_who_did_it(fleet: Fleet, server: Server, installed_template: str) -> None:
    fleet.add("us", fleet.sandbox.database(installed_template))
    fleet.add("second", fleet.other.conninfo(), "--databases", "tenant_2")
    dsns = {
        row["member"]: server.conninfo(row["database"])
        for row in fleet.rows("list", "--members", code=0).values()
    }
    dsns["second/tenant_2"] = fleet.other.conninfo("tenant_2")
    alike = (
        "CREATE TABLE public.orders (id int PRIMARY KEY, note text, amount int)",
        'CREATE TABLE public."Odd.Name" (x int)',
        "CREATE VIEW public.noted AS SELECT o.id FROM public.orders AS o WHERE o.note IS NOT NULL",
        "CREATE FUNCTION public.total(d date) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    )
    connections = {name: psycopg.connect(dsn, autocommit=True) for name, dsn in dsns.items()}
    for name, connection in connections.items():
        for statement in alike if name == "second/tenant_2" else ():
            connection.execute(statement.encode())
        if name != "second/tenant_2":
            _operation(connection, "V1", None, *alike)
    # The oldest server writes a view differently; without dbtrack nothing is known of who did it.
    assert fleet.rows("variants", code=0) == {}
    done = fleet.run("variants", "public.orders", "--json")
    assert [row["members"] for row in json.loads(done.stdout)["rows"]] == [4]

    _operation(connections["us"], "V2", "OPS-7", "ALTER TABLE public.orders ADD COLUMN due_on date")
    connections["eu"].execute("ALTER TABLE public.orders ALTER COLUMN amount TYPE bigint")
    connections["eu"].execute("CREATE INDEX orders_note ON public.orders (note)")
    connections["us"].execute(
        "CREATE OR REPLACE FUNCTION public.total(d date) RETURNS int LANGUAGE sql AS 'SELECT 2'"
    )
    connections["prod"].execute('DROP TABLE public."Odd.Name"')
    for connection in connections.values():
        connection.close()
    _assert_variants(fleet)
    _assert_drift(fleet)
    _assert_operations(fleet)


def _assert_variants(fleet: Fleet) -> None:
    done = fleet.run("variants", "orders", "--json")
    assert done.returncode == 3
    rows = json.loads(done.stdout)["rows"]
    words = {row["names"][0]: (row["variant"], row["nearest"], row["difference"]) for row in rows}
    due = "column public.orders.due_on date"
    number = {name: each[0] for name, each in words.items()}
    assert words["prod"] == (1, None, None)
    assert words["us"] == (number["us"], 1, f"+ {due}")
    eu = (
        "~ column public.orders.amount: integer → bigint\n"
        "+ index public.orders_note CREATE INDEX orders_note ON public.orders USING btree (note)"
    )
    assert words["eu"] == (number["eu"], 1, eu)
    assert [row["members"] for row in rows] == [2, 1, 1]
    by_name = {row["names"][0]: row for row in rows}
    assert (by_name["us"]["changed_by"], by_name["us"]["operation"]) == ("postgres", "V2")
    assert len({row["digest"] for row in rows}) == 3
    odd = json.loads(fleet.run("variants", '"Odd.Name"', "--json").stdout)["rows"]
    assert [(row["members"], row["digest"] is None, row["difference"]) for row in odd] == [
        (3, False, None), (1, True, "no such object"),
    ]  # fmt: skip
    listed = fleet.rows("variants", "--schema", "public", code=3)
    assert {name: row["others"] for name, row in listed.items()} == {
        'public."Odd.Name"': ["prod"],
        "public.orders": listed["public.orders"]["others"],
        "public.total(pg_catalog.date)": ["us"],
    }
    assert fleet.run("variants", "public.total(date)", "--quiet").returncode == 3
    done = fleet.run("variants", "nothing")
    assert (done.returncode, "no member has an object called nothing" in done.stderr) == (2, True)


def _assert_drift(fleet: Fleet) -> None:
    done = fleet.run("drift", "--against", "prod", "--json")
    assert done.returncode == 3, done.stderr
    rows = json.loads(done.stdout)["rows"]
    found = {(row["member"], row["object_identity"]): row for row in rows if row["object_type"] != "table"}
    assert set(found) >= {
        ("us", "public.orders.due_on"), ("us", "public.total(pg_catalog.date)"), ("eu", "public.orders.amount"),
        ("eu", "public.orders_note"), ("eu", 'public."Odd.Name".x'),
    }  # fmt: skip
    column = found["us", "public.orders.due_on"]
    assert (column["ticket"], column["operation"], column["changed_in"]) == ("OPS-7", "V2", "us")
    assert found["eu", 'public."Odd.Name".x']["changed_in"] == "prod"
    assert "3 of 3 members differ from prod" in done.stderr
    assert fleet.run("drift", "--against", "prod", "--since", "1h", "--member", "us", "-q").returncode == 3
    assert fleet.run("drift", "--against", "prod", "--schema", "pg_temp").returncode == 0
    assert fleet.run("drift", "--against", "prodd").returncode == 2


def _assert_operations(fleet: Fleet) -> None:
    # A member without a record cannot be compared by its operations.
    done = fleet.run("compare", "--json")
    assert done.returncode == 1
    assert "second/tenant_2: not installed" in done.stderr
    operations = {row["operation"]: row for row in json.loads(done.stdout)["rows"]}
    assert set(operations) == {"V2"}
    assert (operations["V2"]["completed_in"], operations["V2"]["members"]) == (1, 3)
    assert operations["V2"]["missing"] == ["prod", "eu"]
    assert set(fleet.rows("compare", "--all", "--only", "cluster=one", code=0)) == {"V1"}


def test_a_timeout_and_ctrl_c_leave_no_connection_and_no_statement_behind(
    fleet: Fleet, server: Server
) -> None:
    blocked = server.conninfo(fleet.names["prod"])
    with psycopg.connect(blocked, autocommit=True) as holder:
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE script_tracking.script_execution_s IN ACCESS EXCLUSIVE MODE")
        with psycopg.connect(server.conninfo(), autocommit=True) as watch:
            # A member that takes too long is cancelled, and the others are told.
            rows = fleet.rows("status", "--only", "cluster=one", "--timeout", "2", code=1)
            assert (rows["prod"]["state"], rows["eu"]["state"]) == ("timeout", "answered")
            assert "there was no answer within 2 s" in rows["prod"]["details"]
            wait_until(lambda: watch.execute(_CLIENTS).fetchone() == (0,))

            process = subprocess.Popen(
                [sys.executable, "-m", "dbtrack", "fleet", "status", "--timeout", "600"],
                env=clean_environment({"DBTRACK_FLEET": str(fleet.file)}),
                stdout=subprocess.DEVNULL,
            )
            waiting = f"{_CLIENTS} AND wait_event_type = 'Lock'"
            wait_until(lambda: watch.execute(waiting).fetchone() == (1,))
            os.kill(process.pid, signal.SIGINT)
            assert process.wait(timeout=60) == -signal.SIGINT
            wait_until(lambda: watch.execute(_CLIENTS).fetchone() == (0,))
        holder.execute("ROLLBACK")


def test_a_server_without_a_free_connection_is_tried_again(fleet: Fleet, server: Server) -> None:
    with psycopg.connect(fleet.other.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE ROLE few LOGIN CONNECTION LIMIT 1")
        try:
            few = fleet.other.conninfo(user="few", tcp=True)
            for name in ("tenant_2", "other"):
                fleet.add(name, few.replace("dbname=postgres", f"dbname={name}"))
            with psycopg.connect(few):
                rows = fleet.rows("status", "--timeout", "2", "--jobs", "1", code=1)
            assert [rows[name]["state"] for name in ("prod", "tenant_2", "other")] == [
                "answered",
                "full",
                "full",
            ]
            assert 'too many connections for role "few"' in rows["tenant_2"]["details"]
            # The second one did not wait as well.
            assert "had no connection free for tenant_2" in rows["other"]["details"]
            # Both at once: one waits for the other.
            rows = fleet.rows("status", "--timeout", "60", code=3)
            assert {rows[name]["state"] for name in ("tenant_2", "other")} == {"not installed"}
            with psycopg.connect(few):
                done = fleet.run("install", "--member", "other", "--timeout", "1")
            assert (done.returncode, "too many connections" in done.stdout) == (1, True)
        finally:
            connection.execute("DROP ROLE few")


@pytest.mark.parametrize(("number", "canary"), [(signal.SIGINT, ()), (signal.SIGTERM, ("--canary", "eu"))])
def test_ctrl_c_ends_a_rollout_and_tells_what_is_done(
    fleet: Fleet, tmp_path: Path, number: signal.Signals, canary: tuple[str, ...]
) -> None:
    older = fleet.sandbox.database()
    open_earlier(older, 20).close()
    fleet.add("older", older)
    fleet.add("second", fleet.other.conninfo(dbname="tenant_2"))
    versions = "SELECT max(migration_number) FROM script_tracking.schema_migration"
    with (
        psycopg.connect(older) as holder,
        psycopg.connect(older, autocommit=True) as watch,
        (tmp_path / "told").open("w+") as told,
    ):
        holder.execute("LOCK TABLE script_tracking.script_execution_s")
        process = subprocess.Popen(
            [sys.executable, "-m", "dbtrack", "fleet", "install", "--lock-timeout", "600", "--json", *canary],
            env=clean_environment({"DBTRACK_FLEET": str(fleet.file)}),
            stdout=told,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: watch.execute(f"{_CLIENTS} AND wait_event_type = 'Lock'").fetchone() == (1,))
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        assert process.returncode == -number
        holder.rollback()
        # The server has rolled it back.
        wait_until(lambda: watch.execute(_CLIENTS).fetchone() == (0,))
        assert watch.execute(versions).fetchone() == (20,)
        told.seek(0)
        rows = {row["member"]: row for row in json.loads(told.read())["rows"]}
    assert {name: row["result"] for name, row in rows.items()} == {
        "prod": "up to date", "eu": "up to date", "older": "interrupted", "second": "not begun",
    }  # fmt: skip
    assert rows["older"]["details"] == "cancelled; nothing was changed"
    assert rows["second"]["details"] == "it was interrupted before"
    assert "1 interrupted, 1 not begun; run it again to continue" in said
    rows = fleet.rows("install", code=0)
    assert [rows[name]["result"] for name in ("older", "second")] == ["upgraded", "installed"]


def test_connections_to_one_server_are_bounded(fleet: Fleet, server: Server) -> None:
    words = ["--server", fleet.other.conninfo(), "--databases", "*"]
    with psycopg.connect(fleet.other.conninfo(), autocommit=True) as connection:
        # A connection that was just closed still counts for a moment.
        connection.execute("CREATE ROLE few LOGIN CONNECTION LIMIT 3")
        try:
            few = fleet.other.conninfo(user="few")
            words[1] = few
            states = {
                row["state"] for row in fleet.rows("status", *words, "--per-server", "1", code=3).values()
            }
            assert states == {"not installed"}
        finally:
            connection.execute("DROP ROLE few")
