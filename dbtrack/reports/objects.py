"""Reports on the history of an object: who changed which part of it, its versions, its privileges."""

from __future__ import annotations

from dbtrack.reports import columns
from dbtrack.reports.model import Column, Kind, Parameter, ParameterKind, Report

AS_OF = Parameter("as_of", ParameterKind.MOMENT, "As it stood at this time.")
_OBJECT = Parameter(
    "object",
    ParameterKind.TEXT,
    "A name as PostgreSQL reads it, of the search path if it has no schema: orders, shop.orders, "
    "'recalc_totals(date)'.",
    required=True,
)
_IDENTITY = Column("object_identity", Kind.IDENTIFIER, "Object", help="The identity as PostgreSQL gives it.")
_KNOWN_BY = Column(
    "known_by",
    Kind.IDENTIFIER,
    "Known by",
    help="recorded; maintain or reconcile, which found it later; for what is older than the record: exact, "
    "likely or time only, by the transaction in the catalog; or before the record.",
    rank=8,
)
_TICKET = Column("ticket", Kind.IDENTIFIER, "Ticket", help="Of the operation.", rank=6)
_NAME = Column(
    "script_name", Kind.IDENTIFIER, "By", help="The operation inside which it ran, else the command."
)

BLAME = Report(
    "blame",
    "Blame",
    "Show who added each part of an object, and who changed it last.",
    columns=(
        Column(
            "kind",
            Kind.IDENTIFIER,
            "Kind",
            help="relation, definition, column, constraint, index, rule, trigger, policy, or grant.",
        ),
        Column("name", Kind.IDENTIFIER, "Part", help="Of a grant, the grantee."),
        Column("definition", Kind.TEXT, "Definition", help="In one line; the last one of a dropped part."),
        Column("is_dropped", Kind.BOOLEAN, "Dropped", help="Then the last change is that.", rank=5),
        Column("added_at", Kind.TIME, "Added", help="Null: before the record.", rank=3),
        Column("added_key", Kind.KEY, "Added by key", help="What `dbtrack show` takes.", rank=4),
        Column("added_name", Kind.IDENTIFIER, "Added by", help="The operation, else the command.", rank=2),
        Column("added_user", Kind.IDENTIFIER, "Login", help="Who added it.", rank=2),
        Column("added_ticket", Kind.IDENTIFIER, "Ticket", help="Of that operation.", rank=7),
        Column("changed_at", Kind.TIME, "Changed", help="The last change."),
        Column("changed_key", Kind.KEY, "Changed by key", help="What `dbtrack show` takes."),
        Column("changed_name", Kind.IDENTIFIER, "Changed by", help="The operation, else the command."),
        Column("changed_user", Kind.IDENTIFIER, "Login", help="Who changed it."),
        Column("changed_ticket", Kind.IDENTIFIER, "Ticket", help="Of that operation.", rank=6),
        _KNOWN_BY,
        _IDENTITY,
    ),
    parameters=(
        _OBJECT,
        Parameter("part", ParameterKind.TEXT, "Only this column, constraint, index, trigger, or grantee."),
        AS_OF,
    ),
    part_of="blame",
)

LOG = Report(
    "log",
    "Log",
    "List the versions of an object, the latest first.",
    columns=(
        Column("version", Kind.IDENTIFIER, "Version", help="Counted from the first one recorded."),
        Column("changed_at", Kind.TIME, "When", help="When it was changed."),
        columns.EXECUTION_KEY,
        _NAME,
        Column("command_tag", Kind.IDENTIFIER, "Command", help="ALTER TABLE and so on.", rank=5),
        columns.USER,
        _TICKET,
        Column(
            "cause",
            Kind.IDENTIFIER,
            "Cause",
            help="captured; follows: something was renamed that its text mentions; baseline: it was there "
            "before the record; maintain, reconcile: found later.",
            rank=8,
        ),
        _IDENTITY,
        Column(
            "changes",
            Kind.JSON,
            "Changes",
            help="A list: part, kind, name, and its definition before, after.",
        ),
        Column("sql_command", Kind.TEXT, "Statement", help="As sent, redacted.", rank=9),
    ),
    parameters=(_OBJECT, columns.SINCE, columns.UNTIL, columns.LIMIT),
    part_of="log",
)

GRANTS = Report(
    "grants",
    "Grants",
    "List the privileges of a role or on an object, and who granted them when.",
    columns=(
        _IDENTITY,
        Column("object_type", Kind.IDENTIFIER, "Kind", help="table, function and so on.", rank=6),
        Column("column_name", Kind.IDENTIFIER, "Column", help="Null for the whole object.", rank=5),
        Column("grantee", Kind.IDENTIFIER, "Grantee", help="A role, or PUBLIC."),
        Column("privileges", Kind.LIST, "Privileges", help="Those that were granted together."),
        Column("is_grantable", Kind.BOOLEAN, "May grant", help="Whether WITH GRANT OPTION.", rank=7),
        Column("grantor", Kind.IDENTIFIER, "Grantor", help="The role that PostgreSQL notes as such.", rank=9),
        Column("granted_at", Kind.TIME, "Granted", help="Null: before the record."),
        columns.EXECUTION_KEY,
        _NAME,
        Column("db_session_user", Kind.IDENTIFIER, "Login", help="Who ran the GRANT.", rank=4),
        _TICKET,
        _KNOWN_BY,
    ),
    parameters=(
        Parameter("to", ParameterKind.TEXT, "Only privileges of this role; PUBLIC for those of everybody."),
        Parameter("on", ParameterKind.TEXT, "Only privileges on this object."),
        AS_OF,
    ),
    part_of="grants",
)
