"""The pages that are read and not watched: an execution, an object, the history, a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from dbtrack.columns import Column, Kind
from dbtrack.documents import markup
from dbtrack.documents.markup import Markups
from dbtrack.render.values import DisplayStyle, alignment, human_texts, shown_columns
from dbtrack.reports import Parameter, Report
from dbtrack.reports.filters import one_object, one_type, one_word
from dbtrack.serve.pages.now import executions_filter
from dbtrack.serve.pages.reader import Child, Document, Execution, ObjectDay, Run
from dbtrack.status import Status

PAGE_ROWS = 40
_MOST_DAYS = 3660
_USUAL_DAYS = 30
_SEARCH_DAYS = 30
_MOST_CHILDREN = 60
_MOST_OBJECTS = 60
_MOST_FACTS = 60
_UNSUCCESSFUL = (Status.FAILED, Status.CANCELLED, Status.ABANDONED)
_STATUSES = {
    "": ("any", None),
    "failed": ("did not complete", [*map(str, _UNSUCCESSFUL)]),
    "running": ("running", [Status.RUNNING.value]),
    "completed": ("completed", [Status.COMPLETED.value]),
}
_EXECUTION_KEYS = frozenset({"execution_key", "parent_key"})
# What the page has in a place of its own.
_SHOWN_FACTS = frozenset(
    {
        "role",
        "application_name",
        "reason",
        "ticket",
        "approved_by",
        "pull_request",
        "emergency",
        "command",
        "exit_code",
        "sqlstate",
        "hint",
    }
    | {"duration_us", "privileges", "object_types", "cause"}
)


def execution_values(document: Document, markups: Markups, budget: int) -> dict[str, Any]:
    """Return what the template of an execution's page needs.

    Args:
        document: what was read.
        markups: writes names and times.
        budget: bytes of HTML for the statement, and as many for the error.
    """
    execution = document.execution
    repaired = _repaired(document.runs, execution.key, execution.status, execution.started)
    children = document.children[:_MOST_CHILDREN]
    return {
        "e": execution,
        "meta": {name: execution.metadata.get(name) for name in _SHOWN_FACTS},
        "outcome": _outcome(execution.status, execution.duration_ms),
        "parent": document.parent,
        "repaired": repaired,
        "repaired_after": markup.age(repaired.started - execution.started) if repaired else "",
        "many_runs": False,
        "usual_ms": document.usual_ms,
        "children": _on_a_line(children, execution.started, execution.duration_ms),
        "more_children": len(document.children) - len(children),
        "did": _did(document.children),
        "objects": document.objects[:_MOST_OBJECTS],
        "object_count": len(document.objects),
        "privileges": [_privilege(row) for row in document.privileges[:_MOST_OBJECTS]],
        "runs": document.runs,
        "versions": document.versions[:20],
        "facts": list(_facts(execution.metadata, markups))[:_MOST_FACTS],
        "budget": budget,
    }


def _outcome(status: str, duration_ms: Any) -> str:
    words = {
        Status.COMPLETED: "completed in",
        Status.FAILED: "failed after",
        Status.CANCELLED: "was cancelled after",
        Status.ABANDONED: "was abandoned",
        Status.RUNNING: "is running",
    }.get(Status(status) if status in [*Status] else Status.RUNNING, status.lower())
    if duration_ms is None:
        return words.removesuffix(" in").removesuffix(" after")
    return f"{words} {markup.duration(duration_ms)}"


def _repaired(runs: Sequence[Run], key: bytes, status: str, started: datetime) -> Run | None:
    """Return the first run of the same name that completed after one that did not."""
    if status not in _UNSUCCESSFUL:
        return None
    later = [
        run for run in runs if run.started > started and run.status == Status.COMPLETED and run.key != key
    ]
    return min(later, key=lambda run: run.started, default=None)


def _on_a_line(children: Sequence[Child], started: datetime, duration_ms: Any) -> list[dict[str, Any]]:
    whole = float(duration_ms) if duration_ms else None
    return [
        {
            **asdict(child),
            "style": {Status.COMPLETED: "ok", Status.RUNNING: "run"}.get(
                Status(child.status) if child.status in [*Status] else Status.FAILED, "bad"
            ),
            "start": (child.started - started).total_seconds() * 1000 / whole if whole else 0.0,
            "length": None if whole is None else float(child.duration_ms or 0) / whole,
        }
        for child in children
    ]


def _did(children: Sequence[Child]) -> str:
    failed = sum(child.status in _UNSUCCESSFUL for child in children)
    changes = f"{len(children):,} execution{'' if len(children) == 1 else 's'}"
    return f"{changes}, {failed:,} failed" if failed else changes


def _privilege(row: Sequence[Any]) -> dict[str, Any]:
    grantee, identity, _, column, gained, lost, option_gained, option_lost, present, named = row
    return {
        "grantee": grantee,
        "object": f"{identity} ({column})" if column else identity,
        "gained": [*(gained or ()), *(f"{word} WITH GRANT OPTION" for word in option_gained or ())],
        "lost": [*(lost or ()), *(f"{word} WITH GRANT OPTION" for word in option_lost or ())],
        "present": present or named or [],
    }


def _facts(metadata: Mapping[str, Any], markups: Markups) -> Iterable[tuple[str, str]]:
    for name, value in sorted(metadata.items()):
        if name not in _SHOWN_FACTS and value is not None:
            text = value if isinstance(value, str) else _json_text(value)
            yield markups.plain(name, 80), text
    if "duration_us" in metadata:
        yield "duration", f"{metadata['duration_us']} microseconds"


def _json_text(value: Any) -> str:
    from dbtrack.render.values import compact_json

    return compact_json(value)


def object_values(
    name: str, days: Sequence[ObjectDay], rows: Sequence[Execution], now: datetime
) -> dict[str, Any]:
    """Return what the template of an object's page needs."""
    by_day: dict[datetime, tuple[int, int]] = {}
    what: dict[str, dict[str, Any]] = {}
    for part in days:
        failed = part.executions if part.status in _UNSUCCESSFUL else 0
        executions, failures = by_day.get(part.day.astimezone(UTC), (0, 0))
        by_day[part.day.astimezone(UTC)] = (executions + part.executions, failures + failed)
        line = what.setdefault(
            part.name, {"name": part.name, "times": 0, "failed": 0, "last": part.last_seen}
        )
        line["times"] += part.executions
        line["failed"] += failed
        line["last"] = max(line["last"], part.last_seen)
    last = max(days, key=lambda part: part.last_seen, default=None)
    return {
        "name": name,
        "kind": next((part.object_type for part in days if part.object_type), None),
        "total": sum(part.executions for part in days),
        "failed": sum(failures for _, failures in by_day.values()),
        "last_user": last.last_user if last else None,
        "last_seen": last.last_seen if last else None,
        "days": by_day,
        "first_day": f"{now.astimezone(UTC) - timedelta(days=89):%d %b}",
        "now": now,
        "what": sorted(what.values(), key=lambda line: (-line["times"], line["name"]))[:20],
        "rows": rows,
    }


