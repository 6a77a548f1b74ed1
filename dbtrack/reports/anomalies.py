"""The report on what was unusual."""

from __future__ import annotations

from dbtrack.reports.columns import ONE_TENANT
from dbtrack.reports.model import Column, Kind, Parameter, ParameterKind, Report

ANOMALIES = Report(
    "anomalies",
    "Anomalies",
    "Show what was unusual: bursts, failures, durations, lock waits, and what was never seen before.",
    columns=(
        Column("occurred_at", Kind.TIME, "When", help="When its hour, or the new thing's execution, began."),
        Column(
            "last_at", Kind.TIME, "Until", help="The last such time; a burst of hours is one.", is_detail=True
        ),
        Column(
            "measure",
            Kind.IDENTIFIER,
            "Measure",
            help="operations, failures, duration_ms, waited_ms, out_of_hours; new_login, new_address, "
            "new_application, new_agent, new_command, new_login_command, new_login_schema.",
        ),
        Column(
            "subject_kind",
            Kind.IDENTIFIER,
            "Kind",
            help="type; tenant: a type of a tenant; login; all; new: what was never seen before.",
            is_detail=True,
        ),
        Column("subject", Kind.IDENTIFIER, "Of", help="The type, the login, or what is new.", rank=3),
        Column(
            "tenant", Kind.IDENTIFIER, "Tenant", help="Business key; null: the platform's, or all.", rank=4
        ),
        Column("value", Kind.NUMBER, "Value", help="The measure in that hour.", rank=6),
        Column(
            "usual",
            Kind.NUMBER,
            "Usual",
            help="The mean of the eight weeks before; of what is rare, how many there are a week.",
            rank=7,
        ),
        Column("usual_low", Kind.NUMBER, "From", help="Two deviations below what is usual.", is_detail=True),
        Column("usual_high", Kind.NUMBER, "To", help="Two deviations above what is usual.", is_detail=True),
        Column("score", Kind.NUMBER, "Score", help="How many deviations the value is above what is usual."),
        Column(
            "threshold",
            Kind.NUMBER,
            "Threshold",
            help="What the score had to exceed, by the eight weeks before and `anomalies.per_week`.",
            is_detail=True,
        ),
        Column(
            "others",
            Kind.LIST,
            "Also",
            help="What else was unusual at the same time, told with this one; at most 19.",
            is_detail=True,
        ),
        Column("reason", Kind.TEXT, "Why", help="Why it is an anomaly, in a sentence."),
        Column(
            "execution_key",
            Kind.KEY,
            "Key",
            help="Of what is new or out of hours: an execution, for `dbtrack show`.",
            is_detail=True,
        ),
    ),
    parameters=(
        Parameter(
            "since", ParameterKind.SINCE, "Only what began at or after this time; without it the last 7 days."
        ),
        Parameter("until", ParameterKind.UNTIL, "Only what began before this time."),
        ONE_TENANT,
        Parameter(
            "measure",
            ParameterKind.TEXT,
            "Only these: operations, failures, durations, lock waits, what is new, or DDL out of hours.",
            choices=("operations", "failures", "duration_ms", "waited_ms", "new", "out_of_hours"),
        ),
        Parameter("all", ParameterKind.FLAG, "Also what is below the threshold, down to three deviations."),
        Parameter(
            "limit", ParameterKind.LIMIT, "Maximum number of anomalies, the latest first.", default=100
        ),
    ),
    from_rollups=True,
)
