"""One version of an object as the database has it, and the digests over several."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from dbtrack.db import Row
from dbtrack.proof.merkle import HASH_BYTES
from dbtrack.proof.strict_json import decoded

_NOTHING = bytes(HASH_BYTES)
_MICROSECONDS_OF_DAY = 86_400_000_000


@dataclass(frozen=True)
class ObjectVersion:
    """A row of object_s, and the execution that recorded it.

    Args:
        microseconds: `load_date` since 1970-01-01 UTC.
        key: the object's hash key, as stored.
        hash_diff: as stored.
        content: what `hash_diff` is the SHA-256 of.
        execution: the execution that it names.
        recorder: the execution whose digest covers it; None if there is none.
        digest: of the recorder, in hexadecimal.
        attribution: of a run of maintain, the digest over what its versions name.
        recorded_count: of a run of maintain, how many versions it added.
        has_other_tenant: whether its tenant is not that of its execution.
        has_execution: whether the execution that it names is in the record.
        is_erased: whether an erasure changed the recorder.
        successor: the object that it is since a restore.
        is_of_source: a source of this vault sent it.
        own_tenant: the tenant that it has at the source; elsewhere its tenant.
        removed_before: cleanups of the source removed versions there that were older than this.
        is_emptied: whether the recorder's metadata is what an erasure leaves; None without a recorder.
    """

    load_date: datetime
    microseconds: int
    key: bytes
    business_key: bytes
    identity: str
    hash_diff: bytes
    content: bytes
    execution: bytes
    tenant: bytes | None
    recorder: bytes | None
    digest: str | None
    attribution: str | None
    recorded_count: int | None
    is_swept: bool
    has_other_tenant: bool
    has_execution: bool
    is_erased: bool
    successor: bytes | None
    is_of_source: bool
    own_tenant: bytes | None
    removed_before: datetime | None
    is_emptied: bool | None

    @classmethod
    def from_row(cls, row: Row) -> ObjectVersion:
        """Return the version in a row of the query verify/object_versions."""
        values = [*row[:4], decoded(row[4]), *row[5:]]
        return cls(*values)

    def fault(self) -> str | None:
        """Return what of the row itself is not as it was written; None: nothing."""
        if hashlib.sha256(self.content).digest() != self.hash_diff:
            return "does not match its hash"
        if hashlib.sha256(self.business_key).digest() != self.key:
            return "was moved to another object"
        if self.has_other_tenant:
            return "was moved to another tenant"
        return None

    @property
    def attributed(self) -> bytes:
        """What the digest over names has of it."""
        named = _NOTHING if self.execution == self.recorder else self.execution
        return self.hash_diff + named + (self.own_tenant or _NOTHING) + (self.successor or b"")


def object_digest(versions: Iterable[ObjectVersion]) -> str:
    """Return the digest that the execution of these versions has in its metadata."""
    ordered = sorted(versions, key=lambda version: version.business_key)
    return hashlib.sha256(b"".join(version.hash_diff for version in ordered)).hexdigest()


def attribution_digest(versions: Iterable[ObjectVersion]) -> str:
    """Return the digest over the executions and tenants that versions of maintain name."""
    ordered = sorted(versions, key=lambda version: version.business_key)
    return hashlib.sha256(b"".join(version.attributed for version in ordered)).hexdigest()


@dataclass
class KeptVersions:
    """The digest over all versions before a moment, which cleanups record: fed in order of time.

    Args:
        count: how many versions were added.
    """

    count: int = 0
    _day: int | None = None
    _of_day: list[bytes] = field(default_factory=list)
    _days: list[bytes] = field(default_factory=list)

    def add(self, version: ObjectVersion) -> None:
        """Add the next version."""
        day = version.microseconds // _MICROSECONDS_OF_DAY
        if day != self._day:
            self._end_day()
            self._day = day
        moment = version.microseconds.to_bytes(8, "big", signed=True)
        self._of_day.append(version.hash_diff + version.execution + (version.tenant or _NOTHING) + moment)
        self.count += 1

    def digest(self) -> str:
        """Return the digest over what was added, in hexadecimal."""
        self._end_day()
        return hashlib.sha256(b"".join(self._days)).hexdigest()

    def _end_day(self) -> None:
        if self._of_day:
            self._days.append(hashlib.sha256(b"".join(self._of_day)).digest())
            self._of_day.clear()
