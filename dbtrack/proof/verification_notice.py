"""Write a notice about a verification that found a difference, so that alerts and endpoints learn of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from dbtrack.config import ConnectionTarget
from dbtrack.db import Database, Jsonb
from dbtrack.errors import DbtrackError
from dbtrack.proof.verification import Verification

_MOST_LISTED = 10


def note_failed_verification(target: ConnectionTarget, result: Verification) -> bool:
    """Write the notice where that is possible, and return whether it was written.

    A standby, a role that may not write and a server that is gone are no errors: the findings themselves were
    already reported.
    """
    # It does not ask for a password again.
    quietly = replace(target, no_password=True, force_password=False)
    with suppress(DbtrackError), Database.connect(quietly) as database:
        if database.in_recovery:
            return False
        database.call(
            "record_notice",
            p_type="verification.failed",
            p_subject=database.name,
            p_tenant_hk=None,
            p_data=Jsonb(_data(result)),
        )
        return True
    return False


def _data(result: Verification) -> dict[str, object]:
    totals = {str(kind.value): total for kind, total in result.totals.items()}
    return {
        "count": sum(totals.values()),
        "findings_by_kind": totals,
        "is_part": result.is_part,
        "blocks": result.blocks,
        "rows": result.rows,
        "findings": [
            {
                "kind": str(finding.kind.value),
                "details": finding.details,
                "block": finding.block_number,
                "execution_key": finding.key.hex() if finding.key else None,
                "object_identity": finding.object_identity,
            }
            for finding in result.findings[:_MOST_LISTED]
        ],
        "next_step": "dbtrack verify",
    }
