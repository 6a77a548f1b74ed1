"""dbtrack as a process, on a database that has it and on one that has not."""

from __future__ import annotations

import subprocess

import pytest

from tests.support.command_line import Dbtrack, run_dbtrack


@pytest.fixture
def dbtrack(installed_conninfo: str) -> Dbtrack:
    """Runs dbtrack on an installed database."""

    def run(*words: str | bytes, **more: str) -> subprocess.CompletedProcess[str]:
        return run_dbtrack(*words, environment={"DBTRACK_DSN": installed_conninfo}, stdin=more.get("stdin"))

    return run


@pytest.fixture
def dbtrack_empty(empty_conninfo: str) -> Dbtrack:
    """Runs dbtrack on a database that does not have it."""
    return lambda *words: run_dbtrack(*words, "-d", empty_conninfo)