@dataclass(frozen=True)
class Filter:
    """What the form of the history asks for, as it was typed."""

    q: str = ""
    status: str = ""
    type: str = ""
    name: str = ""
    object: str = ""
    user: str = ""
    tenant: str = ""
    ticket: str = ""
    of: str = ""
    days: str = ""
    before: str = ""

    @classmethod
    def of_query(cls, given: Mapping[str, str]) -> Filter:
        """Return the filter in the parameters of a request; what is unknown is ignored."""
        return cls(**{name: given[name].strip()[:1000] for name in cls.__dataclass_fields__ if name in given})

    @property
    def is_empty(self) -> bool:
        """Whether it asks for everything."""
        return not any(asdict(replace(self, days="", before="")).values())

    @property
    def day_count(self) -> int:
        """How many days back to look.

        Raises:
            ValueError: it is not a number from 1 to 3660.
        """
        if not self.days:
            return _USUAL_DAYS
        days = int(self.days)
        if not 1 <= days <= _MOST_DAYS:
            raise ValueError(self.days)
        return days

    def values(self, now: datetime, position: tuple[datetime, int] | None) -> dict[str, Any]:
        """Return the parameters of the query page/search_executions: one row more than a page shows."""
        status = _STATUSES.get(self.status, ("", [self.status.upper()]))[1]
        words = {
            **one_word("name", self.name),
            **one_word("user", self.user),
            **one_object(self.object),
            **one_type(self.type),
        }
        return executions_filter(
            since=now - timedelta(days=self.day_count),
            limit=PAGE_ROWS + 1,
            statuses=status,
            words=self.q or None,
            of_none=self.of == "none",
            before=position[0] if position else None,
            before_version=position[1] if position else None,
            tenant=self.tenant or None,
            ticket=self.ticket or None,
            **words,
        )

    def link(self, **changed: str) -> str:
        """Return the query string of the same filter with these changes."""
        return urlencode({name: value for name, value in asdict(replace(self, **changed)).items() if value})


