"""Send digests to a bucket of S3 that retains them, and read them back in all their versions.

Only this module uses `botocore`, which is an extra. Credentials, region and endpoint come from botocore's own
chain: AWS_… variables, profiles, roles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dbtrack.departures.destination import DigestDestination
from dbtrack.departures.outgoing import Departure, DepartureOutcome, OutgoingDigest
from dbtrack.errors import DbtrackError, packages_hint
from dbtrack.proof.digest import parse_digest
from dbtrack.proof.digest_file import is_same_end
from dbtrack.proof.strict_json import ProofError

_NO_LOCK = "ObjectLockConfigurationNotFoundError"
_NO_RETENTION = {"NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"}
_EXISTS = {"PreconditionFailed", "412"}
_LOGIN = re.compile(r"//[^/@\s]*@")
_NAME = re.compile(r"dbtrack-\d{12}-[0-9a-f]{16}\.(?:json|[A-Za-z0-9._-]{1,253}\.tsr)")
_MOST_BYTES = 1 << 20
_READERS = 8


class StorageError(Exception):
    """S3 did not do what it was asked for.

    Args:
        code: of the error, as S3 names it; empty if there was no answer.
        is_final: S3 refused, so that the same will not succeed a little later.
    """

    def __init__(self, message: str, *, code: str = "", is_final: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.is_final = is_final


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
        client = _client()
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
        client = _client()
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
        with _translated():
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
        with _translated():
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
    with _translated():
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
        with _translated():
            found = client.get_object_retention(**named).get("Retention", {})
        until, mode = found.get("RetainUntilDate"), found.get("Mode")
    except StorageError as error:
        until = mode = None
        if error.code not in _NO_RETENTION:
            # Whoever may read the object but not this is told in the headers.
            with _translated():
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
    with _translated():
        for page in pages:
            keys += [(each["Key"], each.get("VersionId") or "null") for each in page.get("Versions", [])]
            deleted += [each["Key"] for each in page.get("DeleteMarkers", []) if each.get("IsLatest")]
    length = len(destination.prefix)
    return (
        sorted(key for key in keys if _NAME.fullmatch(key[0][length:])),
        sorted(key for key in deleted if _NAME.fullmatch(key[length:])),
    )


def _read(client: Any, bucket: str, key: str, version: str) -> StoredVersion:
    with _translated():
        named = {} if version == "null" else {"VersionId": version}
        found = client.get_object(Bucket=bucket, Key=key, **named)
        data = found["Body"].read(_MOST_BYTES + 1)
    until = found.get("ObjectLockRetainUntilDate") if found.get("ObjectLockMode") else None
    return StoredVersion(key, version, data, until)


def _client() -> Any:
    try:
        import botocore.session
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise DbtrackError(
            "S3 needs the package botocore, which is not installed", hint=packages_hint("s3")
        ) from None
    config = Config(
        connect_timeout=5,
        read_timeout=20,
        retries={"max_attempts": 2, "mode": "standard"},
        user_agent_extra="dbtrack",
    )
    try:
        return botocore.session.get_session().create_client("s3", config=config)
    except (BotoCoreError, ValueError) as error:
        raise StorageError(_LOGIN.sub("//", str(error)), is_final=True) from error


@contextmanager
def _translated() -> Iterator[None]:
    """Turn an error of botocore inside the block into one that says what S3 said."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoCredentialsError

    try:
        yield
    except ClientError as error:
        said, status = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
        code = str(said.get("Code", ""))
        is_final = 400 <= int(status.get("HTTPStatusCode", 0)) < 500
        raise StorageError(
            f"{code}: {said.get('Message', '')}".rstrip(": "), code=code, is_final=is_final
        ) from error
    except NoCredentialsError as error:
        raise StorageError(
            "there are no credentials for S3: set AWS_PROFILE, or AWS_ACCESS_KEY_ID", is_final=True
        ) from error
    except (BotoCoreError, HTTPClientError, OSError) as error:
        raise StorageError(_LOGIN.sub("//", str(error))) from error
