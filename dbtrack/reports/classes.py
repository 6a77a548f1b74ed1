"""Reports on what is classified: classes, suggestions, who has access, and the parts of an access review."""

from __future__ import annotations

from dbtrack.reports import columns
from dbtrack.reports.model import Column, Kind, Parameter, ParameterKind, Report

_IDENTITY = Column("object_identity", Kind.IDENTIFIER, "Object", help="The identity as PostgreSQL gives it.")
_TYPE = Column("object_type", Kind.IDENTIFIER, "Kind", help="table, view and so on.", rank=9)
_CLASS = Column("class_name", Kind.IDENTIFIER, "Class", help="phi, pii, pci, secret, or one of your own.")
_OF_CLASS = Parameter("class_name", ParameterKind.TEXT, "Only what has this class.")
_UNUSED = Parameter(
    "unused_days",
    ParameterKind.DAYS,
    "A login of which nothing was recorded for so many days is unused.",
    default=90,
)

CLASSES = Report(
    "classes",
    "Classes",
    "List what is classified, as what, by whom and why.",
    columns=(
        _IDENTITY,
        _TYPE,
        Column("column_name", Kind.IDENTIFIER, "Column", help="Null: the whole object."),
        _CLASS,
        Column(
            "basis",
            Kind.IDENTIFIER,
            "Basis",
            help="classified; inherited: from its parent; same name: what had the class was dropped, and "
            "this one has its name; restored: the database was restored.",
        ),
        Column("is_dropped", Kind.BOOLEAN, "Dropped", help="Whether it is no longer there.", rank=7),
        Column("classified_at", Kind.TIME, "Classified", help="When it was said."),
        Column("login", Kind.IDENTIFIER, "Login", help="Who classified it."),
        Column("reason", Kind.TEXT, "Reason", help="Why, as was said.", rank=6),
        columns.TENANT,
        columns.EXECUTION_KEY,
    ),
    parameters=(_OF_CLASS, columns.ONE_TENANT, columns.AS_OF),
    part_of="classify",
)

CLASS_SUGGESTIONS = Report(
    "class_suggestions",
    "Suggestions",
    "List columns that look as if they should be classified, by name, type and what views read.",
    columns=(
        _IDENTITY,
        _TYPE,
        Column("column_name", Kind.IDENTIFIER, "Column", help="Null: the whole view."),
        Column("column_type", Kind.IDENTIFIER, "Type", help="As PostgreSQL writes it.", rank=7),
        _CLASS,
        Column("sureness", Kind.IDENTIFIER, "Sure", help="high, medium or low."),
        Column("why", Kind.TEXT, "Why", help="What speaks for it, and the language of the name."),
        Column("rule_name", Kind.IDENTIFIER, "Rule", help="Of class_rules().", rank=8),
    ),
    parameters=(_OF_CLASS,),
    part_of="classify",
)

_ACCESS = (
    _IDENTITY,
    _TYPE,
    Column("classes", Kind.LIST, "Classes", help="Of the object and its columns."),
    Column("classified_columns", Kind.LIST, "Columns", help="Null: the whole object is classified.", rank=6),
    Column("column_name", Kind.IDENTIFIER, "On column", help="Of a privilege on a column.", rank=7),
    Column("login", Kind.IDENTIFIER, "Login", help="Who has access; PUBLIC: everybody."),
    Column(
        "how",
        Kind.IDENTIFIER,
        "How",
        help="grant, PUBLIC, owner, superuser, pg_read_all_data or pg_write_all_data.",
    ),
    Column("through", Kind.LIST, "Through", help="The roles from the login to the one that has it."),
    Column("privileges", Kind.LIST, "Privileges", help="ALL: of an owner or a superuser."),
    Column("can_read", Kind.BOOLEAN, "Read", help="Whether it may read rows."),
    Column("can_write", Kind.BOOLEAN, "Write", help="Whether it may change or remove rows."),
    Column(
        "can_use_schema",
        Kind.BOOLEAN,
        "Schema",
        help="Whether it has USAGE on the schema, without which the privilege does nothing; null: not known.",
        rank=8,
    ),
)
_ORIGIN = (
    Column("granted_at", Kind.TIME, "Granted", help="Null: before the record, or without a grant."),
    columns.EXECUTION_KEY,
    Column("script_name", Kind.IDENTIFIER, "By", help="The operation inside which it ran, else the command."),
    Column("db_session_user", Kind.IDENTIFIER, "Granted by", help="The login that ran the GRANT.", rank=5),
    Column("ticket", Kind.IDENTIFIER, "Ticket", help="Of the operation."),
)
_KNOWN_BY = Column(
    "known_by",
    Kind.IDENTIFIER,
    "Known by",
    help="recorded; maintain or reconcile, which found it later; before the record.",
    rank=10,
)

CLASS_ACCESS = Report(
    "class_access",
    "Access to what is classified",
    "List who has access to what is classified: by grants, through roles, as owner, as superuser.",
    columns=(
        *_ACCESS,
        Column("grantor", Kind.IDENTIFIER, "Grantor", help="The role that PostgreSQL notes.", rank=11),
        *_ORIGIN,
        _KNOWN_BY,
    ),
    parameters=(
        _OF_CLASS,
        columns.ONE_TENANT,
        Parameter("as_of", ParameterKind.MOMENT, "Who had access at this time to what is classified now."),
    ),
    part_of="grants",
)

ACCESS_REVIEW = Report(
    "access_review",
    "Access",
    "List for a review who can read and write what is classified, since when, by which ticket, and what is "
    "odd about it.",
    columns=(
        *_ACCESS,
        *_ORIGIN,
        _KNOWN_BY,
        Column(
            "last_used_at",
            Kind.TIME,
            "Last seen",
            help="The last time in those days that anything of the login is in the record.",
        ),
        Column(
            "last_login_at", Kind.TIME, "Last login", help="By module auth, if it records logins.", rank=9
        ),
        Column("is_connected", Kind.BOOLEAN, "Connected", help="Whether it is connected now.", rank=10),
        Column(
            "logins_recorded",
            Kind.BOOLEAN,
            "Logins known",
            help="Whether any login was recorded in those days; if not, nobody knows whether one is unused.",
            rank=12,
        ),
        Column(
            "exceptions",
            Kind.LIST,
            "Exceptions",
            help="no_ticket, unknown_origin, public, shared_login, unused_login; docs/classes.md.",
        ),
        Column("open_exceptions", Kind.LIST, "Open", help="Those that no signed review explains."),
        Column("explained_by", Kind.TEXT, "Explained by", help="Who signed that review.", rank=11),
    ),
    parameters=(_OF_CLASS, _UNUSED, columns.ONE_TENANT),
    part_of="access-review",
)

ACCESS_CHANGES = Report(
    "access_changes",
    "Changes since the last review",
    "List what changed about classified data: access, classes, the objects; by default since the last review "
    "of access.",
    columns=(
        Column(
            "change",
            Kind.IDENTIFIER,
            "Change",
            help="access gained, access lost, classified, class removed, or changed.",
        ),
        _IDENTITY,
        Column("login", Kind.IDENTIFIER, "Login", help="Whose access, or who did it."),
        Column("detail", Kind.TEXT, "Details", help="Privileges and roles; the class and why; the command."),
        Column("changed_at", Kind.TIME, "When", help="Null: not known, as of roles."),
        columns.EXECUTION_KEY,
    ),
    parameters=(
        _OF_CLASS,
        columns.ONE_TENANT,
        Parameter("since", ParameterKind.SINCE, "Since this time. Default: since the last review of access."),
    ),
    part_of="access-review",
)
