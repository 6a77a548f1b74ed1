"""Where the record of a wrapped command is kept: the database, else the spool. A loss is reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
from dbtrack.operations.operations import AlreadyClosedError, Status
from dbtrack.redaction.storable_text import message_text
from dbtrack.spool import Entry, PendingRecord, SpoolError, place_digest, record_entry, replay
from dbtrack.wrapper.record_connection import CommandRecord, Recorder, UnusableTargetError
from dbtrack.wrapper.time_limit import time_limit
from dbtrack.wrapper.wait_for_program import INTERRUPTIONS

Talk = Callable[[str], None]

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
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def entry(
        self,
        *,
        metadata: Mapping[str, object],
        execution: bytes | None = None,
        started_at: datetime | None = None,
        started_on: Mapping[str, object] | None = None,
    ) -> Entry:
        """Return what is spooled of it."""
        return Entry.begin(
            place_of(self.target),
            self.name,
            script_type=self.script_type,
            tenant=self.tenant or self.target.tenant,
            metadata=metadata,
            execution=execution,
            parent=self.parent,
            started_at=started_at or self.started_at,
            started_on=started_on,
        )


class Record(Protocol):
    """The record of a command that runs."""

    @property
    def key(self) -> bytes | None:
        """The operation's hash key; None where no database has given it one."""

    @property
    def is_pooled(self) -> bool:
        """Whether the operation is recorded through a connection pooler."""

    def finish(self, record: CommandRecord, /) -> bool:
        """Keep how the command ended, and return whether the database has it; never raises a DbtrackError."""


def begin_record(undertaking: Undertaking, *, require: bool, say: Talk) -> Record:
    """Record that a command is about to run. For the main thread.

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
        is_wrong_itself = isinstance(error, UsageError) and not isinstance(error, UnusableTargetError)
        if require or is_wrong_itself:
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
    start = f"dbtrack: {error.message}; {undertaking.name} runs anyway"
    is_unusable = isinstance(error, UnusableTargetError)
    try:
        entry = undertaking.entry(metadata={**undertaking.metadata, "spooled_because": reason})
        pending = PendingRecord.begin(undertaking.spool, entry)
    except SpoolError as problem:
        say(f"{start}, and its record is lost: {problem.message}")
        return LostRecord()
    flush = f"dbtrack spool flush {str(entry.spool_id)[:8]} --to DATABASE"
    when = f", for: {flush}" if is_unusable else " until it can be recorded: dbtrack spool list"
    say(f"{start}, and its record waits in the spool{when}")
    return SpoolRecord(undertaking.name, pending, say)


class DatabaseRecord:
    """A record that the database has; its end is in the spool until the database has that, too."""

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

    def finish(self, record: CommandRecord) -> bool:
        """Record the end, and what else waits for this database.

        Whatever happens to dbtrack or to the server from now on, the end is on disk.
        """
        entry = self._entry(record)
        pending = self._spooled(entry)
        try:
            with time_limit(_FINISH_SECONDS, shortened_by=INTERRUPTIONS):
                self._record(record, entry)
        except DbtrackError as error:
            self._complain(record, error, pending)
            return False
        else:
            if isinstance(pending, PendingRecord):
                pending.remove()
            self._look_around()
            return True
        finally:
            self._recorder.close()

    def _entry(self, record: CommandRecord) -> Entry:
        position = self._recorder.position
        entry = self._undertaking.entry(
            metadata=self._undertaking.metadata,
            execution=self.key,
            started_at=position.server_time if position else None,
            started_on=position.as_metadata() if position else None,
        )
        return entry.ended(
            record.status,
            error_message=record.error_message,
            metadata=record.metadata,
            duration_us=record.duration_us,
        )

    def _spooled(self, entry: Entry) -> PendingRecord | SpoolError:
        try:
            return PendingRecord.begin(self._undertaking.spool, entry)
        except SpoolError as problem:
            return problem

    def _record(self, record: CommandRecord, entry: Entry) -> None:
        try:
            self._recorder.finish(record)
        except UnknownExecutionError:
            record_entry(entry, self._recorder.database)
            self._say(
                f"dbtrack: the start of {self._undertaking.name} is no longer recorded, as after a "
                "failover: the whole operation was recorded again"
            )

    def _look_around(self) -> None:
        try:
            with time_limit(_REPLAY_LIMIT_SECONDS, shortened_by=INTERRUPTIONS):
                self._link_by_name()
                replay_waiting(
                    self._undertaking.spool, self._undertaking.target, self._recorder.database, self._say
                )
        except NoConnectionError as error:
            self._say(f"dbtrack: warning: part of the spool was not processed: {error.message}")

    def _link_by_name(self) -> None:
        with suppress(DbtrackError):  # an older installation
            if unclear := self._recorder.link_by_name():
                name = self._undertaking.name
                self._say(
                    f"dbtrack: {unclear} DDL statement(s) of a command called {name} are not linked: their "
                    f"connections set their own options, and another {name} ran at the same time"
                )

    def _complain(
        self, record: CommandRecord, error: DbtrackError, pending: PendingRecord | SpoolError
    ) -> None:
        end = f"the end of {self._undertaking.name} ({record.status})"
        unsaid = f"dbtrack: {end} could not be recorded: {error.message}"
        is_final = isinstance(error, AlreadyClosedError | UnknownExecutionError | UsageError)
        if isinstance(pending, PendingRecord):
            if is_final:
                pending.remove()
                self._say(unsaid)
            else:
                pending.leave(because=message_text(error.message))
                self._say(f"{unsaid}; it waits in the spool until it can be recorded: dbtrack spool list")
            return
        outcome = "" if record.status is Status.COMPLETED else " --failed"
        by_hand = f"once that is fixed, run: dbtrack complete {self.key.hex()}{outcome}"
        self._say(unsaid if is_final else f"{unsaid}, nor kept in the spool: {pending.message}; {by_hand}")


class SpoolRecord:
    """A record that waits in the spool."""

    key: bytes | None = None
    is_pooled = False

    def __init__(self, name: str, pending: PendingRecord, say: Talk) -> None:
        self._name = name
        self._pending = pending
        self._say = say

    def finish(self, record: CommandRecord) -> bool:
        """Write the end beside the start."""
        try:
            self._pending.end(
                record.status,
                error_message=record.error_message,
                metadata=record.metadata,
                duration_us=record.duration_us,
            )
        except SpoolError as problem:
            self._say(f"dbtrack: the end of {self._name} ({record.status}) is lost: {problem.message}")
        return False


class LostRecord:
    """A record that nothing can keep."""

    key: bytes | None = None
    is_pooled = False

    def finish(self, _record: CommandRecord) -> bool:
        """Do nothing: it was said that the record is lost."""
        return False


def place_of(target: ConnectionTarget) -> dict[str, str]:
    """Return which database a record is for; where the settings are wrong, where they were found."""
    try:
        return describe_place(target)
    except DbtrackError:
        return {"unusable": target.source}


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
            say(f"dbtrack: warning: the spool was not processed: {error.message}")
