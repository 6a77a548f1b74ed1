"""Note in the database that the record was verified, or its digest taken out, for evidence."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from dbtrack.config import ConnectionTarget
from dbtrack.db import Database, Jsonb
from dbtrack.errors import DbtrackError
from dbtrack.proof.digest import Digest
from dbtrack.proof.verification import Verification


def note_verification(target: ConnectionTarget, result: Verification) -> bool:
    """Note a verification where that is possible, and return whether it was noted.

    A standby, a role that may not write and a server that is gone are no errors: the result was reported.
    """
    details: dict[str, object] = {
        "blocks": result.blocks,
        "rows": result.rows,
        "digests": result.digests,
        "is_part": result.is_part,
        "findings": sum(result.totals.values()),
    }
    # It does not ask for a password again.
    quietly = replace(target, no_password=True, force_password=False)
    with suppress(DbtrackError), Database.connect(quietly) as database:
        return _note(database, "verify", not result.findings, details)
    return False


def note_digest(database: Database, digest: Digest) -> bool:
    """Note that a digest was taken out of the database, and return whether it was noted."""
    details: dict[str, object] = {
        "block_number": digest.block_number,
        "block_hash": digest.block_hash.hex(),
        "is_signed": digest.signature is not None,
    }
    with suppress(DbtrackError):
        return _note(database, "digest", True, details)
    return False


def _note(database: Database, kind: str, is_clean: bool, details: dict[str, object]) -> bool:
    if database.in_recovery:
        return False
    database.call("record_examination", p_kind=kind, p_is_clean=is_clean, p_details=Jsonb(details))
    return True
