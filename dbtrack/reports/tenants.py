"""Reports on tenants and administration: dashboard by tenant, one tenant, access, changes."""

from __future__ import annotations

from dataclasses import replace

from dbtrack.reports import columns
from dbtrack.reports.model import Column, Kind, Parameter, ParameterKind, Report

_TENANT = Parameter("tenant", ParameterKind.TENANT, "Its short name, or its key in hex.", required=True)
_NAME = Column("tenant_name", Kind.TEXT, "Name", help="The tenant's name for people.")
_ACTIVE = Column("is_active", Kind.BOOLEAN, "Active", help="False: disabled, no new operations for it.")

DASHBOARD_BY_TENANT = Report(
    "dashboard_by_tenant",
    "Tenants",
    "Each tenant in a row.",
    columns=(
        replace(columns.TENANT, rank=0),
        Column("tenant_name", Kind.TEXT, "Name", help="The tenant's name for people.", rank=8),
        Column("total_operations_24h", Kind.COUNT, "Operations", help="All that began."),
        Column("failed_operations_24h", Kind.COUNT, "Failed", help="Those that failed."),
        Column(
            "running_operations", Kind.COUNT, "Running", help="Now, however long ago they started.", rank=3
        ),
        Column("success_rate_24h", Kind.NUMBER, "Success %", help="Percent of what has ended.", rank=2),
        Column("avg_duration_ms", Kind.DURATION_MS, "Average", help="Of what has ended.", rank=6),
        Column("last_started", Kind.TIME, "Last started", help="Start of the latest one.", rank=9),
        Column("status", Kind.STATUS, "Status", help="Of the success rate, as in the dashboard."),
    ),
    parameters=(columns.ONE_TENANT, columns.SINCE, columns.UNTIL),
    window_hours=24,
    live=True,
    part_of="dashboard",
)

ACCESS = Report(
    "access",
    "Access to other people's records",
    "List who read whose records by a report, granted or refused. A plain SELECT is not noted.",
    columns=(
        Column("accessed_at", Kind.TIME, "When", help="When the report ran."),
        columns.USER,
        Column("report_name", Kind.IDENTIFIER, "Report", help="The report that was run."),
        Column("tenant", Kind.IDENTIFIER, "Tenant", help="Whose records; null: those of all, or of none."),
        Column("outcome", Kind.STATUS, "Outcome", help="GRANTED or REFUSED."),
        columns.CLIENT_IP,
        Column("application_name", Kind.TEXT, "Application", help="As the session set it.", rank=5),
    ),
    parameters=(
        Parameter("days", ParameterKind.DAYS, "Only the last DAYS days.", default=7),
        columns.ONE_TENANT,
        Parameter("user", ParameterKind.WORDS, "Only these logins: alice,bob, or deploy*."),
        Parameter("since", ParameterKind.SINCE, "Only entries at or after this time."),
        Parameter("until", ParameterKind.UNTIL, "Only entries before this time."),
        columns.LIMIT,
    ),
)

ADMINISTRATION = Report(
    "administration",
    "Administration",
    "List changes by administrators: settings, tenants, grants, keys, versions.",
    columns=(
        columns.EXECUTION_KEY,
        Column("execution_timestamp", Kind.TIME, "When", help="When the change was made."),
        columns.USER,
        Column("script_name", Kind.IDENTIFIER, "Change", help="The command that makes such a change."),
        Column("subject", Kind.IDENTIFIER, "Of", help="The setting, role, schema, key or tenant."),
        Column("old_value", Kind.JSON, "Before", help="Null where there was nothing."),
        Column("new_value", Kind.JSON, "After", help="Null where there is nothing any more."),
        columns.CLIENT_IP,
        Column("application_name", Kind.TEXT, "Application", help="As the session set it.", rank=5),
    ),
    parameters=(
        Parameter("days", ParameterKind.DAYS, "Only the last DAYS days.", default=90),
        Parameter("user", ParameterKind.WORDS, "Only these logins: alice,bob, or deploy*."),
        Parameter("since", ParameterKind.SINCE, "Only entries at or after this time."),
        Parameter("until", ParameterKind.UNTIL, "Only entries before this time."),
        columns.LIMIT,
    ),
)

SHOW_TENANT = Report(
    "show_tenant",
    "Tenant",
    "One tenant as it stands now.",
    columns=(
        Column("tenant", Kind.IDENTIFIER, "Tenant", help="Its business key."),
        _NAME,
        _ACTIVE,
        Column("tenant_hk", Kind.KEY, "Key", help="Its hash key."),
        Column("added_at", Kind.TIME, "Added", help="When it was added."),
        columns.RECORD_SOURCE,
        Column("roles", Kind.LIST, "Roles", help="An asterisk marks the role's default tenant."),
        Column("schemas", Kind.LIST, "Schemas", help="The schemas that are mapped to it."),
    ),
    parameters=(_TENANT,),
    part_of="tenant show",
)

SHOW_TENANT_NAMES = Report(
    "show_tenant_names",
    "Names",
    "What one tenant was called, the first first.",
    columns=(
        _NAME,
        _ACTIVE,
        Column("load_date", Kind.TIME, "Written", help="From when on it had this name."),
        Column("load_end_date", Kind.TIME, "Superseded", help="Until when; null: current."),
        columns.RECORD_SOURCE,
    ),
    parameters=(_TENANT,),
    part_of="tenant show",
)

SHOW_TENANT_COUNTS = Report(
    "show_tenant_counts",
    "Executions",
    "How many executions one tenant has.",
    columns=(
        columns.STATUS,
        Column("executions", Kind.COUNT, "Executions", help="How many have this status."),
    ),
    parameters=(_TENANT,),
    part_of="tenant show",
)
