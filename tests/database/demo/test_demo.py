"""The demonstration, run for real: what it records, and what it leaves alone."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dbtrack import embedded
from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.demo import reset_demo, run_demo, stop_demo
from dbtrack.demo.scenario import TENANTS, migrations_in_order
from dbtrack.errors import DbtrackError, UsageError
from tests.support.command_line import clean_environment

pytestmark = pytest.mark.timeout(120)

FAILING = {"15_billing_payment_amount_check", "22_telemetry_stale_devices"}

MIGRATIONS = """
    SELECT s.script_name, s.execution_status, s.execution_duration_ms, s.db_session_user, t.tenant_bk,
           s.error_message, s.script_execution_hk,
           (SELECT count(*) FROM script_tracking.script_execution_parent_l AS l
            WHERE l.parent_execution_hk = s.script_execution_hk) AS children
    FROM script_tracking.script_execution_s AS s
    LEFT JOIN script_tracking.tenant_h AS t USING (tenant_hk)
    WHERE s.script_type = 'MIGRATION' AND s.load_end_date IS NULL
    ORDER BY s.execution_timestamp
"""


@pytest.fixture(scope="module")
def path() -> Iterator[Path]:
    """A data directory that the server's account can reach; the server is stopped and removed at the end."""
    directory = Path(tempfile.mkdtemp(prefix="dbtrack-demo-", dir="/tmp"))
    directory.chmod(0o755)
    yield directory / "data"
    embedded.stop(directory / "data")
    shutil.rmtree(directory)


def demonstrate(path: Path) -> tuple[str, list[str]]:
    """Run the demonstration; return what it wrote and what it said."""
    stream, said = io.StringIO(), list[str]()
    assert run_demo(path, stream=stream, say=said.append) == 0
    return stream.getvalue(), said


def connect(path: Path, dbname: str = "postgres") -> Database:
    keywords = embedded.start(path) | {"dbname": dbname}
    return Database.connect(ConnectionTarget(source="test", overrides=keywords))


@pytest.fixture(scope="module")
def output(path: Path) -> str:
    """What a first run wrote."""
    return demonstrate(path)[0]


@pytest.fixture
def database(path: Path, output: str) -> Iterator[Database]:
    """A connection to the demonstration's database."""
    with connect(path) as database:
        yield database


@pytest.fixture
def migrations(database: Database) -> dict[str, dict[str, Any]]:
    """The recorded migrations by name, in the order in which they began."""
    result = database.result(MIGRATIONS)
    names = [column.name for column in result.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in result.rows}


def test_every_file_is_one_execution_in_order(migrations: dict[str, dict[str, Any]]) -> None:
    assert list(migrations) == [migration.name for migration in migrations_in_order()]
    assert len(migrations) == 34, "the README gives the number"


def test_each_execution_is_its_tenants_and_its_deployers(migrations: dict[str, dict[str, Any]]) -> None:
    for migration in migrations_in_order():
        recorded = migrations[migration.name]
        assert recorded["tenant_bk"] == migration.tenant.business_key
        assert recorded["db_session_user"] == migration.tenant.deployer


def test_exactly_the_failing_ones_failed_and_say_why(migrations: dict[str, dict[str, Any]]) -> None:
    failed = {name for name, recorded in migrations.items() if recorded["execution_status"] == "FAILED"}
    others = {recorded["execution_status"] for name, recorded in migrations.items() if name not in failed}
    assert failed == FAILING
    assert others == {"COMPLETED"}
    assert "payment_amount_positive" in migrations["15_billing_payment_amount_check"]["error_message"]
    assert "last_seen" in migrations["22_telemetry_stale_devices"]["error_message"]


def test_slow_one_shows_as_slow(migrations: dict[str, dict[str, Any]]) -> None:
    slowest = max(migrations.values(), key=lambda recorded: recorded["execution_duration_ms"])
    assert slowest["script_name"] == "14_shop_backfill_order_totals"
    assert slowest["execution_duration_ms"] >= 1500


def test_only_what_left_nothing_has_no_children(
    database: Database, migrations: dict[str, dict[str, Any]]
) -> None:
    childless = {name for name, recorded in migrations.items() if recorded["children"] == 0}
    assert childless == FAILING | {"20_shop_rehearse_split_of_notes"}
    assert database.value("SELECT to_regclass('shop.order_note')") is None


