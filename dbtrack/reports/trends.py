"""The report on how throughput, success and durations develop."""

from __future__ import annotations

from dbtrack.reports.columns import ONE_TENANT, SINCE, UNTIL
from dbtrack.reports.model import Column, Kind, Parameter, ParameterKind, Report

TRENDS = Report(
    "trends",
    "Trends",
    "Show how throughput, success and durations develop, and whether they have a trend.",
    columns=(
        Column("subject", Kind.IDENTIFIER, "Of", help="all; or the type, the tenant or the name."),
        Column(
            "measure",
            Kind.IDENTIFIER,
            "Measure",
            help="operations, success_rate, p50_duration_ms, p95_duration_ms, p99_duration_ms.",
        ),
        Column("metric_unit", Kind.IDENTIFIER, "Unit", help="count, percent or ms.", is_detail=True),
        Column(
            "middle",
            Kind.METRIC,
            "Usual",
            unit_column="metric_unit",
            help="The median of the points.",
        ),
        Column(
            "change_percent",
            Kind.NUMBER,
            "Change %",
            help="The fitted change over the window, in percent of the median.",
        ),
        Column(
            "direction",
            Kind.IDENTIFIER,
            "Trend",
            help="UP or DOWN with a significance of 5 %, STABLE; null: fewer than eight points.",
        ),
        Column(
            "p_value",
            Kind.NUMBER,
            "p",
            help="How probable such a trend is by chance (seasonal Kendall test).",
            rank=4,
        ),
        Column(
            "peak",
            Kind.IDENTIFIER,
            "Peak",
            help="The hour of the day or the day of the week with the highest mean, where seasons matter.",
            rank=3,
        ),
        Column(
            "season_share",
            Kind.NUMBER,
            "Seasons",
            help="The share of the variance that is between hours of the day or days of the week.",
            rank=6,
        ),
        Column("first_step", Kind.TIME, "From", help="The beginning of the first point.", rank=5),
        Column("steps", Kind.COUNT, "Points", help="How many points there are.", rank=7),
        Column(
            "points", Kind.LIST, "Points", help="The value of each step; null: nothing ended.", is_detail=True
        ),
    ),
    parameters=(
        Parameter(
            "step",
            ParameterKind.TEXT,
            "A point an hour, a day or a week.",
            default="day",
            choices=("hour", "day", "week"),
        ),
        Parameter(
            "by",
            ParameterKind.TEXT,
            "Rows for each type, tenant or name.",
            choices=("type", "tenant", "name"),
        ),
        ONE_TENANT,
        SINCE,
        UNTIL,
        Parameter(
            "zone",
            ParameterKind.TEXT,
            "The time zone in which days and weeks begin, e.g. Europe/Berlin.",
            default="UTC",
        ),
        Parameter(
            "limit",
            ParameterKind.LIMIT,
            "Maximum number of types, tenants or names, those with most executions first.",
            default=20,
        ),
    ),
    from_rollups=True,
)
