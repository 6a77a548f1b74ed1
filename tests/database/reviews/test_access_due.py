"""A review of the access to what is classified is due."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from dbtrack.db import Database
from dbtrack.operations.classes import classify
from dbtrack.schema.settings import set_setting
from dbtrack.tenants import tenants
from tests.support.classified import said
from tests.support.command_line import rows, run_dbtrack

pytestmark = pytest.mark.any_server


def test_a_review_of_access_is_due(installed: Database, installed_conninfo: str) -> None:
    place = ("-d", installed_conninfo)

    def due() -> list[tuple[str, str | None]]:
        result = run_dbtrack("review", "due", "--format", "jsonl", *place)
        found = [(row["about"], row["tenant"]) for row in map(json.loads, result.stdout.splitlines())]
        assert result.returncode == (3 if found else 0)
        return found

    def health() -> list[str]:
        found = rows(run_dbtrack("health", "--format", "jsonl", *place))
        return [row["details"] for row in found if row["health_metric"] == "access_review_due"]

    assert (due(), health()) == ([], [])
    set_setting(installed, "classes.review_every", "180d")
    # Nothing is classified.
    assert (due(), health()) == ([], ["access to what is classified is reviewed every 180d"])
    installed.execute("CREATE TABLE patients (ssn text)")
    classify(installed, "patients.ssn", "phi")
    assert due() == [("access", None)]
    assert health()[0].startswith("access to what is classified was not reviewed since 20")
    status = run_dbtrack("status", *place)
    assert (status.returncode, "dbtrack access-review" in status.stdout) == (3, True)
    # A tenant without anything classified has nothing to review.
    tenants.add_tenant(installed, "clinic", "Clinic")
    assert run_dbtrack("review", "due", "--tenant", "clinic", *place).returncode == 0
    said("review", "sign", "--about", "changes", "--period", "yesterday", "--by", "Ines", *place)
    assert due() == [("access", None)]
    said("review", "sign", "--about", "access", "--by", "Ines", *place)
    assert due() == []
    for every, days, is_due in (
        ("180d", 179, False),
        ("180d", 181, True),
        ("quarter", 1, False),
        ("quarter", 185, True),
    ):
        set_setting(installed, "classes.review_every", every)
        installed.execute(
            "UPDATE script_tracking.script_execution_s SET metadata = jsonb_set(metadata, '{review,until}',"
            " to_jsonb(now() - %(ago)s)) WHERE script_type = 'REVIEW' AND metadata #>> '{review,about}' = 'access'",
            {"ago": timedelta(days=days)},
        )
        assert bool(due()) == is_due, (every, days)
