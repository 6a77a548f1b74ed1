"""Accepting a fork: a failover or a restore left a branch behind, somebody knows it, and says why."""

from __future__ import annotations

from collections.abc import Sequence

from dbtrack.db import Database, Jsonb
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.proof.digest import Digest
from dbtrack.proof.seal import seal


def accept_forks(database: Database, forks: Sequence[Digest], reason: str) -> None:
    """Record that these digests are known to be of another branch, and seal the record: only then it counts.

    Raises:
        UsageError: there is no fork, or no reason.
        LockedError: another seal is at work; the record counts once it is sealed.
        PermissionDeniedError: the role is no administrator of dbtrack.
    """
    if not forks:
        raise UsageError("there is no fork to accept", hint="give the digests of the other branch: --digests")
    if database.in_recovery:
        raise DbtrackError("this server is a standby: it cannot record", hint="connect to the primary server")
    digests = [
        {
            "block_number": digest.block_number,
            "block_hash": digest.block_hash.hex(),
            "system_identifier": digest.system_identifier,
            "timeline": digest.timeline,
            "segment_number": digest.segment_number,
        }
        for digest in forks
    ]
    database.call("accept_fork", p_digests=Jsonb(digests), p_reason=reason)
    seal(database)
