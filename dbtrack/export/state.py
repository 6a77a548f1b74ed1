"""The state file of an incremental export: how far it has come, in which database, for whom."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from dbtrack import files
from dbtrack.errors import DbtrackError, LockedError, UsageError

_FORMAT = 1
_MOST_BYTES = 10_000_000
_ID_BYTES = 4


@dataclass(frozen=True)
class Place:
    """Where an export reads: server, database and timeline, and who reads.

    Args:
        recorded_before: everything recorded before this time was visible; None: not known.
    """

    system_identifier: str
    database_oid: int
    timeline: int
    login: str
    recorded_before: str | None

    @property
    def database(self) -> tuple[str, int]:
        """What stays the same in a failover, and differs in another database."""
        return self.system_identifier, self.database_oid


@dataclass(frozen=True)
class ExportState:
    """How far an incremental export has come.

    Args:
        subject: executions or objects.
        tenant: the hash key of the only tenant, in hexadecimal; None for all.
        id: names the files of this export.
        run: how many exports are complete.
        place: of the last one; None before the first.
        snapshot: what it saw, as PostgreSQL writes a pg_snapshot; None before the first.
    """

    subject: str
    tenant: str | None
    id: str
    run: int = 0
    place: Place | None = None
    snapshot: str | None = None

    def after(self, place: Place, snapshot: str) -> ExportState:
        """Return the state after one more export."""
        return replace(self, run=self.run + 1, place=place, snapshot=snapshot)


class StateFile:
    """A locked state file; its content is replaced in one step."""

    def __init__(self, path: Path) -> None:
        """Use `locked_state`."""
        self.path = path

    def read(self, subject: str, tenant: str | None) -> ExportState:
        """Return the state; a new one, which is also written, if there is no file.

        Raises:
            UsageError: it is not a state file, or that of an export of something else.
        """
        try:
            text = files.read_regular(self.path, most_bytes=_MOST_BYTES)
        except FileNotFoundError:
            state = ExportState(subject, tenant, secrets.token_hex(_ID_BYTES))
            # Before anything is exported: what a run that dies leaves has this id in its name, and the next
            # run replaces it.
            self.write(state)
            return state
        except OSError as error:
            raise DbtrackError(f"cannot read {self.path}: {error.strerror or error}") from error
        state = _decoded(text, self.path)
        if (state.subject, state.tenant) != (subject, tenant):
            raise UsageError(
                f"{self.path} belongs to an export of {_described(state)}",
                hint="use a state file of its own for each export",
            )
        return state

    def write(self, state: ExportState) -> None:
        """Replace the state: it is on disk when this returns.

        Raises:
            DbtrackError: it cannot be written; the file is as it was.
        """
        text = json.dumps({"format": _FORMAT, **asdict(state)}, indent=1) + "\n"
        try:
            with files.replacing(self.path, mode=files.PRIVATE) as stream:
                stream.write(text.encode())
        except OSError as error:
            raise DbtrackError(f"cannot write {self.path}: {error.strerror or error}") from error


@contextmanager
def locked_state(path: Path) -> Iterator[StateFile]:
    """Lock a state file for the block, by a file beside it.

    Raises:
        LockedError: another export uses it.
        DbtrackError: its directory cannot be written.
    """
    path = Path(os.path.realpath(path))
    lock = path.with_name(f"{path.name}.lock")
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, files.PRIVATE)
    except OSError as error:
        raise DbtrackError(f"cannot write {lock}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise LockedError(
            f"another export uses {path}", hint="nothing was exported; run it again later"
        ) from error
    try:
        yield StateFile(path)
    finally:
        os.close(descriptor)


def _described(state: ExportState) -> str:
    return f"{state.subject} of one tenant" if state.tenant else f"{state.subject} of all tenants"


def _decoded(text: bytes, path: Path) -> ExportState:
    try:
        found = json.loads(text)
        if found.pop("format") != _FORMAT:
            raise UsageError(f"{path} was written by a later version of dbtrack")
        place = found.pop("place")
        return ExportState(**found, place=Place(**place) if place else None)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError(
            f"{path} is not a state file of dbtrack export", hint="give another file, or remove this one"
        ) from error
