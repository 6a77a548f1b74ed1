"""Where the record of a wrapped command is kept: in the database, else in the spool, else it is said lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
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
from dbtrack.redaction.storable_text import message_text
from dbtrack.tracking.executions import UnknownExecutionError
from dbtrack.tracking.recorder import CommandRecord, Recorder
from dbtrack.tracking.service import AlreadyClosedError, Status
from dbtrack.tracking.spool import Entry, PendingRecord, SpoolError, place_digest, replay, spool_end

Talk = Callable[[str], None]

_REPLAY_SECONDS = 2.0


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


@dataclass(frozen=True)
class Undertaking:
    """What is about to be run and recorded.

    Args:
        tenant: whose it is; None for the target's, else the login's own.
        parent: the key, in hex, of the operation that it runs inside of, as the environment says; else None.
    """

    target: ConnectionTarget
    spool: Path
    name: str
    script_type: str
    tenant: str | None
    metadata: Mapping[str, object]
    parent: str | None = None

    def entry(self, *, metadata: Mapping[str, object], execution: bytes | None = None) -> Entry:
        """Return what is spooled of it."""
        return Entry.begin(
            describe_place(self.target),
            self.name,
            script_type=self.script_type,
            tenant=self.tenant or self.target.tenant,
            metadata=metadata,
            execution=execution,
            parent=self.parent,
        )


class Record(Protocol):
    """The record of a command that runs."""

    @property
    def key(self) -> bytes | None:
        """The operation's hash key; None where no database has given it one."""

    @property
    def is_pooled(self) -> bool:
        """Whether the operation is recorded through a connection pooler."""

    def finish(self, record: CommandRecord) -> None:
        """Keep how the command ended; never raises a DbtrackError."""


def begin_record(undertaking: Undertaking, *, require: bool, say: Talk) -> Record:
    """Record that a command is about to run.

    Args:
        require: refuse where the database cannot take it, instead of spooling it.
        say: says one line to the user.

    Raises:
        WrapperFailedError: the command must not run: what was asked for is wrong, or `require` asks for it.
    """
    try:
        recorder = Recorder.start(
            undertaking.target,
            undertaking.name,
            script_type=undertaking.script_type,
            tenant=undertaking.tenant,
            metadata=undertaking.metadata,
        )
    except DbtrackError as error:
        if require or isinstance(error, UsageError):
            raise not_run(error) from error
        return _spooled(undertaking, error, say)
    return DatabaseRecord(undertaking, recorder, say)


def not_run(error: DbtrackError) -> WrapperFailedError:
    """The error to raise when something kept the start of a command from being recorded."""
    telling = isinstance(error, NoConnectionError | NotInstalledError | LockedError)
    return WrapperFailedError(
        f"the command was not run, because its start could not be recorded: {error.message}",
        hint=error.hint,
        exit_code=error.exit_code if telling else ExitCode.WRAPPER_FAILED,
    )


def _spooled(undertaking: Undertaking, error: DbtrackError, say: Talk) -> Record:
    reason = message_text(error.message)
    start = f"dbtrack: {error.message}; {undertaking.name} runs all the same"
    try:
        entry = undertaking.entry(metadata={**undertaking.metadata, "spooled_because": reason})
        pending = PendingRecord.begin(undertaking.spool, entry)
    except SpoolError as problem:
        say(f"{start}, and its record is lost: {problem.message}")
        return LostRecord()
    say(f"{start}, and its record waits in the spool until then: dbtrack spool list")
    return SpoolRecord(undertaking.name, pending, say)


class DatabaseRecord:
    """A record that the database has; its end goes into the spool where the database will not have it."""

    def __init__(self, undertaking: Undertaking, recorder: Recorder, say: Talk) -> None:
        self._undertaking = undertaking
        self._recorder = recorder
        self._say = say

    @property
    def key(self) -> bytes:
        """The operation's hash key."""
        return self._recorder.key

    @property
    def is_pooled(self) -> bool:
        """Whether the operation is recorded through a connection pooler."""
        return self._recorder.is_pooled

    def finish(self, record: CommandRecord) -> None:
        """Record the end, and what else waits for this database."""
        try:
            self._recorder.finish(record)
            replay_waiting(
                self._undertaking.spool, self._undertaking.target, self._recorder.database, self._say
            )
        except DbtrackError as error:
            self._keep(record, error)
        finally:
            self._recorder.close()

    def _keep(self, record: CommandRecord, error: DbtrackError) -> None:
        end = f"the end of {self._undertaking.name} ({record.status})"
        unsaid = f"dbtrack: {end} could not be recorded: {error.message}"
        outcome = "" if record.status is Status.COMPLETED else " --failed"
        by_hand = f"once that is mended, run: dbtrack complete {self.key.hex()}{outcome}"
        if isinstance(error, AlreadyClosedError | UnknownExecutionError | UsageError):
            self._say(unsaid)
            return
        entry = self._undertaking.entry(metadata={}, execution=self.key)
        ended = entry.ended(
            record.status,
            error_message=record.error_message,
            metadata=record.metadata,
            duration_us=record.duration_us,
        )
        try:
            spool_end(self._undertaking.spool, ended)
        except SpoolError as problem:
            self._say(f"{unsaid}, nor kept: {problem.message}; {by_hand}")
        else:
            self._say(f"{unsaid}; it waits in the spool until then: dbtrack spool list")


class SpoolRecord:
    """A record that waits in the spool."""

    key: bytes | None = None
    is_pooled = False

    def __init__(self, name: str, pending: PendingRecord, say: Talk) -> None:
        self._name = name
        self._pending = pending
        self._say = say

    def finish(self, record: CommandRecord) -> None:
        """Write the end beside the start."""
        try:
            self._pending.end(
                record.status,
                error_message=record.error_message,
                metadata=record.metadata,
                duration_us=record.duration_us,
            )
        except SpoolError as problem:
            self._say(f"dbtrack: how {self._name} ended ({record.status}) is lost: {problem.message}")


class LostRecord:
    """A record that nothing can keep."""

    key: bytes | None = None
    is_pooled = False

    def finish(self, record: CommandRecord) -> None:
        """Do nothing: it was said that the record is lost."""


def replay_waiting(spool: Path, target: ConnectionTarget, database: Database, say: Talk) -> None:
    """Record what waits for this database, quickly, and never fail.

    What a person should know of is said, one line each; that all went well is not.
    """
    if not records_wait(spool):
        return
    with suppress(OSError):
        try:
            if not database.in_recovery:
                done = replay(spool, place_digest(describe_place(target)), database, seconds=_REPLAY_SECONDS)
                for line in done.complaints:
                    say(f"dbtrack: warning: {line}")
        except DbtrackError as error:
            say(f"dbtrack: warning: the spool was not looked at: {error.message}")
