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
    instructions,
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
    "vault": lambda connection, options: vault.run(connection, vault.ROWS[options.rows], options.rounds),
}

# The others take what bench.reports does.
_OWN_ROWS = {"history": history.ROWS, "vault": vault.ROWS}
_ROWS = {*reports.ROWS, *history.ROWS, *vault.ROWS}


def main() -> int:
    """Measure one subject and print its table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("subject", choices=sorted([*_ALONE, *_SUBJECTS]))
    parser.add_argument(
        "object",
        nargs="?",
        help="for instructions: a folder with PostgreSQL's programs (default: the embedded server's); "
        "for anomalies: a copy of the Numenta Anomaly Benchmark with data/, labels/ and config/; "
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
        choices=sorted(_ROWS),
        default="1m",
        help="executions, or versions of objects; not for all subjects",
    )
    parser.add_argument(
        "--profiles", type=Path, help="keep callgrind's files in this folder; for instructions"
    )
    parser.add_argument(
        "--json", action="store_true", help="print the rows of docs/topologies.md; for topology"
    )
    options = parser.parse_args()
    needs_object = options.subject in ("anomalies", "topology")
    if needs_object != (options.object is not None) and options.subject != "instructions":
        parser.error(
            "anomalies needs a directory, topology a name, instructions takes a folder, "
            "and nothing else takes a second word"
        )
    names = topology.ROWS if options.json else topology.TOPOLOGIES
    if options.subject == "topology" and options.object not in names:
        parser.error(f"there is no topology {options.object!r}; there is: {', '.join(names)}")
    known = _OWN_ROWS.get(options.subject, reports.ROWS)
    if options.rows not in known:
        parser.error(f"{options.subject} takes {', '.join(known)}")
    try:
        sys.stdout.write(_measured(options))
    except DbtrackError as error:
        parser.exit(1, f"{error}\n")
    return 0


# They start servers of their own, or need none.
_ALONE: dict[str, Callable[[argparse.Namespace], str]] = {
    "events": lambda options: events.run(options.rounds, options.seconds),
    "fleet": lambda options: fleet.run(options.rounds),
    "history": lambda options: history.run(history.ROWS[options.rows], options.rounds),
    "instructions": lambda options: instructions.run(
        Path(options.object) if options.object else None, min(options.statements, 8), options.profiles
    ),
    "topology": lambda options: (
        topology.outcome_rows(options.object, as_json=True)
        if options.json
        else topology.TOPOLOGIES[options.object]()
    ),
}


def _measured(options: argparse.Namespace) -> str:
    if options.subject in _ALONE:
        return f"{_ALONE[options.subject](options)}\n"
    with measured_server(options.dsn) as connection:
        version = connection.execute("SELECT version()").fetchone()
        sys.stdout.write(f"{version[0] if version else ''}\n\n")
        return f"{_SUBJECTS[options.subject](connection, options)}\n"


if __name__ == "__main__":
    sys.exit(main())
