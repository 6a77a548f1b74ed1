"""From log entries to what is recorded of them: DDL that failed, and what no event trigger sees."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dbtrack.ingest.commands import LoggedCommand, command_of, refused_change
from dbtrack.ingest.entry import LogEntry
from dbtrack.ingest.statements import Statement, split
from dbtrack.redaction.statement_secrets import Secrets
from dbtrack.redaction.storable_text import storable
from dbtrack.tracking.server_words import EXECUTE_LABELS, INNER_STATEMENTS, STATEMENT_LABELS

_SIMPLE, _PREPARED = "|".join(STATEMENT_LABELS), "|".join(EXECUTE_LABELS)
# log_statement writes it as the statement begins, log_min_duration_statement at the end, with a duration.
_RUN = re.compile(
    r"(?:[^\W\d_]{2,20}\s?:? (?P<milliseconds>\d+\.\d+) [^\W\d_]{2,4},?\s+)?"
    rf"(?:(?:{_SIMPLE})|(?:{_PREPARED})[^:]{{0,200}})\s?: (?P<statement>.*)",
    re.DOTALL,
)
_INNER_STATEMENT = re.compile(
    "|".join(f"^{re.escape(start)}(.*?){re.escape(end)}$" for start, end in INNER_STATEMENTS),
    re.DOTALL | re.MULTILINE,
)
_REFUSED_TABLE = re.compile(r"permission denied for table (\w+)")
# Nobody else's tables are called so. Others of dbtrack's count where the statement names the schema.
_RECORD_TABLES = ("script_execution_", "seal_block", "seal_leaf", "seal_state")
_LONGEST_STATEMENT = 1_000_000
_LONGEST_REMARK = 8_000


@dataclass
class LoggedExecution:
    """One execution as the log tells of it.

    Args:
        time: when it began, as far as the log says.
        session_statement: names the session and its string; None where a failure can no longer follow.
        is_concurrent: it may have committed part-way, so that the triggers saw its start.
        script_type: SECURITY for an attempt on the rows of the record itself.
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
    metadata: dict[str, Any] = field(default_factory=dict)
    script_type: str = "DDL_LOG"


@dataclass(frozen=True)
class _Chosen:
    """A statement of a client's string that is of interest."""

    command: LoggedCommand
    statement: Statement


def executions(
    entry: LogEntry, server_version: int, redaction_mode: str = "secrets"
) -> Iterator[LoggedExecution]:
    """Return what is to be recorded of an entry; mostly nothing.

    Args:
        server_version: of the server that wrote the log: 180006 is 18.6.
        redaction_mode: the database's setting `redaction.mode`.
    """
    if entry.is_failure:
        yield from _failure(entry, server_version, redaction_mode)
        return
    match = _RUN.match(entry.message)
    if match is None:
        return
    text = match["statement"][:_LONGEST_STATEMENT]
    for chosen in _of_interest(text, server_version):
        if chosen.command.is_unseen:
            yield _completed(entry, chosen, Secrets(text, redaction_mode), text, match["milliseconds"])


def _of_interest(text: str, server_version: int) -> list[_Chosen]:
    return [
        _Chosen(command, statement)
        for statement in split(text)
        if (command := command_of(statement, server_version))
    ]


def _failure(entry: LogEntry, server_version: int, redaction_mode: str) -> Iterator[LoggedExecution]:
    text = (entry.statement or "")[:_LONGEST_STATEMENT]
    found = _of_interest(text, server_version)
    found = found or _refused(entry, text)
    inner = "" if found else _inner_text(entry)
    found = found or _of_interest(inner, server_version)
    if found:
        secrets = Secrets(f"{text}\n{inner}" if inner else text, redaction_mode)
        yield _failed(entry, _failing(found, entry.position), secrets)


def _refused(entry: LogEntry, text: str) -> list[_Chosen]:
    """Return the statements that tried to change the record in a way that their first words do not tell."""
    match = _REFUSED_TABLE.match(entry.message)
    if match is None or not (match[1].startswith(_RECORD_TABLES) or "script_tracking" in text.lower()):
        return []
    return [
        _Chosen(command, statement)
        for statement in split(text)
        if (command := refused_change(statement, match[1]))
    ]


