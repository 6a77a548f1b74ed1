"""``dbtrack track``."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack import files
from dbtrack.cli.connection import connected, target_of
from dbtrack.cli.options.change_options import ChangeArguments, with_emergency_value
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.cli.output import file_destination
from dbtrack.cli.program.typer_adapter import (
    CommandDefinition,
    CommandLineError,
    Context,
    Example,
    WrappingCommand,
    words_after_separator,
)
from dbtrack.cli.run_summary import Shown, Summary, show_outcome
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.config import ConnectionTarget
    from dbtrack.operations import NewOperation, OperationSecrets

EXAMPLES = (
    Example(
        "dbtrack track add-orders -- psql -v ON_ERROR_STOP=1 -f orders.sql",
        "Run a migration inside an operation, with the migration's exit code.",
    ),
    Example(
        "dbtrack track add-orders --ticket OPS-17 --environment prod -- alembic upgrade head",
        "The same; search with 'dbtrack history --ticket OPS-17'.",
    ),
    Example(
        "dbtrack track nightly-load --tenant acme --meta host=etl1", "Open an operation and print its key."
    ),
)

_NAME_HINT = "an option may have taken it: write NAME first, as in dbtrack track NAME --emergency -- COMMAND"


class TrackCommand(WrappingCommand):
    """Takes ``--emergency`` with and without a value, and explains a command without ``--`` before it."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse the words."""
        try:
            return super().parse_args(ctx, with_emergency_value(args))
        except CommandLineError as error:
            # The option is probably one of a command that stands here without -- before it.
            if (
                words_after_separator(ctx) is None
                and len([word for word in args if not word.startswith("-")]) > 1
            ):
                message = error.format_message().rstrip(".")
                raise UsageError(
                    message[:1].lower() + message[1:],
                    hint="if it belongs to the command to run, write -- before that command",
                ) from error
            raise


def track(
    *,
    context: typer.Context,
    connection: ConnectionArguments,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The name of the operation, at most 255 characters.")
    ],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="-- COMMAND...", help="The command to run and its arguments, passed unchanged."
        ),
    ] = None,
    script_type: Annotated[
        str | None,
        typer.Option(
            "--type",
            metavar="TYPE",
            help="MANUAL, MIGRATION, MAINTENANCE, BACKUP, REPORTING, or a word of your own. "
            "Default: MIGRATION with a command, else MANUAL.",
        ),
    ] = None,
    tenant: Annotated[
        str | None,
        typer.Option(
            "--tenant", metavar="TENANT", help="The tenant of the operation. Default: the role's own tenant."
        ),
    ] = None,
    change: ChangeArguments,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            "--secret",
            metavar="NAME[=SOURCE]",
            help="Record a secret, encrypted: from the variable NAME, or from env:VARIABLE, "
            "file:PATH, command:WORDS or stdin:; may be repeated.",
        ),
    ] = None,
    require: Annotated[
        bool,
        typer.Option(
            "--require",
            help="If the database cannot record the operation, do not run the command, and exit 12 "
            "or 10. Without this option the command runs, and its record waits on disk.",
        ),
    ] = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="With a command: exit 3 if psql reported SQL errors but exited 0."),
    ] = False,
    key_file: Annotated[
        Path | None,
        typer.Option(
            "--key-file",
            metavar="FILE",
            help="Write the operation's key to this file before the command runs; the file is "
            "empty if no database returned a key.",
        ),
    ] = None,
    summary: Annotated[
        Summary | None,
        typer.Option(
            "--summary",
            metavar="CI",
            help="Show the outcome and what the command changed: github (the job's summary), gitlab (a "
            "section of the job's log) or markdown (standard error).",
        ),
    ] = None,
    junit: Annotated[
        Path | None,
        typer.Option(
            "--junit",
            metavar="FILE",
            help="Write the outcome and what the command changed to this file, as JUnit's test results.",
        ),
    ] = None,
    no_link: Annotated[
        bool,
        typer.Option(
            "--no-link",
            help="Do not set PGOPTIONS, which links the command's DDL to the operation; for a "
            "pooler that refuses unknown options.",
        ),
    ] = False,
    predict: Annotated[
        bool,
        typer.Option(
            "--predict",
            help="Before psql runs a script, show what its statements lock, how long and who would wait; "
            "see 'dbtrack predict'. The command runs in any case.",
        ),
    ] = False,
) -> None:
    """Record an operation, or run a command inside one.

    Without a command it opens the operation and prints its key, for 'dbtrack complete'. With a command it
    opens the operation, runs the command, closes the operation with the result, and exits with the command's
    exit code; 125 if dbtrack itself failed, 126 if the command cannot be executed, 127 if it does not exist.
    If the database cannot be reached, the command still runs, and its record waits: see 'dbtrack spool'.
    """
    _check_separator(context, words)
    operation = _new_operation(name, _type(script_type, words), tenant, change, secret)
    if words and predict:
        _predict(connection, words)
    if words:
        raise typer.Exit(
            _wrap(
                connection,
                operation,
                words,
                strict=strict,
                link=not no_link,
                require=require,
                key_file=key_file,
                shown=Shown(summary, junit) if summary or junit else None,
            )
        )
    if summary or junit:
        option = "--summary" if summary else "--junit"
        raise UsageError(f"{option} needs a command", hint="write -- before the command to run")
    _open(connection, operation, key_file)


