"""Run a command inside an operation, so that its end is recorded however it ends."""

from __future__ import annotations

import os
import re
import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from dbtrack.config import ConnectionTarget, spool_path
from dbtrack.errors import DbtrackError, ExitCode
from dbtrack.operations.new_operation import NewOperation
from dbtrack.operations.operations import Outcome
from dbtrack.redaction.command_secrets import redact_command
from dbtrack.redaction.free_text import redact
from dbtrack.redaction.storable_text import storable
from dbtrack.status import Status
from dbtrack.terminal import messages
from dbtrack.terminal.messages import Say
from dbtrack.wrapper.command_outcome import CommandRun, outcome_of
from dbtrack.wrapper.lock_watch import LockWatch
from dbtrack.wrapper.record_or_spool import begin_record
from dbtrack.wrapper.start_program import start_program
from dbtrack.wrapper.stderr_tee import StderrTee
from dbtrack.wrapper.tracked_command import TrackedCommand
from dbtrack.wrapper.wait_for_program import Ending, signals_blocked, supervise

EXECUTION_SETTING = "dbtrack.execution"
EXECUTION_VARIABLE = "DBTRACK_EXECUTION"

_STDIN, _STDERR = 0, 2
_SHELLS = frozenset({"ash", "bash", "dash", "fish", "ksh", "mksh", "sh", "zsh"})
_LONGEST_APPLICATION_NAME = 63
_NOT_ASCII = re.compile("[^ -~]")
_LONGEST_COMMAND = 4000
_SHOWN_DIGITS = 12
# -c, -f, -l, -V and -?, also after other letters (-Xqc), and their long forms: psql runs something and ends.
_PSQL_NOT_INTERACTIVE = re.compile(r"-[^-]*[cflV?]|--(?:command|file|list|version|help)")
# PgBouncer's words for options that it does not know.
_REFUSED_OPTIONS = b"unsupported startup parameter"


@dataclass(frozen=True)
class FinishedCommand:
    """A wrapped command that has ended.

    Args:
        key: the operation's hash key, in hex; None where no database has given it one.
        exit_code: what dbtrack exits with.
        outcome: what is recorded of its end.
        is_recorded: whether the database has the end; else it waits in the spool, or is lost.
    """

    name: str
    key: str | None
    exit_code: int
    outcome: Outcome
    is_recorded: bool

    @property
    def show_command(self) -> str:
        """The command line that shows the record."""
        return f"dbtrack show {self.key[:_SHOWN_DIGITS]}" if self.key else "dbtrack spool list"


def run_command(
    target: ConnectionTarget,
    operation: NewOperation,
    command: Sequence[str],
    *,
    strict: bool = False,
    link: bool = True,
    require: bool = False,
    say: Say = messages.say,
    on_start: Callable[[str], None] | None = None,
    on_end: Callable[[FinishedCommand], None] | None = None,
) -> int:
    """Run a command inside an operation and return the exit code to end with.

    The start is committed on a connection of its own before the command begins. Where the database is
    unavailable, the record waits in the spool (docs/tracking.md) and the command runs anyway. The
    command has this process's standard streams, terminal and process group; signals meant for it are passed
    on. Call it from the main thread.

    Args:
        target: where the operation is recorded.
        operation: how it is recorded; the command line, exit code and signal are added to its metadata.
            Without a tenant it belongs to the target's tenant, else to the login's own.
        command: the program and its arguments.
        strict: exit 3 when psql reported SQL errors and nevertheless exited 0.
        link: pass the operation's key to the command in PGOPTIONS, so that its DDL is linked. It is not
            passed where the operation itself is recorded through a pooler, which would refuse the login.
        require: do not run the command where the database cannot record its start.
        say: writes one line to the user; by default on stderr.
        on_start: called with the operation's key, in hex, before the command runs; not without a key.
        on_end: called once the outcome is recorded or spooled. An error in `on_start` or `on_end` is only
            reported, as a warning.

    Returns:
        The command's exit code; a `SignalExitCode` when a signal killed it, 126 or 127 when it could not be
        started.

    Raises:
        WrapperFailedError: the command was not run, because the operation is malformed or its tenant unknown,
            or because of `require`; exit code 125, with `require` also 10, 11 or 12.
    """
    name = operation.name
    words = " ".join(shlex.quote(storable(word)) for word in redact_command(command[:_LONGEST_COMMAND]))
    tracked = TrackedCommand(
        target,
        operation.with_metadata({"command": words[:_LONGEST_COMMAND]}),
        spool_path(os.environ),
        parent=os.environ.get(EXECUTION_VARIABLE),
    )
    record = begin_record(tracked, require=require, say=say)
    if on_start and record.key:
        with _WarnOfErrors("the operation's key was not passed on", say):
            on_start(record.key.hex())
    link_key = record.key if link else None
    environment = _environment(os.environ, name, link_key, pooled=record.is_pooled)
    if link and record.is_pooled:
        say(f"dbtrack: connected through a pooler: the DDL of {name} is linked by its application name only")
    with signals_blocked() as signal_mask:
        watching = _watching(target, record.key, environment, name, say)
        run = _run(command, environment, signal_mask, watching)
        outcome = outcome_of(run, command)
        is_recorded = record.finish(_with_secrets(outcome, operation, record.key))
    exit_code = _exit_code(run, outcome, strict=strict, say=say)
    key = record.key.hex() if record.key else None
    finished = FinishedCommand(name, key, exit_code, outcome, is_recorded=is_recorded)
    if link_key and not record.is_pooled:
        _suggest_no_link(run, name, say)
    if is_recorded and outcome.status is not Status.COMPLETED:
        say(f"dbtrack: {name} is recorded as {outcome.status}; see: {finished.show_command}")
    if on_end:
        with _WarnOfErrors("the outcome was not passed on", say):
            on_end(finished)
    return exit_code