def _inner_text(entry: LogEntry) -> str:
    """Return the statement that failed inside a function or a DO block."""
    if entry.internal_query:
        return entry.internal_query[:_LONGEST_STATEMENT]
    match = _INNER_STATEMENT.search(entry.context or "")
    return match[match.lastindex or 0] if match else ""


def _failing(found: list[_Chosen], position: int | None) -> _Chosen:
    """Return the statement that the error points into; else the first: it was rolled back with the rest."""
    if position is not None:
        for chosen in found:
            start = chosen.statement.start
            if start < position <= start + len(chosen.statement.text) + 1:
                return chosen
    return found[0]


def _completed(
    entry: LogEntry, chosen: _Chosen, secrets: Secrets, text: str, milliseconds: str | None
) -> LoggedExecution:
    duration_us = None if milliseconds is None else round(float(milliseconds) * 1000)
    return LoggedExecution(
        time=entry.time - timedelta(microseconds=duration_us or 0),
        status="COMPLETED",
        statement=storable(secrets.statement(chosen.statement.text)),
        error_message=None,
        duration_us=duration_us,
        session_statement=_session_statement(entry, secrets.statement(text)) if duration_us is None else None,
        metadata=_metadata(entry, chosen.command),
        **_who(entry, chosen.command),
    )


def _failed(entry: LogEntry, chosen: _Chosen, secrets: Secrets) -> LoggedExecution:
    remarks = {"detail": entry.detail, "hint": entry.hint, "context": entry.context}
    said = {name: _remark(secrets, remark) for name, remark in remarks.items() if remark}
    place = {"sqlstate": entry.sqlstate, "position": _position(entry, chosen), "severity": entry.severity}
    return LoggedExecution(
        time=entry.time,
        status="FAILED",
        statement=storable(secrets.statement(chosen.statement.text)),
        error_message=_remark(secrets, entry.message),
        duration_us=None,
        session_statement=_session_statement(entry, secrets.statement(entry.statement or "")),
        metadata={**_metadata(entry, chosen.command), **_present(place), **said},
        script_type="SECURITY" if chosen.command.is_on_record else "DDL_LOG",
        **_who(entry, chosen.command),
    )


def _position(entry: LogEntry, chosen: _Chosen) -> int | None:
    """Return where the error is in the one statement; None where it is in another."""
    position = (entry.position or 0) - chosen.statement.start
    return position if 0 < position <= len(chosen.statement.text) + 1 else None


def _remark(secrets: Secrets, text: str) -> str:
    return storable(secrets.message(text))[:_LONGEST_REMARK]


def _who(entry: LogEntry, command: LoggedCommand) -> dict[str, Any]:
    return {
        "tag": command.tag,
        "user": storable(entry.user or "[unknown]"),
        "client_ip": _address(entry.client),
        "objects": tuple(storable(name) for name in command.objects),
        "is_concurrent": command.is_concurrent,
    }


def _metadata(entry: LogEntry, command: LoggedCommand) -> dict[str, Any]:
    has_name = entry.client not in {None, "[local]"} and _address(entry.client) is None
    return _present(
        {
            "command_tag": command.tag,
            "database": entry.database and storable(entry.database),
            "application_name": entry.application and storable(entry.application),
            "client_host": storable(entry.client or "") if has_name else None,
            "backend_pid": entry.pid,
            "transaction_id": entry.transaction_id,
            "log_session": entry.session_id,
            "log_line": entry.line_number,
            **_rights(command),
        }
    )


def _rights(command: LoggedCommand) -> dict[str, Any]:
    """Return what a GRANT or REVOKE names; what was gained or lost the log does not tell."""
    if command.rights is None:
        return {}
    entries = [
        {name: storable(value) for name, value in entry.items() if isinstance(value, str)}
        | {"named": [*map(storable, command.rights.privileges)]}
        for entry in command.rights.entries()
    ]
    kinds = [command.rights.object_type] * len(command.objects)
    return {"privileges": entries, "privileges_from": "statement", "object_types": kinds}


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _address(client: str | None) -> str | None:
    try:
        return str(ipaddress.ip_address((client or "").partition("%")[0]))
    except ValueError:
        return None


def _session_statement(entry: LogEntry, redacted: str) -> str | None:
    """Return what a statement's start and its failure have in common; without a secret to guess from."""
    session = entry.session_id or entry.pid
    if session is None:
        return None
    return hashlib.sha256(f"{session}\n{redacted.strip()}".encode(errors="replace")).hexdigest()[:32]
