"""Find what is wrong with an installation, and the statement or command that fixes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dbtrack import sql_files
from dbtrack.columns import Column, Kind
from dbtrack.db import Database
from dbtrack.errors import NotInstalledError
from dbtrack.schema.installed import is_installed
from dbtrack.schema.optional_modules import installed_modules
from dbtrack.schema.providers import guess_provider
from dbtrack.schema.suspension import open_suspension
from dbtrack.tenants.platform_source import PLATFORM, source_problems
from dbtrack.version import __version__

FINDING_COLUMNS = (
    Column("severity", Kind.STATUS, "Severity"),
    Column("subject", Kind.IDENTIFIER, "Subject"),
    Column("message", Kind.TEXT, "What is wrong"),
    Column("remedy_sql", Kind.TEXT, "What fixes it"),
)

# The most important first: what prevents recording.
_CHECKS = (
    "suspension",
    "event_triggers",
    "uncaptured",
    "settings",
    "retention",
    "failures",
    "partial_records",
    "routines",
    "rights",
    "tables",
    "mart",
    "tenants",
    "publications",
    "slots",
    "partitions",
    "seals",
    "rollups",
    "search",
    "executions",
    "adoption",
    "log",
)


@dataclass(frozen=True)
class Finding:
    """One problem.

    Args:
        severity: CRITICAL (something goes unrecorded or unprotected) or WARNING.
        subject: the object or setting concerned.
        message: what is wrong with it.
        remedy_sql: the statement or command that fixes it; None if there is no general one.
    """

    severity: str
    subject: str
    message: str
    remedy_sql: str | None

    @property
    def row(self) -> tuple[str, str, str, str | None]:
        """The finding in the columns of `FINDING_COLUMNS`."""
        return (self.severity, self.subject, self.message, self.remedy_sql)


_EMPTY_COPY = Finding(
    "CRITICAL",
    "script_tracking",
    "the tables are an empty copy, for example from a dump without data: settings and checksums are missing",
    "dbtrack uninstall --yes && dbtrack install",
)
_MISSING = "the event trigger is missing: DDL is not captured"
_HAS_NO_ROUTINE = "SELECT pg_catalog.to_regprocedure(%(routine)s) IS NULL"
# An earlier version lacks these functions, and removing one must not disable the other checks.
_NEEDED_ROUTINES = {
    "routines": "script_tracking.routine_hash(oid)",
    "uncaptured": "script_tracking.uncaptured_roles()",
    "seals": "script_tracking.get_seal_health()",
    "rollups": "script_tracking.get_rollup_health()",
    "search": "script_tracking.search_backlog()",
    "retention": "script_tracking.retention_conflicts(integer,boolean)",
    "publications": "script_tracking.incomplete_publications()",
    "suspension": "script_tracking.get_suspension()",
    "slots": "script_tracking.get_replication_health()",
}
_NEEDED_RELATIONS = {"partial_records": "script_tracking.capture_partial_seq"}
_HAS_NO_RELATION = "SELECT pg_catalog.to_regclass(%(relation)s) IS NULL"
_HAS_SOURCE = "SELECT pg_catalog.to_regprocedure('script_tracking.tenant_source()') IS NOT NULL"
_MISSING_HASH = Finding(
    "CRITICAL",
    "script_tracking.routine_hash(oid)",
    "the function is missing, so the other functions cannot be checked",
    "dbtrack install",
)


def diagnose(database: Database) -> list[Finding]:
    """Return all findings. It changes nothing and works on a standby.

    Raises:
        NotInstalledError: dbtrack is not installed in this database.
        PermissionDeniedError: the role is not an administrator of dbtrack.
    """
    if not is_installed(database):
        foreign = database.value("SELECT pg_catalog.to_regnamespace('script_tracking')") is not None
        raise NotInstalledError(
            "the schema script_tracking was not made by dbtrack"
            if foreign
            else "dbtrack is not installed here",
            hint="run: dbtrack install --adopt" if foreign else "run: dbtrack install",
        )
    if not database.value("SELECT EXISTS (SELECT FROM script_tracking.installation)"):
        return [_EMPTY_COPY]
    findings = list(_version_findings(database))
    with database.transaction():
        # Identities are compared as text, and omit our schema's name if it is on the session's search_path.
        database.execute("SET LOCAL search_path = pg_catalog, pg_temp")
        is_suspended = open_suspension(database) is not None
        for check in (*_CHECKS, *_module_checks(database)):
            # That they are missing is then on purpose, and a finding of its own.
            if not (is_suspended and check == "event_triggers"):
                findings += _run_check(database, check)
    return _at_provider(database, findings) + list(_source_findings(database))


def _at_provider(database: Database, findings: list[Finding]) -> list[Finding]:
    """Say what to do about missing event triggers at the provider that this server looks like."""
    if not any(finding.message == _MISSING for finding in findings):
        return findings
    provider = guess_provider(database)
    if provider is None:
        return findings
    return [
        replace(finding, remedy_sql=provider.remedy) if finding.message == _MISSING else finding
        for finding in findings
    ]


def _source_findings(database: Database) -> Iterator[Finding]:
    # An earlier version lacks this function; the version itself is a finding already.
    if database.value(_HAS_SOURCE):
        for message, remedy in source_problems(database):
            yield Finding("WARNING", PLATFORM, message, remedy)


def _run_check(database: Database, check: str) -> list[Finding]:
    routine = _NEEDED_ROUTINES.get(check)
    if routine and database.value(_HAS_NO_ROUTINE, {"routine": routine}):
        return [_MISSING_HASH] if check == "routines" else []
    relation = _NEEDED_RELATIONS.get(check)
    if relation and database.value(_HAS_NO_RELATION, {"relation": relation}):
        return []
    return [Finding(*row) for row in database.rows(sql_files.query(f"doctor/{check}"))]


def _module_checks(database: Database) -> tuple[str, ...]:
    if "auth" not in installed_modules(database):
        return ()
    # The second check needs functions, which are missing after an uninstall that kept the data.
    has_functions = database.value(sql_files.query("installation/has_module_auth"))
    return ("module_auth", "platform_auth") if has_functions else ("module_auth",)


def _version_findings(database: Database) -> Iterator[Finding]:
    installed: dict[int, str] = dict(database.rows(sql_files.query("installation/applied_migrations")))
    known = {file.number: file.name for file in sql_files.migrations() if file.number}
    version = database.value(sql_files.query("installation/installed_version"))
    if set(installed) - set(known):
        yield Finding(
            "CRITICAL",
            "dbtrack",
            f"the database is newer than this program ({__version__}): it has migration {max(installed)}",
            "pip install --upgrade dbtrack",
        )
    elif missing := sorted(set(known) - set(installed)):
        names = ", ".join(known[number] for number in missing)
        yield Finding(
            "WARNING",
            "dbtrack",
            f"the database is older than this program: it lacks {names}",
            "dbtrack install",
        )
    elif version != __version__:
        yield Finding(
            "WARNING",
            "dbtrack",
            f"the database has version {version}, this program is {__version__}",
            "dbtrack install",
        )
