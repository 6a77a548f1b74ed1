"""The sources of a vault: add, list, accept what was found, remove."""

from __future__ import annotations

from dbtrack import sql_files
from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row, quote_identifier
from dbtrack.errors import UsageError
from dbtrack.periods import seconds_of
from dbtrack.schema.script_steps import file_step

SOURCE_COLUMNS = (
    Column("source_name", Kind.IDENTIFIER, "Source"),
    Column(
        "current_status",
        Kind.STATUS,
        "Status",
        help="OK; WARNING: silent; CRITICAL: something does not agree.",
    ),
    Column("details", Kind.TEXT, "Details"),
    Column("last_seen_at", Kind.TIME, "Last push", help="Also if there was nothing new."),
    Column("last_arrival_at", Kind.TIME, "Last arrival", help="Of something new.", rank=1),
    Column("lag_seconds", Kind.NUMBER, "Lag, s", help="How long the last event was on its way."),
    Column(
        "verified_before",
        Kind.TIME,
        "Verified up to",
        help="Earlier rows agree with the seals of the source.",
    ),
    Column("verified_rows", Kind.COUNT, "Verified", help="Rows that were compared with the seals.", rank=2),
    Column("executions", Kind.COUNT, "Executions"),
    Column("tenants", Kind.COUNT, "Tenants", rank=2),
    Column("findings", Kind.COUNT, "Findings", help="Open ones: dbtrack vault findings."),
    Column("database_name", Kind.IDENTIFIER, "Database", rank=2),
    Column("dbtrack_version", Kind.IDENTIFIER, "Version", rank=3),
    Column("login_name", Kind.IDENTIFIER, "Login", help="Null: it has a token.", rank=3),
)
FINDING_COLUMNS = (
    Column("source_name", Kind.IDENTIFIER, "Source"),
    Column("finding_kind", Kind.IDENTIFIER, "Kind"),
    Column("subject", Kind.TEXT, "Of", help="The event, the block or the row.", rank=2),
    Column("details", Kind.TEXT, "Details"),
    Column("found_at", Kind.TIME, "Found"),
    Column("last_found_at", Kind.TIME, "Last found", rank=2),
    Column("accepted_at", Kind.TIME, "Accepted", help="Null: it is open."),
    Column("accepted_by", Kind.IDENTIFIER, "By", rank=1),
    Column("reason", Kind.TEXT, "Reason", rank=1),
)


def make_vault(database: Database) -> None:
    """Make a database with dbtrack a vault: the role of those who push, and its privileges.

    Raises:
        PermissionDeniedError: the login may not create roles.
    """
    with database.transaction():
        for name in ("vault_role", "act_as_owner", "vault_grants"):
            database.run_script(file_step(f"install/{name}.sql").text)
        database.execute("RESET ROLE")


def parse_expected(text: str) -> int:
    """Return the seconds of a period: 10m, 1h, 2d.

    Raises:
        UsageError: it is not a period.
    """
    seconds = seconds_of(text.strip().lower(), "mhd")
    if seconds is None:
        raise UsageError(f"--expected needs a period, not {text!r}", hint="10m, 1h or 2d")
    return seconds


def add_source(
    database: Database,
    name: str,
    *,
    login: str | None,
    expected_seconds: int,
    subscription: str | None = None,
) -> str | None:
    """Add a source, and return its token; None if it needs none.

    Args:
        login: who pushes over a connection; it becomes a member of the vault's role.
        subscription: the subscription that will bring its record, instead of a push.

    Raises:
        UsageError: a name cannot be used, or there is such a source or subscription.
    """
    with database.transaction():
        token = database.call_value(
            "add_vault_source",
            p_source_name=name,
            p_login=login,
            p_expected_seconds=expected_seconds,
            p_subscription=subscription,
        )
        if login is not None:
            role = database.value(sql_files.query("vault/role"))
            database.execute(f"GRANT {quote_identifier(role)} TO {quote_identifier(login)}")
    return None if token is None else str(token)


def set_source(database: Database, name: str, *, follows_erasures: bool) -> None:
    """Say whether what a source erases is erased in the vault, too.

    Raises:
        UsageError: there is no such source.
    """
    database.call("set_vault_source", p_source_name=name, p_follows_erasures=follows_erasures)


def remove_source(database: Database, name: str) -> None:
    """Take nothing more from a source; what arrived stays.

    Raises:
        UsageError: there is no such source.
    """
    database.call("remove_vault_source", p_source_name=name)


def list_sources(database: Database) -> list[Row]:
    """Return the sources, in the columns of `SOURCE_COLUMNS`."""
    return database.call("get_vault_sources")


def list_findings(database: Database, name: str | None) -> list[Row]:
    """Return what was found, of one source or of all, in the columns of `FINDING_COLUMNS`."""
    return database.call("get_vault_findings", p_source_name=name)


def accept_findings(database: Database, name: str, reason: str) -> int:
    """Accept what was found of a source, and return how many findings that were.

    Raises:
        UsageError: there is no such source, or no reason.
    """
    return int(database.call_value("accept_vault_findings", p_source_name=name, p_reason=reason))


def check_receiver_login(database: Database) -> None:
    """Refuse a login that may not receive, or that could do more than that.

    Raises:
        UsageError: the login is not one for a receiver.
    """
    login, bypasses, may_receive = database.rows(sql_files.query("vault/login"))[0]
    hint = "on the vault, a superuser can run: CREATE ROLE vault_receiver LOGIN IN ROLE dbtrack_vault"
    if bypasses:
        raise UsageError(f"{login} may do more than receive, so it must not answer the network", hint=hint)
    if not may_receive:
        raise UsageError(f"{login} may not receive, or this database is not a vault", hint=hint)
