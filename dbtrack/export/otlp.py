"""Send executions as spans to a receiver of OTLP over HTTP: a collector, or a tracing backend."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit, urlunsplit

from dbtrack import files, sql_files
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, MissingExtraError, NoConnectionError, UsageError
from dbtrack.export.selection import bind_selection

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

    from dbtrack.export.otlp_session import Answers
    from dbtrack.export.spans import SpanSource

_PATH = "/v1/traces"
_BATCH_SPANS = 500
_MOST_STATE_BYTES = 10_000
_LOGGER = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
_COLUMNS = (
    "execution_key",
    "script_name",
    "script_type",
    "execution_status",
    "execution_timestamp",
    "duration_us",
    "db_session_user",
    "client_ip",
    "tenant",
    "affected_objects",
    "sql_command",
    "error_message",
    "metadata",
    "record_source",
    "lineage_keys",
    "lineage_traceparents",
)


@dataclass(frozen=True)
class SentSpans:
    """What a receiver was sent.

    Args:
        spans: how many.
        refused: how many of them it did not keep, as it said; sending them again does not help.
        reason: what it said about these.
    """

    spans: int
    refused: int = 0
    reason: str = ""


def export_spans(
    database: Database,
    url: str,
    *,
    since: str | None = None,
    until: str | None = None,
    tenant: str | None = None,
    state: Path | None = None,
    zone: tzinfo | None = None,
    progress: Callable[[int], None] = lambda _spans: None,
) -> SentSpans:
    """Send the executions that have ended as spans.

    The variables of OpenTelemetry's SDK apply: OTEL_EXPORTER_OTLP_HEADERS and the others.

    Args:
        url: of the receiver: with or without /v1/traces.
        since: when an execution began, as PostgreSQL reads times; with a state, of the first export only.
        until: likewise; not with a state.
        tenant: the only one; None for all.
        state: a file that remembers up to when all was sent; it is replaced once the receiver has everything.
        progress: receives how many are sent.

    Raises:
        UsageError: the URL, a time or the tenant is invalid, or the file is not a state.
        NoConnectionError: the receiver cannot be reached, or does not answer; the state is as it was.
        DbtrackError: it refused the spans, a package is missing, or the state is of another database.
    """
    endpoint = endpoint_of(url)
    require_sdk()
    if state is not None and until is not None:
        raise UsageError("--until and --state contradict each other: what is left out would never be sent")
    bound = bind_selection(database, "executions", tenant=tenant, since=since, until=until, zone=zone)
    name, address, port, place, complete_before = database.rows(sql_files.query("export/span_source"))[0]
    sent_before = _read_state(state, place) if state else None
    if state is not None and complete_before is None:
        return SentSpans(0)
    parameters = {
        **bound,
        "since": None if sent_before else bound["since"],
        "recorded_since": sent_before,
        "recorded_before": complete_before if state else None,
    }
    from dbtrack.export.spans import SpanSource

    rows = database.stream(sql_files.query("export/spans"), parameters)
    sent = _send(_spans(rows, SpanSource(name, address, port)), endpoint, progress)
    if state is not None:
        _write_state(state, place, complete_before)
    return sent


def endpoint_of(url: str) -> str:
    """Return the URL that spans are posted to.

    Raises:
        UsageError: it is not an HTTP URL, or contains a login.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise UsageError("--otlp needs a URL, as http://localhost:4318")
    if "@" in parts.netloc or parts.query:
        # The word is not repeated: it may contain a token.
        raise UsageError(
            "--otlp must not contain a login or a token, which every user of this machine can see",
            hint="set OTEL_EXPORTER_OTLP_HEADERS",
        )
    path = parts.path.rstrip("/")
    return urlunsplit(parts._replace(path=path if path.endswith(_PATH) else path + _PATH, fragment=""))


def require_sdk() -> None:
    """Check that OpenTelemetry is installed, before anything is read.

    Raises:
        DbtrackError: it is not.
    """
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.sdk") is None:
        raise MissingExtraError("--otlp", "otlp")


