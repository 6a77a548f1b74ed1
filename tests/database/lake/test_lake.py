"""A lake answers what PostgreSQL answers about the same rows, and does not answer from files that were altered."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import psycopg
import pytest

from dbtrack.export.hive import partition_name
from dbtrack.lake.questions import find_question, question_names
from dbtrack.lake.writing import locked_source
from tests.support.command_line import clean_environment, done, rows, run_dbtrack
from tests.support.digest_places import Storage, moto_storage
from tests.support.lakes import (
    FIRST,
    OBJECT,
    SECOND,
    TENANTS,
    answers_of_postgresql,
    comparable,
    export_months,
    make_past,
    record_later,
)
from tests.support.servers import Sandbox, Server

pytestmark = pytest.mark.any_server


class Past(NamedTuple):
    """A database, and the lake that has its months under two names."""

    conninfo: str
    lake: Path


@pytest.fixture(scope="module")
def past(server: Server, installed_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    sandbox = Sandbox(server)
    conninfo = sandbox.database(installed_template)
    lake = tmp_path_factory.mktemp("lake") / "lake"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(
            f"ALTER DATABASE {connection.info.dbname} SET TimeZone = 'Pacific/Auckland'".encode()
        )
    make_past(conninfo)
    export_months(conninfo, lake, FIRST, "--full")
    record_later(conninfo, 10_000, "2026-02-10 12:00:00+00")
    export_months(conninfo, lake, SECOND)
    yield Past(conninfo, lake)
    sandbox.close()


@pytest.fixture(scope="module")
def bucket(past: Past, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    with moto_storage(tmp_path_factory.mktemp("s3")) as storage:
        storage.make_bucket("history", lock=False)
        put(storage, past.lake)
        yield storage


def put(storage: Storage, lake: Path) -> None:
    for path in lake.rglob("*.*"):
        if path.is_file():
            name = f"audit/lake/{path.relative_to(lake)}"
            storage.client.put_object(Bucket="history", Key=name, Body=path.read_bytes())


def contents(lake: Path) -> dict[Path, bytes]:
    return {path.relative_to(lake): path.read_bytes() for path in lake.rglob("*.*") if path.is_file()}


@pytest.fixture
def copy(past: Past, tmp_path: Path) -> Path:
    return Path(shutil.copytree(past.lake, tmp_path / "copy"))


def answer(place: object, *words: str, **environment: str) -> list[dict[str, Any]]:
    return rows(
        run_dbtrack("lake", "query", str(place), *words, "--format", "jsonl", environment=environment)
    )


def question(place: object, name: str, *words: str, **environment: str) -> list[list[Any]]:
    about = ("--object", OBJECT) if find_question(name).needs_object else ()
    return comparable(
        row.values() for row in answer(place, "--question", name, *about, *words, **environment)
    )


def test_the_numbers_are_those_of_postgresql(past: Past) -> None:
    expected = answers_of_postgresql(past.conninfo)
    assert expected.keys() == {*question_names()}
    for name, told in expected.items():
        assert question(past.lake, name) == told, name
    # DuckDB by itself, by the SQL that is printed.
    printed = done(run_dbtrack("lake", "sql", str(past.lake), "--question", "tenants"))
    connection = duckdb.connect()
    assert comparable(connection.execute(printed).fetchall()) == expected["tenants"]
    # All tenants, under both names, and the platform's own rows.
    assert {row[1] for row in expected["tenants"] if row[0] == SECOND} == {*TENANTS, None}
    assert len(expected["object"]) > len(TENANTS)
    assert {row[1] for row in expected["by-month"]} == {"2025-12", "2026-01", "2026-02", "2026-03"}


def test_directories_are_named_as_hive_does(past: Past) -> None:
    found = duckdb.connect().execute(
        "SELECT DISTINCT f.tenant, h.tenant FROM read_parquet(?, hive_partitioning = false, filename = true) AS f"
        " JOIN read_parquet(?, hive_partitioning = true, hive_types_autocast = false, filename = true) AS h"
        " ON f.filename = h.filename AND f.id = h.id",
        [f"{past.lake}/executions/**/*.parquet"] * 2,
    )
    # What the files say, and what the directories say: all but three are equal.
    unequal = {inside for inside, outside in found.fetchall() if inside != outside}
    assert unequal == {"__HIVE_DEFAULT_PARTITION__", "漢" * 100}
    assert len({path.name for path in (past.lake / "executions").iterdir()}) == 2


def test_months_and_sources_are_chosen_by_their_names(past: Past) -> None:
    expected = answers_of_postgresql(past.conninfo)["by-month"]
    found = question(past.lake, "by-month", "--since", "2026-01", "--until", "2026-03", "--source", SECOND)
    assert found == [row for row in expected if row[0] == SECOND and row[1] in {"2026-01", "2026-02"}]
    nothing = run_dbtrack("lake", "query", str(past.lake), "--question", "fleet", "--source", "hr")
    assert (nothing.returncode, nothing.stderr.count("\n")) == (2, 1)


def test_a_second_export_writes_only_what_is_missing(past: Past, copy: Path) -> None:
    def export(*words: str) -> str:
        ended = run_dbtrack(
            "export", "executions", "--source", SECOND, "-o", str(copy), *words, "-d", past.conninfo
        )
        assert ended.returncode == 0
        return ended.stderr

    files = {path: path.read_bytes() for path in copy.rglob("*.parquet")}
    assert "nothing new" in export("--verbose")
    # A file that is incomplete, a month whose manifest was lost, and a file that nothing names.
    folder = copy / "executions" / partition_name("source", SECOND)
    victim = min(folder.rglob("month=2026-01/*.parquet"))
    victim.write_bytes(victim.read_bytes()[:-1])
    (copy / "manifests" / folder.name / "executions_2026-03.json").unlink()
    stale = folder / "tenant=gone" / "month=2026-03" / "executions.parquet"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"x")
    assert "2026-01, 2026-03" in export("--verbose")
    assert not stale.exists()
    assert run_dbtrack("lake", "list", str(copy)).returncode == 0
    assert {path.relative_to(copy) for path in copy.rglob("*.parquet")} == {
        path.relative_to(copy) for path in files
    }


def test_a_month_that_was_cleaned_up_stays(past: Past, copy: Path) -> None:
    before = question(copy, "by-month")
    # As if the lake had been written when the database had a row more.
    path = next(iter((copy / "manifests").glob(f"source={FIRST}/executions_2026-01.json")))
    content = json.loads(path.read_text())
    content["files"][0]["rows"] += 1
    path.write_text(json.dumps(content | {"rows": content["rows"] + 1}))
    words = ("--since", "2026-01-01", "--until", "2026-02-01", "--utc", "--full")
    ended = run_dbtrack(
        "export", "executions", "--source", FIRST, "-o", str(copy), *words, "-d", past.conninfo
    )
    assert ended.returncode == 0
    assert "rows in the lake and" in ended.stderr
    assert "it stays as it is" in ended.stderr
    assert question(copy, "by-month") == before


def test_a_month_of_another_database_stays(past: Past, copy: Path, installed_conninfo: str) -> None:
    before = contents(copy)
    make_past(installed_conninfo)
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        # As many executions and more, but one of the month has another key: nothing else tells it apart.
        connection.execute(
            "UPDATE script_tracking.script_execution_s SET script_execution_hk = sha256('x') WHERE"
            " script_execution_hk = (SELECT script_execution_hk FROM script_tracking.script_execution_s"
            " WHERE execution_timestamp = '2026-01-31 23:59:59.999999+00' ORDER BY script_execution_hk LIMIT 1)"
        )
    words = ("--since", "2026-01-01", "--until", "2026-02-01", "--utc", "--full")
    export = ("export", "executions", "--source", FIRST, "-o", str(copy), *words, "-d", installed_conninfo)
    ended = run_dbtrack(*export)
    assert ended.returncode == 0
    assert "2026-01 has 1 execution in the lake that the database lacks" in ended.stderr
    assert contents(copy) == before
    early = run_dbtrack(*export[:6], "--until", "2000-01-01", "--utc", *export[-2:])
    assert (early.returncode, early.stderr) == (
        0,
        f"dbtrack: nothing of {FIRST} to export: a lake has months that are over, in UTC\n",
    )
    # Nor does a copy of a lake replace it: of another database, or with fewer rows.
    for known in ({"database": "other"}, {"rows": 1, "files": []}):
        lake = Path(shutil.copytree(copy, copy.with_name(next(iter(known)))))
        path = lake / "manifests" / partition_name("source", FIRST) / "executions_2026-01.json"
        content = json.loads(path.read_text()) | known
        path.write_text(json.dumps(content | {"rows": sum(each["rows"] for each in content["files"])}))
        fetched = run_dbtrack("lake", "fetch", str(lake), str(copy))
        assert (fetched.returncode, fetched.stderr.count("it stays as it is")) == (0, 1)
        assert contents(copy) == before
    # Nor an earlier version of dbtrack.
    path = copy / "manifests" / partition_name("source", FIRST) / "executions_2026-01.json"
    newer = before[path.relative_to(copy)].replace(b'"schema_version": 1', b'"schema_version": 2')
    path.write_bytes(newer)
    assert "later version of dbtrack" in run_dbtrack(*export[:-1], past.conninfo).stderr
    path.write_bytes(before[path.relative_to(copy)])
    # What is damaged is written again by whoever has its rows.
    for path in (copy / "executions" / partition_name("source", FIRST)).rglob("month=2026-01/*.parquet"):
        path.write_bytes(b"PAR1 and nothing else")
    assert run_dbtrack(*export).stderr == ""
    assert run_dbtrack("lake", "list", str(copy), "--source", FIRST).returncode == 0


def test_altered_missing_and_foreign_files_are_named(past: Past, copy: Path) -> None:
    altered, missing = sorted((copy / "executions").rglob("month=2026-02/*.parquet"))[:2]
    content = bytearray(altered.read_bytes())
    content[len(content) // 2] ^= 1
    altered.write_bytes(content)
    missing.unlink()
    foreign = altered.with_name("executions.9.parquet")
    shutil.copyfile(min((copy / "executions").rglob("month=2026-01/*.parquet")), foreign)
    refused = run_dbtrack("lake", "query", str(copy), "--question", "fleet", "--format", "jsonl")
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (3, "", 1)
    assert f"{altered.relative_to(copy)} was altered" in refused.stderr
    assert f"{missing.relative_to(copy)} is missing" in refused.stderr
    # Months that do not need these files, and the other table, are answered.
    assert answer(copy, "--question", "fleet", "--until", "2026-02")
    assert answer(copy, "SELECT count(*) FROM objects")
    listed = run_dbtrack("lake", "list", str(copy), "--format", "jsonl")
    assert listed.returncode == 3
    found = [json.loads(line) for line in listed.stdout.splitlines()]
    assert {row["month"] for row in found if not row["verified"]} == {"2026-02"}
    assert f"{foreign.relative_to(copy)} is in no manifest" in listed.stderr
    unverified = run_dbtrack("lake", "query", str(copy), "--question", "fleet", "--no-verify")
    assert (unverified.returncode, "is missing" in unverified.stderr) == (3, True)


@pytest.mark.parametrize(
    "change",
    [{"files": [{"path": "../x"}]}, {"source": "other"}, {"rows": 1}, {"files": 5}, {"month": "2026-02"}],
)
def test_a_damaged_manifest_is_named(copy: Path, change: dict[str, object]) -> None:
    path = next(iter((copy / "manifests").glob(f"source={FIRST}/executions_2026-01.json")))
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    ended = run_dbtrack("lake", "query", str(copy), "--question", "fleet")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert f"{path} is damaged" in ended.stderr


def test_files_of_a_newer_schema_are_read_with_older_ones(past: Past, copy: Path) -> None:
    """The files of a month get a column more, and lose another: both are there, NULL where a file lacks them."""
    path = next(iter((copy / "manifests").glob(f"source={FIRST}/executions_2026-01.json")))
    content = json.loads(path.read_text())
    for file in content["files"]:
        changed = "SELECT * EXCLUDE (role), 42 AS newer FROM read_parquet(?, hive_partitioning = false)"
        duckdb.connect().execute(
            f"COPY ({changed}) TO '{copy}/new' (FORMAT parquet)", [str(copy / file["path"])]
        )
        data = (copy / "new").read_bytes()
        (copy / "new").replace(copy / file["path"])
        file |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    path.write_text(json.dumps(content | {"schema_version": 2, "a_newer_key": 1}))
    (row,) = answer(copy, "SELECT count(*) AS n, count(newer) AS newer FROM executions")
    assert (row["n"], row["newer"]) == (
        sum(each[2] for each in answers_of_postgresql(past.conninfo)["by-month"]),
        content["rows"],
    )
    for name in ("fleet", "tenants", "durations"):
        assert question(copy, name) == answers_of_postgresql(past.conninfo)[name]


def test_a_lake_in_s3_is_verified_before_it_answers(past: Past, bucket: Storage, tmp_path: Path) -> None:
    place, environment = "s3://history/audit/lake/", bucket.environment
    expected = answers_of_postgresql(past.conninfo)
    assert question(place, "fleet", **environment) == expected["fleet"]
    assert run_dbtrack("lake", "list", place, "--until", "2026-01", environment=environment).returncode == 0
    done(run_dbtrack("lake", "fetch", place, str(tmp_path / "copy"), environment=environment))
    assert question(tmp_path / "copy", "object") == expected["object"]
    assert contents(tmp_path / "copy") == contents(past.lake)
    again = run_dbtrack("lake", "fetch", place, str(tmp_path / "copy"), "--verbose", environment=environment)
    assert "copied 0 files" in again.stderr
    altered, missing = [
        name for name in bucket.names("history") if "/executions/" in name and "month=2026-02" in name
    ][:2]
    bucket.client.put_object(Bucket="history", Key=altered, Body=b"PAR1")
    bucket.client.delete_object(Bucket="history", Key=missing)
    refused = run_dbtrack("lake", "query", place, "--question", "fleet", environment=environment)
    put(bucket, past.lake)
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (3, "", 1)
    assert f"{altered.removeprefix('audit/lake/')} was altered" in refused.stderr
    assert f"{missing.removeprefix('audit/lake/')} is missing" in refused.stderr
    absent = run_dbtrack("lake", "list", "s3://nowhere/lake", environment=environment)
    assert (absent.returncode, absent.stderr.count("\n")) == (1, 1)
    assert "NoSuchBucket" in absent.stderr


def test_a_full_disk_leaves_no_file_that_no_manifest_names(past: Past, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    fetch = ("lake", "fetch", str(past.lake), str(target), "--source", FIRST)
    done(run_dbtrack(*fetch, "--until", "2026-01"))
    before = contents(target)
    # The longest file of a month with many does not fit any more.
    sizes = [path.stat().st_size for path in past.lake.glob(f"executions/source={FIRST}/*/month=2026-01/*")]
    assert len(sizes) > len(TENANTS)
    words = ["prlimit", f"--fsize={max(sizes) - 1}", sys.executable, "-m", "dbtrack", *fetch]
    full = subprocess.run(words, env=clean_environment(), capture_output=True, text=True, check=False)
    assert (full.returncode, full.stderr.count("\n")) == (1, 1)
    assert "cannot write" in full.stderr
    assert contents(target) == before
    assert run_dbtrack("lake", "list", str(target)).returncode == 0
    # What a run left that was killed is removed by the next one, which completes the month.
    foreign = (
        target / "executions" / f"source={FIRST}" / "tenant=gone" / "month=2026-01" / "executions.parquet"
    )
    for left in (foreign, target / "manifests" / f"source={FIRST}" / ".fetched" / "executions.parquet"):
        left.parent.mkdir(parents=True)
        left.write_bytes(b"PAR1")
    assert run_dbtrack("lake", "list", str(target)).returncode == 3
    done(run_dbtrack(*fetch))
    assert contents(target) == {
        path: data for path, data in contents(past.lake).items() if path.parts[1] == f"source={FIRST}"
    }


def test_two_do_not_write_a_source_at_once(past: Past, tmp_path: Path) -> None:
    with locked_source(tmp_path, FIRST):
        busy = run_dbtrack("lake", "fetch", str(past.lake), str(tmp_path), "--source", FIRST)
    assert (busy.returncode, busy.stderr.count("\n")) == (11, 1)
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("export", "executions", "--source", "x", "-o", "s3://history/lake"), 2),
        (("export", "executions", "--source", "x"), 2),
        (("export", "history", "--source", "x", "-o", "lake"), 2),
        (("export", "executions", "--source", "x", "--state", "s", "-o", "lake"), 2),
        (("export", "executions", "--source", "x", "--tenant", "a", "-o", "lake"), 2),
        (("export", "executions", "--source", "x", "--format", "csv", "-o", "lake"), 2),
        (("export", "executions", "--source", "\n", "-o", "lake"), 2),
        (("export", "executions", "--source", "x", "--since", "2026-01-02", "-o", "lake"), 2),
        (("lake", "query", ".", "--question", "fleet"), 2),
        (("lake", "query", "nowhere", "--question", "fleet"), 2),
        (("lake", "query", "LAKE", "--question", "what"), 2),
        (("lake", "query", "LAKE", "--question", "object"), 2),
        (("lake", "query", "LAKE"), 2),
        (("lake", "query", "LAKE", "DROP VIEW executions"), 2),
        (("lake", "query", "LAKE", "SELECT * FROM read_text('/etc/passwd')"), 2),
        (("lake", "query", "LAKE", "--question", "fleet", "--since", "January"), 2),
        (("lake", "list", "http://example.com/lake"), 2),
        (("lake", "list", "s3://user:secret@history/lake"), 2),
    ],
)
def test_what_is_refused(past: Past, words: tuple[str, ...], code: int) -> None:
    connection = ("-d", past.conninfo) if words[0] == "export" else ()
    given = [str(past.lake) if word == "LAKE" else word for word in words]
    ended = run_dbtrack(*given, *connection)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (code, "", 1)
    assert "secret" not in ended.stderr
