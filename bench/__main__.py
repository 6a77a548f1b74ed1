"""`python -m bench SUBJECT`: what dbtrack costs, beside what people would use instead."""

from __future__ import annotations

import argparse
import sys

from bench import (
    auth,
    cleanup,
    cli,
    cursor,
    ddl,
    events,
    growth,
    ingest,
    manual,
    reconcile,
    reports,
    seal,
    storage,
)
from bench.place import measured_server
from dbtrack.errors import DbtrackError

_SUBJECTS = {
    "auth": auth.run,
    "ddl": ddl.run,
    "growth": growth.run,
    "manual": manual.run,
    "reconcile": reconcile.run,
    "storage": storage.run,
}


def main() -> int:
    """Measure one subject and print its table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "subject", choices=["cleanup", "cli", "cursor", "events", "ingest", "reports", "seal", *_SUBJECTS]
    )
    parser.add_argument(
        "-d", "--dsn", help="a superuser's conninfo of a scratch database (default: a fresh embedded server)"
    )
    parser.add_argument(
        "--rounds", type=int, default=9, help="interleaved rounds; medians are over all of them"
    )
    parser.add_argument("--statements", type=int, default=40, help="statements of each kind in a round")
    parser.add_argument("--seconds", type=int, default=60, help="how long events are written; for events")
    parser.add_argument("--megabytes", type=int, default=1000, help="the size of the log; for ingest")
    parser.add_argument(
        "--rows", choices=reports.ROWS, default="1m", help="executions; for cleanup, cursor, reports and seal"
    )
    options = parser.parse_args()
    try:
        sys.stdout.write(_measured(options) if options.subject != "events" else _of_events(options))
    except DbtrackError as error:
        parser.exit(1, f"{error}\n")
    return 0


def _of_events(options: argparse.Namespace) -> str:
    # Its server is killed and started, so it has one of its own.
    return f"{events.run(options.rounds, options.seconds)}\n"


def _measured(options: argparse.Namespace) -> str:
    with measured_server(options.dsn) as connection:
        version = connection.execute("SELECT version()").fetchone()
        sys.stdout.write(f"{version[0] if version else ''}\n\n")
        if options.subject == "ingest":
            text = ingest.run(connection, options.megabytes)
        elif options.subject == "cleanup":
            text = cleanup.run(connection, reports.ROWS[options.rows])
        elif options.subject == "cli":
            text = cli.run(connection, options.rounds)
        elif options.subject == "cursor":
            text = cursor.run(connection, reports.ROWS[options.rows], options.rounds)
        elif options.subject == "seal":
            text = seal.run(connection, reports.ROWS[options.rows], options.rounds)
        elif options.subject == "reports":
            text = reports.run(connection, reports.ROWS[options.rows], options.rounds)
        else:
            text = _SUBJECTS[options.subject](connection, options.rounds, options.statements)
        return f"{text}\n"


if __name__ == "__main__":
    sys.exit(main())
