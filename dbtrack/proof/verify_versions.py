"""Compare the versions of objects with the digests that the seals of executions and cleanups cover."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.proof.blocks import Finding, FindingKind
from dbtrack.proof.object_versions import KeptVersions, ObjectVersion, attribution_digest, object_digest
from dbtrack.proof.strict_json import decoded

# A statement that commits part-way writes its versions a little after its closing version.
_LATEST_END = timedelta(minutes=1)
# A command that ran at the cutoff of a cleanup may have ended after it.
_LONGEST_COMMAND = timedelta(days=1)
# More than these are not searched for the one that was added.
_MOST_SEARCHED = 300


@dataclass(frozen=True)
class Kept:
    """What the newest sealed cleanup or erasure says of the versions that it kept.

    Args:
        before: it is about the versions before this moment.
        incomplete_before: sealed cleanups removed versions that were older than this; None: none was removed.
        erased_before: sealed erasures erased versions that were older than this, and the digests over them;
            None: none was erased.
    """

    before: datetime
    count: int
    digest: str
    incomplete_before: datetime | None
    erased_before: datetime | None


@dataclass
class VersionResult:
    """Counts and findings of the versions of objects.

    Args:
        versions: how many there are.
        unproven: how many of them no seal covers: their executions were removed, or erased.
        elsewhere: how many executions are here without their versions, which another node has.
    """

    versions: int = 0
    unproven: int = 0
    elsewhere: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass
class _Reading:
    database: Database
    encoding: str
    kept: Kept | None
    removed_before: datetime | None
    result: VersionResult
    open: dict[bytes, list[ObjectVersion]] = field(default_factory=dict)

    def found(self, finding: Finding) -> None:
        self.result.findings.append(finding)


def verify_versions(
    database: Database, since: object, encoding: str, removed_before: datetime | None, *, is_all: bool
) -> VersionResult:
    """Recompute the digests over the versions of objects, and return what was found.

    Args:
        since: the first moment.
        encoding: SQL_ASCII for a database with this encoding, else UTF8.
        removed_before: a sealed cleanup may have removed executions that began before this time.
        is_all: whether `since` is the beginning.
    """
    row = database.row(sql_files.query("verify/kept_versions"))
    kept = None if row is None else Kept(*row)
    reading = _Reading(database, encoding, kept, removed_before, VersionResult())
    sum_of_kept = KeptVersions()
    parameters = {"from": since, "encoding": encoding}
    for version in map(ObjectVersion.from_row, _stream(database, parameters)):
        reading.result.versions += 1
        if kept is not None and version.load_date < kept.before and not version.is_of_source:
            sum_of_kept.add(version)
        _close(reading, version.load_date)
        _take(reading, version)
    _close(reading, None)
    if kept is not None and is_all:
        _compare_kept(reading, kept, sum_of_kept)
    _find_gone(reading, since)
    return reading.result


def _stream(database: Database, parameters: dict[str, object]) -> Iterator[tuple[object, ...]]:
    return database.stream(sql_files.query("verify/object_versions"), parameters)


def _take(reading: _Reading, version: ObjectVersion) -> None:
    fault = version.fault()
    if fault is not None:
        reading.found(_finding(FindingKind.ALTERED, f"the version of {version.identity} {fault}", version))
    if version.recorder is not None and version.digest is not None:
        reading.open.setdefault(version.recorder, []).append(version)
    elif (
        (version.is_of_source and version.is_emptied is not False)
        or _may_be_erased(reading, version)
        or _may_be_removed(reading, version)
    ):
        # What a cleanup kept of a source is not in its digest: it may arrive later.
        is_kept = (
            reading.kept is not None and version.load_date < reading.kept.before and not version.is_of_source
        )
        reading.result.unproven += 0 if is_kept else 1
    else:
        reading.found(
            _finding(
                FindingKind.INSERTED,
                f"no execution has recorded this version of {version.identity}: it was added or moved",
                version,
            )
        )


def _may_be_erased(reading: _Reading, version: ObjectVersion) -> bool:
    if version.recorder is None:
        return False
    # What was erased before it was sealed has no salt that names the erasure.
    erased_before = None if reading.kept is None else reading.kept.erased_before
    return version.is_erased or (erased_before is not None and version.load_date < erased_before)


def _may_be_removed(reading: _Reading, version: ObjectVersion) -> bool:
    if reading.removed_before is None or version.recorder is not None:
        return False
    # What maintain added names an execution that may stay longer than the run of maintain.
    is_gone = version.is_swept or not version.has_execution
    return is_gone and version.load_date < reading.removed_before + _LONGEST_COMMAND


def _close(reading: _Reading, now: datetime | None) -> None:
    """Compare the versions of executions of which no more can follow; None: of all."""
    for key, versions in list(reading.open.items()):
        if now is None or now > versions[0].load_date + _LATEST_END:
            del reading.open[key]
            _compare(reading, versions)


def _compare(reading: _Reading, versions: list[ObjectVersion]) -> None:
    first = versions[0]
    if object_digest(versions) == first.digest:
        if first.attribution is not None and attribution_digest(versions) != first.attribution:
            message = "the versions that maintain added name other executions or tenants than it recorded"
            reading.found(_finding(FindingKind.ALTERED, message, first, is_of_all=True))
        return
    cleanups = [first.removed_before, reading.kept.incomplete_before if reading.kept else None]
    if any(first.load_date < before for before in cleanups if before is not None):
        # The digest over what a cleanup here kept covers these.
        return
    reading.found(_difference(reading, versions))


def _difference(reading: _Reading, versions: list[ObjectVersion]) -> Finding:
    """Return the finding for versions that are not those that their execution recorded."""
    first = versions[0]
    added = _added(versions)
    if added is not None:
        message = f"the execution did not record this version of {added.identity}: it was added"
        return _finding(FindingKind.INSERTED, message, added)
    gone = _named_by(reading, first, versions)
    if len(gone) == 1 and first.recorded_count in (None, len(versions) + 1):
        message = f"the version of {gone[0]} is gone"
        return Finding(FindingKind.MISSING, message, None, None, first.load_date, first.recorder, gone[0])
    if first.recorded_count is not None and first.recorded_count > len(versions):
        message = f"{first.recorded_count - len(versions)} versions of objects that maintain added are gone"
        return _finding(FindingKind.MISSING, message, first, is_of_all=True)
    if len(versions) == 1:
        return _finding(
            FindingKind.ALTERED, f"the version of {first.identity} is not the one that was recorded", first
        )
    message = f"of {len(versions)} versions of objects that it recorded, one is gone, added or replaced"
    return _finding(FindingKind.ALTERED, message, first, is_of_all=True)


def _added(versions: list[ObjectVersion]) -> ObjectVersion | None:
    if len(versions) > _MOST_SEARCHED:
        return None
    for place, version in enumerate(versions):
        if object_digest(versions[:place] + versions[place + 1 :]) == version.digest:
            return version
    return None


def _named_by(reading: _Reading, first: ObjectVersion, versions: list[ObjectVersion]) -> list[str]:
    """Return the objects that the execution names and that have no version."""
    parameters = {"key": first.recorder, "encoding": reading.encoding}
    named = reading.database.rows(sql_files.query("verify/versions_of"), parameters)
    known = {version.identity for version in versions}
    return [identity for (identity,) in ((decoded(row[0]),) for row in named) if identity not in known]


def _finding(kind: FindingKind, details: str, version: ObjectVersion, *, is_of_all: bool = False) -> Finding:
    key = version.recorder or version.execution
    identity = None if is_of_all else version.identity
    return Finding(kind, details, None, None, version.load_date, key, identity)


def _compare_kept(reading: _Reading, kept: Kept, found: KeptVersions) -> None:
    if found.count != kept.count:
        difference = found.count - kept.count
        kind = FindingKind.MISSING if difference < 0 else FindingKind.INSERTED
        what = f"{abs(difference)} versions of objects were {'removed' if difference < 0 else 'added'}"
    elif found.digest() != kept.digest:
        kind, what = FindingKind.ALTERED, "versions of objects were altered"
    else:
        return
    before = f"{kept.before.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    message = f"{what} since a cleanup or an erasure recorded those before {before}"
    reading.found(Finding(kind, message))


def _find_gone(reading: _Reading, since: object) -> None:
    restored = {month for (month,) in reading.database.rows(sql_files.query("verify/restores"))}
    incomplete = None if reading.kept is None else reading.kept.incomplete_before
    parameters = {"from": since, "encoding": reading.encoding}
    for key, load_date, identity, is_elsewhere, total in reading.database.rows(
        sql_files.query("verify/versions_gone"), parameters
    ):
        if is_elsewhere:
            reading.result.elsewhere = total
        elif f"{load_date.astimezone(UTC):%Y_%m}" in restored:
            reading.result.elsewhere += 1
        elif incomplete is None or load_date >= incomplete:
            name = None if identity is None else decoded(identity)
            message = f"the version of {name} is gone" if name else "the versions of its objects are gone"
            reading.found(Finding(FindingKind.MISSING, message, None, None, load_date, key, name))
