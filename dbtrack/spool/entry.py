"""One line of the spool: all that is needed to record an operation later, without secrets."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self, TypeVar
from uuid import UUID, uuid4

from dbtrack.operations.new_operation import NewOperation
from dbtrack.operations.operations import Outcome
from dbtrack.redaction.free_text import redact
from dbtrack.redaction.storable_text import LONGEST_TYPE, checked_name, message_text, metadata_text
from dbtrack.status import Status

_FORMAT = 1
_DIGEST_DIGITS = 16
_HASH_KEY = re.compile(r"[0-9a-f]{64}")
_Value = TypeVar("_Value")
_LOST_WRAPPER = "dbtrack was killed while the command ran: how it ended is not known"


class DamagedLineError(ValueError):
    """A line of the spool that cannot be read; the message tells why."""


@dataclass(frozen=True)
class Entry:
    """One record that waits in the spool.

    Args:
        spool_id: its own id, stored with the execution as `metadata.spool_id`.
        place: the database that it is for, as `dbtrack.db.describe_place` returns it.
        execution: the hash key, in hex, of the operation that it ends; None where it is a whole operation.
        started_at: with a time zone, by this machine's clock.
        duration_us: microseconds; None when unknown.
        status: RUNNING while the command runs.
        refused: why a database refused it; None where none has.
        parent: the hash key, in hex, of the operation that it ran inside of; None outside of any.
        started_on: the timeline and WAL position at which its start was recorded; empty when unknown.
    """

    spool_id: UUID
    place: Mapping[str, str]
    execution: str | None
    script_name: str
    script_type: str
    tenant: str | None
    metadata: Mapping[str, Any]
    started_at: datetime
    duration_us: int | None
    status: Status
    error_message: str | None
    refused: str | None = None
    parent: str | None = None
    started_on: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def begin(
        cls,
        place: Mapping[str, str],
        operation: NewOperation,
        *,
        execution: bytes | None = None,
        parent: str | None = None,
        started_at: datetime | None = None,
        started_on: Mapping[str, object] | None = None,
    ) -> Self:
        """Return the entry of an operation that has started, without secrets.

        Args:
            execution: the hash key, 32 bytes, of an operation whose start is recorded; None for a whole one.
            started_at: None for now.

        Raises:
            UsageError: the name or the type cannot be stored.
        """
        return cls(
            spool_id=uuid4(),
            place={keyword: redact(value) for keyword, value in place.items()},
            execution=execution.hex() if execution else None,
            script_name=checked_name(operation.name),
            script_type=checked_name(operation.script_type, "the operation's type", longest=LONGEST_TYPE),
            tenant=operation.tenant,
            metadata=_clean(operation.metadata),
            started_at=started_at or datetime.now(UTC),
            duration_us=None,
            status=Status.RUNNING,
            error_message=None,
            parent=parent if parent and _HASH_KEY.fullmatch(parent) else None,
            started_on=dict(started_on or {}),
        )

    def ended(self, outcome: Outcome) -> Self:
        """Return the entry with the end of the operation."""
        message = outcome.error_message
        return replace(
            self,
            status=outcome.status,
            error_message=None if message is None else message_text(message),
            metadata={**self.metadata, **_clean(outcome.metadata)},
            duration_us=outcome.duration_us,
        )

    def given_up(self) -> Self:
        """Return the entry as ABANDONED where its wrapper was killed; as it is where it has ended."""
        if self.status is not Status.RUNNING:
            return self
        return replace(self, status=Status.ABANDONED, error_message=_LOST_WRAPPER)

    def moved(self) -> Self:
        """Return the entry for another database, with a note in its metadata of the one it was made for."""
        return replace(self, metadata={**self.metadata, "spooled_for": self.place_text})

    @property
    def place_text(self) -> str:
        """The database that it is for, in one line."""
        return " ".join(f"{name}={value}" for name, value in self.place.items())

    @property
    def digest(self) -> str:
        """The digest of the database that it is for, as in the names of files."""
        return place_digest(self.place)

    def operation(self) -> str:
        """Return the JSON object that `script_tracking.record_spooled` takes.

        For an operation's end it holds the whole operation as well: a failover may have lost the start.
        """
        fields = {
            "script_name": self.script_name,
            "script_type": self.script_type,
            "execution_status": self.status,
            "execution_timestamp": self.started_at.isoformat(),
            "duration_us": self.duration_us,
            "error_message": self.error_message,
            "metadata": self.metadata,
            "parent": self.parent,
        }
        if self.execution:
            fields["lost_start"] = {"execution": self.execution, **self.started_on}
        return json.dumps(fields, ensure_ascii=False)

    def as_line(self) -> str:
        """Return the line with its line end, without which a line counts as torn."""
        fields = {
            "format": _FORMAT,
            "spool_id": str(self.spool_id),
            "target": self.place,
            "execution": self.execution,
            "script_name": self.script_name,
            "script_type": self.script_type,
            "tenant": self.tenant,
            "metadata": self.metadata,
            "started_at": self.started_at.isoformat(),
            "duration_us": self.duration_us,
            "status": self.status,
            "error_message": self.error_message,
            "refused": self.refused,
            "parent": self.parent,
            "started_on": self.started_on,
        }
        return json.dumps(fields, ensure_ascii=False) + "\n"


def place_digest(place: Mapping[str, str]) -> str:
    """Return the digits that stand for a database in the names of files."""
    clean = {keyword: redact(value) for keyword, value in place.items()}
    return hashlib.sha256(json.dumps(clean, sort_keys=True).encode()).hexdigest()[:_DIGEST_DIGITS]


def read_line(data: bytes) -> Entry:
    """Parse the content of a file of the spool.

    Raises:
        DamagedLineError: it is torn, or dbtrack did not write it.
    """
    if not data.endswith(b"\n"):
        raise DamagedLineError("the line is incomplete")
    try:
        # Earlier versions did not write the first two.
        fields = {"parent": None, "started_on": {}, **json.loads(data)}
    except (ValueError, TypeError, RecursionError) as error:
        raise DamagedLineError("the line is not a JSON object") from error
    return _entry(fields)


def _entry(fields: dict[str, Any]) -> Entry:
    if _member(fields, "format", str) != str(_FORMAT):
        raise DamagedLineError(f"format {fields['format']!r} belongs to another version of dbtrack")
    return Entry(
        spool_id=_member(fields, "spool_id", UUID),
        place=_member(fields, "target", _texts),
        execution=_member(fields, "execution", _hex),
        script_name=_member(fields, "script_name", str),
        script_type=_member(fields, "script_type", str),
        tenant=_member(fields, "tenant", _text),
        metadata=_member(fields, "metadata", _object),
        started_at=_member(fields, "started_at", _moment),
        duration_us=_member(fields, "duration_us", _number),
        status=_member(fields, "status", Status),
        error_message=_member(fields, "error_message", _text),
        refused=_member(fields, "refused", _text),
        parent=_member(fields, "parent", _hex),
        started_on=_member(fields, "started_on", _object),
    )


def _member(fields: dict[str, Any], name: str, convert: Callable[[Any], _Value]) -> _Value:
    if name not in fields:
        raise DamagedLineError(f"the line has no {name}")
    try:
        return convert(fields[name])
    except (ValueError, TypeError, AttributeError) as error:
        raise DamagedLineError(f"{name} in the line is not what dbtrack writes there") from error


def _object(value: Any) -> dict[str, Any]:
    return dict(value.items())


def _texts(value: Any) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()}


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _text(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> int | None:
    if value is not None and not isinstance(value, int):
        raise TypeError
    return value


def _hex(value: Any) -> str | None:
    return None if value is None else bytes.fromhex(value).hex()


def _clean(metadata: Mapping[str, object]) -> dict[str, Any]:
    cleaned: dict[str, Any] = json.loads(metadata_text(metadata))
    return cleaned