def test_ddl_inside_belongs_to_the_tenant(database: Database) -> None:
    rows = database.rows("""
        SELECT DISTINCT t.tenant_bk, s.db_session_user
        FROM script_tracking.script_execution_s AS s
        LEFT JOIN script_tracking.tenant_h AS t USING (tenant_hk)
        WHERE s.script_type = 'DDL_AUTO' AND s.db_session_user LIKE '%_deploy'
    """)
    assert set(rows) == {(tenant.business_key, tenant.deployer) for tenant in TENANTS}


def test_output_shows_three_reports_and_how_to_go_on(output: str, path: Path) -> None:
    for command in ("dashboard", "history", "errors --each"):
        assert f"(dbtrack {command} -d embedded:{path}" in output
    assert "total_operations_24h" in output
    assert all(migration.name in output for migration in migrations_in_order())
    history_part, errors_part = output.split("History (")[1].split("Errors, one by one (")
    assert "last_seen" in errors_part
    # Wider, a table on a terminal of 80 columns would not be one.
    assert max(len(line) for line in history_part.splitlines()[1:]) < 80
    assert f"dbtrack demo --path {path} --stop" in output
    psql_line = next(line for line in output.splitlines() if "/psql " in line)
    shown = subprocess.run(
        ["sh", "-c", f"{psql_line} -XAtc 'SELECT count(*) FROM shop.orders'"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "200\n"
    # Off a terminal: no colour, no box.
    assert "\x1b" not in output
    assert not set(output) & set("│┃─━")


@pytest.mark.matrix
def test_second_run_starts_over_and_touches_nothing_else(
    path: Path, output: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with connect(path) as database:
        database.execute("DROP DATABASE IF EXISTS sales")
        database.execute("CREATE DATABASE sales")
        database.run_script("CREATE SCHEMA ledger; CREATE TABLE ledger.entry AS SELECT 1 AS entry_id;")
        database.execute("CREATE TABLE shop.left_over ()")

    _, said = demonstrate(path)

    assert any("earlier demonstration" in line for line in said)
    # Neither progress nor what the migrations wrote, where there is no terminal.
    assert capfd.readouterr() == ("", "")
    with connect(path) as database:
        assert database.value("SELECT count(*) FROM ledger.entry") == 1
        assert database.value("SELECT count(*) FROM pg_database WHERE datname = 'sales'") == 1
        assert database.value("SELECT to_regclass('shop.left_over')") is None
        assert len(database.rows(MIGRATIONS)) == len(migrations_in_order())
        with pytest.raises(DbtrackError, match=r"also holds database sales, schema ledger"):
            reset_demo(path, say=said.append)
        assert embedded.status(path)
        database.execute("DROP DATABASE sales")
        database.execute("DROP SCHEMA ledger CASCADE")


@pytest.mark.matrix
def test_ctrl_c_during_a_migration_ends_it(path: Path, database: Database) -> None:
    command = [sys.executable, "-m", "dbtrack", "demo", "--path", str(path)]
    with subprocess.Popen(
        command,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        deadline = time.monotonic() + 30
        while not database.value("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')"):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=30) == -signal.SIGINT
    demonstrate(path)


def test_without_the_wheel_the_earlier_demonstration_stays(
    path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = database.rows(MIGRATIONS)

    def not_installed() -> str:
        raise UsageError("the embedded server is not installed")

    monkeypatch.setattr("dbtrack.embedded.binaries.version", not_installed)
    with pytest.raises(UsageError, match="not installed"):
        demonstrate(path)
    assert database.rows(MIGRATIONS) == before


def test_what_the_demonstration_did_not_make_is_refused_untouched(path: Path, output: str) -> None:
    with connect(path) as database:
        mark = database.value(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'postgres'"
        )
        database.execute("COMMENT ON DATABASE postgres IS 'ours'")
        before = database.value("SELECT count(*) FROM script_tracking.script_execution_h")
        try:
            with pytest.raises(DbtrackError, match="was not made by the demonstration"):
                demonstrate(path)
            assert database.value("SELECT count(*) FROM script_tracking.script_execution_h") == before
        finally:
            database.run_script(f"COMMENT ON DATABASE postgres IS '{mark}'")


def test_stop_keeps_the_data_and_reset_removes_it(path: Path, output: str) -> None:
    said: list[str] = []
    assert stop_demo(path, say=said.append) == 0
    assert embedded.status(path) is None
    assert (path / "PG_VERSION").exists()

    assert stop_demo(path, say=said.append) == 0
    assert said[-1] == f"No server is running in {path}."

    assert reset_demo(path, say=said.append) == 0
    assert not path.exists()


def test_reset_leaves_a_directory_that_is_not_a_servers(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(DbtrackError, match="not the data directory of a server"):
        reset_demo(tmp_path, say=print)
    assert (tmp_path / "letter.txt").read_text() == "mine"
