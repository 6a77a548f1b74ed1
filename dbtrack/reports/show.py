"""The reports of `dbtrack show`: one execution, its versions, objects, privileges and children."""

from __future__ import annotations

from dbtrack.reports import columns
from dbtrack.reports.model import Column, Kind, Report

SHOW_EXECUTION = Report(
    "show_execution",
    "Execution",
    "One execution as it stands now.",
    columns=(
        columns.EXECUTION_KEY,
        Column("business_key", Kind.IDENTIFIER, "Business key", help="Name, UTC time and a random suffix."),
        columns.SCRIPT_NAME,
        columns.SCRIPT_TYPE,
        columns.STATUS,
        columns.STARTED,
        columns.DURATION,
        columns.USER,
        columns.CLIENT_IP,
        columns.TENANT,
        Column(
            "parent_key",
            Kind.KEY,
            "Parent",
            help="Inside which it ran, as its session claimed.",
        ),
        columns.RECORD_SOURCE,
        Column("sql_command", Kind.TEXT, "Statement", help="As sent, redacted."),
        columns.ERROR,
        columns.METADATA,
        columns.CLASSES,
        Column(
            "original_key",
            Kind.KEY,
            "Original",
            help="The execution on another node that replication repeated here; null: none, or not known.",
        ),
        Column("original_user", Kind.IDENTIFIER, "Original user", help="The login of the original."),
        Column("original_source", Kind.IDENTIFIER, "Original source", help="Where the original is recorded."),
        Column(
            "found_by",
            Kind.IDENTIFIER,
            "Found by",
            help="What shows it: transaction, commit time or process.",
        ),
    ),
    parameters=(columns.KEY, columns.AS_OF),
    part_of="show",
)

SHOW_VERSIONS = Report(
    "show_versions",
    "Versions",
    "All versions of one execution, the first first.",
    columns=(
        Column(
            "version_number",
            Kind.IDENTIFIER,
            "Version",
            help="Number of the version in its database, ascending.",
        ),
        columns.STATUS,
        Column("load_date", Kind.TIME, "Written", help="When the version was written."),
        Column(
            "load_end_date", Kind.TIME, "Superseded", help="When the next one superseded it; null: current."
        ),
        columns.DURATION,
        columns.RECORD_SOURCE,
        columns.ERROR,
        Column("hash_diff", Kind.KEY, "Hash", help="SHA-256 over the version's attributes."),
    ),
    parameters=(columns.KEY, columns.AS_OF),
    part_of="show",
)

SHOW_OBJECTS = Report(
    "show_objects",
    "Objects",
    "What one execution touched.",
    columns=(
        Column("object_identity", Kind.IDENTIFIER, "Object", help="The identity as PostgreSQL gives it."),
        Column("object_type", Kind.IDENTIFIER, "Kind", help="Null where the writer did not say."),
    ),
    parameters=(columns.KEY, columns.AS_OF),
    part_of="show",
)

SHOW_PRIVILEGES = Report(
    "show_privileges",
    "Privileges",
    "Who gained or lost which privileges by one execution.",
    columns=(
        Column("grantee", Kind.IDENTIFIER, "Grantee", help="A role, or PUBLIC."),
        Column("object_identity", Kind.IDENTIFIER, "Object", help="The identity as PostgreSQL gives it."),
        Column("object_type", Kind.IDENTIFIER, "Kind", help="table, function and so on."),
        Column("column_name", Kind.IDENTIFIER, "Column", help="Null for the whole object."),
        Column("gained", Kind.LIST, "Gained", help="Empty if the grantee had them before."),
        Column("lost", Kind.LIST, "Lost", help="Empty if the grantee did not have them before."),
        Column("grant_option_gained", Kind.LIST, "May grant", help="Gained WITH GRANT OPTION."),
        Column("grant_option_lost", Kind.LIST, "May not grant", help="May no longer grant these on."),
        Column("present", Kind.LIST, "Has now", help="Where what was there before is not known."),
        Column(
            "named", Kind.LIST, "Named", help="By the statement, where the server's log alone tells of it."
        ),
    ),
    parameters=(columns.KEY, columns.AS_OF),
    part_of="show",
)

SHOW_CHILDREN = Report(
    "show_children",
    "Children",
    "What ran inside one execution.",
    columns=(
        columns.EXECUTION_KEY,
        columns.SCRIPT_NAME,
        columns.SCRIPT_TYPE,
        columns.STATUS,
        columns.STARTED,
        columns.DURATION,
        Column(
            "link_type",
            Kind.IDENTIFIER,
            "Link",
            help="tracked: in an operation; nested: DDL in DDL.",
        ),
        Column(
            "is_proven",
            Kind.BOOLEAN,
            "Proven",
            help="Whether time, login, tenant and transaction agree with what the session claimed.",
        ),
        columns.OBJECTS,
        Column("statement", Kind.TEXT, "Statement", help="Its first 1000 characters, redacted."),
        Column("error", Kind.TEXT, "Error", help="Why it failed, in one line; null if it did not."),
    ),
    parameters=(columns.KEY, columns.AS_OF),
    part_of="show",
)

SHOW_TRACE = Report(
    "show_trace",
    "Trace",
    "What else belongs to the trace of one execution, in this service and in others.",
    columns=(
        columns.EXECUTION_KEY,
        columns.SCRIPT_NAME,
        columns.SCRIPT_TYPE,
        columns.STATUS,
        columns.STARTED,
        columns.DURATION,
        Column(
            "application_name",
            Kind.IDENTIFIER,
            "Service",
            help="The application, or the API token, that recorded it.",
        ),
        columns.USER,
        columns.TENANT,
        columns.RECORD_SOURCE,
        Column("parent_span", Kind.IDENTIFIER, "Parent span", help="The span in its traceparent."),
        Column("error", Kind.TEXT, "Error", help="Why it failed, in one line; null if it did not."),
    ),
    parameters=(columns.KEY,),
    part_of="show",
)

SHOW_USUAL = Report(
    "show_usual",
    "Usual duration",
    "How long the same as one execution took in the 90 days before it.",
    columns=(
        Column("subject", Kind.IDENTIFIER, "What", help="The name; of DDL the command and its object."),
        Column("executions", Kind.COUNT, "Executions", help="How many completed; fewer than three: no row."),
        Column("p50_ms", Kind.DURATION_MS, "Median", help="Half of them took no longer."),
        Column("p95_ms", Kind.DURATION_MS, "p95", help="95 % of them took no longer."),
        Column("since", Kind.TIME, "Since", help="The beginning of what was looked at."),
    ),
    parameters=(columns.KEY,),
    part_of="show",
)
