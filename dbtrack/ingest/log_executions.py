"""Turn log entries into executions: DDL that failed, and DDL that no event trigger sees."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dbtrack.ingest.ddl.ddl_commands import LoggedCommand, parse_command, parse_refused_change
from dbtrack.ingest.ddl.split_statements import Statement, is_complete_statement, split_statements
from dbtrack.ingest.formats.entry import AmbiguousEntryError, DamagedEntryError, LogEntry
from dbtrack.redaction.server_message_words import (
    EXECUTE_LABELS,
    INNER_STATEMENTS,
    PREPARING_LABELS,
    REFUSALS,
    STATEMENT_LABELS,
)
from dbtrack.redaction.statement_secrets import Secrets
from dbtrack.redaction.storable_text import storable

_SIMPLE, _PREPARED = "|".join(STATEMENT_LABELS), "|".join(EXECUTE_LABELS)
# Atomic, without backtracking: the Chinese words for duration and execute begin alike.
_DURATION = r"(?>(?:[^\W\d_]{2,20}\s?:? (?P<milliseconds>\d+\.\d+) [^\W\d_]{2,4},?\s+)?)"
# log_statement logs a statement when it begins, log_min_duration_statement when it ends, with a duration. An
# editor may have removed the space before a line end.
_RUN = re.compile(rf"{_DURATION}(?:(?:{_SIMPLE})|(?P<prepared>{_PREPARED}))(?P<rest>.*)", re.DOTALL)
_NAME_END = re.compile(r"\s?:\s")
_UNKNOWN_LABEL = re.compile(
    rf"{_DURATION}(?P<label>[^\W\d_]{{2,30}})(?: \S{{1,100}}?)?\s?:\s(?P<statement>.*)", re.DOTALL
)
_LONGEST_NAME = 300
_INNER_STATEMENT = re.compile(
    "|".join(f"^{re.escape(start)}(.*?){re.escape(end)}$" for start, end in INNER_STATEMENTS),
    re.DOTALL | re.MULTILINE,
)
_REFUSED_TABLE = re.compile(r"permission denied for table (\w+)")
# Only dbtrack's tables have these names. Its other tables count if the statement names the schema.
_RECORD_TABLES = ("script_execution_", "seal_block", "seal_leaf", "seal_state")
_LONGEST_STATEMENT = 1_000_000
_LONGEST_MESSAGE = 8_000
_INSUFFICIENT_PRIVILEGE = "42501"


@dataclass
class LoggedExecution:
    """One execution that the log reports.

    Args:
        time: when it began, or when it was logged if the log has no duration.
        session_statement: a hash of the session and its query string; None if no failure can follow.
        is_concurrent: whether it may have committed part-way, after the triggers recorded its start.
        entry_hash: SHA-256 of the identity of its entry, in hexadecimal; the same wherever the log is read
            from.
        script_type: SECURITY for a refused attempt to change the record's own rows.
        failure_hash: the same hash for the entry of its failure, if that was read in the same batch.
    """

    time: datetime
    tag: str
    status: str
    user: str
    client_ip: str | None
    objects: tuple[str, ...]
    statement: str
    error_message: str | None
    duration_us: int | None
    session_statement: str | None
    is_concurrent: bool
    entry_hash: str
    metadata: dict[str, Any] = field(default_factory=dict)
    script_type: str = "DDL_LOG"
    failure_hash: str | None = None


@dataclass(frozen=True)
class Scope:
    """Which entries are recorded, and how they are redacted.

    Args:
        server_version: of the server that wrote the log: 180006 is 18.6.
        redaction_mode: the database's setting `redaction.mode`.
        database: skip statements run in other databases, unless they change shared objects; None for all
            databases.
    """

    server_version: int
    redaction_mode: str = "secrets"
    database: str | None = None

    def includes(self, entry: LogEntry, command: LoggedCommand) -> bool:
        """Return whether a command of an entry is to be recorded."""
        return self.database in {None, entry.database} or entry.database is None or command.is_shared


@dataclass(frozen=True)
class _TrackedStatement:
    """A statement of a client's query string that is to be recorded."""

    command: LoggedCommand
    statement: Statement


def executions_in(entry: LogEntry, scope: Scope) -> Iterator[LoggedExecution]:
    """Return the executions that an entry reports; mostly none.

    Raises:
        AmbiguousEntryError: it can be read in two ways.
        DamagedEntryError: its label is in a language that dbtrack does not know.
    """
    if entry.is_failure:
        yield from _failed_executions(entry, scope)
        return
    text, milliseconds = _executed_text(entry, scope)
    found = [tracked for tracked in _tracked_statements(text, scope) if tracked.command.is_unseen]
    if found and (entry.statement is not None or entry.context is not None):
        # The server adds neither of these when it logs a statement itself.
        raise AmbiguousEntryError("a message of a function looks like a logged statement")
    for number, tracked in enumerate(found):
        if scope.includes(entry, tracked.command):
            yield _completed_execution(
                entry, tracked, number, Secrets(text, scope.redaction_mode), text, milliseconds
            )