def _check_separator(context: typer.Context, words: list[str] | None) -> None:
    count, found = words_after_separator(context), words or []
    if count is None:
        if found:
            raise UsageError(f"unexpected argument: {found[0]}", hint="write -- before the command to run")
    elif count == 0:
        raise UsageError("no command after --")
    elif count > len(found):
        raise UsageError("NAME is missing before --", hint=_NAME_HINT)
    elif count < len(found):
        raise UsageError(f"unexpected argument before --: {found[0]}")


def _new_operation(
    name: str, script_type: str, tenant: str | None, change: ChangeArguments, secret: list[str] | None
) -> NewOperation:
    from dbtrack.operations import NewOperation
    from dbtrack.redaction.storable_text import checked_operation_name, checked_operation_type

    checked = checked_operation_name(name, "NAME")
    operation = NewOperation(
        checked, checked_operation_type(script_type, "--type"), tenant, change.metadata()
    )
    # Now, before anything is done: a key may be missing.
    return operation.with_secrets(_secrets(checked, secret) if secret else None)


def _secrets(name: str, words: list[str]) -> OperationSecrets:
    from dbtrack.cli.parse_values import parse_secrets
    from dbtrack.config import key_ring
    from dbtrack.operations import OperationSecrets

    return OperationSecrets(parse_secrets(words, os.environ), key_ring(os.environ), name)


def _type(given: str | None, words: list[str] | None) -> str:
    if given is not None:
        return given
    return "MIGRATION" if words else "MANUAL"


def _wrap(
    connection: ConnectionArguments,
    operation: NewOperation,
    words: list[str],
    *,
    strict: bool,
    link: bool,
    require: bool,
    key_file: Path | None,
    shown: Shown | None,
) -> int:
    from dbtrack import wrapper

    target = _target(connection, require=require)
    receiver = _KeyFile(key_file) if key_file else None
    if receiver:
        receiver.write("")  # the key of an earlier run must not stay there
    return wrapper.run_command(
        target,
        operation,
        words,
        strict=strict,
        link=link,
        require=require,
        on_start=partial(_on_start, target, operation, receiver),
        on_end=partial(show_outcome, shown, target) if shown else None,
    )


_PREDICT_SECONDS = 15.0


def _predict(connection: ConnectionArguments, words: list[str]) -> None:
    """Show on standard error what a script would do; a failure of that is a warning."""
    from dbtrack.predict import screen
    from dbtrack.predict.psql_words import script_of
    from dbtrack.predict.run import Request
    from dbtrack.predict.run import predict as run
    from dbtrack.render.screens.canvas import Canvas
    from dbtrack.wrapper.time_limit import time_limit

    try:
        found = script_of(words)
        if found is None:
            messages.warn("--predict reads the scripts of 'psql -f FILE' and 'psql -c SQL' only")
            return
        request = Request(found[0], is_one_transaction=found[1])
        target = target_of(connection)
        with time_limit(_PREDICT_SECONDS), connected(connection, replay=False) as database:
            report = run(database, database.without_asking_again(target), request)
        screen.draw(report, (), Canvas(sys.stderr), safer=False)
    except DbtrackError as error:
        messages.warn(f"no prediction: {error.message}")


def _on_start(target: ConnectionTarget, operation: NewOperation, receiver: _KeyFile | None, key: str) -> None:
    """Pass the operation's key on; on a terminal, watch whether the command takes longer than usual."""
    if receiver:
        receiver.write(key)
    if sys.stderr is not None and sys.stderr.isatty():
        from dbtrack.predict import overdue

        overdue.watch(target, operation.name, operation.script_type, messages.say)


class _KeyFile:
    """The file that receives the operation's key. If it cannot be written, a warning is given once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._has_warned = False

    def write(self, key: str) -> None:
        """Replace the content of the file; an empty key leaves it empty."""
        text = f"{key}\n" if key else ""
        try:
            with file_destination(self._path) as stream:
                stream.write(text)
        except (DbtrackError, OSError) as error:
            if not self._is_written_in_place(text):
                self._warn_once(error)

    def _is_written_in_place(self, text: str) -> bool:
        """Write the file where it cannot be replaced: its directory is not writable, or it is a mount point.

        The key of an earlier operation would otherwise stay in it.
        """
        try:
            files.overwrite(self._path, text.encode())
        except OSError:
            return False
        return True

    def _warn_once(self, error: DbtrackError | OSError) -> None:
        if not self._has_warned:
            messages.warn(f"the operation's key was not written: {_reason(self._path, error)}")
        self._has_warned = True


def _reason(path: Path, error: DbtrackError | OSError) -> str:
    if isinstance(error, DbtrackError):
        return error.message
    return f"cannot write {path}: {error.strerror or error}"


def _target(connection: ConnectionArguments, *, require: bool) -> ConnectionTarget:
    """Return where to record; without `require`, wrong connection settings do not stop the command."""
    from dbtrack import wrapper
    from dbtrack.config import ConnectionTarget, check_options

    check_options(connection.given())
    try:
        return target_of(connection)
    except DbtrackError as error:
        if require:
            raise wrapper.not_run(error) from error
        return ConnectionTarget("connection settings", error=error)


def _open(connection: ConnectionArguments, operation: NewOperation, key_file: Path | None) -> None:
    from dbtrack import operations

    complete = operation.with_default_tenant(target_of(connection).tenant)
    # The key is printed before the commit: an operation whose key nobody received could never be closed.
    with connected(connection) as database, database.transaction():
        key = operations.record_start(database, complete).key
        if key_file:
            _KeyFile(key_file).write(key.hex())
        typer.echo(key.hex())
        sys.stdout.flush()


COMMANDS = {"track": CommandDefinition(track, EXAMPLES, kind=TrackCommand)}
