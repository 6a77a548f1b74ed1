"""Where digests go, and what left last, for people."""

from __future__ import annotations

from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row

DESTINATION_COLUMNS = (
    Column("destination", Kind.TEXT, "Destination"),
    Column("kind", Kind.IDENTIFIER, "Kind", rank=1),
    Column("scheduled", Kind.BOOLEAN, "Scheduled", help="by the configuration of dbtrack maintain", rank=2),
    Column("left_at", Kind.TIME, "Left", help="when the last digest left"),
    Column("block_number", Kind.COUNT, "Block", help="of that digest"),
    Column("retained_until", Kind.TIME, "Retained until", help="as S3 said", rank=1),
    Column("failures", Kind.COUNT, "Failures", help="attempts since then that failed"),
    Column("last_failure", Kind.TEXT, "Last failure", rank=1),
    Column("next_attempt_at", Kind.TIME, "Next attempt", rank=2),
    Column("gone", Kind.BOOLEAN, "Gone", help="it wants no more digests", rank=2),
)


def list_destinations(database: Database) -> list[Row]:
    """Return one row a destination, in the columns of `DESTINATION_COLUMNS`."""
    rows = []
    for row in database.call("get_digest_destinations"):
        name, kind, scheduled, _every, left, block, retained, _lag, failures, failure, following, gone = row
        rows.append((name, kind, scheduled, left, block, retained, failures, failure, following, gone))
    return rows


def forget_destination(database: Database, name: str) -> bool:
    """End that a destination is expected to get digests; False if there is none of that name."""
    return bool(database.call_value("forget_destination", p_destination=name))
