"""Read digests back from where they went, with the timestamp tokens beside them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dbtrack import files, sql_files
from dbtrack.db import Database
from dbtrack.departures.destination import (
    DestinationKind,
    DestinationOptions,
    DigestDestination,
    find_destination,
)
from dbtrack.departures.s3 import StoredVersion, read_bucket
from dbtrack.departures.timestamp import KeptToken, verify_token
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.proof.blocks import Finding, FindingKind
from dbtrack.proof.digest import Digest, parse_digest, read_digests
from dbtrack.proof.strict_json import ProofError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_MOST_BYTES = 1 << 20


@dataclass
class KeptDigests:
    """What was read back.

    Args:
        digests: each with its place.
        findings: what is wrong with the places themselves.
        retained: how many digests S3 retains.
        until: until when all of these are retained.
        timestamps: how many tokens were verified.
        last_timestamp: the last time that one of them confirms.
    """

    digests: list[tuple[Path | str, Digest]] = field(default_factory=list)
    tokens: list[KeptToken] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    retained: int = 0
    until: datetime | None = None
    timestamps: int = 0
    last_timestamp: datetime | None = None


def read_kept(places: Iterable[str], database: str, *, without_lock: bool = False) -> KeptDigests:
    """Return the digests in files, directories and buckets, ordered by block number.

    Args:
        database: the name of the database, for `{database}` in a place.
        without_lock: also read buckets without Object Lock, and objects that nothing retains.

    Raises:
        UsageError: a place cannot be read back from.
        ProofError: a file is not a digest.
        DbtrackError: a place cannot be read, or has no digest.
    """
    kept = KeptDigests()
    for text in places:
        before = len(kept.digests) + len(kept.findings)
        # A file or pipe is taken as it is named; its name may have a colon.
        if "://" in text or text.startswith("rfc3161"):
            _read_place(find_destination(text, database, DestinationOptions(without_lock=without_lock)), kept)
        else:
            _read_path(Path(text.replace("{database}", database.replace("/", "_"))), kept)
        if len(kept.digests) + len(kept.findings) == before:
            raise DbtrackError(f"there are no digests in {text}")
    kept.digests.sort(key=lambda each: each[1].block_number)
    return kept


def add_departed(database: Database, kept: KeptDigests) -> None:
    """Add the timestamp tokens that this database has of its own digests; they count once verified."""
    for number, name, document, token in database.rows(sql_files.query("verify/departed_tokens")):
        place = f"departure {number} to {name}"
        try:
            kept.tokens.append(KeptToken(place, document.encode(), base64.b64decode(token, validate=True)))
        except ValueError:
            kept.findings.append(Finding(FindingKind.DIGEST, f"{place}: the token was altered"))


def verify_tokens(kept: KeptDigests, roots: Sequence[Certificate]) -> None:
    """Verify all tokens; the digests of those that hold are added to the ones to compare."""
    known = {digest for _, digest in kept.digests}
    for token in kept.tokens:
        try:
            digest = parse_digest(token.place, token.document)
            moment = verify_token(token, roots)
        except ProofError as error:
            kept.findings.append(Finding(FindingKind.DIGEST, error.message))
        except ValueError as error:
            kept.findings.append(
                Finding(FindingKind.DIGEST, f"{token.place}: the timestamp does not hold: {error}")
            )
        else:
            kept.timestamps += 1
            kept.last_timestamp = max(kept.last_timestamp or moment, moment)
            if digest not in known:
                kept.digests.append((token.place, digest))
                known.add(digest)
    kept.digests.sort(key=lambda each: each[1].block_number)


def _read_place(place: DigestDestination, kept: KeptDigests) -> None:
    if place.kind is DestinationKind.S3:
        _read_versions(place, kept)
    elif place.kind is DestinationKind.DIRECTORY:
        _read_path(Path(place.url), kept)
    else:
        raise UsageError(
            f"no digest can be read back from {place.name}",
            hint="name a bucket or a directory; timestamps are verified with --tsa-ca",
        )


def _read_path(path: Path, kept: KeptDigests) -> None:
    kept.digests += read_digests([path])
    for beside in sorted(path.glob("dbtrack-*.tsr")) if path.is_dir() else []:
        document = path / f"{beside.name.partition('.')[0]}.json"
        try:
            read = [files.read_regular(each, most_bytes=_MOST_BYTES) for each in (document, beside)]
        except OSError as error:
            kept.findings.append(Finding(FindingKind.DIGEST, f"{beside}: {error.filename}: {error.strerror}"))
        else:
            kept.tokens.append(KeptToken(str(beside), *read))


def _read_versions(place: DigestDestination, kept: KeptDigests) -> None:
    versions, deleted = read_bucket(place)
    for name in deleted:
        message = f"s3://{place.bucket}/{name} was deleted; what the bucket retains of it was read"
        kept.findings.append(Finding(FindingKind.DIGEST, message))
    documents: dict[str, list[StoredVersion]] = {}
    for version in versions:
        where = f"s3://{place.bucket}/{version.name} (version {version.version})"
        if version.name.endswith(".json"):
            documents.setdefault(version.name.removesuffix(".json"), []).append(version)
            _add_version(where, version, place, kept)
    for version in versions:
        if version.name.endswith(".tsr"):
            where = f"s3://{place.bucket}/{version.name} (version {version.version})"
            candidates = [each.data for each in documents.get(_stem(version.name), [])]
            # Of several versions of a digest, the one that the token is over, if there is one.
            over = [data for data in candidates if hashlib.sha256(data).digest() in version.data]
            for data in (over or candidates)[:1]:
                kept.tokens.append(KeptToken(where, data, version.data))


def _stem(name: str) -> str:
    directory, slash, last = name.rpartition("/")
    return f"{directory}{slash}{last.partition('.')[0]}"


def _add_version(where: str, version: StoredVersion, place: DigestDestination, kept: KeptDigests) -> None:
    try:
        kept.digests.append((where, parse_digest(where, version.data)))
    except ProofError as error:
        kept.findings.append(Finding(FindingKind.DIGEST, error.message))
        return
    if version.retained_until is not None:
        kept.retained += 1
        kept.until = min(kept.until or version.retained_until, version.retained_until)
    elif not place.options.without_lock:
        kept.findings.append(Finding(FindingKind.DIGEST, f"{where}: nothing retains it"))
