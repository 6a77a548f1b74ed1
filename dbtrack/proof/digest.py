"""A digest: the signed end of the chain at one time, to be kept where no superuser can write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dbtrack import files
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.proof.merkle import HASH_BYTES
from dbtrack.proof.signing import KEY_BYTES, SIGNATURE_BYTES, is_signed_by
from dbtrack.proof.strict_json import (
    ProofError,
    bytes_of,
    canonical,
    hexadecimal,
    json_members,
    member,
    number_of,
    read_object,
    text_of,
)

_FORMAT = "dbtrack digest 1"
# A digest is smaller than a kilobyte.
_MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class Digest:
    """The last block of a chain at one time.

    Args:
        total_leaves: the leaves of all blocks up to this one.
        digested_at: when it was taken: ISO 8601, in UTC.
        public_key: the signer's; None, like the signature, if unsigned. Only a key from another source proves
            anything.
    """

    block_number: int
    block_hash: bytes
    root_hash: bytes
    leaf_count: int
    total_leaves: int
    segment_number: int
    system_identifier: str
    timeline: int
    database: str
    digested_at: str
    public_key: bytes | None = None
    signature: bytes | None = None

    def signed_bytes(self) -> bytes:
        """Return the bytes that are signed."""
        unsigned = replace(self, public_key=None, signature=None)
        return canonical([value for name, value in unsigned.as_json().items() if name != "signature"])

    def as_json(self) -> dict[str, object]:
        """Return the members of the document, in order."""
        return {"format": _FORMAT, **json_members(vars(self))}

    def text(self) -> str:
        """Return the document as JSON text."""
        return json.dumps(self.as_json(), indent=2) + "\n"

    def check_signature(self, public_key: bytes) -> None:
        """Check that the owner of this key signed the digest.

        Raises:
            ProofError: it is unsigned, or signed with another key.
        """
        if self.signature is None:
            raise ProofError("the digest is not signed")
        if not is_signed_by(public_key, self.signed_bytes(), self.signature):
            raise ProofError("the digest's signature does not match this public key")

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Digest:
        """Return the digest in a JSON object, without checking its signature.

        Raises:
            ProofError: it is not a digest.
        """
        if member(document, "format") != _FORMAT:
            raise ProofError(f"its format is not {_FORMAT!r}")
        return cls(
            block_number=number_of(document, "block_number", least=1),
            block_hash=bytes_of(document, "block_hash", HASH_BYTES),
            root_hash=bytes_of(document, "root_hash", HASH_BYTES),
            leaf_count=number_of(document, "leaf_count", least=1),
            total_leaves=number_of(document, "total_leaves", least=1),
            segment_number=number_of(document, "segment_number", least=1),
            system_identifier=text_of(document, "system_identifier"),
            timeline=number_of(document, "timeline"),
            database=text_of(document, "database"),
            digested_at=text_of(document, "digested_at"),
            public_key=_bytes_or_none(document, "public_key", KEY_BYTES),
            signature=_bytes_or_none(document, "signature", SIGNATURE_BYTES),
        )


def read_digests(paths: list[Path]) -> list[tuple[Path | str, Digest]]:
    """Return the digests in these files and in all `*.json` of these directories, ordered by block number.

    Raises:
        ProofError: a file is not a digest.
        DbtrackError: a file cannot be read, or there is no digest.
    """
    found: list[tuple[Path | str, Digest]] = [
        (file, digest) for path in paths for file, digest in _read_path(path)
    ]
    if paths and not found:
        raise DbtrackError(f"there are no digests in {', '.join(map(str, paths))}")
    return sorted(found, key=lambda each: each[1].block_number)


def read_digest(file: Path) -> Digest:
    """Return the digest in a regular file.

    Raises:
        ProofError: it does not contain a digest.
        UsageError: it cannot be read.
    """
    try:
        return parse_digest(file, files.read_regular(file, most_bytes=_MOST_BYTES))
    except files.NotRegularError as error:
        raise ProofError(f"{file} is not a digest: {error.strerror}") from error
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from error


def _read_path(path: Path) -> list[tuple[Path, Digest]]:
    if path.is_dir():
        return [(file, read_digest(file)) for file in sorted(path.glob("*.json"))]
    # A file that the user names may be a pipe, which cannot be read as a regular file.
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    return [(path, parse_digest(path, data))]


def parse_digest(file: Path | str, data: bytes) -> Digest:
    """Return the digest in the content of a file.

    Args:
        file: its name, for the message.

    Raises:
        ProofError: it does not contain a digest.
    """
    if len(data) > _MOST_BYTES:
        raise ProofError(f"{file} is not a digest: it is too long")
    try:
        return Digest.read(read_object(data))
    except ProofError as error:
        raise ProofError(f"{file} is not a digest: {error.message}") from None


def _bytes_or_none(document: Mapping[str, Any], name: str, length: int) -> bytes | None:
    value = member(document, name)
    return None if value is None else hexadecimal(value, name, length)