@contextmanager
def _watching(
    target: ConnectionTarget, key: bytes | None, environment: Mapping[str, str], name: str, say: Say
) -> Iterator[None]:
    """Watch for the length of the block which locks the command waits for."""
    if key is None:
        yield
        return
    tell = (lambda words: say(f"dbtrack: {name} {words}")) if os.isatty(_STDERR) else None
    watch = LockWatch(target, key, environment["PGAPPNAME"], tell)
    watch.start()
    try:
        yield
    finally:
        watch.stop()


class _WarnOfErrors:
    """Report any error in the block as a warning: it neither stops the command nor changes its exit code."""

    def __init__(self, what: str, say: Say) -> None:
        self._what = what
        self._say = say

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> bool:
        if not isinstance(error, Exception):
            return False
        reason = error.message if isinstance(error, DbtrackError) else f"{type(error).__name__}: {error}"
        self._say(f"dbtrack: warning: {self._what}: {reason}")
        return True


def _suggest_no_link(run: CommandRun, name: str, say: Say) -> None:
    if run.stderr and _REFUSED_OPTIONS in run.stderr.tail:
        say(
            f"dbtrack: the pooler of {name} refuses PGOPTIONS: run it again with --no-link, "
            "and its DDL is linked by its application name"
        )


def _with_secrets(outcome: Outcome, operation: NewOperation, key: bytes | None) -> Outcome:
    if key is None:
        return outcome
    try:
        bound = operation.bound_secrets(key)
    except DbtrackError:
        return outcome  # the encryption key is no longer there: what was encrypted at the start stays
    return replace(outcome, metadata={**outcome.metadata, **bound})


def _environment(
    inherited: Mapping[str, str], name: str, key: bytes | None, *, pooled: bool
) -> dict[str, str]:
    environment = dict(inherited)
    if key is not None:
        environment[EXECUTION_VARIABLE] = key.hex()
    if key is not None and not pooled:
        # A pooler refuses the login of a command that brings unknown options.
        options = environment.get("PGOPTIONS", "")
        environment["PGOPTIONS"] = f"{options} -c {EXECUTION_SETTING}={key.hex()}".strip()
    if not environment.get("PGAPPNAME"):
        # script_tracking.wrapped_application_name makes the same name on the server.
        plain = _NOT_ASCII.sub("?", redact(name))
        environment["PGAPPNAME"] = f"dbtrack:{plain}"[:_LONGEST_APPLICATION_NAME]
    return environment


def _run(
    command: Sequence[str],
    environment: Mapping[str, str],
    signal_mask: set[int],
    watching: AbstractContextManager[None],
) -> CommandRun:
    tee = _tee(command)
    started = time.monotonic_ns()
    try:
        process = _start(command, environment, tee, signal_mask)
    except DbtrackError as error:
        return CommandRun(Ending(error.exit_code), error.message, tee.report() if tee else None, 0)
    # Not before: a process with threads is not forked.
    with watching:
        ending = supervise(process)
    duration_us = (time.monotonic_ns() - started) // 1000
    return CommandRun(ending, None, tee.report() if tee else None, duration_us)


def _tee(command: Sequence[str]) -> StderrTee | None:
    if not _stderr_is_open() or _is_interactive(command):
        return None
    try:
        return StderrTee()
    except OSError:
        return None  # no process or descriptor is left: the command runs anyway, its stderr unread


def _start(
    command: Sequence[str], environment: Mapping[str, str], tee: StderrTee | None, signal_mask: set[int]
) -> int:
    if tee is None:
        return start_program(command, environment, stderr=None, signal_mask=signal_mask)
    try:
        return start_program(command, environment, stderr=tee.command_stderr, signal_mask=signal_mask)
    finally:
        tee.close_command_end()


def _stderr_is_open() -> bool:
    """Return whether stderr is open: a closed one stays closed for the command as well."""
    try:
        os.fstat(_STDERR)
    except OSError:
        return False
    return True


def _is_interactive(command: Sequence[str]) -> bool:
    """Return whether the command is a shell or psql in interactive use, whose stderr must stay the terminal.

    A shell asks its stderr for the terminal's process group. In psql a person sees an error and corrects it,
    and expects it before the next prompt.
    """
    if not (os.isatty(_STDIN) and os.isatty(_STDERR)):
        return False
    program, *arguments = command
    name = Path(program).name
    if name == "psql":
        return not any(_PSQL_NOT_INTERACTIVE.match(word) for word in arguments)
    return name in _SHELLS and all(word.startswith("-") and word != "-c" for word in arguments)


def _exit_code(run: CommandRun, outcome: Outcome, *, strict: bool, say: Say) -> int:
    if run.refusal is not None:
        say(f"dbtrack: {run.refusal}")
    if not run.has_hidden_errors or run.stderr is None:
        return run.ending.exit_code
    say(
        f"dbtrack: psql exited 0 after {run.stderr.psql_errors} error(s): recorded as {outcome.status}; "
        "to make psql stop and fail, add: -v ON_ERROR_STOP=1"
    )
    return ExitCode.FINDINGS if strict else run.ending.exit_code
