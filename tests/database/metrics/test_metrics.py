"""What a monitoring system reads: right numbers, counters that never fall, few labels, each reader's own tenants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from dbtrack import metrics, retention
from dbtrack.db import Database
from dbtrack.events import EventCursor
from dbtrack.metrics import Family, Scope
from tests.support.history import make_month, past_execution
from tests.support.tenancy import Tenancy

_SPREAD = """
SELECT script_tracking.record_operations((SELECT jsonb_agg(jsonb_build_object('script_name', 'job',
    'execution_timestamp', clock_timestamp() - n * interval '5 minutes')) FROM generate_series(1, 5000) AS n))
"""
Values = dict[tuple[str, tuple[tuple[str, str], ...]], float]

_TRACK = "SELECT script_tracking.track_operation(%(name)s, %(type)s)"
_COMPLETE = "SELECT script_tracking.complete_operation(%(key)s, %(success)s)"
_RECORD = """
SELECT script_tracking.record_operations((SELECT jsonb_agg(jsonb_build_object('script_name', 'job', 'script_type', %(type)s::text,
    'duration_us', d)) FROM unnest(%(durations)s::bigint[]) AS d))
"""


def values(families: list[Family]) -> Values:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def read(database: Database, **scope: Any) -> Values:
    return values(metrics.collect(database, Scope(**scope), None))


def total(found: Values, name: str, **labels: str) -> float:
    """Add up the samples that have these labels."""
    return sum(
        value
        for (sample, told), value in found.items()
        if sample == name and labels.items() <= dict(told).items()
    )


def executions(database: Database, **labels: str) -> float:
    return total(read(database), "dbtrack_executions_total", **labels)


def operation(database: Database, name: str, kind: str, *, success: bool = True) -> None:
    key = database.value(_TRACK, {"name": name, "type": kind})
    database.value(_COMPLETE, {"key": key, "success": success})


@pytest.mark.every_server
def test_executions_are_counted_by_type_and_status_before_and_after_maintain(installed: Database) -> None:
    installed.raw.execute("CREATE TABLE t (id int)")
    operation(installed, "deploy", "MIGRATION")
    operation(installed, "deploy", "MIGRATION", success=False)
    installed.value(_TRACK, {"name": "load", "type": "MANUAL"})
    for _ in range(2):
        found = read(installed)
        assert total(found, "dbtrack_executions_total", type="DDL_AUTO", status="COMPLETED", tenant="") == 1
        assert total(found, "dbtrack_executions_total", type="MIGRATION", status="COMPLETED") == 1
        assert total(found, "dbtrack_executions_total", type="MIGRATION", status="FAILED") == 1
        assert total(found, "dbtrack_executions_total") == 3
        assert total(found, "dbtrack_errors_total", sqlstate_class="unknown") == 1
        assert total(found, "dbtrack_running_operations", type="MANUAL") == 1
        assert total(found, "dbtrack_oldest_running_operation_age_seconds") > 0
        assert total(found, "dbtrack_capture_enabled") == 1
        assert total(found, "dbtrack_partitions_ahead") >= 1
        assert total(found, "dbtrack_record_size_bytes") > 0
        retention.maintain(installed)
    assert total(read(installed), "dbtrack_rollup_lag_seconds") < 60
    assert "dbtrack_seal_lag_seconds" in {name for name, _ in read(installed)}


def test_a_rate_finds_a_zero_before_the_first_failure(installed: Database) -> None:
    found = read(installed)
    key = ("dbtrack_executions_total", (("status", "FAILED"), ("tenant", ""), ("type", "MIGRATION")))
    assert found[key] == 0
    assert total(found, "dbtrack_capture_failures_total") == 0
    assert ("dbtrack_capture_failures_total", ()) in found


def test_a_capture_that_failed_and_one_that_is_off_show(installed: Database) -> None:
    installed.value("SELECT nextval('script_tracking.capture_failure_seq')")
    installed.value("SELECT nextval('script_tracking.capture_partial_seq')")
    installed.raw.execute("ALTER EVENT TRIGGER et_sql_drop DISABLE")
    found = read(installed)
    assert total(found, "dbtrack_capture_failures_total") == 1
    assert total(found, "dbtrack_partial_captures_total") == 1
    assert total(found, "dbtrack_capture_enabled") == 0


def test_counters_do_not_fall_when_a_cleanup_removes_what_they_counted(installed: Database) -> None:
    # Half of it is counted before the cleanup, the other half is not yet.
    for _ in range(2):
        installed.value(_RECORD, {"type": "MIGRATION", "durations": [1000] * 5})
        retention.maintain(installed)
    installed.value(_RECORD, {"type": "MIGRATION", "durations": [1000] * 10})
    before = read(installed)
    installed.raw.execute("SET session_replication_role = replica")
    cutoff = "clock_timestamp() + interval '1 hour'"
    removed = installed.value(f"SELECT o_executions FROM script_tracking.cleanup_step({cutoff}, 1000)")
    assert removed >= 20
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_h") == 0
    after = read(installed)
    for key in before:
        if key[0].endswith(("_total", "_bucket", "_count", "_sum")):
            assert after[key] >= before[key], key
    assert total(after, "dbtrack_executions_total", type="MIGRATION", status="COMPLETED") == 20


def test_what_commits_late_counts_once(installed: Database, installed_conninfo: str) -> None:
    with psycopg.connect(installed_conninfo) as migration:
        migration.execute(_RECORD, {"type": "MIGRATION", "durations": [1, 2]})
        for _ in range(2):
            installed.value(_RECORD, {"type": "MIGRATION", "durations": [1]})
            retention.maintain(installed)
        assert executions(installed, type="MIGRATION") == 2
        migration.commit()
        assert executions(installed, type="MIGRATION") == 4
    for _ in range(2):
        retention.maintain(installed)
        assert executions(installed, type="MIGRATION") == 4


def test_a_long_backlog_is_counted_in_steps_and_shown_whole(installed: Database) -> None:
    retention.maintain(installed)
    for _ in range(5):
        installed.value(_RECORD, {"type": "BACKUP", "durations": [1] * 4})
    stored = "SELECT coalesce(sum(executions), 0) FROM script_tracking.execution_counter WHERE script_type = 'BACKUP'"
    seen: list[int] = []
    while not seen or seen[-1] < 20:
        installed.value("SELECT script_tracking.advance_counters(5)")
        seen.append(int(installed.value(stored)))
        assert executions(installed, type="BACKUP") == 20
        assert len(seen) < 10
    assert len(seen) > 2


def test_an_operation_given_up_that_ended_after_all_counts_as_both(installed: Database) -> None:
    key = installed.value(_TRACK, {"name": "load", "type": "MANUAL"})
    installed.value(
        "SELECT script_tracking.close_version(h.script_execution_hk, h.load_date, 'ABANDONED', NULL, NULL, NULL, NULL, false)"
        " FROM script_tracking.script_execution_h AS h WHERE h.script_execution_hk = %(key)s",
        {"key": key},
    )
    assert executions(installed, type="MANUAL", status="ABANDONED") == 1
    installed.execute(
        "UPDATE script_tracking.open_execution AS o SET load_date = s.load_date FROM script_tracking.script_execution_s AS s"
        " WHERE s.script_execution_hk = o.script_execution_hk AND s.load_end_date IS NULL"
    )
    installed.value(_COMPLETE, {"key": key, "success": True})
    assert executions(installed, type="MANUAL", status="ABANDONED") == 1
    assert executions(installed, type="MANUAL", status="COMPLETED") == 1


def test_in_a_copy_of_the_database_counting_goes_on(installed: Database) -> None:
    installed.value(_RECORD, {"type": "BACKUP", "durations": [1] * 3})
    retention.maintain(installed)
    installed.execute("UPDATE script_tracking.counter_state SET place = '{}'")
    assert executions(installed, type="BACKUP") == 3
    retention.maintain(installed)
    installed.value(_RECORD, {"type": "BACKUP", "durations": [1]})
    assert executions(installed, type="BACKUP") == 4


def test_the_buckets_of_durations_are_exact_and_cumulative(installed: Database) -> None:
    # 1 s is in the bucket up to 1 s; a microsecond more is not.
    installed.value(
        _RECORD, {"type": "BACKUP", "durations": [500, 501, 1_000_000, 1_000_001, 200_000_000_000]}
    )
    for _ in range(2):
        found = read(installed)
        name = "dbtrack_execution_duration_seconds_bucket"
        bounds = {
            dict(told)["le"]: value
            for (sample, told), value in found.items()
            if sample == name and dict(told)["type"] == "BACKUP"
        }
        assert (bounds["0.0005"], bounds["0.001"], bounds["0.5"]) == (1, 2, 2)
        assert (bounds["1"], bounds["5"], bounds["86400"], bounds["+Inf"]) == (3, 4, 4, 5)
        assert total(found, "dbtrack_execution_duration_seconds_count", type="BACKUP") == 5
        seconds = total(found, "dbtrack_execution_duration_seconds_sum", type="BACKUP")
        assert seconds == pytest.approx(200_002.001_002)
        retention.maintain(installed)


def test_a_reader_sees_its_own_tenants_alone(tenancy: Tenancy) -> None:
    service = Database.wrap(tenancy.superuser)
    track = "SELECT script_tracking.complete_operation(script_tracking.track_operation('job', 'BACKUP', tenant_hk => script_tracking.resolve_tenant(%(tenant)s)))"
    for tenant, times in (("acme", 2), ("globex", 3)):
        for _ in range(times):
            service.value(track, {"tenant": tenant})
    for _ in range(2):
        assert executions(service, type="BACKUP", tenant="acme") == 2
        assert executions(service, type="BACKUP", tenant="globex") == 3
        with tenancy.acme() as connection:
            own = read(Database.wrap(connection))
            assert total(own, "dbtrack_executions_total") == 2
            assert {dict(told).get("tenant", "") for _, told in own} == {"", "acme"}
            assert total(own, "dbtrack_up") == 1
        retention.maintain(service)


def test_labels_are_few_and_stay_the_same(installed: Database) -> None:
    track = "SELECT script_tracking.complete_operation(script_tracking.track_operation('job', %(type)s, tenant_hk => script_tracking.resolve_tenant(%(tenant)s)))"
    for number in range(4):
        installed.value("SELECT script_tracking.add_tenant(%(name)s, 'x')", {"name": f"t{number}"})
        installed.value(track, {"type": f"KIND{number}", "tenant": f"t{number}"})

    def shown() -> tuple[set[str], set[str]]:
        found = read(installed, most_tenants=2, most_types=1)
        told = [dict(labels) for (name, labels) in found if name == "dbtrack_executions_total"]
        own = {labels["type"] for labels in told} & {"KIND0", "KIND1", "KIND2", "KIND3", "other"}
        return {labels["tenant"] for labels in told}, own

    assert shown() == ({"", "t0", "t1", "other"}, {"KIND0", "other"})
    # A frequent one does not take the label of another, whose counter would fall.
    for _ in range(5):
        installed.value(track, {"type": "KIND3", "tenant": "t3"})
    retention.maintain(installed)
    installed.value(track, {"type": "KIND2", "tenant": "t2"})
    assert shown() == ({"", "t0", "t1", "other"}, {"KIND0", "other"})
    found = read(installed, most_tenants=2, most_types=1)
    assert total(found, "dbtrack_executions_total", tenant="other", type="other") == 8
    without = read(installed, most_tenants=0)
    assert not [told for _, told in without if "tenant" in dict(told)]
    assert total(without, "dbtrack_executions_total", type="KIND3") == 6


def test_a_tenant_that_is_named_as_the_rest_is_added_to_it(installed: Database) -> None:
    installed.value("SELECT script_tracking.add_tenant('other', 'x')")
    installed.value("SELECT script_tracking.add_tenant('last', 'x')")
    track = "SELECT script_tracking.complete_operation(script_tracking.track_operation('job', 'OTHER', tenant_hk => script_tracking.resolve_tenant(%(tenant)s)))"
    for tenant in ("other", "last"):
        installed.value(track, {"tenant": tenant})
    text = metrics.exposition(metrics.collect(installed, Scope(most_tenants=1), None)).decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    names = [line.rpartition(" ")[0] for line in lines]
    assert len(names) == len(set(names))
    assert total(read(installed, most_tenants=1), "dbtrack_executions_total", tenant="other") == 2


def test_openmetrics_is_read_back(installed: Database) -> None:
    operation(installed, 'a "quoted"\nname', "BACKUP")
    text = metrics.exposition(
        metrics.collect(installed, Scope(), None),
        media_type=metrics.content_type("application/openmetrics-text"),
    ).decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert families["dbtrack_executions"].type == "counter"
    assert families["dbtrack_execution_duration_seconds"].type == "histogram"


@pytest.fixture
def plan(installed: Database) -> Callable[[str], str]:
    """Returns the plan of a query as text."""
    return lambda query: "\n".join(row[0] for row in installed.rows(f"EXPLAIN {query}"))


@pytest.mark.every_server
def test_annotations_are_spans_that_are_found_by_their_time(
    installed: Database, plan: Callable[[str], str]
) -> None:
    operation(installed, "deploy", "MIGRATION", success=False)
    installed.value(_TRACK, {"name": "load", "type": "MANUAL"})
    found = installed.rows(
        'SELECT "time" <= timeend, text, tags FROM script_tracking.annotation ORDER BY "time"'
    )
    assert found == [(True, "deploy: FAILED", "migration,failed"), (None, "load: RUNNING", "manual,running")]
    installed.value(_SPREAD)
    installed.execute("ANALYZE script_tracking.script_execution_s")
    seen = plan(
        """SELECT "time", timeend, text, tags FROM script_tracking.annotation
        WHERE "time" BETWEEN now() - interval '1 hour' AND now()"""
    )
    assert "execution_timestamp_idx" in seen
    month = installed.value("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')")
    assert f"Seq Scan on script_execution_s_{month}" not in seen


def test_a_reported_duration_of_any_length_does_not_hide_the_annotations(installed: Database) -> None:
    key = installed.value(_TRACK, {"name": "endless", "type": "MANUAL"})
    installed.call("complete_operation", execution_hk=key, duration_us=2**63 - 1)
    found = installed.rows(
        """SELECT text, timeend < now() + interval '101 years' FROM script_tracking.annotation"""
    )
    assert found == [("endless", True)]


def test_an_endpoint_shows_how_far_it_is_behind(installed: Database) -> None:
    installed.value("SELECT script_tracking.create_endpoint('slack', 'webhook')")
    labels = {"endpoint": "slack", "kind": "webhook"}
    assert total(read(installed), "dbtrack_endpoint_lag_events", **labels) == 0
    for _ in range(3):
        operation(installed, "deploy", "MIGRATION")
    found = read(installed)
    # The start and the end of each.
    assert total(found, "dbtrack_endpoint_lag_events", **labels) == 6
    assert total(found, "dbtrack_endpoint_lag_seconds", **labels) > 0
    assert total(found, "dbtrack_endpoint_held", **labels) == 0
    cursor = EventCursor(installed, "slack")
    events = cursor.claim()
    cursor.acknowledge(events[-1])
    cursor.release()
    found = read(installed)
    assert total(found, "dbtrack_endpoint_lag_events", **labels) == 0
    assert total(found, "dbtrack_endpoint_events_sent_total", **labels) == 6
    installed.value("SELECT script_tracking.pause_endpoint('slack', 'too loud')")
    assert total(read(installed), "dbtrack_endpoint_held", **labels) == 1


def test_endpoints_are_for_administrators(tenancy: Tenancy) -> None:
    service = Database.wrap(tenancy.superuser)
    service.value("SELECT script_tracking.create_endpoint('slack', 'webhook')")
    with tenancy.acme() as connection:
        assert not [name for name, _ in read(Database.wrap(connection)) if "endpoint" in name]


@pytest.mark.every_server
def test_counters_keep_what_a_dropped_month_had(installed: Database) -> None:
    month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0) - timedelta(days=100)
    make_month(installed, month)
    for day in range(3):
        past_execution(installed, f"old{day}", month + timedelta(days=day))
    assert executions(installed, type="MANUAL") == 3
    assert retention.cleanup(installed, days=30).executions == 3
    assert (
        installed.value(
            "SELECT to_regclass(%(name)s)", {"name": f"script_tracking.script_execution_s_{month:%Y_%m}"}
        )
        is None
    )
    assert executions(installed, type="MANUAL") == 3
