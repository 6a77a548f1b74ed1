"""What the tests of metrics share."""

from __future__ import annotations

import psycopg
import pytest


@pytest.fixture(autouse=True)
def _counting(request: pytest.FixtureRequest) -> None:
    """Let counting begin: each test's database is a copy of a template, and in a copy `maintain` begins it."""
    if "installed_conninfo" in request.fixturenames:
        with psycopg.connect(request.getfixturevalue("installed_conninfo"), autocommit=True) as connection:
            connection.execute("SELECT script_tracking.advance_counters()")
