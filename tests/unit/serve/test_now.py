"""The blocks of the first page, from rows without a database."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from dbtrack.serve.pages.now import BLOCKS
from dbtrack.serve.pages.templating import assets
from tests.unit.serve.sample_record import (
    HOSTILE,
    NOW,
    SampleRecord,
    cause,
    execution,
    html,
    key,
    place,
    read,
)

FRAME_BYTES = 4_500


def page_bytes(record: SampleRecord) -> int:
    shown = html(read(record))
    return len(shown.encode()) + len(assets().style.encode()) + len(assets().script.encode()) + FRAME_BYTES


def hostile_record() -> SampleRecord:
    # As long as the columns allow.
    name = (HOSTILE + "<" * 255)[:255]
    login, tenant, kind = name[:63], name[:100], name[:50]
    runs = [(key(n), name, kind, NOW, login, tenant, name, name * 20, 10_000, name, name) for n in range(8)]
    causes = [
        (9, name, name * 4, NOW, key(n), name, key(n), name, [login] * 20, [tenant] * 20, [name], None, 9_412,
         Decimal(10_000), 9_412, Decimal(10_000))
        for n in range(12)
    ]  # fmt: skip
    busy = [("object", name * 30, Decimal(5), Decimal(1), {"0": 5}, None, 99, None)] * 5
    logins = [("login", login, Decimal(5), Decimal(1), {"0": 5}, {"0": 1}, 99, None)] * 8
    return SampleRecord(
        {
            "page/search_executions": [
                execution(n, name, "FAILED", user=login, tenant=tenant, error=name * 2, objects=[name] * 3)
                for n in range(11)
            ],
            "page/running": runs,
            "page/causes": causes,
            "page/busiest": [*busy, *logins, ("whole", None, 50_000, None, None, None, None, NOW)],
            "page/slowest": [(key(n), name, kind, "FAILED", NOW, Decimal(9), login, name) for n in range(5)],
            "dashboard_by_tenant": [
                (f"{n}{tenant}"[:100], name, 1, 1, 1, None, None, None, "OK") for n in range(400)
            ],
            "health": [("capture", name, "CRITICAL", name * 9, NOW)] * 9,
            "get_throughput": [
                (NOW.replace(minute=0, second=0) - timedelta(hours=n), 9_999, 9_999, 9_999, 9_999)
                for n in range(200)
            ],
        }
    )


def test_nothing_recorded_is_told_in_sentences() -> None:
    shown = html(read(SampleRecord()))
    assert "Nothing needs you" in shown
    assert "Nothing has been recorded in these 8 days" in shown
    assert "Nothing recorded yet" in shown
    assert "<svg" not in shown


def test_hostile_names_stay_text_and_the_page_small() -> None:
    record = hostile_record()
    shown = html(read(record))
    assert not re.search(r"<(script|img)", shown)
    assert not re.search(r"[\x00-\x08\x1b\u202e]", shown)
    # Outside of text there are no attributes that could run.
    assert not re.search(r"<[^>]*\s(on\w+|style)=", shown)
    assert page_bytes(record) < 60_000


def test_ten_thousand_failures_are_eight_causes_and_a_link() -> None:
    record = SampleRecord(
        {"page/causes": [cause(n, f"fix-{n}", of=9_412, failures=10_000) for n in range(1, 13)]}
    )
    needs = read(record).blocks["needs"].html
    assert needs.count("<li>") == 8
    assert "9,412 causes of 10,000 failures" in needs
    assert "8 of 9,412 causes" in needs
    assert "/history?status=failed" in needs


def test_a_repaired_failure_needs_nobody() -> None:
    needs = read(SampleRecord({"page/causes": [cause(1, "V42", repaired=True)]})).blocks["needs"].html
    assert "Nothing needs you" in needs
    assert "1 failure repaired since" in needs


def test_a_reader_without_everything_is_told_whose_records_were_searched() -> None:
    record = SampleRecord({"page/place": [place(sees_all=False, tenants=["acme", "globex"])]})
    assert "of acme, globex" in read(record).blocks["needs"].html


def test_only_what_changed_has_another_digest() -> None:
    before = read(SampleRecord({"page/search_executions": [execution(1)]}))
    later = SampleRecord({"page/search_executions": [execution(1)], "page/causes": [cause(1)]})
    after = read(later)
    changed = {name for name in BLOCKS if before.blocks[name].digest != after.blocks[name].digest}
    assert changed == {"needs", "sum"}
    assert before.version != after.version


def test_time_that_passes_changes_no_block() -> None:
    row = execution(1)
    before = read(SampleRecord({"page/search_executions": [row]}))
    moved = (*place()[:7], NOW + timedelta(minutes=3))
    after = read(SampleRecord({"page/search_executions": [row], "page/place": [moved]}))
    assert before.blocks["lately"].html != after.blocks["lately"].html
    assert before.blocks["lately"].digest == after.blocks["lately"].digest


def test_a_late_operation_is_marked_and_a_lock_is_named() -> None:
    run = (key(1), "V43", "MIGRATION", NOW - timedelta(seconds=9), "deploy", None, "OPS-1", "alter table …", 1,
           "relation", "postgres (pid 1, idle)")  # fmt: skip
    usual = [("usual p95", "MIGRATION", Decimal(50))]
    running = read(SampleRecord({"page/running": [run], "page/usual": usual})).blocks["running"].html
    assert "▲ waits" in running
    assert "held by" in running
    assert "50 ms" in running
    assert "f-warn" in running


def test_what_takes_too_long_to_count_says_so() -> None:
    now = read(SampleRecord(too_slow=frozenset({"page/busiest", "page/slowest"})))
    for name in ("slow", "objects", "people"):
        assert "too long" in now.blocks[name].html


def test_the_state_of_the_record_is_in_a_few_words() -> None:
    checks = [
        ("capture", "capture_failures", "OK", "0 DDL commands could not be recorded", NOW),
        ("seals", "seal_lag", "OK", "last sealed 3 days 02:00:01 ago", NOW),
        ("operations", "open_operations", "OK", "2 open, the oldest since 2026-11-27 15:44:40+00: load", NOW),
        ("storage", "partitions_ahead", "CRITICAL", "no partition for the next month", NOW),
    ]
    now = read(SampleRecord({"health": checks}))
    state = re.sub(r"<[^>]+>", "", now.blocks["sum"].html)
    assert "capture on, 0 lost" in state
    assert "sealed 3 d ago" in state
    assert "operations 2 open\n" in state or "operations 2 open" in state
    assert "15 h" not in state
    assert "no partition" in now.blocks["needs"].html


def test_of_none_has_what_the_tenants_have_not() -> None:
    record = SampleRecord(
        {
            "dashboard_by_tenant": [
                ("acme", "Acme", 3, 0, 0, None, None, None, "OK"),
                (None, None, 2, 1, 0, None, None, None, "OK"),
            ],
            "page/tenants": [("acme", 0, 3, 0)],
            "get_throughput": [(NOW.replace(minute=0, second=0) - timedelta(hours=1), 4, 1, 0, 0)],
        }
    )
    tenants = read(record).blocks["tenants"].html
    assert "of none" in tenants
    assert "?of=none" in tenants
    assert tenants.count("<svg") == 2
