"""Reports on a whole database: dashboard, performance, health."""

from __future__ import annotations

from dbtrack.columns import FIRST_TO_GO
from dbtrack.reports.columns import AS_OF, ONE_TENANT, SINCE, UNTIL
from dbtrack.reports.model import Column, Kind, Parameter, ParameterKind, Report

DASHBOARD = Report(
    "dashboard",
    "Dashboard",
    "Show the key figures of the last 24 hours, or of another window.",
    columns=(
        Column("metric_name", Kind.IDENTIFIER, "Metric", help="What is measured."),
        Column(
            "metric_value",
            Kind.METRIC,
            "Value",
            unit_column="metric_unit",
            help="In the unit of the same row.",
        ),
        Column("metric_unit", Kind.IDENTIFIER, "Unit", help="count, percent, ms or points."),
        Column("status", Kind.STATUS, "Status", help="OK, WARNING, CRITICAL or UNKNOWN."),
        Column("last_updated", Kind.TIME, "Updated", help="When it was computed.", rank=FIRST_TO_GO),
    ),
    parameters=(ONE_TENANT, SINCE, UNTIL, AS_OF),
    window_hours=24,
    live=True,
    by_tenant="dashboard_by_tenant",
    from_rollups=True,
    has_needs=True,
)

PERFORMANCE = Report(
    "performance",
    "Performance",
    "Show success rates and durations by type, with trend, rating and usual values.",
    columns=(
        Column("metric_category", Kind.IDENTIFIER, "Category", help="`overall`, or a script type."),
        Column("metric_name", Kind.IDENTIFIER, "Metric", help="What is measured."),
        Column(
            "current_value",
            Kind.METRIC,
            "Value",
            unit_column="metric_unit",
            help="In the unit of the same row.",
        ),
        Column("metric_unit", Kind.IDENTIFIER, "Unit", help="count, percent or ms."),
        Column(
            "trend_direction",
            Kind.IDENTIFIER,
            "Trend",
            help="UP, DOWN or STABLE (within 5 %) against before.",
        ),
        Column(
            "performance_rating",
            Kind.STATUS,
            "Rating",
            help="EXCELLENT, GOOD, WARNING, POOR; null: no data.",
            rank=8,
        ),
        Column(
            "usual_value",
            Kind.METRIC,
            "Usual",
            unit_column="metric_unit",
            help="Of the 28 days before; null: fewer than five ended.",
            rank=7,
        ),
        Column(
            "compared_to_usual",
            Kind.STATUS,
            "Compared",
            help="BETTER, AS USUAL or WORSE than that; null: nothing to compare with.",
            rank=6,
        ),
    ),
    parameters=(ONE_TENANT, SINCE, UNTIL),
    window_hours=24,
    live=True,
    from_rollups=True,
)

PERFORMANCE_BY = Report(
    "performance_by",
    "Performance",
    "Show counts and durations by name, object or login, each against its own past.",
    columns=(
        Column("subject", Kind.IDENTIFIER, "By", help="The name, the object or the login."),
        Column("operations", Kind.COUNT, "Operations", help="All that began in the window."),
        Column("failed_operations", Kind.COUNT, "Failed", help="Those that failed."),
        Column("success_rate", Kind.NUMBER, "Success %", help="Percent of what has ended.", rank=5),
        Column("p50_duration_ms", Kind.DURATION_MS, "Median", help="Of what has ended."),
        Column("p95_duration_ms", Kind.DURATION_MS, "95 %", help="95 percent took no longer."),
        Column("max_duration_ms", Kind.DURATION_MS, "Longest", help="The longest.", rank=3),
        Column("total_duration_ms", Kind.DURATION_MS, "Total", help="All of them together.", rank=2),
        Column(
            "usual_p50_ms",
            Kind.DURATION_MS,
            "Usual",
            help="The median of the 28 days before; null: fewer than five ended.",
            rank=4,
        ),
        Column(
            "usual_p95_ms", Kind.DURATION_MS, "Usual 95 %", help="Likewise, of the 95th percentile.", rank=6
        ),
        Column(
            "trend_direction",
            Kind.IDENTIFIER,
            "Trend",
            help="UP, DOWN or STABLE (within 5 %): the median against the usual one.",
            rank=7,
        ),
        Column(
            "compared_to_usual",
            Kind.STATUS,
            "Compared",
            help="WORSE: the median is over 1.5 times the usual one, or success 5 points lower; BETTER; "
            "AS USUAL; null: nothing to compare with.",
            rank=1,
        ),
    ),
    parameters=(
        Parameter(
            "by",
            ParameterKind.TEXT,
            "One row for each name, object or login.",
            default="name",
            choices=("name", "object", "user"),
        ),
        ONE_TENANT,
        SINCE,
        UNTIL,
        Parameter("limit", ParameterKind.LIMIT, "Maximum number of rows, those that took most time first."),
    ),
    window_hours=24,
    live=True,
    part_of="performance",
)

HEALTH = Report(
    "health",
    "Health",
    "Check capture, operations and storage.",
    columns=(
        Column(
            "health_category",
            Kind.IDENTIFIER,
            "Category",
            help="capture, operations, storage, reports, server.",
            rank=8,
        ),
        Column("health_metric", Kind.IDENTIFIER, "Check", help="The check; see the table below."),
        Column("current_status", Kind.STATUS, "Status", help="OK, WARNING, CRITICAL or UNKNOWN."),
        Column("details", Kind.TEXT, "Details", help="What the check found."),
        Column("last_checked", Kind.TIME, "Checked", help="When it was computed.", rank=FIRST_TO_GO),
    ),
    parameters=(ONE_TENANT,),
    live=True,
    from_rollups=True,
)
