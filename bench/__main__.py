"""`python -m bench SUBJECT`: what dbtrack costs, beside what people would use instead."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from bench import (
    anomalies,
    api,
    auth,
    cleanup,
    cli,
    cursor,
    ddl,
    events,
    evidence,
    export,
    filters,
    fleet,
    forecast,
    foresight,
    growth,
    history,
    ingest,
    manual,
    objects,
    planted,
    predict,
    reconcile,
    reports,
    seal,
    storage,
    topology,
    vault,
)
from bench.place import Connection, measured_server
from dbtrack.errors import DbtrackError

_Run = Callable[[Connection, argparse.Namespace], str]


def _rounds(run: Callable[[Connection, int, int], str]) -> _Run:
    return lambda connection, options: run(connection, options.rounds, options.statements)


_SUBJECTS: dict[str, _Run] = {
    "anomalies": lambda connection, options: anomalies.run(connection, Path(options.object)),
    "api": _rounds(api.run),
    "auth": _rounds(auth.run),
    "cleanup": lambda connection, options: cleanup.run(connection, reports.ROWS[options.rows]),
    "cli": lambda connection, options: cli.run(connection, options.rounds),
    "cursor": lambda connection, options: cursor.run(connection, reports.ROWS[options.rows], options.rounds),
    "ddl": _rounds(ddl.run),
    "evidence": lambda connection, options: evidence.run(connection, reports.ROWS[options.rows]),
    "export": lambda connection, options: export.run(connection, reports.ROWS[options.rows]),
    "filters": lambda connection, options: filters.run(
        connection, reports.ROWS[options.rows], options.rounds
    ),
    "forecast": lambda connection, options: forecast.run(connection, options.rounds),
    "foresight": lambda connection, options: foresight.run(connection, options.rounds),
    "growth": _rounds(growth.run),
    "ingest": lambda connection, options: ingest.run(connection, options.megabytes),
    "manual": _rounds(manual.run),
    "objects": lambda connection, options: objects.run(
        connection, reports.ROWS[options.rows], options.rounds
    ),
    "planted": lambda connection, _options: planted.run(connection),
    "predict": lambda connection, options: predict.run(connection, options.rounds),
    "reconcile": _rounds(reconcile.run),
    "reports": lambda connection, options: reports.run(
        connection, reports.ROWS[options.rows], options.rounds
    ),
    "seal": lambda connection, options: seal.run(connection, reports.ROWS[options.rows], options.rounds),
    "storage": _rounds(storage.run),
    "vault": lambda connection, options: vault.run(connection, reports.ROWS[options.rows], options.rounds),
}


def main() -> int:
    """Measure one subject and print its table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("subject", choices=sorted(["events", "fleet", "history", "topology", *_SUBJECTS]))
    parser.add_argument(
        "object",
        nargs="?",
        help="for anomalies: a copy of the Numenta Anomaly Benchmark with data/, labels/ and config/; "
        f"for topology: {', '.join(topology.TOPOLOGIES)}",
    )
    parser.add_argument(
        "-d", "--dsn", help="a superuser's conninfo of a scratch database (default: a fresh embedded server)"
    )
    parser.add_argument(
        "--rounds", type=int, default=9, help="interleaved rounds; medians are over all of them"
    )
    parser.add_argument("--statements", type=int, default=40, help="statements of each kind in a round")
    parser.add_argument("--megabytes", type=int, default=1000, help="the size of the log; for ingest")
    parser.add_argument("--seconds", type=int, default=60, help="how long events are written; for events")
    parser.add_argument(
        "--rows",
        choices=history.ROWS,
        default="1m",
        help="executions, or versions of objects; not for all subjects",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the rows of docs/topologies.md; for topology"
    )
    options = parser.parse_args()
    if (options.subject in ("anomalies", "topology")) != (options.object is not None):
        parser.error("anomalies needs a directory, topology a name, and nothing else takes a second word")
    names = topology.ROWS if options.json else topology.TOPOLOGIES
    if options.subject == "topology" and options.object not in names:
        parser.error(f"there is no topology {options.object!r}; there is: {', '.join(names)}")
    if options.rows not in reports.ROWS and options.subject != "history":
        parser.error(f"{options.rows} rows are for history")
    try:
        sys.stdout.write(_measured(options))
    except DbtrackError as error:
        parser.exit(1, f"{error}\n")
    return 0


def _measured(options: argparse.Namespace) -> str:
    if options.subject == "events":
        # It kills its server.
        return f"{events.run(options.rounds, options.seconds)}\n"
    if options.subject == "fleet":
        # It needs several servers.
        return f"{fleet.run(options.rounds)}\n"
    if options.subject == "topology" and options.json:
        return f"{topology.outcome_rows(options.object, as_json=True)}\n"
    if options.subject == "history":
        # It needs no server.
        return f"{history.run(history.ROWS[options.rows], options.rounds)}\n"
    if options.subject == "topology":
        return f"{topology.TOPOLOGIES[options.object]()}\n"
    with measured_server(options.dsn) as connection:
        version = connection.execute("SELECT version()").fetchone()
        sys.stdout.write(f"{version[0] if version else ''}\n\n")
        return f"{_SUBJECTS[options.subject](connection, options)}\n"


if __name__ == "__main__":
    sys.exit(main())
