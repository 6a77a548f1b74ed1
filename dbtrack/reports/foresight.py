"""The reports on what will happen, and on what the record shows to cost time."""

from __future__ import annotations

from dbtrack.reports.columns import ONE_TENANT, SINCE, TENANT
from dbtrack.reports.model import Column, Kind, Parameter, ParameterKind, Report

FORECAST = Report(
    "forecast",
    "Forecast",
    "Predict when operations end, failures recur, and partitions, retention and size run out.",
    columns=(
        Column(
            "prediction_kind",
            Kind.IDENTIFIER,
            "Kind",
            help="operation, failure, partitions, retention or size.",
        ),
        Column("subject", Kind.TEXT, "What", help="What the prediction is about."),
        Column(
            "state",
            Kind.IDENTIFIER,
            "State",
            help="LATE, ON_TIME, EXPECTED, PASSED, DUE, IRREGULAR, DISTANT or UNKNOWN; see docs/forecast.md.",
        ),
        Column("expected_from", Kind.TIME, "From", help="The beginning of the interval; null: not known."),
        Column("expected_at", Kind.TIME, "Middle", help="The middle of the interval.", rank=6),
        Column("expected_until", Kind.TIME, "Until", help="The end of the interval."),
        Column(
            "confidence",
            Kind.RATIO,
            "Holds",
            help="The share of cases in which such an interval holds; null: not known.",
            rank=2,
        ),
        Column("cases", Kind.COUNT, "Cases", help="From how many runs, failures, weeks or months.", rank=5),
        Column("basis", Kind.TEXT, "Because", help="In words: what the prediction is made from.", rank=4),
        TENANT,
        Column(
            "execution_key",
            Kind.KEY,
            "Key",
            help="The running operation, or the latest failure: what `dbtrack show` takes.",
            is_detail=True,
        ),
    ),
    parameters=(
        Parameter(
            "kind",
            ParameterKind.TEXT,
            "Only predictions of this kind.",
            choices=("operation", "failure", "partitions", "retention", "size"),
        ),
        ONE_TENANT,
        Parameter(
            "size_limit",
            ParameterKind.TEXT,
            "Predict when what dbtrack stores reaches this size: 500MB, 50GB, 2TB.",
        ),
        Parameter(
            "limit",
            ParameterKind.LIMIT,
            "Maximum number of failures, those that recur at regular times first.",
            default=20,
        ),
    ),
    from_rollups=True,
    live=True,
)

ADVISE = Report(
    "advise",
    "Advice",
    "List what the record proves to cost time or to be left over, with evidence and a statement.",
    columns=(
        Column(
            "advice_kind",
            Kind.IDENTIFIER,
            "Kind",
            help="failure, lock, slower, build, behind, invalid or grant; see docs/advice.md.",
        ),
        Column("subject", Kind.TEXT, "What", help="The operation, table, index or privilege."),
        Column(
            "seconds_a_month",
            Kind.NUMBER,
            "s/month",
            help="The seconds in 30 days that it took; null: the record does not tell.",
        ),
        Column("cases", Kind.COUNT, "Cases", help="How many executions, or logins, prove it.", rank=3),
        Column("evidence", Kind.TEXT, "Evidence", help="What the record has of it."),
        Column("statement", Kind.TEXT, "Do", help="The statement or command to run, after you read it."),
        Column("first_seen", Kind.TIME, "First", help="The first of these executions.", rank=6),
        Column("last_seen", Kind.TIME, "Last", help="The last of these executions.", rank=5),
        TENANT,
        Column(
            "execution_keys",
            Kind.LIST,
            "Keys",
            help="Up to three of these executions: what `dbtrack show` takes.",
            is_detail=True,
        ),
    ),
    parameters=(
        Parameter(
            "kind",
            ParameterKind.TEXT,
            "Only advice of this kind.",
            choices=(
                "failure",
                "lock",
                "slower",
                "build",
                "behind",
                "invalid",
                "grant",
            ),
        ),
        ONE_TENANT,
        SINCE,
        Parameter(
            "limit", ParameterKind.LIMIT, "Maximum number of rows, those that cost most first.", default=50
        ),
    ),
)
