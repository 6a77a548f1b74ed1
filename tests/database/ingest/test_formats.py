"""`dbtrack ingest` on what logs come in: compressed, recoded, from containers, from clouds, from syslog."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dbtrack.db import Database
from dbtrack.ingest import Ingest, IngestOptions, log_source
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.ingested import EXPECTED, Logged, recorded, summary
from tests.support.logging_server import PREFIX
from tests.support.paths import SAMPLES
from tests.support.required import missing

pytestmark = pytest.mark.any_server

_SAMPLES = SAMPLES
_RDS = "{timestamp:.19} UTC:{client}:{user}@{dbname}:[{pid}]:"
_CLOUD_SQL = "{utc} [{pid}]: [{line_num}-1] db={dbname},user={user} "
_AZURE = "{timestamp:.19} UTC-{session_id}-"
_KINDS = sorted((name, status) for name, status, _ in EXPECTED)


def read(database: Database, path: Path, **options: Any) -> Ingest:
    warnings: list[str] = []
    work = Ingest(database, IngestOptions(all_databases=True, **options), warn=warnings.append)
    work.run([log_source(str(path), follow=False)])
    assert warnings == []
    return work


def kinds(database: Database) -> list[tuple[str, str]]:
    """Return what was recorded; a log without numbers does not tell in what order."""
    return sorted(row[:2] for row in summary(database))


def entries(logged: Logged) -> list[dict[str, Any]]:
    """Return what the server wrote, of sessions."""
    found = [json.loads(line) for line in logged.copy("json").read_text().splitlines()]
    return [entry for entry in found if "user" in entry]


def parts(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Return the parts of an entry as stderr has them, each with its label."""
    position = f" at character {entry['cursor_position']}" if "cursor_position" in entry else ""
    yield entry["error_severity"], entry["message"] + position
    for name in ("detail", "hint", "context", "statement"):
        if name in entry:
            yield name.upper(), entry[name]


def lines(logged: Logged, prefix: str) -> list[tuple[dict[str, Any], str]]:
    """Return the log with a prefix that the server here does not have."""
    return [
        (entry, prefix.format(**entry, utc=f"{entry['timestamp'][:23]} UTC", client="10.0.0.1(5000)")
         + f"{label}:  " + text.replace("\n", "\n\t"))
        for entry in entries(logged)
        for label, text in parts(entry)
    ]  # fmt: skip


def packed_by(program: str, data: bytes) -> bytes:
    if shutil.which(program) is None:
        missing(program, f"apt-get install {program}")
    return subprocess.run([program, "-qc"], input=data, capture_output=True, check=True).stdout


def zipped(data: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("server.csv", data)
    return archive.getvalue()


_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zip": zipped,
    "zst": lambda data: packed_by("zstd", data),
    "lz4": lambda data: packed_by("lz4", data),
}


@pytest.mark.parametrize("kind", _PACKERS)
def test_a_packed_log_is_read(logged: Logged, installed: Database, tmp_path: Path, kind: str) -> None:
    log = tmp_path / f"server.csv.{kind}"
    log.write_bytes(_PACKERS[kind](logged.copy("csv").read_bytes()))
    read(installed, log)
    assert summary(installed) == EXPECTED
    assert read(installed, log).report.bytes_read == 0


@pytest.mark.parametrize("kind", ["gz", "xz", "bz2"])
def test_standard_input_may_be_packed(
    logged: Logged, installed: Database, installed_conninfo: str, tmp_path: Path, kind: str
) -> None:
    log = tmp_path / "packed"
    log.write_bytes(_PACKERS[kind](logged.copy("json").read_bytes()))
    command = [sys.executable, "-m", "dbtrack", "ingest", "-", "--all-databases", "-d", installed_conninfo]
    with log.open("rb") as file:
        done = subprocess.run(command, stdin=file, env=clean_environment(), capture_output=True, check=False)
    assert (done.returncode, summary(installed)) == (0, EXPECTED), done.stderr