def logged_statement(entry: LogEntry, scope: Scope) -> str | None:
    """Return the tracked statement that an entry is about, redacted as that of an execution; None for others.

    Args:
        entry: one that is not a failure, with the statement that the session runs.
    """
    text = (entry.statement or "")[:_LONGEST_STATEMENT]
    found = _tracked_statements(text, scope)
    inner = "" if found else _inner_text(entry)
    found = found or _tracked_statements(inner, scope)
    if not found:
        return None
    secrets = Secrets(f"{text}\n{inner}" if inner else text, scope.redaction_mode)
    return storable(secrets.statement(found[0].statement.text))


def _executed_text(entry: LogEntry, scope: Scope) -> tuple[str, str | None]:
    """Return the query string that ran and its milliseconds; an empty string for any other entry."""
    match = _RUN.match(entry.message)
    if match is None:
        _refuse_unknown_label(entry, scope)
        return "", None
    rest = match["rest"]
    if not match["prepared"]:
        end = _NAME_END.match(rest)
        return (rest[end.end() :][:_LONGEST_STATEMENT] if end else ""), match["milliseconds"]
    return _prepared_text(rest, scope), match["milliseconds"]


def _prepared_text(rest: str, scope: Scope) -> str:
    """Return the statement after a prepared statement's name, which itself may contain the separator.

    Raises:
        AmbiguousEntryError: it can be read in two ways, and at least one of them is DDL.
    """
    ends = [end.end() for end in _NAME_END.finditer(rest, 0, _LONGEST_NAME)]
    texts = [rest[end:][:_LONGEST_STATEMENT] for end in ends]
    if len(texts) > 1:
        texts = [text for text in texts if is_complete_statement(text)] or texts[:1]
    if len(texts) > 1 and any(_tracked_statements(text, scope) for text in texts):
        raise AmbiguousEntryError("the name of a prepared statement looks like a statement")
    return texts[0] if texts else ""


def _refuse_unknown_label(entry: LogEntry, scope: Scope) -> None:
    if entry.statement is not None or entry.context is not None:
        return
    match = _UNKNOWN_LABEL.match(entry.message)
    if match is None or match["label"] in PREPARING_LABELS:
        return
    if _tracked_statements(match["statement"][:_LONGEST_STATEMENT], scope):
        raise DamagedEntryError(f"{match['label']} is not a word of PostgreSQL's log that dbtrack knows")


def _tracked_statements(text: str, scope: Scope) -> list[_TrackedStatement]:
    # Some editors write a byte order mark before a script.
    return [
        _TrackedStatement(command, statement)
        for statement in split_statements(text.replace("\ufeff", " "))
        if (command := parse_command(statement, scope.server_version))
    ]


def _failed_executions(entry: LogEntry, scope: Scope) -> Iterator[LoggedExecution]:
    text = (entry.statement or "")[:_LONGEST_STATEMENT]
    found = _tracked_failures(entry, text, scope)
    inner = "" if found else _inner_text(entry)
    found = found or _tracked_failures(entry, inner, scope)
    if found:
        tracked = _failed_statement(found, entry.position)
        secrets = Secrets(f"{text}\n{inner}" if inner else text, scope.redaction_mode)
        if scope.includes(entry, tracked.command):
            yield _failed_execution(entry, tracked, secrets)


def _tracked_failures(entry: LogEntry, text: str, scope: Scope) -> list[_TrackedStatement]:
    """Return the failed statements to record: DDL, and refused changes to the record."""
    found = _tracked_statements(text, scope)
    if not _is_refusal(entry):
        return [tracked for tracked in found if tracked.command.is_ddl]
    return found or _refused_changes(entry, text)


def _is_refusal(entry: LogEntry) -> bool:
    """Return whether a privilege was missing, also if the log has no SQLSTATE."""
    if entry.sqlstate is not None:
        return entry.sqlstate == _INSUFFICIENT_PRIVILEGE
    return any(words in entry.message for words in REFUSALS)


def _refused_changes(entry: LogEntry, text: str) -> list[_TrackedStatement]:
    """Return the statements that tried to change the record, which their first words do not show."""
    match = _REFUSED_TABLE.match(entry.message)
    if match is None or not (match[1].startswith(_RECORD_TABLES) or "script_tracking" in text.lower()):
        return []
    return [
        _TrackedStatement(command, statement)
        for statement in split_statements(text)
        if (command := parse_refused_change(statement, match[1]))
    ]


def _inner_text(entry: LogEntry) -> str:
    """Return the statement that failed inside a function or a DO block."""
    if entry.internal_query:
        return entry.internal_query[:_LONGEST_STATEMENT]
    match = _INNER_STATEMENT.search(entry.context or "")
    return match[match.lastindex or 0] if match else ""


