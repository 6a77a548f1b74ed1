"""Take a digest and write it to a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dbtrack import files, sql_files
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.proof.digest import Digest, read_digest
from dbtrack.proof.signing import SigningKey
from dbtrack.proof.strict_json import decoded


def current_digest(database: Database, key: SigningKey | None) -> Digest:
    """Return the end of the chain, signed if there is a key.

    Raises:
        DbtrackError: nothing is sealed yet.
        PermissionDeniedError: the role is not an administrator of dbtrack.
    """
    row = database.row(sql_files.query("seals/current_digest"))
    if row is None:
        raise DbtrackError("nothing is sealed yet", hint="run: dbtrack seal")
    number, block_hash, root, leaves, total, segment, system, timeline, name, moment = row
    digest = Digest(number, block_hash, root, leaves, total, segment, system, timeline, decoded(name), moment)
    return sign_digest(digest, key)


def sign_digest(digest: Digest, key: SigningKey | None) -> Digest:
    """Return the digest with a signature; unchanged without a key."""
    if key is None:
        return digest
    return replace(digest, public_key=key.public_key, signature=key.sign(digest.signed_bytes()))


def write_digest(digest: Digest, directory: Path) -> Path | None:
    """Write a digest to a new file, atomically and never over another.

    Returns:
        the file; None if it already contains this digest.

    Raises:
        DbtrackError: it cannot be written, or another file has its name.
    """
    file = directory / f"dbtrack-{digest.block_number:012d}-{digest.block_hash.hex()[:16]}.json"
    try:
        files.write_new(file, digest.text().encode(), mode=0o444)
    except FileExistsError:
        _require_same(digest, file)
        return None
    except OSError as error:
        raise DbtrackError(f"cannot write {file}: {error.strerror}") from error
    return file


def _require_same(digest: Digest, file: Path) -> None:
    """Check that a file contains this digest, taken at any time, and signed if this one is."""
    hint = "nothing was written; move the file away and run the command again"
    try:
        existing = read_digest(file)
        if digest.public_key is not None:
            existing.check_signature(digest.public_key)
    except DbtrackError as error:
        raise DbtrackError(f"{file} already exists: {error.message}", hint=hint) from error
    if not is_same_end(existing, digest):
        raise DbtrackError(f"{file} already exists and contains another digest", hint=hint)


def is_same_end(one: Digest, other: Digest) -> bool:
    """Return whether two digests are of the same end of the chain, taken at any time."""
    return _chain_end(one) == _chain_end(other)


def _chain_end(digest: Digest) -> Digest:
    return replace(digest, digested_at="", public_key=None, signature=None)
