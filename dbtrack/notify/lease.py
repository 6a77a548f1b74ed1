"""Tell a lease that a living worker has from one that a killed worker of this machine left behind."""

from __future__ import annotations

import os
import socket

from dbtrack.notify.store import Work


def is_taken(work: Work) -> bool:
    """Return whether a worker that may be alive has the endpoint."""
    return work.lease_seconds > 0 and not is_abandoned(work)


def is_abandoned(work: Work) -> bool:
    """Return whether the lease's worker ran on this machine and is gone.

    This process does not ask while it has the lease itself. So a lease under its number is of an earlier
    process that had the same number, as the first process of a container always has.

    A mistake, where machines share a name, does no harm: a lease is fenced, and events carry their ids.
    """
    host, _, process = (work.leased_by or "").rpartition(":")
    if work.lease_seconds <= 0 or host != socket.gethostname() or not process.isdigit():
        return False
    return int(process) == os.getpid() or not _is_alive(int(process))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
