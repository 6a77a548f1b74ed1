"""Executions arrive as spans at a receiver of OTLP, which decodes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, NoConnectionError, UsageError
from dbtrack.export.otlp import export_spans
from tests.support.command_line import run_dbtrack
from tests.support.otlp_receiver import Receiver, otlp_receiver, values

pytestmark = pytest.mark.any_server

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{SPAN}-01"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with otlp_receiver() as found:
        yield found


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "5")


def migrate(database: Database, *, metadata: dict[str, object] | None = None, succeeds: bool = True) -> str:
    """Run a migration with one DDL; return its key."""
    key: bytes = database.call_value(
        "track_operation", script_name="v42", script_type="MIGRATION", metadata=json.dumps(metadata or {})
    )
    database.execute("SELECT set_config('dbtrack.execution', %(key)s, false)", {"key": key.hex()})
    database.execute("CREATE TABLE orders (id serial PRIMARY KEY)")
    database.execute("SELECT set_config('dbtrack.execution', '', false)")
    database.call(
        "complete_operation",
        execution_hk=key,
        success=succeeds,
        error_message=None if succeeds else "it broke",
    )
    return key.hex()


def by_name(receiver: Receiver) -> dict[str, Span]:
    return {span.name: span for span in receiver.spans}


def test_a_migration_is_a_span_with_its_ddl_as_children(installed: Database, receiver: Receiver) -> None:
    key = migrate(installed)
    assert export_spans(installed, receiver.url).spans == 2
    spans = by_name(receiver)
    migration, ddl = spans["v42"], spans["CREATE TABLE public.orders"]
    assert migration.trace_id.hex() == ddl.trace_id.hex() == key[:32]
    assert (migration.span_id.hex(), migration.parent_span_id.hex()) == (key[32:48], "")
    assert ddl.parent_span_id == migration.span_id
    assert (migration.kind, ddl.kind) == (Span.SPAN_KIND_INTERNAL, Span.SPAN_KIND_CLIENT)
    assert migration.start_time_unix_nano <= ddl.start_time_unix_nano
    assert ddl.end_time_unix_nano <= migration.end_time_unix_nano
    assert receiver.paths == ["/v1/traces"]


def test_a_reported_duration_of_any_length_holds_up_no_span(installed: Database, receiver: Receiver) -> None:
    key = installed.call_value("track_operation", script_name="endless")
    installed.call("complete_operation", execution_hk=key, duration_us=2**63 - 1)
    assert export_spans(installed, receiver.url).spans == 1
    assert [span.name for span in receiver.spans] == ["endless"]


def test_the_attributes_have_the_names_of_the_conventions(installed: Database, receiver: Receiver) -> None:
    migrate(
        installed,
        metadata={"ticket": "OPS-1", "environment": "prod", "git_commit": "abc", "nested": {"a": 1}},
    )
    export_spans(installed, receiver.url)
    spans = by_name(receiver)
    ddl = values(spans["CREATE TABLE public.orders"].attributes)
    assert {name: ddl[name] for name in ddl if name.startswith("db.")} == {
        "db.system.name": "postgresql",
        "db.namespace": installed.name,
        "db.operation.name": "CREATE TABLE",
        "db.query.summary": "CREATE TABLE public.orders",
        "db.query.text": "CREATE TABLE orders (id serial PRIMARY KEY)",
        "db.collection.name": "public.orders",
    }
    assert ddl["dbtrack.objects"] == ["public.orders_id_seq", "public.orders", "public.orders_pkey"]
    migration = values(spans["v42"].attributes)
    assert migration["dbtrack.type"] == "MIGRATION"
    assert migration["dbtrack.ticket"] == "OPS-1"
    assert migration["deployment.environment.name"] == "prod"
    assert migration["vcs.ref.head.revision"] == "abc"
    assert "db.query.text" not in migration
    resource = receiver.resource()
    assert resource["service.name"] == "dbtrack"
    assert {"server.address", "server.port", "service.version"} <= resource.keys()


def test_a_failure_is_an_error_with_its_message(installed: Database, receiver: Receiver) -> None:
    migrate(installed, succeeds=False)
    export_spans(installed, receiver.url)
    spans = by_name(receiver)
    assert (spans["v42"].status.code, spans["v42"].status.message) == (Status.STATUS_CODE_ERROR, "it broke")
    assert values(spans["v42"].attributes)["error.type"] == "FAILED"
    assert spans["CREATE TABLE public.orders"].status.code == Status.STATUS_CODE_UNSET


def test_the_trace_of_the_caller_is_continued(installed: Database, receiver: Receiver) -> None:
    migrate(installed, metadata={"traceparent": TRACEPARENT})
    export_spans(installed, receiver.url)
    spans = by_name(receiver)
    assert {span.trace_id.hex() for span in spans.values()} == {TRACE}
    assert spans["v42"].parent_span_id.hex() == SPAN
    assert spans["CREATE TABLE public.orders"].parent_span_id == spans["v42"].span_id


def test_track_keeps_the_traceparent_of_its_environment(
    installed_conninfo: str, installed: Database, receiver: Receiver, tmp_path: Path
) -> None:
    """And what it runs has the same one: `dbtrack track` inside it is a child, and not a sibling."""
    done = run_dbtrack(
        "track",
        "outer",
        "-d",
        installed_conninfo,
        "--",
        "dbtrack",
        "track",
        "inner",
        "-d",
        installed_conninfo,
        "--",
        "true",
        environment={"TRACEPARENT": TRACEPARENT, "DBTRACK_SPOOL": str(tmp_path)},
    )
    assert done.returncode == 0
    export_spans(installed, receiver.url)
    spans = by_name(receiver)
    assert {span.trace_id.hex() for span in spans.values()} == {TRACE}
    assert spans["outer"].parent_span_id.hex() == SPAN
    assert spans["inner"].parent_span_id == spans["outer"].span_id


def test_a_malformed_traceparent_is_ignored(installed: Database, receiver: Receiver) -> None:
    key = migrate(installed, metadata={"traceparent": "nonsense"})
    export_spans(installed, receiver.url)
    assert {span.trace_id.hex() for span in receiver.spans} == {key[:32]}


def test_an_unproven_parent_is_not_one(installed: Database, receiver: Receiver) -> None:
    other = migrate(installed)
    installed.execute("SELECT set_config('dbtrack.execution', %(key)s, false)", {"key": other})
    installed.execute("CREATE TABLE late (a int)")
    export_spans(installed, receiver.url)
    late = by_name(receiver)["CREATE TABLE public.late"]
    assert late.parent_span_id == b""
    assert late.trace_id.hex() != other[:32]


def test_sent_again_they_are_the_same_spans(installed: Database, receiver: Receiver) -> None:
    migrate(installed)
    export_spans(installed, receiver.url)
    export_spans(installed, receiver.url)
    first, second = receiver.requests
    assert first.SerializeToString(deterministic=True) == second.SerializeToString(deterministic=True)


def test_what_runs_is_sent_once_it_has_ended(installed: Database, receiver: Receiver) -> None:
    key = installed.call_value("track_operation", script_name="long")
    assert export_spans(installed, receiver.url).spans == 0
    assert receiver.requests == []
    installed.call("complete_operation", execution_hk=key)
    assert export_spans(installed, receiver.url).spans == 1


def in_the_past(database: Database, minutes: int) -> None:
    """Make the record old enough to be complete; a load looks back a minute for clocks that were set back."""
    for table in ("script_execution_h", "script_execution_s", "script_execution_parent_l"):
        database.execute(
            f"UPDATE script_tracking.{table} SET load_date = load_date - make_interval(mins => {minutes})"
        )
    database.execute(
        "UPDATE script_tracking.script_execution_s SET load_end_date = load_end_date - make_interval(mins => "
        f"{minutes}), execution_timestamp = execution_timestamp - make_interval(mins => {minutes})"
    )


def test_with_a_state_each_execution_is_sent_once(
    installed: Database, receiver: Receiver, tmp_path: Path
) -> None:
    state = tmp_path / "traces.state"
    migrate(installed)
    in_the_past(installed, 10)
    assert export_spans(installed, receiver.url, state=state).spans == 2
    assert export_spans(installed, receiver.url, state=state).spans == 0
    installed.execute("CREATE TABLE later (a int)")
    assert export_spans(installed, receiver.url, state=state).spans == 0, (
        "the record is not complete up to now"
    )
    before = json.loads(state.read_text())
    state.write_text(json.dumps(before | {"complete_before": "2020-01-01T00:00:00+00:00"}))
    assert export_spans(installed, receiver.url, state=state).spans == 2
    assert state.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("status", [400, 401, 413, 500])
def test_a_refusal_keeps_the_state_and_is_reported(
    installed: Database, receiver: Receiver, tmp_path: Path, status: int
) -> None:
    state = tmp_path / "traces.state"
    migrate(installed)
    in_the_past(installed, 10)
    receiver.statuses = [status]
    with pytest.raises(DbtrackError, match=f"refused the spans: HTTP {status}") as refusal:
        export_spans(installed, receiver.url, state=state)
    assert not isinstance(refusal.value, NoConnectionError)
    assert not state.exists()
    assert export_spans(installed, receiver.url, state=state).spans == 2


def test_what_may_pass_is_tried_again(installed: Database, receiver: Receiver) -> None:
    migrate(installed)
    receiver.statuses = [503]
    assert export_spans(installed, receiver.url).spans == 2
    assert len(receiver.spans) == 2


def test_a_receiver_that_is_away_is_reported_as_that(
    installed: Database, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    # Longer than the library's first pause, 1 s and a random part: else it gives up without the reason.
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "2")
    migrate(installed)
    with pytest.raises(
        NoConnectionError, match=r"http://127\.0\.0\.1:1/v1/traces cannot be reached: Connection refused"
    ):
        export_spans(installed, "http://127.0.0.1:1")
    assert capfd.readouterr().err == ""


def test_spans_that_a_receiver_did_not_keep_are_counted(installed: Database, receiver: Receiver) -> None:
    migrate(installed)
    receiver.refused = 1
    sent = export_spans(installed, receiver.url)
    assert (sent.spans, sent.refused, sent.reason) == (2, 1, "too old")


def test_the_variables_of_the_sdk_apply(
    installed: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20s3cret")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "shop-database")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "team=payments")
    migrate(installed)
    export_spans(installed, receiver.url)
    assert receiver.headers[0]["authorization"] == "Bearer s3cret"
    assert receiver.headers[0]["content-encoding"] == "gzip"
    assert (receiver.resource()["service.name"], receiver.resource()["team"]) == ("shop-database", "payments")


def test_many_are_sent_in_batches(installed: Database, receiver: Receiver) -> None:
    installed.execute("CREATE TABLE t (a int)")
    installed.execute(
        "DO $$ BEGIN FOR i IN 1..1100 LOOP EXECUTE format('COMMENT ON TABLE t IS %L', i); END LOOP; END $$"
    )
    steps: list[int] = []
    assert export_spans(installed, receiver.url, progress=steps.append).spans == 1101
    assert steps == [500, 1000, 1101]
    assert len({span.span_id for span in receiver.spans}) == 1101


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"place": {}, "complete_before": "x"}'])
def test_a_file_that_is_not_a_state_is_refused(
    installed: Database, receiver: Receiver, tmp_path: Path, content: str
) -> None:
    state = tmp_path / "traces.state"
    state.write_text(content)
    with pytest.raises(UsageError, match="is not a state"):
        export_spans(installed, receiver.url, state=state)
    assert state.read_text() == content


def test_the_state_of_another_database_is_refused(
    installed: Database, receiver: Receiver, tmp_path: Path
) -> None:
    state = tmp_path / "traces.state"
    export_spans(installed, receiver.url, state=state)
    found = json.loads(state.read_text())
    state.write_text(json.dumps(found | {"place": {"database": 1}}))
    with pytest.raises(DbtrackError, match="another database"):
        export_spans(installed, receiver.url, state=state)


def test_times_and_tenants_choose_what_is_sent(
    installed: Database, receiver: Receiver, tmp_path: Path
) -> None:
    migrate(installed)
    assert export_spans(installed, receiver.url, since="1h").spans == 2
    assert export_spans(installed, receiver.url, until="1h").spans == 0
    with pytest.raises(UsageError, match="nobody"):
        export_spans(installed, receiver.url, tenant="nobody")
    with pytest.raises(UsageError, match="contradict"):
        export_spans(installed, receiver.url, until="1h", state=tmp_path / "s")
