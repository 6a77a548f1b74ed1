"""An event as people read it: what changed, by whom, from where, with which statement, in which migration.

Every service gets the same message; the modules of `dbtrack.notify.bodies` put it into their forms.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from dbtrack.events.event import Event
from dbtrack.render import readable

LONGEST_STATEMENT = 2500
_LONGEST_FACT = 500
_MOST_LINES = 20
_MOST_OBJECTS = 10


class Severity(Enum):
    """How urgent a message is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


@dataclass(frozen=True)
class Message:
    """A message for people. No text in it is markup.

    Args:
        title: one line: what happened.
        facts: pairs of a name and a value, both one line.
        difference: one line for each thing that changed.
        statement: the statement, on as many lines as it was written.
    """

    title: str
    severity: Severity
    facts: tuple[tuple[str, str], ...]
    difference: tuple[str, ...]
    error: str | None
    statement: str | None


_TITLES = {
    "execution.started": "Started",
    "execution.completed": "Completed",
    "execution.failed": "Failed",
    "privilege.changed": "Privileges changed",
    "change.unattributed": "Change that nobody recorded",
    "alert.fired": "Alert",
    "alert.resolved": "Resolved",
    "verification.failed": "The record was altered",
    "capture.failed": "Capture fails",
    "record.rewound": "The record went back in time",
    "webhook.test": "Test message",
}
_SEVERITIES = {
    "execution.failed": Severity.ERROR,
    "privilege.changed": Severity.WARNING,
    "change.unattributed": Severity.WARNING,
    "alert.fired": Severity.ERROR,
    "verification.failed": Severity.CRITICAL,
    "capture.failed": Severity.CRITICAL,
    "record.rewound": Severity.WARNING,
}
# Shown elsewhere in the message, or of no use to people.
_NOT_GENERIC = {
    "statement",
    "error",
    "metadata",
    "severity",
    "message",
    "summary",
    "difference",
    "first",
    "last",
    "endpoints",
    "group_by",
    "reminder",
}
# What of the last row that matched an alert is shown, by its column.
_OF_LAST_ROW = {
    "affected_objects": "Objects",
    "db_session_user": "Who",
    "client_ip": "From",
    "tenant": "Tenant",
    "execution_timestamp": "Started",
}


def message_of(event: Event, database: str) -> Message:
    """Return the message of an event.

    Args:
        database: the name of the database, as people know it.
    """
    data = event.data
    last = _mapping(data.get("last"))
    facts = _execution_facts(data) if "execution" in data else _notice_facts(data)
    tenant = [("Tenant", event.tenant)] if event.tenant else []
    shown = [*facts, *tenant, ("Database", database), ("Recorded", event.time.isoformat(timespec="seconds"))]
    return Message(
        title=clip(line(f"{_title(event)}: {event.subject}"), 150),
        severity=_severity(event),
        facts=tuple((name, clip(line(value), _LONGEST_FACT)) for name, value in shown if value),
        difference=_clipped_lines(_difference(data)),
        error=clip(_text(_first(data, "error", "message", "summary")), LONGEST_STATEMENT) or None,
        statement=clip(_text(_first(data, "statement") or last.get("sql_command")), LONGEST_STATEMENT)
        or None,
    )