def _failed_statement(found: list[_TrackedStatement], position: int | None) -> _TrackedStatement:
    """Return the statement that the error position lies in, else the first: all were rolled back together."""
    if position is not None:
        for tracked in found:
            start = tracked.statement.start
            if start < position <= start + len(tracked.statement.text) + 1:
                return tracked
    return found[0]


def _completed_execution(
    entry: LogEntry,
    tracked: _TrackedStatement,
    number: int,
    secrets: Secrets,
    text: str,
    milliseconds: str | None,
) -> LoggedExecution:
    duration_us = None if milliseconds is None else round(float(milliseconds) * 1000)
    return LoggedExecution(
        time=entry.time - timedelta(microseconds=duration_us or 0),
        status="COMPLETED",
        statement=storable(secrets.statement(tracked.statement.text)),
        error_message=None,
        duration_us=duration_us,
        session_statement=_session_statement(entry, secrets.statement(text)) if duration_us is None else None,
        entry_hash=_entry_hash(entry, number),
        metadata=_metadata(entry, tracked.command),
        **_common_fields(entry, tracked.command),
    )


def _failed_execution(entry: LogEntry, tracked: _TrackedStatement, secrets: Secrets) -> LoggedExecution:
    messages = {"detail": entry.detail, "hint": entry.hint, "context": entry.context}
    redacted = {name: _redacted_message(secrets, message) for name, message in messages.items() if message}
    location = {"sqlstate": entry.sqlstate, "position": _position(entry, tracked), "severity": entry.severity}
    return LoggedExecution(
        time=entry.time,
        status="FAILED",
        statement=storable(secrets.statement(tracked.statement.text)),
        error_message=_redacted_message(secrets, entry.message),
        duration_us=None,
        session_statement=_session_statement(entry, secrets.statement(entry.statement or "")),
        entry_hash=_entry_hash(entry, 0),
        metadata={**_metadata(entry, tracked.command), **_without_none(location), **redacted},
        script_type="SECURITY" if tracked.command.targets_record and _is_refusal(entry) else "DDL_LOG",
        **_common_fields(entry, tracked.command),
    )


def _position(entry: LogEntry, tracked: _TrackedStatement) -> int | None:
    """Return the error position within this statement, from 1; None if it lies in another."""
    position = (entry.position or 0) - tracked.statement.start
    return position if 0 < position <= len(tracked.statement.text) + 1 else None


def _redacted_message(secrets: Secrets, text: str) -> str:
    return storable(secrets.message(text))[:_LONGEST_MESSAGE]


def _common_fields(entry: LogEntry, command: LoggedCommand) -> dict[str, Any]:
    return {
        "tag": command.tag,
        "user": storable(entry.user or "[unknown]"),
        "client_ip": _address(entry.client),
        "objects": tuple(storable(name) for name in command.objects),
        "is_concurrent": command.is_concurrent,
    }


def _metadata(entry: LogEntry, command: LoggedCommand) -> dict[str, Any]:
    has_name = entry.client not in {None, "[local]"} and _address(entry.client) is None
    return _without_none(
        {
            "command_tag": command.tag,
            "database": entry.database and storable(entry.database),
            "application_name": entry.application and storable(entry.application),
            "client_host": storable(entry.client or "") if has_name else None,
            "backend_pid": entry.pid,
            "transaction_id": entry.transaction_id,
            "log_session": entry.session_id,
            "log_line": entry.line_number,
            "log_is_forgeable": True if entry.is_forgeable else None,
            **_privileges(command),
        }
    )


def _privileges(command: LoggedCommand) -> dict[str, Any]:
    """Return what a GRANT or REVOKE names; the log does not show what was gained or lost."""
    if command.grant is None:
        return {}
    entries = [
        {name: storable(value) for name, value in entry.items() if isinstance(value, str)}
        | {"named": [*map(storable, command.grant.privileges)]}
        for entry in command.grant.entries()
    ]
    kinds = [command.grant.object_type] * len(command.objects)
    return {"privileges": entries, "privileges_from": "statement", "object_types": kinds}


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _address(client: str | None) -> str | None:
    try:
        return str(ipaddress.ip_address((client or "").partition("%")[0]))
    except ValueError:
        return None


def _session_statement(entry: LogEntry, redacted: str) -> str | None:
    """Return a hash that a statement's start and its failure share; it is taken of the redacted text."""
    session = entry.session_id or entry.pid
    if session is None:
        return None
    return hashlib.sha256(f"{session}\n{redacted.strip()}".encode(errors="replace")).hexdigest()[:32]


def _entry_hash(entry: LogEntry, number: int) -> str:
    """Return the hash by which an execution is recorded only once.

    Args:
        number: the position of the statement in its entry, from 0.
    """
    return hashlib.sha256(b"%b\n%d" % (entry.identity, number)).hexdigest()