def history_values(
    asked: Filter, rows: Sequence[Execution], *, problem: str | None, nothing: str
) -> dict[str, Any]:
    """Return what the template of the history needs.

    Args:
        asked: the filter.
        rows: a page, and one row more if there are older ones.
        problem: what is wrong with the filter.
        nothing: the sentence in place of an empty list.
    """
    shown = rows[:PAGE_ROWS]
    older = asked.link(before=shown[-1].key.hex()[:16]) if len(rows) > len(shown) else ""
    return {
        "heading": "Failures" if asked.status == "failed" else "History",
        "sentence": _sentence(asked),
        "f": asdict(asked),
        "statuses": _status_options(asked.status),
        "has_filter": not asked.is_empty,
        "problem": problem,
        "rows": shown,
        "nothing": nothing,
        "older_link": older,
        "first_link": (asked.link(before="") or "days=") if asked.before else "",
        "words": asked.q,
    }


def _status_options(chosen: str) -> list[tuple[str, str]]:
    options = [(value, label) for value, (label, _) in _STATUSES.items()]
    return options if chosen in _STATUSES else [*options, (chosen, chosen.lower())]


def _sentence(asked: Filter) -> str:
    return f"{asked.days or _USUAL_DAYS} days"


def report_values(
    report: Report,
    rows: Sequence[Sequence[Any]],
    given: Mapping[str, str],
    markups: Markups,
    *,
    most_rows: int,
    base: str,
) -> dict[str, Any]:
    """Return what the template of any report of the registry needs: its cells by the kinds of its columns."""
    columns = [column for column in shown_columns(report.usual_columns) if not column.is_detail]
    shown = rows[:most_rows]
    count = f"{len(rows):,}" if len(rows) <= most_rows else f"the first {most_rows:,}"
    return {
        "report": report,
        "columns": [{"heading": column.heading, "right": _is_right(column)} for column in columns],
        "rows": [_report_row(report, columns, row, markups, base) for row in shown],
        "row_count": count,
        "parameters": [_parameter(parameter, given) for parameter in report.parameters],
        "command": report.part_of or report.name,
    }


def _is_right(column: Column) -> bool:
    return alignment(column.kind) == "right"


def _parameter(parameter: Parameter, given: Mapping[str, str]) -> dict[str, str]:
    default = "" if parameter.default is None else str(parameter.default)
    return {"name": parameter.name, "help": parameter.help, "value": given.get(parameter.name, default)}


def _report_row(
    report: Report, columns: Sequence[Column], row: Sequence[Any], markups: Markups, base: str
) -> dict[str, Any]:
    texts = human_texts(report.usual_columns, row, DisplayStyle(zone=UTC, list_items=5))
    by_name = dict(zip((column.name for column in report.usual_columns), row, strict=True))
    return {
        # The first page links to a check by its name.
        "id": by_name.get("health_metric") if report.name == "health" else None,
        "cells": [
            {
                "html": _cell(column, by_name[column.name], texts[column.name], markups, base),
                "style": _cell_style(column),
            }
            for column in columns
        ],
    }


def _cell(column: Column, value: Any, text: str, markups: Markups, base: str) -> Markup:
    if value is None:
        return Markup('<span class="dim">–</span>')
    if column.name in _EXECUTION_KEYS:
        return Markup('<a href="{}/executions/{}">{}</a>').format(
            base, markup.address(value), markup.key(value)
        )
    if column.kind is Kind.KEY:
        return Markup('<span title="{}">{}</span>').format(text, markup.key(value))
    if column.kind is Kind.TIME:
        return markups.time(value)
    if column.kind is Kind.STATUS:
        sign = markup.glyph(text) if text in [*Status] else markup.finding(text)
        return Markup("{} {}").format(sign, markups.name(text.lower()))
    return escape(text) if _is_right(column) else markups.name(text)


def _cell_style(column: Column) -> str:
    if _is_right(column):
        return "n"
    return "nw" if column.kind in (Kind.STATUS, Kind.TIME, Kind.KEY, Kind.BOOLEAN) else "tx"
