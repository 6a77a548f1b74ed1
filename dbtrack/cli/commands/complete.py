"""``dbtrack complete``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import UsageError

if TYPE_CHECKING:
    from dbtrack.db import Database

EXAMPLES = (
    Example("key=$(dbtrack track nightly-load)", "Open an operation and store its key,"),
    Example('dbtrack complete "$key"', "and close it as COMPLETED."),
    Example("dbtrack complete nightly-load", "Or by its name, as long as it runs."),
    Example(
        'dbtrack complete "$key" --failed --error "disk full"', "Or close it as FAILED, with the reason."
    ),
    Example(
        'dbtrack complete "$key" --error-file load.log',
        "Close it as FAILED, with the text of a file as the reason.",
    ),
)


def complete(
    connection: ConnectionArguments,
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY",
            help="The key that track printed; or its first digits, last, or a name, of what is running.",
        ),
    ],
    failed: Annotated[bool, typer.Option("--failed", help="Close it as FAILED.")] = False,
    error: Annotated[
        str | None,
        typer.Option(
            "--error",
            metavar="TEXT",
            help="The reason for the failure; - reads standard input. Implies --failed.",
        ),
    ] = None,
    error_file: Annotated[
        Path | None,
        typer.Option(
            "--error-file",
            metavar="FILE",
            help="Read the reason for the failure from a file. Implies --failed.",
        ),
    ] = None,
) -> None:
    """Close an operation that track opened.

    If the key is unknown or the operation is already closed, it reports this and exits 1.
    """
    from dbtrack import operations

    message = _error_text(error, error_file)
    cause = operations.cause_of_message(message) if message else None
    with connected(connection) as database:
        operations.complete_operation(
            database,
            _execution_key(database, key),
            success=not failed and message is None,
            error_message=message,
            metadata=cause,
        )


def _execution_key(database: Database, word: str) -> bytes:
    from dbtrack import operations

    try:
        return operations.parse_key(word)
    except UsageError:
        return operations.resolve_execution_word(database, word, is_running=True)


def _error_text(error: str | None, error_file: Path | None) -> str | None:
    if error is not None and error_file is not None:
        raise UsageError("give --error or --error-file, not both")
    if error == "-":
        return sys.stdin.buffer.read().decode(errors="replace")
    return error if error_file is None else _read_text(error_file)


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as failure:
        raise UsageError(f"cannot read {path}: {failure.strerror}") from failure


COMMANDS = {"complete": CommandDefinition(complete, EXAMPLES)}
