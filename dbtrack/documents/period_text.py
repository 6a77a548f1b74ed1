"""The document about a period as Markdown, for a mail, a chat or a wiki; and as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from dbtrack.documents.markup import change
from dbtrack.documents.period_facts import PeriodFacts, Share, Totals
from dbtrack.documents.period_words import decisions, differences, headline, lead
from dbtrack.render import readable


def period_markdown(facts: PeriodFacts) -> str:
    """Return the document as GitHub's Markdown."""
    parts = [
        f"# {_cell(facts.database)}: {headline(facts)}",
        f"{facts.period.title}. {lead(facts)}",
        _table(("", "now", "before", ""), _totals(facts)),
        "## For decision",
        _decisions(facts),
    ]
    if facts.causes:
        parts += [
            "## Failures by cause",
            _table(("State", "Code", "Times", "Cause", "Last in"), _causes(facts)),
        ]
    if facts.slow:
        parts += ["## Against their usual", _table(("What", "Slowest", "Usual p95", "Key"), _slow(facts))]
    if facts.by_login:
        parts += ["## Tenants", _table(("Tenant", "Ops", "Failed", "Succeeded"), _shares(facts.by_tenant))]
        parts += ["## People", _table(("Login", "Ops", "Failed", "Succeeded"), _shares(facts.by_login))]
        parts += ["## What became different", _table(("Objects", "Captured DDL"), differences(facts))]
    parts += ["## Can the numbers be trusted?", _findings(facts)]
    return "\n\n".join(parts) + "\n"


def period_json(facts: PeriodFacts) -> str:
    """Return every fact as one JSON object: `period`, `now`, `before`, `causes`, `slow` and others."""
    document = asdict(facts)
    document["period"] = {"since": facts.period.since, "until": facts.period.until}
    document["now"] = _totals_object(facts.now)
    document["before"] = _totals_object(facts.before)
    document["commands"] = {name: share.ended for name, share in facts.commands.items()}
    text = json.dumps({"report": "report", **document}, ensure_ascii=False, indent=2, default=_json)
    return readable.visible_json(text) + "\n"


def _totals_object(totals: Totals) -> dict[str, Any]:
    return {**asdict(totals), "failed": totals.failed, "success_rate": totals.success}


def _json(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _totals(facts: PeriodFacts) -> list[tuple[str, str, str, str]]:
    now, before = facts.now, facts.before
    return [
        ("operations", f"{now.ended:,}", f"{before.ended:,}", change(now.ended, before.ended)),
        ("succeeded", _percent(now.success), _percent(before.success), ""),
        ("failed", f"{now.failed:,}", f"{before.failed:,}", change(now.failed, before.failed)),
        ("p95", _duration(now.p95_ms), _duration(before.p95_ms), change(now.p95_ms, before.p95_ms)),
        ("waited for locks", _duration(facts.waited_ms), "", ""),
    ]


def _decisions(facts: PeriodFacts) -> str:
    found = decisions(facts)
    if not found:
        return "Nothing. Looked for open failures, unrecorded changes and checks that are not well."
    return "\n".join(
        f"{number}. **{_cell(decision.subject)}** {_cell(decision.text)} {_cell(decision.note)}".rstrip()
        for number, decision in enumerate(found, 1)
    )


def _causes(facts: PeriodFacts) -> Iterable[Sequence[str]]:
    for cause in facts.causes:
        state = {True: "open", False: "fixed", None: ""}[cause.is_open]
        place = f"{cause.name or ''} {cause.key.hex()[:8]}".strip()
        yield state, cause.sqlstate or "", f"{cause.occurrences:,}", cause.message, place


def _slow(facts: PeriodFacts) -> Iterable[Sequence[str]]:
    for slow in facts.slow:
        longest = f"{'▲ ' if slow.is_late else ''}{readable.duration(slow.longest_ms)}"
        yield slow.name, longest, _duration(slow.p95_ms), slow.key.hex()[:8]


def _shares(shares: Iterable[Share]) -> Iterable[Sequence[str]]:
    for share in shares:
        yield (
            share.name or "of none",
            f"{share.ended:,}",
            f"{share.failed:,}",
            readable.percentage(share.success),
        )


def _findings(facts: PeriodFacts) -> str:
    return "\n".join(
        f"- {'✔' if finding.is_well else '✘'} {_cell(finding.metric.replace('_', ' '))}: "
        f"{_cell(finding.details)}"
        for finding in facts.findings
    )


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line(headings), _line(["---"] * len(headings)), *(_line(row) for row in rows)]
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    return readable.visible_markdown(text)


def _percent(value: float | None) -> str:
    return "–" if value is None else readable.percentage(value)


def _duration(value: float | None) -> str:
    return "–" if value is None else readable.duration(value)