@pytest.mark.parametrize("kind", ["gz", "xz", "bz2", "zst"])
def test_what_is_not_whole_is_read_to_its_end_or_said(
    logged: Logged, installed: Database, installed_conninfo: str, tmp_path: Path, kind: str
) -> None:
    data = _PACKERS[kind](logged.copy("json").read_bytes())
    log = tmp_path / f"server.json.{kind}"
    log.write_bytes(data[:6] + b"\xff" * 200)
    done = run_dbtrack("ingest", str(log), "-d", installed_conninfo)
    assert done.returncode == 3
    assert log.name in done.stderr


@pytest.mark.parametrize("suffix", ["json", "csv", "log"])
@pytest.mark.parametrize(
    "recode",
    [
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode("utf-16"),
        lambda text: text.encode("utf-16-be"),
    ],
    ids=["a byte order mark", "UTF-16", "UTF-16 without a mark"],
)
def test_a_recoded_log_is_read(
    logged: Logged, installed: Database, tmp_path: Path, suffix: str, recode: Callable[[str], bytes]
) -> None:
    log = tmp_path / f"server.{suffix}"
    log.write_bytes(recode(logged.copy(suffix).read_text(errors="replace")))
    read(installed, log, prefix=PREFIX)
    assert kinds(installed) == _KINDS


@pytest.mark.parametrize("suffix", ["json", "csv", "log"])
def test_the_log_of_a_docker_container_is_read(
    logged: Logged, installed: Database, tmp_path: Path, suffix: str
) -> None:
    log = tmp_path / "container-json.log"
    pieces = [line[at : at + 100] for line in logged.copy(suffix).read_text().splitlines(keepends=True)
              for at in range(0, len(line), 100)]  # fmt: skip
    records = (
        {"log": piece, "stream": "stderr", "time": "2026-01-15T14:30:25.123456789Z"} for piece in pieces
    )
    log.write_text("".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records))
    read(installed, log, prefix=PREFIX)
    assert kinds(installed) == _KINDS


def test_the_log_of_a_pod_is_read_also_that_of_cloudnative_pg(
    logged: Logged, installed: Database, tmp_path: Path
) -> None:
    names = {"timestamp": "log_time", "user": "user_name", "dbname": "database_name", "pid": "process_id",
             "session_id": "session_id", "line_num": "session_line_num", "txid": "transaction_id",
             "error_severity": "error_severity", "state_code": "sql_state_code", "message": "message",
             "detail": "detail", "hint": "hint", "context": "context", "statement": "query",
             "cursor_position": "query_pos", "application_name": "application_name"}  # fmt: skip
    log = tmp_path / "0.log"
    with log.open("w") as file:
        for entry in entries(logged):
            record = {theirs: str(entry[name]) for name, theirs in names.items() if name in entry}
            record["connection_from"] = f"{entry['remote_host']}:5000"
            outer = {"level": "info", "ts": "2026-01-15T14:30:25Z", "logger": "postgres", "msg": "record",
                     "logging_pod": "db-1", "record": record}  # fmt: skip
            text = json.dumps(outer, separators=(",", ":"))
            file.write(f"2026-01-15T14:30:25.123456789Z stdout P {text[:50]}\n")
            file.write("2026-01-15T14:30:25.123456789Z stderr F other\n")
            file.write(f"2026-01-15T14:30:25.123456789Z stdout F {text[50:]}\n")
    read(installed, log)
    assert summary(installed) == EXPECTED
    assert {str(row["client_ip"]) for row in recorded(installed)} == {"127.0.0.1"}


def test_a_log_that_google_exports_is_read(logged: Logged, installed: Database, tmp_path: Path) -> None:
    log = tmp_path / "downloaded-logs.json"
    records = [
        {"textPayload": text, "insertId": "s=1", "resource": {"type": "cloudsql_database"},
         "timestamp": "2026-01-15T14:30:25.123456Z"}
        for _, text in lines(logged, _CLOUD_SQL)
    ]  # fmt: skip
    log.write_text(json.dumps(records, indent=2))
    read(installed, log)
    assert kinds(installed) == _KINDS
    assert {row["db_session_user"] for row in recorded(installed)} == {"postgres"}
    old = tmp_path / "old.json"
    text = "[7]: [1-1] db=shop,user=anna LOG:  statement: CREATE ROLE early"
    old.write_text(json.dumps({"textPayload": text, "timestamp": "2020-04-08T21:32:23.456622Z"}) + "\n")
    read(installed, old)
    [early] = [row for row in recorded(installed) if row["sql_command"] == "CREATE ROLE early"]
    assert early["execution_timestamp"].timestamp() == 1586381543.456


