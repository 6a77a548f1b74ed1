"""The screen of the errors: what failed, why, what became of it, and for whom, at every width."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dbtrack.columns import Column, Kind
from dbtrack.render.formats import Look
from dbtrack.reports import REPORTS
from tests.support.screen_sheets import NOW, as_rows, assert_sheet, drawn

_COLUMNS = REPORTS["errors"].columns
_NAMES = {column.name for column in _COLUMNS}
# Columns that tell what became of a failure, where the report has them.
_OUTCOME = (
    Column("succeeded_key", Kind.KEY),
    Column("succeeded_at", Kind.TIME),
    Column("resolved_by", Kind.IDENTIFIER),
    Column("resolved_reason", Kind.TEXT),
    Column("left_behind", Kind.LIST),
)
COLUMNS = (*_COLUMNS, *(column for column in _OUTCOME if column.name not in _NAMES))


def cause(minutes_ago: int, **values: Any) -> dict[str, Any]:
    moment = NOW - timedelta(minutes=minutes_ago)
    return {"occurrences": 1, "first_seen": moment, "last_seen": moment, "users": ["deploy"]} | values


CAUSES = [
    cause(
        3,
        sqlstate="23514",
        message='check constraint "?" of relation "?" is violated by some row',
        error_message='psql:migrations/V42.sql:4: ERROR:  check constraint "orders_amount_positive" of relation '
        '"orders" is violated by some row',
        statement="/usr/lib/postgresql/18/bin/psql -X -q -v ON_ERROR_STOP=1 -f migrations/V42.sql",
        execution_key=b"\xd5" * 32,
        script_name="V42__due_dates",
        ticket="OPS-4711",
        left_behind=["public.orders.due_on", "public.orders_due_idx", "public.recalc_totals(date)"],
        succeeded_key=b"\xf9" * 32,
        succeeded_at=NOW - timedelta(minutes=2),
    ),
    cause(
        6,
        sqlstate="42703",
        message='column "?" does not exist',
        error_message='psql:22_telemetry_stale_devices.sql:5: ERROR:  42703: column "last_seen" does not exist\nLINE 2',
        statement="CREATE VIEW telemetry.stale_device AS\n  SELECT serial_number, last_seen FROM telemetry.device",
        hint='Perhaps you meant to reference the column "device.last_seen_at".',
        execution_key=b"\xc4" * 32,
        script_name="22_telemetry_stale_devices",
        users=["telemetry_deploy"],
        tenants=["gridpulse"],
    ),
    cause(
        300,
        occurrences=1234,
        first_seen=NOW - timedelta(days=2),
        sqlstate="42P01",
        message='relation "?" does not exist',
        error_message='relation "public.legacy_flags" does not exist',
        statement="GRANT SELECT ON shop.orders TO reporting",
        execution_key=b"\x75" * 32,
        script_name="GRANT",
        parent_name="nightly-grants",
        users=["alice", "bob", "deploy"],
        tenants=["fjord", "kestrel"],
        resolved_by="carol",
        resolved_reason="the table is gone for good",
    ),
    cause(
        400,
        ended_by="SIGKILL",
        message="killed \x1b[2J",
        execution_key=b"\x01" * 32,
        script_name="日本語のとても長い名前" * 4,
        users=[],
    ),
]


def test_the_errors_at_every_width() -> None:
    assert_sheet("errors", COLUMNS, as_rows(COLUMNS, CAUSES))


def test_each_cause_says_what_became_of_it() -> None:
    text = drawn("errors", COLUMNS, as_rows(COLUMNS, CAUSES), 120)
    assert "1,237 failures · 4 causes · 1 fixed since" in text
    assert "✔ succeeded 06:29:40, f9f9f9f9" in text
    assert "not seen to succeed since" in text
    assert "resolved by carol" in text
    assert "left behind" in text
    assert "show d5d5d5d5" in text
    without = drawn("errors", _COLUMNS[:14], as_rows(_COLUMNS[:14], CAUSES), 100)
    assert "succeed" not in without, "nothing is drawn of columns that are not there"


def test_the_message_names_the_objects_of_the_latest_failure() -> None:
    text = drawn("errors", COLUMNS, as_rows(COLUMNS, CAUSES), 200)
    assert '23514  check constraint "orders_amount_positive"' in text
    assert "V42.sql:4" in text
    assert " psql -X -q" in text
    assert "/usr/lib" not in text


def test_the_person_is_there_at_60_columns() -> None:
    text = drawn("errors", COLUMNS, as_rows(COLUMNS, CAUSES), 60)
    assert "telemetry_deploy" in text
    assert "alice, bob, deploy" in text


def test_no_errors_is_good_news() -> None:
    assert "no errors" in drawn("errors", COLUMNS, [], 80)


def test_machine_facts_and_ages_on_request() -> None:
    text = drawn("errors", COLUMNS, as_rows(COLUMNS, CAUSES), 80, Look(verbose=True, relative=True))
    assert "show " + (b"\xd5" * 32).hex() in text
    assert "3 min ago" in text
