"""``dbtrack metrics``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack import files
from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, choice
from dbtrack.config import spool_path
from dbtrack.errors import DbtrackError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbtrack.metrics import Family, Scope

EXAMPLES = (
    Example("dbtrack metrics -d shop", "Print the metrics in Prometheus' text format."),
    Example(
        "dbtrack metrics --env prod --label database=shop"
        " --textfile /var/lib/prometheus/node-exporter/dbtrack_shop.prom",
        "Every minute, from cron, for node_exporter.",
    ),
    Example("dbtrack metrics --print alert-rules > dbtrack-rules.yml", "Print rules for Prometheus' alerts."),
)

# Readable by the collector, which runs as another user.
_READABLE = 0o644
_PRINTED = ("grafana-dashboard", "alert-rules", "prometheus-config", "pgwatch")


def metrics(
    connection: ConnectionArguments,
    textfile: Annotated[
        Path | None,
        typer.Option(
            "--textfile",
            metavar="PATH",
            help="Write to this file, for node_exporter's textfile collector. It is replaced in one step; if "
            "the database does not answer, it has dbtrack_up 0. Its name ends in .prom.",
        ),
    ] = None,
    openmetrics: Annotated[
        bool, typer.Option("--openmetrics", help="Print the OpenMetrics format instead.")
    ] = False,
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label", metavar="NAME=VALUE", help="Add this label to every metric; may be repeated."
        ),
    ] = None,
    most_tenants: Annotated[
        int,
        typer.Option(
            "--most-tenants",
            metavar="N",
            min=0,
            max=1000,
            help="Label the first N tenants by name, all others as 'other'; 0 for no label. Default: 20.",
            show_default=False,
        ),
    ] = 20,
    most_types: Annotated[
        int,
        typer.Option(
            "--most-types",
            metavar="N",
            min=0,
            max=1000,
            help="Label the first N types of your own, all others as 'other'. Default: 20.",
            show_default=False,
        ),
    ] = 20,
    timeout: Annotated[
        float,
        typer.Option(
            "--timeout",
            metavar="SECONDS",
            min=0.1,
            max=3600,
            help="How long the database may take to answer. Default: 10.",
            show_default=False,
        ),
    ] = 10,
    printed: Annotated[
        str | None,
        typer.Option(
            "--print",
            metavar="NAME",
            click_type=choice(_PRINTED),
            help="Only print a file for a monitoring system, without connecting: grafana-dashboard, "
            "alert-rules, prometheus-config or pgwatch.",
        ),
    ] = None,
) -> None:
    """Print metrics for Prometheus, or write them to a file for node_exporter.

    Counts executions by type, status and tenant, and shows durations, errors, capture failures, what runs
    now, and how far rollups, seals and endpoints are behind. Counters never fall, not even at a cleanup. It
    only reads.
    """
    from dbtrack.metrics import PrintedFile, Scope, parse_labels, printed_file
    from dbtrack.metrics.exposition import require_prometheus_client

    if printed is not None:
        sys.stdout.write(printed_file(PrintedFile(printed)))
        return
    labels = parse_labels(label or ())
    if textfile is not None and openmetrics:
        raise UsageError("--textfile writes Prometheus' text format", hint="leave out --openmetrics")
    require_prometheus_client()
    scope = Scope(most_tenants, most_types, timeout)
    if textfile is None:
        sys.stdout.buffer.write(_text(_collected(connection, scope), labels, openmetrics=openmetrics))
        sys.stdout.buffer.flush()
    else:
        _write_textfile(textfile, connection, scope, labels)


def _collected(connection: ConnectionArguments, scope: Scope) -> list[Family]:
    from dbtrack.metrics import collect

    # What waits in the spool is counted, not recorded.
    with connected(connection, replay=False) as database:
        return collect(database, scope, spool_path(os.environ))


def _write_textfile(
    path: Path, connection: ConnectionArguments, scope: Scope, labels: Mapping[str, str]
) -> None:
    from dbtrack.metrics import down

    if path.suffix != ".prom":
        raise UsageError(f"node_exporter does not read {path}", hint="give a name that ends in .prom")
    try:
        families = _collected(connection, scope)
    except UsageError:
        raise
    except DbtrackError:
        # Old values would look like those of a database that is idle.
        _replace(path, _text(down(spool_path(os.environ)), labels))
        raise
    _replace(path, _text(families, labels))


def _replace(path: Path, text: bytes) -> None:
    try:
        with files.replacing(path, mode=_READABLE) as stream:
            stream.write(text)
    except OSError as error:
        raise DbtrackError(f"cannot write {path}: {error.strerror or error}") from error


def _text(families: list[Family], labels: Mapping[str, str], *, openmetrics: bool = False) -> bytes:
    from dbtrack.metrics.exposition import OPENMETRICS_TYPE, TEXT_TYPE, exposition

    return exposition(families, labels=labels, media_type=OPENMETRICS_TYPE if openmetrics else TEXT_TYPE)


COMMANDS = {"metrics": CommandDefinition(metrics, EXAMPLES)}
