"""Executions as spans of OpenTelemetry.

The attributes have the names of its stable semantic conventions for databases; what these do not know is
named `dbtrack.…`. The ids come from the executions' hash keys: a span that is sent again is the same span.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.status import Status as SpanStatus
from opentelemetry.trace.status import StatusCode

from dbtrack.operations.traceparent import TraceParent, parse_traceparent
from dbtrack.status import Status
from dbtrack.version import __version__

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_OBJECTS = 100
_MOST_CHARACTERS = 16_000
_SCOPE = InstrumentationScope("dbtrack", __version__)
_TABLES = frozenset({"table", "foreign table"})
# Of metadata: what the semantic conventions have a name for, and what users search by.
_METADATA = {
    "role": "dbtrack.role",
    "application_name": "dbtrack.application_name",
    "ticket": "dbtrack.ticket",
    "reason": "dbtrack.reason",
    "approved_by": "dbtrack.approved_by",
    "pull_request": "dbtrack.pull_request",
    "emergency": "dbtrack.emergency",
    "environment": "deployment.environment.name",
    "git_commit": "vcs.ref.head.revision",
    "git_branch": "vcs.ref.head.name",
    "ci_run_url": "cicd.pipeline.run.url.full",
    "command": "process.command_line",
    "exit_code": "process.exit.code",
    "sqlstate": "db.response.status_code",
}


@dataclass(frozen=True)
class SpanSource:
    """The database whose executions are sent.

    Args:
        address: of the server: its cluster_name, else its address, else localhost.
    """

    database: str
    address: str
    port: int

    def resource(self) -> Resource:
        """Return what all spans have in common; OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME come first."""
        own = Resource(
            {
                "service.name": "dbtrack",
                "service.version": __version__,
                "service.instance.id": f"{self.address}:{self.port}/{self.database}",
                "server.address": self.address,
                "server.port": self.port,
            }
        )
        return own.merge(OTELResourceDetector().detect())


def span_of(row: Mapping[str, Any], source: SpanSource, resource: Resource) -> ReadableSpan:
    """Return an execution that has ended as a span.

    Args:
        row: with the columns of sql/queries/export/spans.sql.
    """
    trace_id, parent_id = _place(row["lineage_keys"], row["lineage_traceparents"])
    started = _nanoseconds(row["execution_timestamp"])
    return ReadableSpan(
        name=_name(row),
        context=_context(trace_id, span_id_of(row["execution_key"])),
        parent=None if parent_id is None else _context(trace_id, parent_id, is_remote=True),
        resource=resource,
        attributes=_attributes(row, source),
        kind=SpanKind.CLIENT if _is_ddl(row) else SpanKind.INTERNAL,
        status=_status(row),
        start_time=started,
        end_time=started + int(row["duration_us"]) * 1000,
        instrumentation_scope=_SCOPE,
    )


def trace_id_of(key: str) -> int:
    """Return the id of the trace whose first span is an execution: the first half of its key."""
    return int(key[:32], 16)


def span_id_of(key: str) -> int:
    """Return the id of an execution's span: the third quarter of its key."""
    return int(key[32:48], 16)


def _place(keys: Sequence[str], traceparents: Sequence[str | None]) -> tuple[int, int | None]:
    """Return the id of the trace, and that of the parent's span.

    Args:
        keys: of the execution, of the one inside which it ran, and so on.
        traceparents: what each of them was given.
    """
    given = [parse_traceparent(text) for text in traceparents]
    known = next((one for one in given if one is not None), None)
    trace_id = trace_id_of(keys[-1]) if known is None else known.trace_id
    if _is_direct(given):
        return trace_id, given[0].span_id if given[0] else None
    return trace_id, span_id_of(keys[1]) if len(keys) > 1 else None


def _is_direct(given: Sequence[TraceParent | None]) -> bool:
    """Return whether the execution was started by a span of another program.

    One that inherited its environment from the operation inside which it ran has the traceparent of that.
    """
    return given[0] is not None and (len(given) == 1 or given[0] != given[1])


def _context(trace_id: int, span_id: int, *, is_remote: bool = False) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote=is_remote, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _nanoseconds(moment: datetime) -> int:
    since = moment - _EPOCH
    return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1000


def _is_ddl(row: Mapping[str, Any]) -> bool:
    return bool(row["metadata"].get("command_tag")) or str(row["script_type"]).startswith("DDL_")


def _name(row: Mapping[str, Any]) -> str:
    return _summary(row) if _is_ddl(row) else str(row["script_name"])


def _summary(row: Mapping[str, Any]) -> str:
    table = _table(row) or next(iter(row["affected_objects"] or ()), "")
    return f"{row['script_name']} {table}".strip()


def _table(row: Mapping[str, Any]) -> str | None:
    """Return the one table that a DDL is about; None for none or several."""
    objects, types = row["affected_objects"] or (), row["metadata"].get("object_types") or ()
    tables = [identity for identity, kind in zip(objects, types, strict=False) if kind in _TABLES]
    return tables[0] if len(tables) == 1 else None


def _status(row: Mapping[str, Any]) -> SpanStatus:
    if row["execution_status"] == Status.COMPLETED:
        return SpanStatus(StatusCode.UNSET)
    return SpanStatus(StatusCode.ERROR, row["error_message"] or row["execution_status"])


def _attributes(row: Mapping[str, Any], source: SpanSource) -> dict[str, Any]:
    found = {
        "db.system.name": "postgresql",
        "db.namespace": source.database,
        "server.address": source.address,
        "server.port": source.port,
        "client.address": row["client_ip"],
        "error.type": _error_type(row),
        "dbtrack.execution": row["execution_key"],
        "dbtrack.type": row["script_type"],
        "dbtrack.status": row["execution_status"],
        "dbtrack.user": row["db_session_user"],
        "dbtrack.tenant": row["tenant"],
        "dbtrack.objects": list(row["affected_objects"] or ())[:_MOST_OBJECTS],
        "dbtrack.record_source": row["record_source"],
        **{name: _scalar(row["metadata"].get(key)) for key, name in _METADATA.items()},
        **(_query(row) if _is_ddl(row) else {}),
    }
    return {name: value for name, value in found.items() if value not in (None, [])}


def _query(row: Mapping[str, Any]) -> dict[str, Any]:
    statement = row["sql_command"]
    return {
        "db.operation.name": row["script_name"],
        "db.query.summary": _summary(row),
        "db.query.text": statement[:_MOST_CHARACTERS] if statement else None,
        "db.collection.name": _table(row),
    }


def _error_type(row: Mapping[str, Any]) -> str | None:
    if row["execution_status"] == Status.COMPLETED:
        return None
    return str(row["metadata"].get("sqlstate") or row["execution_status"])


def _scalar(value: object) -> str | int | float | None:
    """Return a value of metadata as an attribute; what a caller made a list or an object is left out."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return value[:_MOST_CHARACTERS] if isinstance(value, str) else value
