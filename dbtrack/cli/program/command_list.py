"""List the commands without importing them.

``dbtrack --help`` and a mistyped command read only this list, so each summary is here as well as in the
docstring of its command; a test keeps the two equal. Reports come from their registry.
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
    SEND = "Send out"
    TENANTS = "Tenants"
    TRY = "Try it"
    SHELL = "Shell"


class Entry(NamedTuple):
    """One command: its name, the module of ``dbtrack.cli.commands`` that defines it, and its help line."""

    name: str
    module: str
    summary: str
    section: Section


_BEFORE_REPORTS = (
    Entry("install", "install", "Install dbtrack into a database, or upgrade it.", Section.KEEP),
    Entry("uninstall", "uninstall", "Remove dbtrack from a database.", Section.KEEP),
    Entry(
        "suspend",
        "suspend",
        "Stop capturing DDL for a planned work, and record that; resume ends it.",
        Section.KEEP,
    ),
    Entry(
        "resume",
        "suspend",
        "Capture DDL again after suspend, and record what happened meanwhile.",
        Section.KEEP,
    ),
    Entry("doctor", "doctor", "Check an installation, and show how to fix problems.", Section.KEEP),
    Entry(
        "maintain",
        "maintain",
        "Run the periodic tasks: rollups, partitions, abandoned operations, seals; for cron.",
        Section.KEEP,
    ),
    Entry("cleanup", "cleanup", "Remove executions older than a number of days; for cron.", Section.KEEP),
    Entry(
        "archive",
        "archive",
        "List, query and restore what 'dbtrack cleanup --archive' wrote.",
        Section.KEEP,
    ),
    Entry("lake", "lake", "Query the long history of many databases, in Parquet.", Section.KEEP),
    Entry(
        "rollup", "rollup", "Update the counts that reports read, so that reports stay fast.", Section.KEEP
    ),
    Entry("reconcile", "reconcile", "Find changes that were not recorded; for cron.", Section.KEEP),
    Entry("settings", "settings", "Show or change the settings of a database.", Section.KEEP),
    Entry("track", "track", "Record an operation, or run a command inside one.", Section.TRACK),
    Entry("complete", "complete", "Close an operation that track opened.", Section.TRACK),
    Entry(
        "ingest",
        "ingest",
        "Record from the server's log what triggers cannot see: failed DDL, roles, databases.",
        Section.TRACK,
    ),
    Entry(
        "import",
        "import_history",
        "Record the history of a migration tool: Flyway, Liquibase, Alembic, Django, Rails and others.",
        Section.TRACK,
    ),
    Entry(
        "predict",
        "predict",
        "Predict what statements lock, rewrite and read, how long, who would wait, and a safer way.",
        Section.TRACK,
    ),
    Entry(
        "rehearse",
        "rehearse",
        "Run a branch's migrations on a copy, and say what they did and would do; for pull requests.",
        Section.TRACK,
    ),
    Entry(
        "sizes",
        "rehearse",
        "Write the sizes of a database's tables to a file, for rehearse.",
        Section.TRACK,
    ),
    Entry("key", "key", "Create keys for secret metadata.", Section.TRACK),
    Entry(
        "spool",
        "spool",
        "Manage records that wait on disk because the database was unavailable.",
        Section.TRACK,
    ),
)
_AFTER_REPORTS = (
    Entry(
        "blame",
        "blame",
        "Show who added each part of an object, and who changed it last.",
        Section.LOOK,
    ),
    Entry("log", "log", "List the versions of an object, the latest first.", Section.LOOK),
    Entry("diff", "diff", "Compare an object, or the whole database, at two times.", Section.LOOK),
    Entry(
        "schema",
        "schema",
        "Print the definitions of the database, or of one object, as they stood at a time.",
        Section.LOOK,
    ),
    Entry(
        "grants",
        "grants",
        "List the privileges of a role or on an object, and who granted them when.",
        Section.LOOK,
    ),
    Entry(
        "classify",
        "classify",
        "Say which objects and columns contain data of a class: phi, pii, pci, secret.",
        Section.LOOK,
    ),
    Entry(
        "top",
        "top",
        "Show what runs now, for how long, and waiting for whom; and what ended lately.",
        Section.LOOK,
    ),
    Entry(
        "report",
        "period_report",
        "Write a document about a period: what happened, what is open, what differs from usual.",
        Section.LOOK,
    ),
    Entry("show", "show", "Show one execution: versions, objects, privileges, children.", Section.LOOK),
    Entry("status", "status", "Check everything at once: one screen, one exit code.", Section.LOOK),
    Entry(
        "resolve", "resolve", "Note that a failure is dealt with, so that it is no longer open.", Section.LOOK
    ),
    Entry(
        "compare",
        "compare",
        "Compare two databases: their migrations, and the definitions of their objects.",
        Section.LOOK,
    ),
    Entry(
        "fleet",
        "fleet",
        "Check, install and compare dbtrack in many databases at once.",
        Section.LOOK,
    ),
    Entry(
        "seal",
        "seal",
        "Seal the record, so that later changes to it can be detected; for cron.",
        Section.PROVE,
    ),
    Entry(
        "digest",
        "digest",
        "Write a signed digest of all seals, to store outside the server, or send it there.",
        Section.PROVE,
    ),
    Entry(
        "verify", "verify", "Recompute all seals from the rows, and compare them with digests.", Section.PROVE
    ),
    Entry(
        "prove",
        "prove",
        "Write a proof that an execution is in the record.",
        Section.PROVE,
    ),
    Entry(
        "evidence",
        "evidence",
        "Draw evidence for an examination: changes, completeness, exceptions, a sample.",
        Section.PROVE,
    ),
    Entry("check-proof", "check_proof", "Check a proof without a database.", Section.PROVE),
    Entry(
        "review",
        "review",
        "Sign that the changes of a period were examined, and see which reviews are due.",
        Section.PROVE,
    ),
    Entry(
        "access-review",
        "access_review",
        "Write who has access to what is classified, for a review that somebody signs.",
        Section.PROVE,
    ),
    Entry(
        "auditor",
        "auditor",
        "Let auditors read the record until a time, and record what they read.",
        Section.PROVE,
    ),
    Entry("erase", "erase", "Remove a person from the record; every proof stays valid.", Section.PROVE),
    Entry(
        "webhook",
        "webhook",
        "Manage webhooks: where events are sent to, as soon as they are recorded.",
        Section.SEND,
    ),
    Entry(
        "notify",
        "notify",
        "Deliver events to the webhooks, until SIGTERM or Ctrl-C stops it.",
        Section.SEND,
    ),
    Entry(
        "endpoint",
        "endpoint",
        "Manage the endpoints that events are sent to: streams, exports, webhooks.",
        Section.SEND,
    ),
    Entry(
        "alert",
        "alert",
        "Manage and evaluate alerts, which are conditions over reports.",
        Section.SEND,
    ),
    Entry(
        "export",
        "export",
        "Write executions, objects or a report for other programs; with --state, only what is new.",
        Section.SEND,
    ),
    Entry("stream", "stream", "Publish events to Kafka, NATS or standard output.", Section.SEND),
    Entry("push", "push", "Push the record to a vault, the central record of many databases.", Section.SEND),
    Entry(
        "vault",
        "vault",
        "Manage the central record of many databases: its sources, and what they push.",
        Section.SEND,
    ),
    Entry("outbox", "outbox", "Record operations that services published to a bus.", Section.SEND),
    Entry(
        "serve",
        "serve",
        "Answer requests over HTTP: the API, metrics and the page; until Ctrl-C or SIGTERM.",
        Section.SEND,
    ),
    Entry(
        "mcp",
        "mcp",
        "Let agents ask about the record, over the Model Context Protocol; they can only read.",
        Section.SEND,
    ),
    Entry("token", "token", "Manage the tokens with which programs call 'dbtrack serve'.", Section.SEND),
    Entry(
        "metrics",
        "metrics",
        "Print metrics for Prometheus, or write them to a file for node_exporter.",
        Section.SEND,
    ),
    Entry(
        "publication",
        "publication",
        "Publish the record to another PostgreSQL by logical replication.",
        Section.SEND,
    ),
    Entry(
        "tenant", "tenant", "Manage tenants, and the roles and schemas that belong to them.", Section.TENANTS
    ),
    Entry("demo", "demo", "Try dbtrack on its own PostgreSQL server.", Section.TRY),
    Entry("completion", "completion", "Print the shell script for completion on TAB.", Section.SHELL),
)


# The commands of all other reports are made from the registry alone.
_OWN_MODULES = {name: name for name in ("anomalies", "errors", "history", "performance", "trends", "advise")}


def entries() -> dict[str, Entry]:
    """Return every command by name, in the order shown."""
    reports = (
        Entry(report.name, _OWN_MODULES.get(report.name, "report"), report.summary, Section.LOOK)
        for report in REPORTS.values()
        if report.part_of is None
    )
    return {entry.name: entry for entry in (*_BEFORE_REPORTS, *reports, *_AFTER_REPORTS)}
