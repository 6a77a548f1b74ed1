"""Record a wrapped command in the database, or in the spool while the database is unavailable."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Protocol

from dbtrack.config import ConnectionTarget, records_wait
from dbtrack.db import Database, describe_place
from dbtrack.errors import (
    DbtrackError,
    ExitCode,
    LockedError,
    NoConnectionError,
    NotInstalledError,
    UsageError,
)
from dbtrack.operations.executions import UnknownExecutionError
from dbtrack.operations.operations import AlreadyClosedError, Outcome
from dbtrack.redaction.storable_text import message_text
from dbtrack.spool import Entry, PendingRecord, SpoolError, place_digest, record_entry, replay
from dbtrack.status import Status
from dbtrack.terminal.messages import Say
from dbtrack.wrapper.record_connection import RecordConnection, UnusableTargetError
from dbtrack.wrapper.time_limit import time_limit
from dbtrack.wrapper.tracked_command import TrackedCommand
from dbtrack.wrapper.wait_for_program import INTERRUPTIONS

_FINISH_SECONDS = 20.0
_REPLAY_SECONDS = 2.0
_REPLAY_LIMIT_SECONDS = 10.0


class WrapperFailedError(DbtrackError):
    """dbtrack failed before the wrapped command began; the command was not run.

    Args:
        exit_code: 125, or what the error behind it asks for.
    """

    def __init__(
        self, message: str, *, hint: str | None = None, exit_code: ExitCode = ExitCode.WRAPPER_FAILED
    ) -> None:
        super().__init__(message, hint=hint)
        self.exit_code = exit_code


class Record(Protocol):
    """The record of a command that runs."""

    @property
    def key(self) -> bytes | None:
        """The operation's hash key; None where no database has given it one."""

    @property
    def is_pooled(self) -> bool:
        """Whether the operation is recorded through a connection pooler."""

    def finish(self, outcome: Outcome, /) -> bool:
        """Record how the command ended; return whether the database has it. Never raises a DbtrackError."""


def begin_record(command: TrackedCommand, *, require: bool, say: Say) -> Record:
    """Record that a command is about to run. Call it from the main thread.

    Args:
        require: do not run the command where the database cannot record it, instead of spooling it.

    Raises:
        WrapperFailedError: the command must not run: the operation is malformed, or `require` is set and the
            database cannot record it.
    """
    try:
        connection = RecordConnection.start(command.target, command.operation)
    except DbtrackError as error:
        is_wrong_itself = isinstance(error, UsageError) and not isinstance(error, UnusableTargetError)
        if require or is_wrong_itself:
            raise not_run(error) from error
        return _spool_start(command, error, say)
    return DatabaseRecord(command, connection, say)


def not_run(error: DbtrackError) -> WrapperFailedError:
    """Return the error to raise when a command is not run because its start cannot be recorded.

    Args:
        error: why; where its exit code tells the user what to do, it stays, else the code is 125.
    """
    has_own_code = isinstance(error, NoConnectionError | NotInstalledError | LockedError)
    return WrapperFailedError(
        f"the command was not run, because its start could not be recorded: {error.message}",
        hint=error.hint,
        exit_code=error.exit_code if has_own_code else ExitCode.WRAPPER_FAILED,
    )


def _spool_start(command: TrackedCommand, error: DbtrackError, say: Say) -> Record:
    reason = message_text(error.message)
    start = f"dbtrack: {error.message}; {command.name} runs anyway"
    is_unusable = isinstance(error, UnusableTargetError)
    try:
        entry = command.spooled_start(reason)
        pending = PendingRecord.begin(command.spool, entry)
    except SpoolError as problem:
        say(f"{start}, and its record is lost: {problem.message}")
        return LostRecord()
    flush = f"dbtrack spool flush {str(entry.spool_id)[:8]} --to DATABASE"
    when = f", for: {flush}" if is_unusable else " until it can be recorded: dbtrack spool list"
    say(f"{start}, and its record waits in the spool{when}")
    return SpoolRecord(command.name, pending, say)


