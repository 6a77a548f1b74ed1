"""Taking a digest, and putting it where it is kept."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from dbtrack import sqlfiles
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.proof.digest import Digest
from dbtrack.proof.signing import SigningKey
from dbtrack.proof.strict_json import decoded


def current_digest(database: Database, key: SigningKey | None) -> Digest:
    """Return the end of the chain, signed where there is a key.

    Raises:
        DbtrackError: nothing is sealed yet.
        PermissionDeniedError: the role is no administrator of dbtrack.
    """
    row = database.row(sqlfiles.query("current_digest"))
    if row is None:
        raise DbtrackError("nothing is sealed yet", hint="run: dbtrack seal")
    number, block_hash, root, leaves, total, segment, system, timeline, name, moment = row
    digest = Digest(number, block_hash, root, leaves, total, segment, system, timeline, decoded(name), moment)
    return signed(digest, key)


def signed(digest: Digest, key: SigningKey | None) -> Digest:
    """Return the digest with its signature; as it is where there is no key."""
    if key is None:
        return digest
    return replace(digest, public_key=key.public_key, signature=key.sign(digest.signed_bytes()))


def keep(digest: Digest, directory: Path) -> Path | None:
    """Write a digest to a file of its own, never over another; None when it is there already.

    Raises:
        DbtrackError: it cannot be written, or another digest has its name.
    """
    file = directory / f"dbtrack-{digest.block_number:012d}-{digest.block_hash.hex()[:16]}.json"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    except FileExistsError:
        return None
    except OSError as error:
        raise DbtrackError(f"cannot write {file}: {error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(digest.text())
        stream.flush()
        os.fsync(descriptor)
    _sync_directory(directory)
    return file


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
