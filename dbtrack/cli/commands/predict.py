"""``dbtrack predict``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from dbtrack.cli.connection import connected_to, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.options.gate_options import FailOn
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.cli.screen import canvas_for
from dbtrack.errors import ExitCode, UsageError
from dbtrack.render.formats import Format
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.predict.gates import Finding
    from dbtrack.predict.model import Report
    from dbtrack.predict.run import Request
    from dbtrack.predict.script import Script

EXAMPLES = (
    Example(
        "dbtrack predict 'ALTER TABLE orders ALTER amount TYPE numeric(12,4)'",
        "What it locks and rewrites, how long, who would wait, and a safer way.",
    ),
    Example("dbtrack predict -f v42.sql", "The same for each statement of a file."),
    Example(
        "dbtrack predict -f v42.sql --max-lock 2s --fail-on rewrite --format markdown",
        "A gate for CI: exit 3 if reads or writes would wait longer, or a table is rewritten.",
    ),
)
_STDIN = "-"
_EMBEDDED_PATH = "embedded:"
# Most predictions are there before anybody wonders.
_QUIET_SECONDS = 1.0


def predict(
    connection: ConnectionArguments,
    output: OutputArguments,
    sql: Annotated[
        str | None, typer.Argument(metavar="[SQL]", help="The statements; or use --file.", show_default=False)
    ] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option(
            "--file",
            "-f",
            metavar="FILE",
            help="Read the statements from a file; - is standard input; may be repeated.",
        ),
    ] = None,
    single_transaction: Annotated[
        bool,
        typer.Option(
            "--single-transaction", "-1", help="All statements are one transaction, as with psql -1."
        ),
    ] = False,
    variable: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Set a variable of psql's; may be repeated."),
    ] = None,
    copy: Annotated[
        str | None,
        typer.Option(
            "--copy",
            metavar="WHERE",
            help="Where the statements are tried: embedded (or embedded:PATH), database (a new one beside "
            "the real "
            "one), or none (by their form alone). Default: embedded if it is installed, else database.",
        ),
    ] = None,
    no_cache: Annotated[
        bool,
        typer.Option(
            "--no-cache",
            help="Use no copy of the schema that an earlier prediction kept, and keep none.",
        ),
    ] = False,
    max_lock: Annotated[
        str | None,
        typer.Option(
            "--max-lock",
            metavar="DURATION",
            help="Exit 3 if reads or writes would wait longer than this, as 500ms, 2s or 1min, or for an "
            "unknown time.",
        ),
    ] = None,
    fail_on: FailOn = None,
) -> None:
    """Predict what statements lock, rewrite and read, how long, who would wait, and a safer way.

    Tries the statements on a copy of the schema without rows. They never run on the database itself, of
    which only
    the schema, statistics and locks are read. Exits 3 if a statement would fail, or does not pass
    --max-lock or
    --fail-on, otherwise 0.
    """
    from dbtrack.predict import gates
    from dbtrack.predict.run import predict as run

    chosen = gates.read_gates(fail_on or [])
    limit = gates.parse_duration(max_lock) if max_lock is not None else None
    request = _request(
        _script(sql, file, variable), copy, single_transaction=single_transaction, no_cache=no_cache
    )
    target = target_of(connection)
    with destination(output) as stream:
        line = ProgressLine("predict", after=_QUIET_SECONDS)
        with connected_to(target, replay=False) as database, line:
            report = run(database, database.without_asking_again(target), request, _shown_on(line))
        findings = gates.check(report, chosen, limit)
        _write(report, findings, stream, output)
    if findings:
        if output.format is not None or output.output is not None:
            messages.say_block(
                "\n".join(f"dbtrack: line {found.line}: {found.message}" for found in findings)
            )
        raise typer.Exit(ExitCode.FINDINGS)


def _request(script: Script, copy: str | None, *, single_transaction: bool, no_cache: bool) -> Request:
    from dbtrack.predict.copy import CopyMode
    from dbtrack.predict.run import Request

    path = None
    if copy and copy.startswith(_EMBEDDED_PATH):
        copy, path = CopyMode.EMBEDDED.value, Path(copy.removeprefix(_EMBEDDED_PATH)).expanduser().absolute()
    if copy is not None and copy not in set(CopyMode):
        raise UsageError(f"--copy {copy}: there is no such place", hint="it is embedded, database or none")
    return Request(
        script,
        CopyMode(copy) if copy else None,
        path,
        is_one_transaction=single_transaction,
        uses_kept=not no_cache,
    )


def _shown_on(line: ProgressLine) -> Callable[[str, int, int], None]:
    def show(what: str, done: int, total: int) -> None:
        if total:
            line.begin("predict: copying the schema" if what == "objects" else "predict")
            line.count(done, total, what)
        else:
            line.show(what)

    return show


def _script(sql: str | None, paths: list[Path] | None, variables: list[str] | None) -> Script:
    from dbtrack.predict.script import Script, read_script, read_script_file

    if (sql is None) == (not paths):
        raise UsageError("give either SQL or --file", hint="dbtrack predict 'ALTER TABLE …', or: -f v42.sql")
    values = _variables(variables or [])
    if sql is not None:
        scripts = [read_script(sql, variables=values)]
    else:
        scripts = [
            read_script(sys.stdin.read(), variables=values)
            if str(path) == _STDIN
            else read_script(read_script_file(path), path, values)
            for path in paths or []
        ]
    statements = tuple(statement for script in scripts for statement in script.statements)
    if not statements:
        raise UsageError("there is no statement")
    return Script(statements, tuple(note for script in scripts for note in script.notes))


def _variables(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not name or not separator:
            raise UsageError(f"--set needs NAME=VALUE: {pair!r}")
        found[name] = value
    return found


def _write(report: Report, findings: list[Finding], stream: TextIO, output: OutputArguments) -> None:
    import json

    from dbtrack.predict import rows, screen, words

    match output.format:
        case None | Format.TABLE:
            screen.draw(report, findings, canvas_for(stream, output))
        case Format.JSON:
            document = words.document(report, [asdict(finding) for finding in findings])
            stream.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        case Format.MARKDOWN:
            stream.write(screen.markdown(report, findings))
        case _:
            emit(rows.COLUMNS, rows.rows(report), stream, output, title="Predictions", report="predict")


COMMANDS = {"predict": CommandDefinition(predict, EXAMPLES)}
