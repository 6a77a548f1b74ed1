"""The screen of one execution."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from dbtrack.render.screens.show import draw_show
from dbtrack.terminal.abilities import Abilities
from tests.support.screens import NOW, assert_screens, drawn

STARTED = NOW - timedelta(minutes=3)


def child(key: str, tag: str, statement: str, ms: str | None, **more: Any) -> dict[str, Any]:
    return {
        "execution_key": bytes.fromhex(key),
        "script_name": tag,
        "script_type": "DDL_AUTO",
        "execution_status": "COMPLETED",
        "duration_ms": ms and Decimal(ms),
        "affected_objects": ["public.orders"],
        "statement": statement,
        **more,
    }


MIGRATION: dict[str, list[dict[str, Any]]] = {
    "show_execution": [
        {
            "execution_key": bytes.fromhex("d5b8c81d" * 8),
            "business_key": "V42__due_dates_2026-11-27_06:28:28.000000_2f5c55",
            "script_name": "V42__due_dates",
            "script_type": "MIGRATION",
            "execution_status": "FAILED",
            "execution_timestamp": STARTED,
            "duration_ms": Decimal("134.2"),
            "db_session_user": "deploy",
            "client_ip": "127.0.0.1",
            "tenant": "acme",
            "parent_key": None,
            "record_source": "dbtrack_cli@127.0.0.1:5432/prod",
            "sql_command": None,
            "error_message": "psql:migrations/V42.sql:4: ERROR:  check constraint "
            '"orders_amount_positive" of relation "orders" is violated by some row',
            "metadata": {
                "cause": 'check constraint "orders_amount_positive" of relation "orders" is violated by '
                "some row",
                "sqlstate": "23514",
                "reason": "due dates for invoices",
                "ticket": "OPS-4711",
                "approved_by": "carol",
                "environment": "prod",
                "git_branch": "main",
                "git_commit": "5f0c3d2e9a1b",
                "command": "psql -X -q -v ON_ERROR_STOP=1 -f migrations/V42.sql",
                "exit_code": 3,
                "backend_pid": 4711,
                "release": "2026.48",
            },
        }
    ],
    "show_versions": [
        {
            "version_number": 12,
            "execution_status": "FAILED",
            "load_date": STARTED,
            "hash_diff": bytes.fromhex("ab" * 32),
        }
    ],
    "show_objects": [],
    "show_privileges": [],
    "show_children": [
        child("6875fddd", "ALTER TABLE", "ALTER TABLE public.orders ADD COLUMN due_on date;", "1.1"),
        child(
            "b93b2b94",
            "CREATE FUNCTION",
            "CREATE OR REPLACE FUNCTION public.recalc_totals(p_day date) RETURNS numeric\nLANGUAGE sql AS $$ …",
            "0.3",
        ),
        child(
            "0f0f0f0f",
            "ALTER TABLE",
            "ALTER TABLE public.orders ADD CONSTRAINT orders_amount_positive CHECK (amount > 10);",
            None,
            script_type="DDL_LOG",
            execution_status="FAILED",
        ),
    ],
    "show_outcome": [
        {
            "succeeded_key": bytes.fromhex("f95b4591"),
            "succeeded_at": STARTED + timedelta(seconds=1),
            "after_ms": Decimal(900),
            "left_behind": ["due_on", "orders_due_idx"],
            "resolved_by": None,
            "resolved_at": None,
            "reason": None,
        }
    ],
    "show_waits": [
        {
            "started_at": STARTED,
            "waited_ms": Decimal(5200),
            "lock_mode": "AccessExclusiveLock",
            "object_identity": "public.orders",
            "holder": 'bob: "begin; lock table …"',
        }
    ],
    "show_usual": [
        {
            "subject": "V42__due_dates",
            "executions": 767,
            "p50_ms": Decimal(4),
            "p95_ms": Decimal(50),
            "since": STARTED - timedelta(days=90),
        }
    ],
}


def test_a_failed_migration_says_first_what_happened() -> None:
    assert_screens("show-failed", lambda canvas: draw_show(canvas, MIGRATION))


def test_machine_facts_come_with_verbose_alone() -> None:
    brief = drawn(lambda canvas: draw_show(canvas, MIGRATION), Abilities(100))
    whole = drawn(lambda canvas: draw_show(canvas, MIGRATION, verbose=True), Abilities(100))
    for fact in ("backend_pid", "d5b8c81d" * 2, "abababab", "dbtrack_cli@"):
        assert fact not in brief
        assert fact in whole
    assert "release=2026.48" in brief, "what somebody gave with --meta is shown"


def test_the_parts_of_a_trace_are_listed_with_their_services() -> None:
    others = [
        child(f"{number:064x}", f"pay {number} {'long ' * 20}", "", "9.2", tenant="west/acme",
              application_name="dbtrack serve billing\x1b[31m 127.0.0.1")
        for number in range(1, 25)
    ]  # fmt: skip
    for width in (60, 100):
        text = drawn(lambda canvas: draw_show(canvas, {**MIGRATION, "show_trace": others}), Abilities(width))
        assert "24 other operations" in text
        assert "dbtrack serve" in text
        assert "4 more: -v lists them" in text
        assert "\x1b[31m" not in text
        assert max(map(len, text.splitlines())) <= width


def test_a_captured_command_shows_no_section_that_is_empty() -> None:
    grant: dict[str, list[dict[str, Any]]] = {
        "show_execution": [
            {
                "execution_key": bytes(32),
                "script_name": "GRANT",
                "script_type": "DDL_AUTO",
                "execution_status": "COMPLETED",
                "execution_timestamp": STARTED,
                "duration_ms": Decimal("9.2"),
                "db_session_user": "postgres",
                "sql_command": "GRANT SELECT, UPDATE\n  ON public.orders TO bob",
                "metadata": {"command_tag": "GRANT", "object_count": 1},
            }
        ],
        "show_objects": [{"object_identity": "public.orders", "object_type": "table"}],
        "show_privileges": [
            {
                "grantee": "bob",
                "object_identity": "public.orders",
                "gained": ["SELECT", "UPDATE"],
                "lost": [],
            }
        ],
    }
    assert_screens("show-grant", lambda canvas: draw_show(canvas, grant))
    text = drawn(lambda canvas: draw_show(canvas, grant), Abilities(80))
    assert "bob +SELECT +UPDATE on public.orders" in text
    for absent in ("did", "then", "error", "usual", "why", "meta", "objects"):
        assert f"\n  {absent} " not in text


def test_what_replication_applied_nobody_did_here() -> None:
    execution = {
        **MIGRATION["show_execution"][0],
        "metadata": {
            "session_replication_role": "replica",
            "replicated": {"software": "pglogical", "provider": "m1"},
            "subscription": "m2_from_m1",
        },
        "original_key": bytes.fromhex("ab" * 32),
        "original_user": "ann",
        "original_source": "event_trigger@m1:5432/app",
    }
    text = drawn(lambda canvas: draw_show(canvas, {"show_execution": [execution]}), Abilities(100))
    assert "replication, subscription m2_from_m1 (as deploy)" in text
    assert "abababab by ann on m1:5432/app" in text
    person = {**execution, "metadata": {"session_replication_role": "replica"}, "original_key": None}
    text = drawn(lambda canvas: draw_show(canvas, {"show_execution": [person]}), Abilities(100))
    assert "deploy from 127.0.0.1  ▲ with session_replication_role = replica" in text
    assert " from  " not in text


def test_a_name_with_control_characters_does_not_reach_the_terminal() -> None:
    evil = {
        "show_execution": [
            {
                **MIGRATION["show_execution"][0],
                "script_name": "a\x1b[2Jb",
                "metadata": {"reason": "\x1b]0;x\x07"},
            }
        ]
    }
    text = drawn(lambda canvas: draw_show(canvas, evil), Abilities(80))
    assert "\x1b" not in text
    assert "\x07" not in text


def test_what_was_said_of_a_change_and_what_a_review_explains() -> None:
    said = {
        "approved_by": "carol",
        "pull_request": "#12",
        "emergency": True,
        "found_in": {"approved_by": "commit"},
    }
    review = {
        "period": "2026Q3",
        "since": "2026-07-01T00:00:00+00:00",
        "until": "2026-10-01T00:00:00+00:00",
        "by": "Ines",
        "statement": "All examined.",
        "exceptions": [
            {"key": "7d877be6" * 8, "kind": "no_ticket", "reason": "agreed by mail"},
            {"key": "d5b8c81d" * 8, "kind": None, "reason": "mine", "own": True},
        ],
    }
    head = MIGRATION["show_execution"][0]
    text = drawn(
        lambda canvas: draw_show(
            canvas, {"show_execution": [{**head, "metadata": {**said, "review": review}}]}
        ),
        Abilities(100),
    )
    assert "emergency · #12" in text
    assert "approved by carol, says the commit" in text
    assert "2026Q3, 2026-07-01T00:00:00+00:00 to" in text
    assert "by Ines" in text
    assert "7d877be6 no_ticket: agreed by mail" in " ".join(text.split()).replace(
        "7d877be67d87 ", "7d877be6 "
    )
    assert "the signer's own change" in text
    for broken in (
        {"review": "x"},
        {"review": {"exceptions": "x"}},
        {"found_in": "x", "approved_by": 1},
        {"emergency": "x"},
    ):
        parts = {"show_execution": [{**head, "metadata": broken}]}
        assert "V42__due_dates" in drawn(partial(draw_show, parts=parts), Abilities(100))
