"""Two more reports of `dbtrack show`: what became of a failure, and what an execution waited for."""

from __future__ import annotations

from dbtrack.reports import columns
from dbtrack.reports.model import Column, Kind, Report

SHOW_OUTCOME = Report(
    "show_outcome",
    "Outcome",
    "What became of one failure: a later success, what it left behind, who resolved it.",
    columns=(
        Column(
            "succeeded_key",
            Kind.KEY,
            "Succeeded",
            help="The first execution that later did the same with success; null: not seen to succeed.",
        ),
        Column("succeeded_at", Kind.TIME, "Succeeded at", help="When that one began."),
        Column("after_ms", Kind.DURATION_MS, "After", help="From the failure to that time."),
        Column("left_behind", Kind.LIST, "Left behind", help="What it created that is still there."),
        Column("resolved_by", Kind.IDENTIFIER, "Resolved by", help="Who ran `dbtrack resolve`."),
        Column("resolved_at", Kind.TIME, "Resolved at", help="When that was."),
        Column("reason", Kind.TEXT, "Reason", help="What was given with `--reason`."),
    ),
    parameters=(columns.KEY,),
    part_of="show",
)

SHOW_WAITS = Report(
    "show_waits",
    "Waits",
    "The locks that one execution, and what ran inside it, waited for.",
    columns=(
        Column("started_at", Kind.TIME, "Since", help="When it began to wait."),
        Column("waited_ms", Kind.DURATION_MS, "Waited", help="For how long, as far as known."),
        Column("lock_mode", Kind.IDENTIFIER, "Lock", help="The mode of the lock: AccessExclusiveLock."),
        Column("object_identity", Kind.IDENTIFIER, "On", help="What the lock is on."),
        Column(
            "holder", Kind.TEXT, "Held by", help="Process, login, application and statement, where known."
        ),
    ),
    parameters=(columns.KEY,),
    part_of="show",
)
