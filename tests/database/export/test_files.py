"""What an export contains, in each format and at each place, and what is left when it cannot be written."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from tests.support.command_line import clean_environment, rows, run_dbtrack
from tests.support.exporting import exported, fill, record, recorded_ids, state_of, wrote
from tests.support.servers import Sandbox, Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.any_server

_PASSWORD = "hunter2secret"
_AWKWARD = """
UPDATE script_tracking.script_execution_s SET
    script_name = E'=a,"b"\\n\\\\N''é[x]', sql_command = E'SELECT "1",\\r\\n2; -- \\\\.\\n\\tü\\x01', error_message = '',
    client_ip = '2001:db8::1', affected_objects = ARRAY['public."a,b"', 'x"y', '', E'n\\nl'],
    metadata = '{"n": 1.10, "s": "\\\\u00e9 \\"q\\"", "object_types": ["table", "view"]}', execution_duration_ms = NULL,
    execution_timestamp = '2026-01-15 14:30:25.120000+00'
WHERE script_name = 'awkward'
"""
_OBJECTS = ['public."a,b"', 'x"y', "", "n\nl"]


@pytest.fixture
def filled(installed_conninfo: str) -> str:
    """A database with an operation, DDL, and a record with every awkward character."""
    record(installed_conninfo, "plain", "awkward")
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE orders (id int PRIMARY KEY)")
        connection.execute(_AWKWARD.encode())
    return installed_conninfo


def asked(question: str) -> list[tuple[Any, ...]]:
    """Return what DuckDB answers."""
    return duckdb.connect().execute(question).fetchall()


def awkward(found: list[dict[str, Any]]) -> dict[str, Any]:
    return next(row for row in found if row["script_name"].startswith("=a"))


def ran(conninfo: str, *words: str) -> subprocess.CompletedProcess[str]:
    return run_dbtrack("export", *words, "-d", conninfo)


def limited(conninfo: str, limit_bytes: int, *words: str) -> subprocess.CompletedProcess[str]:
    """Export where no file may become longer, as on a full disk."""
    program = (
        "import resource, signal, sys\nsys.dont_write_bytecode = True\nfrom dbtrack.cli.main import main\n"
        f"signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, ({limit_bytes},) * 2)\n"
        "sys.exit(main())"
    )
    return subprocess.run(
        [sys.executable, "-c", program, "export", *words, "-d", conninfo],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_json_lines_have_real_types(filled: str) -> None:
    found = awkward(exported(filled, "--full"))
    assert found["script_name"] == '=a,"b"\n\\N\'é[x]'
    assert found["execution_timestamp"] == "2026-01-15T14:30:25.120000Z"
    assert found["affected_objects"] == _OBJECTS
    assert found["metadata"]["n"] == 1.1
    assert found["sql_command"] == 'SELECT "1",\r\n2; -- \\.\n\tü\x01'
    assert (found["error_message"], found["duration_ms"], found["tenant"]) == ("", None, None)
    assert found["execution_key"] == found["id"].split("-")[0]


def test_csv_is_what_copy_writes(filled: str) -> None:
    text = wrote(filled, "executions", "--full")
    found = awkward(list(csv.DictReader(io.StringIO(text, newline=""))))
    assert json.loads(found["affected_objects"]) == _OBJECTS
    assert found["client_ip"] == "2001:db8::1"
    # Of the two, only the empty text is quoted.
    assert ',"",' in text
    with psycopg.connect(filled, autocommit=True) as connection:
        columns = ", ".join(f"{name} text" for name in text.split("\n")[0].split(","))
        connection.execute(f"CREATE TEMPORARY TABLE loaded ({columns})".encode())
        with connection.cursor().copy("COPY loaded FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write(text)
        loaded = connection.execute(
            "SELECT error_message, tenant FROM loaded WHERE script_name LIKE '=a%'"
        ).fetchone()
    assert loaded == ("", None)


def test_a_spreadsheet_has_no_formula(filled: str) -> None:
    text = wrote(filled, "executions", "--format", "spreadsheet")
    names = {row["script_name"] for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert {"plain", "'=a,\"b\"\n\\N'é[x]"} <= names


def test_without_a_state_there_is_one_row_for_each_execution(filled: str) -> None:
    found = exported(filled)
    assert len({row["execution_key"] for row in found}) == len(found)
    assert {row["execution_status"] for row in found} == {"COMPLETED"}
    assert len(found) < len(recorded_ids(filled))


def test_since_and_until_bound_the_start(filled: str) -> None:
    assert [row["script_name"][:2] for row in exported(filled, "--until", "2026-02-01")] == ["=a"]
    assert not any(row["script_name"].startswith("=a") for row in exported(filled, "--since", "1h"))


def test_objects_have_a_row_each(filled: str) -> None:
    found = rows(ran(filled, "objects", "--format", "jsonl"))
    mine = [row for row in found if row["script_name"].startswith("=a")]
    assert [row["object_identity"] for row in mine] == _OBJECTS
    assert [row["object_type"] for row in mine] == ["table", "view", None, None]
    assert [row["object_position"] for row in mine] == [1, 2, 3, 4]


def test_a_secret_in_metadata_stays_hidden(installed_conninfo: str) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("SELECT script_tracking.track_operation('secret')")
        connection.execute(
            "UPDATE script_tracking.script_execution_s SET metadata = metadata || "
            '\'{"encrypted": [{"name": "pw", "key_id": "k1", "ciphertext": "c0ffee"}]}\''
        )
        connection.execute(f"CREATE ROLE export_{os.getpid()} PASSWORD '{_PASSWORD}'".encode())
        connection.execute(f"DROP ROLE export_{os.getpid()}".encode())
    for chosen in ("csv", "jsonl", "ocsf", "cef"):
        text = wrote(installed_conninfo, "executions", "--full", "--format", chosen)
        assert "secret: pw (key k1)" in text
        assert "c0ffee" not in text
        assert _PASSWORD not in text


def test_a_file_takes_the_format_of_its_name(filled: str, tmp_path: Path) -> None:
    for name in ("a.csv", "a.jsonl", "a.parquet"):
        wrote(filled, "executions", "-o", str(tmp_path / name))
    assert (tmp_path / "a.csv").read_text().startswith("id,execution_key,")
    lines = (tmp_path / "a.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == exported(filled)
    assert asked(f"SELECT count(*) FROM '{tmp_path / 'a.parquet'}'") == [(len(lines),)]


def test_parquet_has_types_and_the_same_values(filled: str, tmp_path: Path) -> None:
    path = tmp_path / "full.parquet"
    wrote(filled, "executions", "--full", "-o", str(path))
    types = {row[0]: row[1] for row in asked(f"DESCRIBE SELECT * FROM '{path}'")}
    assert types["execution_timestamp"] == "TIMESTAMP WITH TIME ZONE"
    assert (types["affected_objects"], types["duration_ms"]) == ("VARCHAR[]", "DOUBLE")
    value = dict(zip(types, asked(f"SELECT * FROM '{path}' WHERE script_name LIKE '=a%'")[0], strict=True))
    expected = awkward(exported(filled, "--full"))
    for name in (
        "id",
        "script_name",
        "sql_command",
        "error_message",
        "affected_objects",
        "client_ip",
        "tenant",
    ):
        assert value[name] == expected[name]
    assert json.loads(value["metadata"]) == expected["metadata"]
    schema = asked(f"SELECT decode(key), decode(value) FROM parquet_kv_metadata('{path}')")
    assert ("dbtrack_export_schema", "1") in schema


def test_a_directory_is_partitioned(filled: str, tmp_path: Path) -> None:
    with psycopg.connect(filled, autocommit=True) as connection:
        connection.execute("SELECT script_tracking.add_tenant('a/b cé')")
        connection.execute(
            "UPDATE script_tracking.script_execution_s SET tenant_hk = (SELECT tenant_hk FROM script_tracking.tenant_h) "
            "WHERE script_name = 'plain'"
        )
    lake = tmp_path / "lake"
    wrote(filled, "executions", "--format", "parquet", "-o", f"{lake}/")
    found = asked(f"SELECT tenant, month, id FROM read_parquet('{lake}/**/*.parquet') ORDER BY id")
    expected = [(row["tenant"], row["execution_timestamp"][:7], row["id"]) for row in exported(filled)]
    assert found == sorted(expected, key=lambda row: row[2])
    assert {row[0] for row in found} == {"a/b cé", None}
    assert len({row[1] for row in found}) == 2
    assert not list(lake.glob(".*"))


def test_a_directory_gets_a_new_file_each_time(filled: str, tmp_path: Path) -> None:
    for _ in range(2):
        wrote(filled, "executions", "-o", f"{tmp_path}/out/")
    written = sorted((tmp_path / "out").iterdir())
    assert [path.suffix for path in written] == [".csv", ".csv"]
    assert written[0].read_text() == written[1].read_text()


@pytest.mark.parametrize("name", ["history", "dashboard", "errors", "health"])
def test_a_report_is_what_its_command_says(filled: str, tmp_path: Path, name: str) -> None:
    found = rows(ran(filled, name, "--format", "jsonl"))
    told = rows(run_dbtrack(name, "--format", "jsonl", "-d", filled))
    moving = {"last_updated", "last_checked", "details", "metric_value"}
    assert [row.keys() for row in found] == [row.keys() for row in told]
    for mine, theirs in zip(found, told, strict=True):
        assert {key: mine[key] for key in mine.keys() - moving} == {
            key: theirs[key] for key in mine.keys() - moving
        }
    path = tmp_path / "report.parquet"
    wrote(filled, name, "-o", str(path))
    assert asked(f"SELECT count(*) FROM '{path}'") == [(len(told),)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("health", "--since", "1d"), "the report health has no --since"),
        (("history", "--state", "s"), "cannot be exported with"),
        (("history", "--format", "ocsf"), "cannot be written as ocsf"),
        (("history", "--format", "parquet"), "needs the name of a file"),
        (("objects", "--format", "ocsf"), "OCSF describes executions"),
        (("executions", "--format", "parquet"), "standard output"),
        (("executions", "--state", "s", "--until", "1d"), "contradict"),
        (("executions", "--after-restore"), "needs --state"),
        (("executions", "--syslog-plain"), "need --syslog"),
        (("executions", "--syslog", "h", "-o", "f"), "either --output or --syslog"),
        (("executions", "--syslog", "h", "--format", "csv"), "jsonl, ocsf or cef"),
        (("executions", "--since", "2d", "--until", "3d"), "since must be before until"),
        (("executions", "--tenant", "nobody"), "nobody"),
        (("elsewhere",), "elsewhere"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    installed_conninfo: str, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    result = run_dbtrack("export", *words, "-d", installed_conninfo)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_place_that_cannot_be_written_is_one_line(filled: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    for place in ("file/x.csv", "file/", "file/x.parquet", "missing/x.csv"):
        result = ran(filled, "executions", "-o", str(tmp_path / place) + ("/" if place.endswith("/") else ""))
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr.startswith("dbtrack: cannot write ")
        assert result.stderr.count("\n") == 1
    assert (tmp_path / "file").read_text() == "kept"


@pytest.mark.parametrize("place", ["x.csv", "x.jsonl", "x.parquet", "lake/"])
def test_a_full_disk_leaves_what_was_there(filled: str, tmp_path: Path, place: str) -> None:
    chosen = ("--format", "parquet") if place == "lake/" else ()
    if place != "lake/":
        (tmp_path / place).write_text("earlier")
    result = limited(filled, 100, "executions", *chosen, "-o", f"{tmp_path}/{place}")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("dbtrack: cannot write ")
    assert result.stderr.count("\n") == 1
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.read_text() for path in left] == ([] if place == "lake/" else ["earlier"])


def test_a_reader_that_goes_away_is_no_error(filled: str, tmp_path: Path) -> None:
    with psycopg.connect(filled, autocommit=True) as connection:
        connection.execute(
            "SELECT script_tracking.track_operation('run_' || n) FROM generate_series(1, 3000) AS n"
        )
    script = f'"{sys.executable}" -m dbtrack export executions --state "$1/state" -d "$2" | head -1 >&2; exit "${{PIPESTATUS[0]}}"'
    ended = subprocess.run(
        ["bash", "-c", script, "-", str(tmp_path), filled],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 128 + signal.SIGPIPE
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("id,execution_key")
    # What the reader has not seen comes again.
    assert {row["id"] for row in exported(filled, "--state", str(tmp_path / "state"))} == set(
        recorded_ids(filled)
    )


def test_ctrl_c_leaves_no_half_file(filled: str, tmp_path: Path) -> None:
    with psycopg.connect(filled, autocommit=True) as connection, psycopg.connect(filled) as blocking:
        connection.execute(
            "SELECT script_tracking.track_operation('run_' || n) FROM generate_series(1, 3000) AS n"
        )
        # The export waits for this lock in the middle, once it has its snapshot and its file.
        blocking.execute("LOCK TABLE script_tracking.tenant_h")
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "dbtrack",
                "export",
                "executions",
                "-o",
                str(tmp_path / "x.csv"),
                "-d",
                filled,
            ],
            env=clean_environment(),
            stderr=subprocess.PIPE,
            text=True,
        )
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'dbtrack'"
        wait_until(lambda: connection.execute(waiting).fetchone() == (1,), "the export waits")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_lost_connection_leaves_no_half_file(filled: str, tmp_path: Path) -> None:
    with psycopg.connect(filled, autocommit=True) as connection, psycopg.connect(filled) as blocking:
        blocking.execute("LOCK TABLE script_tracking.tenant_h")
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "dbtrack",
                "export",
                "executions",
                "-o",
                str(tmp_path / "x.csv"),
                "-d",
                filled,
            ],
            env=clean_environment(),
            stderr=subprocess.PIPE,
            text=True,
        )
        waiting = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'dbtrack'"
        count = f"SELECT count(*) {waiting}".encode()
        wait_until(lambda: connection.execute(count).fetchone() == (1,), "the export waits")
        connection.execute(f"SELECT pg_terminate_backend(pid) {waiting}".encode())
        _, said = process.communicate(timeout=60)
    assert process.returncode == 12
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_a_stream_at_once(filled: str, tmp_path: Path) -> None:
    fill(filled, 1, 20_000)
    state = tmp_path / "state"
    process = subprocess.Popen(
        [sys.executable, "-m", "dbtrack", "export", "executions", "--state", str(state), "-d", filled],
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    # The pipe is full now, in the middle of the rows.
    assert process.stdout.readline().startswith("id,")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert "Traceback" not in said
    assert state_of(state)["run"] == 0


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_any_encoding_of_the_database_can_be_exported(
    server: Server, sandbox: Sandbox, tmp_path: Path, encoding: str
) -> None:
    name = f"export_{encoding.lower()}_{os.getpid()}"
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'".encode()
        )
    try:
        conninfo = server.conninfo(name)
        assert run_dbtrack("install", "-d", conninfo).returncode == 0
        record(conninfo, "plain")
        with psycopg.connect(conninfo, autocommit=True) as connection:
            # In SQL_ASCII any byte is a character; this one alone is not UTF-8.
            character = (
                r"convert_from('\xc3bc', 'UTF8')"
                if encoding == "LATIN1"
                else r"convert_from('\xfc', 'SQL_ASCII')"
            )
            connection.execute(f"SELECT script_tracking.track_operation({character})".encode())
        for chosen in ("csv", "jsonl", "spreadsheet", "ocsf", "cef"):
            assert (
                run_dbtrack(
                    "export", "executions", "--format", chosen, "-o", str(tmp_path / "x"), "-d", conninfo
                ).stderr
                == ""
            )
        if encoding == "LATIN1":
            assert "ü" in [row["script_name"] for row in exported(conninfo)]
    finally:
        with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
