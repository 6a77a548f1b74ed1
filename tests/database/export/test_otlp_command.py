"""`dbtrack export executions --otlp URL`."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest

from tests.support.command_line import run_dbtrack
from tests.support.otlp_receiver import otlp_receiver

pytestmark = pytest.mark.any_server


def test_executions_are_sent_as_spans(installed_conninfo: str) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE orders (id int)")
    words = ("export", "executions", "-d", installed_conninfo, "--verbose", "--otlp")
    with otlp_receiver() as receiver:
        done = run_dbtrack(*words, receiver.url)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "dbtrack: sent 1 span\n")
        assert [span.name for span in receiver.spans] == ["CREATE TABLE public.orders"]
        receiver.refused = 1
        assert "did not keep 1 of 1 spans: too old" in run_dbtrack(*words, receiver.url).stderr
        receiver.statuses = [401]
        refused = run_dbtrack(*words, receiver.url)
        assert (refused.returncode, "HTTP 401" in refused.stderr) == (1, True)
    away = run_dbtrack(*words, "http://127.0.0.1:1", environment={"OTEL_EXPORTER_OTLP_TIMEOUT": "1"})
    assert (away.returncode, "cannot be reached" in away.stderr) == (12, True)


@pytest.mark.parametrize(
    "words",
    [
        ("executions", "--otlp", "localhost:4318"),
        ("executions", "--otlp", "https://u:p@h"),
        ("objects", "--otlp", "http://h"),
        ("history", "--otlp", "http://h"),
        ("executions", "--otlp", "http://h", "--full"),
        ("executions", "--otlp", "http://h", "-o", os.devnull),
        ("executions", "--otlp", "http://h", "--syslog", "h"),
        ("executions", "--otlp", "http://h", "--until", "1h", "--state", "s"),
    ],
)
def test_what_cannot_be_is_refused(installed_conninfo: str, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run_dbtrack("export", *words, "-d", installed_conninfo)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
