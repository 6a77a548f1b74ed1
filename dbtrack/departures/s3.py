"""Send digests to a bucket of S3 that retains them, and read them back in all their versions.

The client is that of `dbtrack.storage.s3`.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dbtrack.departures.destination import DigestDestination
from dbtrack.departures.outgoing import Departure, DepartureOutcome, OutgoingDigest
from dbtrack.errors import DbtrackError
from dbtrack.proof.digest import parse_digest
from dbtrack.proof.digest_file import is_same_end
from dbtrack.proof.strict_json import ProofError
from dbtrack.storage.s3 import StorageError, s3_client, translated

_NO_LOCK = "ObjectLockConfigurationNotFoundError"
_NO_RETENTION = {"NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"}
_EXISTS = {"PreconditionFailed", "412"}
_NAME = re.compile(r"dbtrack-\d{12}-[0-9a-f]{16}\.(?:json|[A-Za-z0-9._-]{1,253}\.tsr)")
_MOST_BYTES = 1 << 20
_READERS = 8


@dataclass(frozen=True)
class StoredVersion:
    """One version of an object.

    Args:
        retained_until: None if nothing retains it.
    """

    name: str
    version: str
    data: bytes
    retained_until: datetime | None


def send_to_bucket(outgoing: OutgoingDigest, destination: DigestDestination) -> Departure:
    """Put the digest and its timestamp tokens into the bucket, and check that they are retained."""
    try:
        client = s3_client()
        lock = _bucket_lock(client, destination)
        if isinstance(lock, Departure):
            return lock
        proof = _put(client, destination, f"{outgoing.stem}.json", outgoing)
        for host, token in {} if proof.get("was_there") else outgoing.tokens.items():
            _put(client, destination, f"{outgoing.stem}.{host}.tsr", token)
    except StorageError as error:
        outcome = DepartureOutcome.REFUSED if error.is_final else DepartureOutcome.FAILED
        return Departure(outcome, str(error))
    return Departure(DepartureOutcome.LEFT, proof=proof)


def read_bucket(destination: DigestDestination) -> tuple[list[StoredVersion], list[str]]:
    """Return all versions of all digests and tokens in the bucket, and the names that were deleted.

    Raises:
        DbtrackError: they cannot be read, or the bucket has no Object Lock and this was not allowed.
    """
    try:
        client = s3_client()
        if not destination.options.without_lock and _lock_of(client, destination.bucket) is None:
            raise DbtrackError(
                f"the bucket {destination.bucket} has no Object Lock: digests can be removed or replaced",
                hint="give --no-lock to read it nevertheless",
            )
        keys, deleted = _listed(client, destination)
        with ThreadPoolExecutor(_READERS) as readers:
            found = list(readers.map(lambda key: _read(client, destination.bucket, *key), keys))
    except StorageError as error:
        raise DbtrackError(f"cannot read {destination.name}: {error}") from error
    return found, deleted


def _bucket_lock(client: Any, destination: DigestDestination) -> Departure | None:
    """Return why the bucket does not retain what is put there, or None if it does."""
    if destination.options.without_lock:
        return None
    default = _lock_of(client, destination.bucket)
    if default is None:
        message = f"the bucket {destination.bucket} has no Object Lock: a digest there can be removed"
        return Departure(DepartureOutcome.REFUSED, f"{message}; allow it with --no-lock")
    if not default and destination.options.retain is None:
        message = f"the bucket {destination.bucket} has no default retention; give --retain, as 6y"
        return Departure(DepartureOutcome.REFUSED, message)
    return None


def _lock_of(client: Any, bucket: str) -> dict[str, Any] | None:
    """Return the default retention of a bucket, empty without one; None if it has no Object Lock."""
    try:
        with translated():
            found = client.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    except StorageError as error:
        if error.code == _NO_LOCK:
            return None
        raise
    if found.get("ObjectLockEnabled") != "Enabled":
        return None
    default: dict[str, Any] = found.get("Rule", {}).get("DefaultRetention", {})
    return default


def _put(
    client: Any, destination: DigestDestination, name: str, content: OutgoingDigest | bytes
) -> dict[str, object]:
    """Put an object that is not there yet, and return its version and until when it is retained."""
    options = destination.options
    where = {"Bucket": destination.bucket, "Key": destination.prefix + name}
    body = content if isinstance(content, bytes) else content.document
    wanted: dict[str, object] = {}
    if options.retain is not None and not options.without_lock:
        # To the second: S3 keeps no less.
        until = datetime.now(UTC).replace(microsecond=0) + options.retain
        wanted = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
    proof: dict[str, object] = {"object": where["Key"]}
    try:
        with translated():
            done = client.put_object(**where, Body=body, IfNoneMatch="*", **wanted)
        version = done.get("VersionId")
    except StorageError as error:
        if error.code not in _EXISTS:
            raise
        version = _same_object(client, where, content)
        proof["was_there"] = True
    proof["version_id"] = version
    if not options.without_lock:
        proof |= _retention(client, where, version)
    return proof


def _same_object(client: Any, where: dict[str, str], content: OutgoingDigest | bytes) -> str | None:
    """Return the version of an object that is there, after checking that it is the same digest."""
    with translated():
        found = client.get_object(**where)
        data = found["Body"].read(_MOST_BYTES)
    if isinstance(content, OutgoingDigest):
        try:
            existing = parse_digest(where["Key"], data)
            if content.digest.public_key is not None:
                existing.check_signature(content.digest.public_key)
            is_same = is_same_end(existing, content.digest)
        except ProofError:
            is_same = False
        if not is_same:
            raise StorageError(f"{where['Key']} is there and is not this digest", is_final=True)
    version: str | None = found.get("VersionId")
    return version


def _retention(client: Any, where: dict[str, str], version: str | None) -> dict[str, object]:
    """Return until when a version is retained, as the bucket says it."""
    named = where | ({"VersionId": version} if version else {})
    try:
        with translated():
            found = client.get_object_retention(**named).get("Retention", {})
        until, mode = found.get("RetainUntilDate"), found.get("Mode")
    except StorageError as error:
        until = mode = None
        if error.code not in _NO_RETENTION:
            # Whoever may read the object but not this is told in the headers.
            with translated():
                head = client.head_object(**named)
            until, mode = head.get("ObjectLockRetainUntilDate"), head.get("ObjectLockMode")
    if until is None or until <= datetime.now(UTC):
        raise StorageError(f"{where['Key']} is there, and nothing retains it", is_final=True)
    return {"retain_until": until.astimezone(UTC).isoformat(), "mode": mode}


def _listed(client: Any, destination: DigestDestination) -> tuple[list[tuple[str, str]], list[str]]:
    keys, deleted = [], []
    pages = client.get_paginator("list_object_versions").paginate(
        Bucket=destination.bucket, Prefix=f"{destination.prefix}dbtrack-"
    )
    with translated():
        for page in pages:
            keys += [(each["Key"], each.get("VersionId") or "null") for each in page.get("Versions", [])]
            deleted += [each["Key"] for each in page.get("DeleteMarkers", []) if each.get("IsLatest")]
    length = len(destination.prefix)
    return (
        sorted(key for key in keys if _NAME.fullmatch(key[0][length:])),
        sorted(key for key in deleted if _NAME.fullmatch(key[length:])),
    )


def _read(client: Any, bucket: str, key: str, version: str) -> StoredVersion:
    with translated():
        named = {} if version == "null" else {"VersionId": version}
        found = client.get_object(Bucket=bucket, Key=key, **named)
        data = found["Body"].read(_MOST_BYTES + 1)
    until = found.get("ObjectLockRetainUntilDate") if found.get("ObjectLockMode") else None
    return StoredVersion(key, version, data, until)