def test_a_log_that_azure_exports_is_read(logged: Logged, installed: Database, tmp_path: Path) -> None:
    log = tmp_path / "PT1H.json"
    log.write_text(
        "".join(
            json.dumps({"time": "2026-01-15T14:30:25Z", "category": "PostgreSQLLogs",
                        "properties": {"processId": entry["pid"], "errorLevel": "LOG", "message": text}}) + "\n"
            for entry, text in lines(logged, _AZURE)
        )
    )  # fmt: skip
    read(installed, log)
    assert kinds(installed) == _KINDS


def test_the_hours_that_azure_writes_to_a_storage_account_are_read_in_their_order(
    logged: Logged, installed: Database, tmp_path: Path
) -> None:
    server = "resourceId=/SUBSCRIPTIONS/0/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.DBFORPOSTGRESQL/FLEXIBLESERVERS/PROD"
    found = list(entries(logged))
    blobs = []
    for hour, part in enumerate((found[: len(found) // 2], found[len(found) // 2 :]), start=9):
        blob = tmp_path / server / f"y=2026/m=01/d=15/h={hour:02}/m=00/PT1H.json"
        blob.parent.mkdir(parents=True)
        blob.write_text(
            "".join(
                json.dumps({"time": "2026-01-15T14:30:25Z", "category": "PostgreSQLLogs",
                            "properties": {"message": text}}) + "\n"
                for entry, text in lines(logged, _AZURE) if entry in part
            )
        )  # fmt: skip
        blobs.append(blob)
    # They were downloaded in another order.
    os.utime(blobs[1], (1, 1))
    read(installed, tmp_path)
    assert kinds(installed) == _KINDS
    assert [log.name for log in log_source(str(tmp_path), follow=False).logs()] == [
        str(each) for each in blobs
    ]
    before = len(recorded(installed))
    read(installed, tmp_path)
    assert len(recorded(installed)) == before


@pytest.mark.parametrize("kind", ["events", "tail"])
def test_a_log_that_cloudwatch_exports_is_read(
    logged: Logged, installed: Database, tmp_path: Path, kind: str
) -> None:
    log = tmp_path / "events.json"
    messages = [text for _, text in lines(logged, _RDS)]
    if kind == "events":
        log.write_text(
            json.dumps({"events": [{"timestamp": 1, "message": text} for text in messages]}, indent=4)
        )
    else:
        head = "2026-01-15T14:30:25.123000+00:00 db-1.0 "
        log.write_text("".join(f"{head}{line}\n" for text in messages for line in text.split("\n")))
    read(installed, log)
    assert kinds(installed) == _KINDS
    assert {str(row["client_ip"]) for row in recorded(installed)} == {"10.0.0.1"}


@pytest.mark.parametrize("recode", [str, lambda text: text.replace("\t", "#011")], ids=["tabs", "escapes"])
def test_what_syslog_wrote_is_read(installed: Database, tmp_path: Path, recode: Callable[[str], str]) -> None:
    log = tmp_path / "syslog"
    log.write_text(recode((_SAMPLES / "syslog.log").read_text()))
    read(installed, log, prefix="%q%u@%d ", timezone="UTC")
    assert kinds(installed) == sorted([*_KINDS, ("CREATE TABLE", "FAILED")])
    [long] = [row["sql_command"] for row in recorded(installed) if "long_" in row["sql_command"]]
    assert long.count("nosuch") == 200
    assert "column_99 nosuch, column_100 nosuch" in long
    assert {row["metadata"]["database"] for row in recorded(installed)} == {"postgres"}
    assert {f"{row['execution_timestamp']:%m-%d}" for row in recorded(installed)} == {"11-27"}


def test_what_syslog_wrote_with_a_full_time_is_read(installed: Database, tmp_path: Path) -> None:
    log = tmp_path / "postgresql.log"
    log.write_text(
        "2026-01-15T14:30:25.123456+01:00 db1 postgres[7]: [3-1] LOG:  statement: CREATE ROLE a\n"
        "2026-01-15T14:30:26.123456+00:00 app postgres[8]: [DATABASE] [4-1] LOG:  statement: CREATE ROLE b\n"
    )
    read(installed, log, prefix="")
    assert [row["execution_timestamp"].timestamp() for row in recorded(installed)] == [
        1768483825.123,
        1768487426.123,
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "log_time,user_name,database_name,process_id\n" + text,
        lambda text: text[text.index(",") :],
        lambda text: "".join(
            f'"{line[: line.index(",")]}"{line[line.index(",") :]}' if line[:2] == "20" and line[26:30].isalpha() else line
            for line in text.splitlines(keepends=True)
        ),
    ],
    ids=["a row of names", "a record that lost its beginning", "times in quotes"],
)  # fmt: skip
def test_csv_of_other_programs_is_read(
    logged: Logged, installed: Database, tmp_path: Path, change: Callable[[str], str]
) -> None:
    log = tmp_path / "server.csv"
    log.write_text(change(logged.copy("csv").read_text()))
    read(installed, log)
    assert summary(installed) == EXPECTED


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"2026-01-15 14:30:25.123 UTC [7] LOG C-0x55: shop/anna@10.0.0.1:5000 login attempt: db=shop\n", "PgBouncer"),
        (b"root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n", "accounts"),
        (b"\x7fELF\x02\x01\n", "a program"),
        (b"--\n-- PostgreSQL database dump\n--\n", "a dump of pg_dump"),
        (b"<!DOCTYPE html>\n<html>\n", "HTML"),
        (b"some notes\nof mine\n", "give the right one with --prefix"),
        (b'{"name": "x"}\n', "it is not jsonlog"),
    ],
)  # fmt: skip
def test_what_is_not_a_log_is_named(
    installed: Database, installed_conninfo: str, tmp_path: Path, content: bytes, kind: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    done = run_dbtrack("ingest", str(file), "--prefix", PREFIX, "-d", installed_conninfo)
    assert done.returncode == 3
    assert f"nothing in {file} can be read: " in done.stderr
    assert kind in done.stderr
    assert installed.value("SELECT count(*) FROM script_tracking.log_position") == 0


def test_other_files_of_a_directory_are_named_and_are_not_findings(
    logged: Logged, installed: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    shutil.copy(logged.copy("json"), tmp_path / "server.json")
    (tmp_path / "pgbouncer.log").write_text(
        "2026-01-15 14:30:25.123 UTC [7] LOG kernel file descriptor limit\n"
    )
    done = run_dbtrack("ingest", str(tmp_path), "--all-databases", "-d", installed_conninfo)
    assert (done.returncode, "PgBouncer" in done.stderr) == (0, True), done.stderr
    assert summary(installed) == EXPECTED


def test_the_log_of_a_container_is_followed(logged: Logged, installed: Database, tmp_path: Path) -> None:
    lines = logged.copy("log").read_text().splitlines(keepends=True)
    records = [json.dumps({"log": line, "stream": "stderr"}, separators=(",", ":")) + "\n" for line in lines]
    log = tmp_path / "container-json.log"
    work = Ingest(installed, IngestOptions(prefix=PREFIX, all_databases=True, follow=True))
    # The server writes an error and its statement at once.
    half = next(n for n in range(len(lines) // 2, len(lines)) if re.search(r" (ERROR|LOG):  ", lines[n]))
    log.write_text("".join(records[:half]))
    place = log_source(str(log), follow=True)
    work.read([place])
    with log.open("a") as file:
        file.write("".join(records[half:]))
    work.read([place])
    place.close()
    assert kinds(installed) == _KINDS
