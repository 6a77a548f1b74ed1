"""ClickHouse and Spark answer what PostgreSQL answers, by the SQL that `dbtrack lake sql` prints.

They need chdb and pyspark (`pip install '.[engines]'`, some 1.5 GB) and Java 17; DBTRACK_ENGINES_PYTHON names the
Python that has them, if it is another one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dbtrack.lake.questions import Engine, find_question, question_names
from tests.support.command_line import clean_environment, done, run_dbtrack
from tests.support.digest_places import Storage, seaweed_storage
from tests.support.lakes import (
    FIRST,
    OBJECT,
    SECOND,
    answers_of_postgresql,
    comparable,
    export_months,
    make_past,
    record_later,
)
from tests.support.paths import ROOT
from tests.support.required import missing
from tests.support.servers import Sandbox, Server

pytestmark = [pytest.mark.any_server, pytest.mark.matrix, pytest.mark.release, pytest.mark.timeout(1200)]

_PYTHON = os.environ.get("DBTRACK_ENGINES_PYTHON", sys.executable)
_PACKAGES = {Engine.CLICKHOUSE: "chdb", Engine.SPARK: "pyspark"}
Answers = dict[str, list[list[Any]]]


@pytest.fixture(scope="module")
def past(
    server: Server, installed_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Answers]]:
    """A lake with every awkward name, and what PostgreSQL answers."""
    sandbox = Sandbox(server)
    conninfo = sandbox.database(installed_template)
    lake = tmp_path_factory.mktemp("lake") / "it's a lake"
    make_past(conninfo)
    export_months(conninfo, lake, FIRST, "--full")
    record_later(conninfo, 10_000, "2026-02-10 12:00:00+00")
    export_months(conninfo, lake, SECOND)
    yield lake, answers_of_postgresql(conninfo)
    sandbox.close()


def printed(engine: Engine, place: str, **environment: str) -> dict[str, str]:
    """Return what `dbtrack lake sql` prints for each question."""
    found = {}
    for name in question_names():
        about = ("--object", OBJECT) if find_question(name).needs_object else ()
        words = ("lake", "sql", place, "--question", name, "--engine", engine, *about)
        found[name] = done(run_dbtrack(*words, environment=environment))
    return found


def answers(engine: Engine, questions: dict[str, str], **environment: str) -> Answers:
    """Return what the engine answers."""
    package = _PACKAGES[engine]
    if subprocess.run([_PYTHON, "-c", f"import {package}"], capture_output=True, check=False).returncode:
        missing(package, "pip install '.[engines]'")
    ended = subprocess.run(
        [_PYTHON, str(ROOT / "tests" / "support" / "engine_answers.py"), engine],
        input=json.dumps(questions),
        # Another time zone than that of the lake, on purpose.
        env=clean_environment({"SPARK_LOCAL_IP": "127.0.0.1", "TZ": "Pacific/Auckland"} | environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    (line,) = [line for line in ended.stdout.splitlines() if line.startswith("ANSWERS ")]
    found: Answers = json.loads(line.removeprefix("ANSWERS "))
    return {name: comparable(rows) for name, rows in found.items()}


@pytest.mark.parametrize("engine", [Engine.CLICKHOUSE, Engine.SPARK])
def test_the_numbers_are_those_of_postgresql(past: tuple[Path, Answers], engine: Engine) -> None:
    lake, expected = past
    found = answers(engine, printed(engine, str(lake)))
    for name, told in expected.items():
        assert found[name] == told, name


def test_clickhouse_reads_a_lake_in_s3(past: tuple[Path, Answers], tmp_path: Path) -> None:
    lake, expected = past
    with seaweed_storage(tmp_path) as storage:
        storage.make_bucket("history", lock=False)
        _put(storage, lake)
        environment = storage.environment
        found = answers(
            Engine.CLICKHOUSE,
            printed(Engine.CLICKHOUSE, "s3://history/audit/lake", **environment),
            **environment,
        )
        told = run_dbtrack(
            *("lake", "query", "s3://history/audit/lake", "--question", "by-month", "--format", "jsonl"),
            environment=environment,
        )
    assert found == expected
    assert comparable(json.loads(line).values() for line in done(told).splitlines()) == expected["by-month"]


def _put(storage: Storage, lake: Path) -> None:
    for path in lake.rglob("*.*"):
        if path.is_file():
            storage.client.put_object(
                Bucket="history", Key=f"audit/lake/{path.relative_to(lake)}", Body=path.read_bytes()
            )
