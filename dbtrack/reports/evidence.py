"""The reports on which evidence stands: the changes of a period, and its exceptions."""

from __future__ import annotations

from dataclasses import replace

from dbtrack.reports import columns
from dbtrack.reports.model import Column, Kind, Parameter, ParameterKind, Report

_KEY = replace(columns.EXECUTION_KEY, help="Hash key of the execution; null where there is no execution.")
_OCCURRED = Column("occurred_at", Kind.TIME, "When", help="When it began.")
_SUBJECT = Column("subject", Kind.TEXT, "What", help="The name, and the first object that it changed.")
_LOGIN = Column("login", Kind.IDENTIFIER, "Login", help="Null where nobody knows who made it.")
_EXCEPTIONS = Column(
    "exceptions", Kind.LIST, "Exceptions", help="The kinds of exceptions that its own row shows."
)

EVIDENCE_POPULATION = Report(
    "evidence_population",
    "Changes",
    "List the changes of a period as evidence counts them; the last 90 days by default.",
    columns=(
        _KEY,
        _OCCURRED,
        _SUBJECT,
        _LOGIN,
        columns.TENANT,
        columns.SCRIPT_TYPE,
        columns.STATUS,
        Column("ticket", Kind.TEXT, "Ticket", help="As it was given; null: none."),
        Column("approved_by", Kind.TEXT, "Approved by", help="As it was given; null: nobody."),
        Column("pull_request", Kind.TEXT, "Pull request", help="Its URL, or its number.", rank=8),
        Column("is_emergency", Kind.BOOLEAN, "Emergency", help="Whether it was marked as one.", rank=9),
        Column("is_pipeline", Kind.BOOLEAN, "Pipeline", help="Whether it came through the pipeline."),
        Column("application", Kind.TEXT, "Application", help="As the session set it.", rank=10),
        Column("client_address", Kind.TEXT, "Address", help="Null for a local socket.", rank=11),
        _EXCEPTIONS,
        columns.CLASSES,
    ),
    parameters=(columns.ONE_TENANT, columns.SINCE, columns.UNTIL, columns.LIMIT),
    part_of="evidence",
)

EVIDENCE_EXCEPTIONS = Report(
    "evidence_exceptions",
    "Exceptions",
    "List the exceptions of a period as evidence finds them; the last 90 days by default.",
    columns=(
        Column("kind", Kind.IDENTIFIER, "Kind", help="no_ticket, capture_off and others; docs/evidence.md."),
        _KEY,
        _OCCURRED,
        _SUBJECT,
        _LOGIN,
        columns.TENANT,
        Column("detail", Kind.TEXT, "Details", help="What shows it."),
        Column("is_open", Kind.BOOLEAN, "Open", help="Whether no signed review explains it."),
        Column(
            "explained_by",
            Kind.TEXT,
            "Explained by",
            help="Who signed the review, and with which login.",
            rank=8,
        ),
        Column("explained_at", Kind.TIME, "Explained at", help="When that was.", rank=9),
        Column("explained_reason", Kind.TEXT, "Reason", help="What the review says.", rank=10),
        columns.CLASSES,
    ),
    parameters=(
        columns.ONE_TENANT,
        columns.SINCE,
        columns.UNTIL,
        Parameter("open", ParameterKind.FLAG, "Only those that no signed review explains."),
        columns.LIMIT,
    ),
    part_of="evidence",
)
