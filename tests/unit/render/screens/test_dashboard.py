"""The screens of dashboard, health and verify."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from dbtrack.proof.blocks import Finding, FindingKind
from dbtrack.proof.verification import Verification
from dbtrack.render.screens.dashboard import draw_dashboard
from dbtrack.render.screens.health import draw_health, score
from dbtrack.render.screens.layout import bar
from dbtrack.render.screens.verify import draw_verify
from dbtrack.reports.overview import Busy, Cause, Check, Day, Overview, Slow
from dbtrack.terminal.abilities import Abilities
from tests.support.screens import NOW, assert_screens, drawn

PLACE = "prod@127.0.0.1:56180"
CHECKS = [
    Check("capture", "capture_enabled", "OK", "DDL is recorded"),
    Check("capture", "et_ddl_command_start", "OK", "enabled always"),
    Check("capture", "et_ddl_command_end", "OK", "enabled always"),
    Check("capture", "et_sql_drop", "OK", "enabled always"),
    Check("capture", "capture_failures", "OK", "0 DDL commands could not be recorded"),
    Check("capture", "partial_records", "OK", "0 DDL commands were recorded in part"),
    Check("operations", "open_operations", "OK", "1 open, the oldest since 2026-11-27 06:28:36+00: nightly"),
    Check("operations", "success_rate_24h", "OK", "98.71 % of 619 operations succeeded in the last 24 hours"),
    Check("storage", "partitions_ahead", "OK", "3 months ahead"),
    Check("storage", "default_partition_rows", "OK", "0 rows outside the months' partitions"),
    Check("storage", "tracking_size", "OK", "58 MB"),
    Check("reports", "rollup_lag", "OK", "00:00:27 behind"),
    Check(
        "seals", "seal_lag", "OK", "nothing is sealed; dbtrack seal makes later changes of the record show"
    ),
    Check("server", "version", "OK", "PostgreSQL 15.20 (Debian 15.20-1), primary"),
]
LATE_SEAL = Check("seals", "seal_lag", "WARNING", "last sealed 3 days 04:00:00 ago; run: dbtrack seal")


def cause(minutes: int, name: str, error: str, sqlstate: str | None, **more: object) -> Cause:
    found = Cause(
        1, sqlstate, error, NOW - timedelta(minutes=minutes), bytes.fromhex("ee7d0bc6"), name, None,
        ["deploy"], ["tallybook"], None,
    )  # fmt: skip
    return replace(found, **more)  # type: ignore[arg-type]


BAD_NIGHT = Overview(
    server_version="15.20 (Debian 15.20-1.pgdg12+1)",
    is_standby=False,
    read_at=NOW,
    metrics={
        "total_operations_24h": Decimal(620),
        "success_rate_24h": Decimal("98.71"),
        "failed_operations_24h": Decimal(8),
        "running_operations": Decimal(1),
        "p95_duration_ms": Decimal(858),
        "max_duration_ms": Decimal(34_300),
    },
    before={
        "operations": Decimal(554),
        "success_rate": Decimal("98.74"),
        "failed": Decimal(6),
        "p95_ms": Decimal(1160),
    },
    running=["nightly-load"],
    days=[
        Day((NOW - timedelta(days=7 - number)).date(), executions, failures)
        for number, (executions, failures) in enumerate(
            [(555, 4), (556, 8), (555, 6), (556, 4), (555, 5), (556, 8), (0, 0), (215, 3)]
        )
    ],
    causes=[
        cause(
            6,
            "15_billing_payment_amount_check",
            'check constraint "payment_amount_positive" of relation "payment" is violated by some row',
            "23514",
        ),
        cause(
            586, "GRANT", 'relation "public.legacy_flags" does not exist', "42P01", occurrences=2,
            users=["deploy", "[unknown]"], tenants=["fjord", "kestrel"],
        ),
        cause(
            3, "V42__due_dates", "x", "23514", repaired_at=NOW - timedelta(minutes=2),
            execution_key=bytes.fromhex("f95b4591"),
        ),
    ],
    checks=[*CHECKS[:-2], LATE_SEAL, CHECKS[-1]],
    slowest=[
        Slow(bytes(4), "pg_dump-full", "deploy", Decimal(34_300), NOW - timedelta(hours=22)),
        Slow(bytes(4), "ALTER TABLE public.customer_with_a_long_name", "alice", Decimal(5200), NOW),
    ],
    objects=[
        Busy("public.recalc_totals(pg_catalog.int4, pg_catalog.date)", 375, 0),
        Busy("telemetry.reading", 162, 1),
    ],
    people=[Busy("deploy", 181, 5), Busy("alice", 65, 0)],
    log_read_at=NOW - timedelta(minutes=1),
    baseline_at=None,
)  # fmt: skip


def test_the_dashboard_of_a_bad_night() -> None:
    assert_screens("dashboard-bad-night", lambda canvas: draw_dashboard(canvas, PLACE, BAD_NIGHT))
    for width in (60, 80, 100, 200):
        text = drawn(lambda canvas: draw_dashboard(canvas, PLACE, BAD_NIGHT), Abilities(width))
        for word in ("15_billing", "GRANT ×2 (deploy)", "ee7d0bc6", "seal lag", "but succeeded 06:29"):
            assert word in text, (width, word)


def test_the_dashboard_of_an_empty_database_says_that_nothing_needs_anybody() -> None:
    empty = Overview(
        "18.1", True, NOW, {}, {}, [], [Day(NOW.date(), 0, 0)], [], [CHECKS[0]], [], [], []
    )  # fmt: skip
    text = drawn(lambda canvas: draw_dashboard(canvas, PLACE, empty), Abilities(80))
    assert "NOTHING NEEDS YOU" in text
    assert "standby" in text
    assert "SLOWEST" not in text


def test_what_needs_somebody_is_what_is_open() -> None:
    assert [item.name if isinstance(item, Cause) else item.metric for item in BAD_NIGHT.needs] == [
        "15_billing_payment_amount_check", "GRANT", "seal_lag",
    ]  # fmt: skip
    # The failures themselves say it.
    low = Check("operations", "success_rate_24h", "CRITICAL", "50 % of 2 operations succeeded")
    assert replace(BAD_NIGHT, causes=BAD_NIGHT.repaired, checks=[low]).needs == []


def test_a_bar_is_full_for_the_most_and_never_empty_for_something() -> None:
    assert [bar(value, 800) for value in (0, 1, 100, 101, 799, 800)] == [" ", "▁", "▁", "▂", "█", "█"]
    assert bar(0, 0) == " "


def test_health_says_the_score_first_and_findings_in_full() -> None:
    assert score(CHECKS) == 100
    assert_screens("health-good", lambda canvas: draw_health(canvas, PLACE, CHECKS, NOW))
    off = Check("capture", "capture_enabled", "CRITICAL", "the setting capture.enabled is off")
    checks = [off, *CHECKS[1:12], LATE_SEAL]
    assert score(checks) == 65
    text = drawn(lambda canvas: draw_health(canvas, PLACE, checks, NOW), Abilities(80))
    assert text.startswith(" health 65 · ")
    assert "✘ capture     capture enabled: the setting capture.enabled is off" in text
    assert "dbtrack seal" in text


def test_verify_of_a_database_that_was_never_sealed() -> None:
    unsealed = [
        Finding(FindingKind.UNSEALED, "not sealed", load_date=NOW - timedelta(days=90)) for _ in range(1000)
    ]
    never = Verification(unsealed_rows=75_364, findings=unsealed)
    never.totals[FindingKind.UNSEALED] = 75_364
    assert_screens("verify-never-sealed", lambda canvas: draw_verify(canvas, PLACE, never))
    text = drawn(lambda canvas: draw_verify(canvas, PLACE, never), Abilities(100))
    assert "NOT PROVEN" in text
    assert "0 of 75,364 rows are sealed" in text
    assert len(text.splitlines()) < 8, "thousand lines of one finding say no more than one"
    assert "--each lists them (first 1,000 of 75,364)" in text
    listed = drawn(lambda canvas: draw_verify(canvas, PLACE, never, each=True), Abilities(100))
    assert listed.count("not sealed") == 1000
    assert "first 1,000 of a kind are listed, of 75,364" in listed


def test_verify_of_an_altered_record_and_of_a_whole_one() -> None:
    altered = Verification(blocks=12, rows=75_364, digests=3, removed=12)
    altered.add(
        Finding(
            FindingKind.ALTERED,
            "the row is not the one that was sealed",
            12,
            3,
            NOW,
            bytes.fromhex("ee7d0bc6"),
        )
        for _ in range(7)
    )
    assert_screens("verify-altered", lambda canvas: draw_verify(canvas, PLACE, altered))
    text = drawn(lambda canvas: draw_verify(canvas, PLACE, altered), Abilities(100))
    assert "7 FINDINGS" in text
    assert "…2 more" in text
    assert "block 12" in text
    whole = drawn(lambda canvas: draw_verify(canvas, PLACE, Verification(blocks=2, rows=9)), Abilities(100))
    assert "no findings: the record is whole" in whole
