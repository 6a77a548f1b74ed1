"""What commands there are, without importing them.

``dbtrack --help`` and a mistyped command read only this, so each summary stands here as well as in its
command's docstring; a test holds the two equal. Reports come from their registry.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from dbtrack.reports import REPORTS


class Section(Enum):
    """A heading of ``dbtrack --help``, in the order shown."""

    KEEP = "Install and keep"
    TRACK = "Track"
    LOOK = "Look"
    PROVE = "Prove"
    TENANTS = "Tenants"
    TRY = "Try it"
    SHELL = "Shell"


class Entry(NamedTuple):
    """One command: its name, the module of ``dbtrack.cli.commands`` that builds it, and its help line."""

    name: str
    module: str
    summary: str
    section: Section


_BEFORE_REPORTS = (
    Entry("install", "install", "Install dbtrack into a database, or upgrade it.", Section.KEEP),
    Entry("uninstall", "uninstall", "Remove dbtrack from a database.", Section.KEEP),
    Entry("doctor", "doctor", "Check an installation; say how to fix what is wrong.", Section.KEEP),
    Entry(
        "maintain",
        "maintain",
        "Do the periodic work: rollups, partitions ahead, lost operations, seals; for cron.",
        Section.KEEP,
    ),
    Entry("cleanup", "cleanup", "Remove executions older than a number of days; for cron.", Section.KEEP),
    Entry(
        "archive",
        "archive",
        "Look into what 'dbtrack cleanup --archive' wrote, and put it back.",
        Section.KEEP,
    ),
    Entry("rollup", "rollup", "Count what reports read, so that they stay quick.", Section.KEEP),
    Entry("reconcile", "reconcile", "Find changes that nothing recorded; for cron.", Section.KEEP),
    Entry("settings", "settings", "Show or change the settings of a database.", Section.KEEP),
    Entry("track", "track", "Record an operation, or run a command inside one.", Section.TRACK),
    Entry("complete", "complete", "Close an operation that track opened.", Section.TRACK),
    Entry(
        "ingest",
        "ingest",
        "Record from the server's log what no trigger can: failed DDL, roles, databases.",
        Section.TRACK,
    ),
    Entry("key", "key", "Make keys for secret metadata.", Section.TRACK),
    Entry("spool", "spool", "Look after records that no database took in their time.", Section.TRACK),
)
_AFTER_REPORTS = (
    Entry("show", "show", "Show one execution: versions, objects, privileges, children.", Section.LOOK),
    Entry(
        "seal", "seal", "Seal what was recorded, so that a later change of it shows; for cron.", Section.PROVE
    ),
    Entry(
        "digest",
        "digest",
        "Write a signed digest of all seals, to be kept outside the server.",
        Section.PROVE,
    ),
    Entry(
        "verify", "verify", "Recompute all seals from the rows, and compare them with digests.", Section.PROVE
    ),
    Entry(
        "prove",
        "prove",
        "Write a proof that an execution is in the record; check-proof checks it.",
        Section.PROVE,
    ),
    Entry("check-proof", "check_proof", "Check a proof, without a database.", Section.PROVE),
    Entry("erase", "erase", "Take a person out of the record; every proof stays whole.", Section.PROVE),
    Entry("tenant", "tenant", "Add tenants, and say which roles and schemas are theirs.", Section.TENANTS),
    Entry("demo", "demo", "Try dbtrack on a PostgreSQL of its own.", Section.TRY),
    Entry("completion", "completion", "Print the script that completes dbtrack on TAB.", Section.SHELL),
)


# The others are made from their definitions alone.
_OWN_MODULES = {"errors": "errors"}


def entries() -> dict[str, Entry]:
    """Return every command by name, in the order shown."""
    reports = (
        Entry(report.name, _OWN_MODULES.get(report.name, "report"), report.summary, Section.LOOK)
        for report in REPORTS.values()
        if report.part_of is None
    )
    return {entry.name: entry for entry in (*_BEFORE_REPORTS, *reports, *_AFTER_REPORTS)}