def clip(text: str, longest: int) -> str:
    """Return the text with at most so many characters; an ellipsis shows that some were left out."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def line(value: object) -> str:
    """Return a text on one line, without control characters."""
    joined = " ".join(_text(value).split())
    return "".join(character for character in joined if character.isprintable())


def block(text: str) -> str:
    """Return a text on its lines, without other control characters."""
    kept = text.replace("\r\n", "\n").replace("\t", "    ")
    return "".join(character for character in kept if character == "\n" or character.isprintable())


def plain_text(message: Message) -> str:
    """Return the whole message as lines of text, for e-mail and services without a form of their own."""
    parts = [message.title, ""]
    parts += [f"{name + ':':<12} {value}" for name, value in message.facts]
    for heading, text in sections(message):
        parts += ["", f"{heading}:", *(f"    {each}" for each in text.splitlines())]
    return "\n".join(parts) + "\n"


def sections(message: Message) -> Iterator[tuple[str, str]]:
    """Yield the longer parts of a message, each with its heading."""
    if message.difference:
        yield "What changed", "\n".join(message.difference)
    if message.error:
        yield "Error", block(message.error)
    if message.statement:
        yield "Statement", block(message.statement)


def _title(event: Event) -> str:
    title = _TITLES.get(event.type, event.type)
    status = event.data.get("status")
    return str(status).capitalize() if event.type == "execution.failed" and status else title


def _severity(event: Event) -> Severity:
    try:
        return Severity(str(event.data.get("severity")))
    except ValueError:
        return _SEVERITIES.get(event.type, Severity.INFO)


def _execution_facts(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    operation = data.get("operation")
    inside = _text(operation.get("name")) if isinstance(operation, Mapping) else ""
    return [
        ("What", _joined(data.get("name"), _bracketed(data.get("type")))),
        ("Objects", _objects(data.get("objects"))),
        ("Who", _who(data)),
        ("From", _from(data)),
        ("Inside", inside),
        ("Started", _text(data.get("started_at"))),
        ("Took", _duration(data.get("duration_ms"))),
        ("SQLSTATE", _text(data.get("sqlstate"))),
        ("Execution", _text(data.get("execution"))[:12]),
        *_change_facts(data),
    ]


def _change_facts(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    metadata = _metadata(data)
    names = {
        "ticket": "Ticket",
        "reason": "Reason",
        "approved_by": "Approved by",
        "pull_request": "Pull request",
        "git_commit": "Commit",
        "ci_run_url": "CI run",
    }
    emergency = "yes" if metadata.get("emergency") is True else ""
    return [("Emergency", emergency), *((title, _text(metadata.get(key))) for key, title in names.items())]


def _notice_facts(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    last = _mapping(data.get("last"))
    own = [(key, value) for key, value in data.items() if key not in _NOT_GENERIC]
    of_last = [(title, last[key]) for key, title in _OF_LAST_ROW.items() if last.get(key)]
    facts = [(key.replace("_", " ").capitalize(), _joined_list(value)) for key, value in [*own, *of_last]]
    return facts[:_MOST_LINES]


def _who(data: Mapping[str, Any]) -> str:
    user, role = _text(data.get("user")), _text(data.get("role"))
    return f"{user} as {role}" if role and role not in {user, "none"} else user


def _from(data: Mapping[str, Any]) -> str:
    place = _text(data.get("host") or data.get("address"))
    return _joined(data.get("application"), f"at {place}" if place else "")


def _objects(value: object) -> str:
    names = [_text(each) for each in value] if isinstance(value, list) else []
    more = len(names) - _MOST_OBJECTS
    return ", ".join(names[:_MOST_OBJECTS]) + (f" and {more} more" if more > 0 else "")


def _duration(value: object) -> str:
    return readable.duration(value) if isinstance(value, int | float) else ""


def _difference(data: Mapping[str, Any]) -> Iterator[str]:
    metadata = _metadata(data)
    given = data.get("difference")
    if isinstance(given, list):
        yield from map(_text, given)
    privileges = data.get("privileges") or metadata.get("privileges")
    for change in privileges if isinstance(privileges, list) else ():
        if isinstance(change, Mapping):
            yield from _privilege_lines(change)
    for old, new in (("before", "after"), ("old", "new")):
        source = metadata if old == "before" else metadata.get("administration")
        if isinstance(source, Mapping) and (old in source or new in source):
            yield from _changes(source.get(old), source.get(new), "")


def _privilege_lines(change: Mapping[str, Any]) -> Iterator[str]:
    verbs = {
        "gained": "gained",
        "lost": "lost",
        "grant_option_gained": "may now grant",
        "grant_option_lost": "may no longer grant",
        "present": "has",
        "named": "named in the statement:",
    }
    on = _joined(change.get("object_type"), change.get("object") or _objects(change.get("objects")))
    column = f", column {_text(change['column'])}" if change.get("column") else ""
    for key, verb in verbs.items():
        if change.get(key):
            what = change[key]
            names = ", ".join(map(_text, what)) if isinstance(what, list) else _text(what)
            yield f"{_text(change.get('grantee')) or 'PUBLIC'} {verb} {names}" + (
                f" on {on}{column}" if on else ""
            )


def _changes(old: object, new: object, path: str) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            if old.get(key) != new.get(key):
                yield from _changes(old.get(key), new.get(key), f"{path}.{key}" if path else str(key))
    elif old is None:
        yield f"+ {path or 'created'}: {_text(new)}"
    elif new is None:
        yield f"- {path or 'dropped'}: {_text(old)}"
    else:
        yield f"~ {path or 'value'}: {_text(old)} → {_text(new)}"


def _clipped_lines(lines: Iterator[str]) -> tuple[str, ...]:
    kept = [clip(line(each), _LONGEST_FACT) for each in lines]
    more = len(kept) - _MOST_LINES
    return (*kept[:_MOST_LINES], *([f"… and {more} more"] if more > 0 else []))


def _metadata(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(data.get("metadata"))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _first(data: Mapping[str, Any], *names: str) -> object:
    return next((data[name] for name in names if data.get(name)), None)


def _joined_list(value: object) -> str:
    return _objects(value) if isinstance(value, list) else _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _joined(*parts: object) -> str:
    return " ".join(text for text in map(_text, parts) if text)


def _bracketed(value: object) -> str:
    return f"({_text(value)})" if value else ""