class DatabaseRecord:
    """A record whose start is in the database; its end is in the spool until the database has it as well."""

    def __init__(self, command: TrackedCommand, connection: RecordConnection, say: Say) -> None:
        self._command = command
        self._connection = connection
        self._say = say

    @property
    def key(self) -> bytes:
        """The operation's hash key."""
        return self._connection.key

    @property
    def is_pooled(self) -> bool:
        """Whether the operation is recorded through a connection pooler."""
        return self._connection.is_pooled

    def finish(self, outcome: Outcome) -> bool:
        """Record the end, then what else the spool holds for this database.

        The end is written to disk first: it survives whatever happens to dbtrack or to the server meanwhile.
        """
        entry = self._command.spooled_end(self.key, self._connection.position, outcome)
        pending = self._write_to_spool(entry)
        try:
            with time_limit(_FINISH_SECONDS, shortened_by=INTERRUPTIONS):
                self._record_end(outcome, entry)
        except DbtrackError as error:
            self._report_failure(outcome, error, pending)
            return False
        else:
            if isinstance(pending, PendingRecord):
                pending.remove()
            self._record_spooled()
            return True
        finally:
            self._connection.close()

    def _write_to_spool(self, entry: Entry) -> PendingRecord | SpoolError:
        try:
            return PendingRecord.begin(self._command.spool, entry)
        except SpoolError as problem:
            return problem

    def _record_end(self, outcome: Outcome, entry: Entry) -> None:
        try:
            self._connection.finish(outcome)
        except UnknownExecutionError:
            record_entry(entry, self._connection.database)
            self._say(
                f"dbtrack: the start of {self._command.name} is no longer recorded, as after a "
                "failover: the whole operation was recorded again"
            )

    def _record_spooled(self) -> None:
        try:
            with time_limit(_REPLAY_LIMIT_SECONDS, shortened_by=INTERRUPTIONS):
                self._link_by_name()
                replay_waiting(
                    self._command.spool, self._command.target, self._connection.database, self._say
                )
        except NoConnectionError as error:
            self._say(f"dbtrack: warning: part of the spool was not processed: {error.message}")

    def _link_by_name(self) -> None:
        with suppress(DbtrackError):  # an older installation
            if unclear := self._connection.link_by_name():
                name = self._command.name
                self._say(
                    f"dbtrack: {unclear} DDL statement(s) of a command called {name} are not linked: their "
                    f"connections set their own options, and another {name} ran at the same time"
                )

    def _report_failure(
        self, outcome: Outcome, error: DbtrackError, pending: PendingRecord | SpoolError
    ) -> None:
        end = f"the end of {self._command.name} ({outcome.status})"
        unsaid = f"dbtrack: {end} could not be recorded: {error.message}"
        is_final = isinstance(error, AlreadyClosedError | UnknownExecutionError | UsageError)
        if isinstance(pending, PendingRecord):
            if is_final:
                pending.remove()
                self._say(unsaid)
            else:
                pending.release(reason=message_text(error.message))
                self._say(f"{unsaid}; it waits in the spool until it can be recorded: dbtrack spool list")
            return
        option = "" if outcome.status is Status.COMPLETED else " --failed"
        by_hand = f"once that is fixed, run: dbtrack complete {self.key.hex()}{option}"
        self._say(unsaid if is_final else f"{unsaid}, nor kept in the spool: {pending.message}; {by_hand}")


class SpoolRecord:
    """A record that waits in the spool, start and end."""

    key: bytes | None = None
    is_pooled = False

    def __init__(self, name: str, pending: PendingRecord, say: Say) -> None:
        self._name = name
        self._pending = pending
        self._say = say

    def finish(self, outcome: Outcome) -> bool:
        """Add the end to the start; return False."""
        try:
            self._pending.end(outcome)
        except SpoolError as problem:
            self._say(f"dbtrack: the end of {self._name} ({outcome.status}) is lost: {problem.message}")
        return False


class LostRecord:
    """A record that neither the database nor the spool can keep."""

    key: bytes | None = None
    is_pooled = False

    def finish(self, _outcome: Outcome) -> bool:
        """Return False; the user has been told that the record is lost."""
        return False


def replay_waiting(spool: Path, target: ConnectionTarget, database: Database, say: Say) -> None:
    """Record what the spool holds for this database, within two seconds; problems are only reported."""
    if not records_wait(spool):
        return
    with suppress(OSError):
        try:
            if not database.in_recovery:
                done = replay(spool, place_digest(describe_place(target)), database, seconds=_REPLAY_SECONDS)
                for line in done.problems:
                    say(f"dbtrack: warning: {line}")
        except DbtrackError as error:
            say(f"dbtrack: warning: the spool was not processed: {error.message}")
