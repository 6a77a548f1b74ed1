"""`dbtrack metrics` as a process: what it prints, the file for node_exporter, and what it does without a database."""

from __future__ import annotations

import stat
import subprocess
import time
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.support.command_line import NOWHERE, done, run_dbtrack
from tests.support.prometheus import free_port
from tests.support.required import required_program

pytestmark = pytest.mark.any_server


def checked(text: str) -> None:
    """Let promtool, which is Prometheus' own, say whether a text is as it should be."""
    found = subprocess.run(
        [required_program("promtool"), "check", "metrics"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_promtool_has_nothing_to_say(installed_conninfo: str) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE t (id int)")
        connection.execute("SELECT script_tracking.track_operation('job')")
        connection.execute("SELECT count(*) FROM script_tracking.maintain()")
    text = done(run_dbtrack("metrics", "-d", installed_conninfo))
    assert "dbtrack_up 1.0" in text
    assert 'dbtrack_executions_total{status="COMPLETED",tenant="",type="DDL_AUTO"} 1.0' in text
    checked(text)


def test_labels_are_added_to_every_sample(installed_conninfo: str) -> None:
    text = done(run_dbtrack("metrics", "--label", "database=shop", "-d", installed_conninfo))
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert lines
    assert all('database="shop"' in line for line in lines)
    checked(text)


@pytest.mark.parametrize("word", ["database", "1st=x", "tenant=acme", "__name__=x"])
def test_a_label_that_is_none_is_refused(word: str) -> None:
    refused = run_dbtrack("metrics", "--label", word)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "label" in refused.stderr


def test_the_file_is_whole_and_others_can_read_it(installed_conninfo: str, tmp_path: Path) -> None:
    path = tmp_path / "dbtrack.prom"
    path.write_text("dbtrack_up 0\n")
    path.chmod(0o600)
    assert done(run_dbtrack("metrics", "--textfile", str(path), "-d", installed_conninfo)) == ""
    assert "dbtrack_up 1.0" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [found.name for found in tmp_path.iterdir()] == ["dbtrack.prom"]
    checked(path.read_text())


def test_without_a_database_the_file_says_so_and_the_exit_code_too(tmp_path: Path) -> None:
    path = tmp_path / "dbtrack.prom"
    path.write_text("dbtrack_up 1\n")
    failed = run_dbtrack("metrics", "--textfile", str(path), environment=NOWHERE)
    assert failed.returncode == 12
    assert "dbtrack_up 0.0" in path.read_text()
    assert "dbtrack_executions_total" not in path.read_text()
    checked(path.read_text())
    assert run_dbtrack("metrics", environment=NOWHERE).stdout == ""


def test_a_database_that_does_not_answer_in_time_is_down(installed_conninfo: str, tmp_path: Path) -> None:
    path = tmp_path / "dbtrack.prom"
    with psycopg.connect(installed_conninfo) as blocker:
        blocker.execute("LOCK TABLE script_tracking.execution_counter IN ACCESS EXCLUSIVE MODE")
        failed = run_dbtrack("metrics", "--timeout", "0.3", "--textfile", str(path), "-d", installed_conninfo)
    assert failed.returncode == 1
    assert "dbtrack_up 0.0" in path.read_text()


def test_a_file_that_cannot_be_written_or_would_not_be_read_is_an_error(
    installed_conninfo: str, tmp_path: Path
) -> None:
    refused = run_dbtrack("metrics", "--textfile", str(tmp_path / "dbtrack.txt"), "-d", installed_conninfo)
    assert (refused.returncode, ".prom" in refused.stderr) == (2, True)
    missing = run_dbtrack("metrics", "--textfile", str(tmp_path / "no" / "x.prom"), "-d", installed_conninfo)
    assert (missing.returncode, "cannot write" in missing.stderr) == (1, True)


def test_what_waits_in_the_spool_is_counted_and_stays(installed_conninfo: str, tmp_path: Path) -> None:
    spool = {"DBTRACK_SPOOL": str(tmp_path / "spool")}
    assert (
        run_dbtrack("track", "job", "-d", "host=/nonexistent", "--", "true", environment=spool).returncode
        == 0
    )
    for _ in range(2):
        text = done(run_dbtrack("metrics", "-d", installed_conninfo, environment=spool))
        assert 'dbtrack_spool_records{state="WAITING"} 1.0' in text


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path, installed_conninfo: str) -> None:
    (tmp_path / "prometheus_client.py").write_text("raise ImportError")
    refused = run_dbtrack(
        "metrics", "-d", installed_conninfo, environment={"PYTHONPATH": str(tmp_path)}, fresh=True
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "pip install 'prometheus-client" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_node_exporter_reads_the_files_of_two_databases(installed_conninfo: str, tmp_path: Path) -> None:
    program = required_program("prometheus-node-exporter", "apt-get install prometheus-node-exporter")
    for name in ("shop", "billing"):
        path = tmp_path / f"{name}.prom"
        words = ("--textfile", str(path), "--label", f"database={name}", "-d", installed_conninfo)
        assert done(run_dbtrack("metrics", *words)) == ""
    port = free_port()
    exporter = subprocess.Popen(
        [
            program,
            "--collector.disable-defaults",
            "--collector.textfile",
            f"--collector.textfile.directory={tmp_path}",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        text = fetched(f"http://127.0.0.1:{port}/metrics")
    finally:
        exporter.terminate()
        exporter.wait(30)
    assert "node_textfile_scrape_error 0" in text
    for name in ("shop", "billing"):
        assert f'dbtrack_up{{database="{name}"}} 1' in text
        assert f'dbtrack_execution_duration_seconds_count{{database="{name}",type="DDL_AUTO"}} 0' in text


def fetched(address: str) -> str:
    """Return what an address answers, once somebody listens there."""
    for _ in range(200):
        try:
            return httpx.get(address, timeout=30).text
        except httpx.ConnectError:
            time.sleep(0.1)
    raise AssertionError(f"nobody listens at {address}")