def _spans(rows: Iterable[tuple[Any, ...]], source: SpanSource) -> Iterator[ReadableSpan]:
    from dbtrack.export.spans import span_of

    resource = source.resource()
    for row in rows:
        yield span_of(dict(zip(_COLUMNS, row, strict=True)), source, resource)


def _send(spans: Iterator[ReadableSpan], endpoint: str, progress: Callable[[int], None]) -> SentSpans:
    from dbtrack.export.otlp_session import Answers

    answers = Answers()
    sent = 0
    with _Exporter(endpoint, answers) as exporter:
        while batch := list(islice(spans, _BATCH_SPANS)):
            exporter.send(batch)
            sent += len(batch)
            progress(sent)
    return SentSpans(sent, answers.refused, answers.reason)


class _Exporter:
    """The library's exporter, which repeats what may pass; its log messages become the reason of an error."""

    def __init__(self, endpoint: str, answers: Answers) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        self._endpoint = endpoint
        self._log = _Log()
        self._answers = answers
        # Not all of its methods have types.
        self._exporter: Any = OTLPSpanExporter(endpoint=endpoint, session=answers.session)

    def __enter__(self) -> Self:
        logger = logging.getLogger(_LOGGER)
        self._propagates, logger.propagate = logger.propagate, False
        logger.addHandler(self._log)
        return self

    def __exit__(self, *_: object) -> None:
        self._exporter.shutdown()
        logger = logging.getLogger(_LOGGER)
        logger.removeHandler(self._log)
        logger.propagate = self._propagates

    def send(self, spans: list[ReadableSpan]) -> None:
        """Send a batch; it returns once the receiver has taken it.

        Raises:
            NoConnectionError: it cannot be reached, or does not answer in time.
            DbtrackError: it refused the batch.
        """
        from opentelemetry.sdk.trace.export import SpanExportResult

        if self._exporter.export(spans) is SpanExportResult.SUCCESS:
            return
        status = self._answers.status
        if status is None:
            failure = self._answers.session.failure
            reason = self._log.reason if failure is None else _innermost(failure)
            raise NoConnectionError(f"{self._endpoint} cannot be reached: {reason}", may_pass=True)
        answer = f"HTTP {status} {self._answers.status_text}".rstrip()
        hint = "check OTEL_EXPORTER_OTLP_HEADERS" if status in {401, 403} else None
        raise DbtrackError(f"{self._endpoint} refused the spans: {answer}", hint=hint)


class _Log(logging.Handler):
    """Keeps why the library failed."""

    reason = "it does not answer"

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the last exception or reason that a message names."""
        arguments = record.args if isinstance(record.args, tuple) else ()
        errors = [argument for argument in arguments if isinstance(argument, Exception)]
        if errors:
            self.reason = _innermost(errors[-1])


def _innermost(error: BaseException) -> str:
    """Return the reason that the system gave: libraries wrap it in several of their own."""
    found, seen = error, 0
    while (inner := found.__cause__ or found.__context__) is not None and seen < 10:
        found, seen = inner, seen + 1
    return (
        found.strerror
        if isinstance(found, OSError) and found.strerror
        else str(found) or type(found).__name__
    )


def _read_state(path: Path, place: str) -> datetime | None:
    try:
        found = json.loads(files.read_regular(path, most_bytes=_MOST_STATE_BYTES))
        before, recorded_before = found["place"], datetime.fromisoformat(found["complete_before"])
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not a state of dbtrack export --otlp") from error
    if before != json.loads(place):
        raise DbtrackError(
            f"{path} belongs to another database, or to this one before it was restored or upgraded",
            hint="use another state file, with --since",
        )
    return recorded_before


def _write_state(path: Path, place: str, complete_before: datetime) -> None:
    content = {"place": json.loads(place), "complete_before": complete_before.isoformat()}
    try:
        with files.replacing(path, mode=files.PRIVATE) as stream:
            stream.write(json.dumps(content).encode() + b"\n")
    except OSError as error:
        raise DbtrackError(f"cannot write {path}: {error.strerror}") from error
