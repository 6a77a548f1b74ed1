"""The sentences of the document about a period: its finding, what is to be decided, what became different."""

from __future__ import annotations

from dataclasses import dataclass

from dbtrack.documents.markup import change
from dbtrack.documents.period_facts import PeriodFacts, Share
from dbtrack.render import readable
from dbtrack.render.readable import counted

_MOST_DECISIONS = 5
_KINDS = (
    ("tables", ("TABLE", "TABLE AS", "FOREIGN TABLE")),
    ("views", ("VIEW", "MATERIALIZED VIEW")),
    ("indexes", ("INDEX",)),
    ("functions", ("FUNCTION", "PROCEDURE", "AGGREGATE", "ROUTINE")),
    ("triggers and policies", ("TRIGGER", "POLICY", "RULE")),
    ("types and sequences", ("TYPE", "DOMAIN", "SEQUENCE")),
    ("schemas and extensions", ("SCHEMA", "EXTENSION")),
)
_UNATTRIBUTED = "UNATTRIBUTED"


@dataclass(frozen=True)
class Decision:
    """Something that somebody has to decide.

    Args:
        style: bad or warn.
        subject: in a few words.
        text: the sentence after it.
        note: where to look.
    """

    style: str
    subject: str
    text: str
    note: str = ""


def headline(facts: PeriodFacts) -> str:
    """Return the finding of the period in one line."""
    if not facts.now.ended:
        return "Nothing was recorded in this period"
    success = readable.percentage(facts.now.success or 0)
    operations = counted(facts.now.ended, "operation")
    open_count = len(facts.open_causes)
    if not facts.now.failed:
        return f"{operations}, all of them succeeded"
    still_open = f"{counted(open_count, 'cause')} of failure open" if open_count else "no failure is open"
    return f"{operations}, {success} succeeded, {still_open}"


def lead(facts: PeriodFacts) -> str:
    """Return what the numbers say, in two or three sentences."""
    sentences = [_growth(facts), _concentration(facts), _trust(facts)]
    return " ".join(sentence for sentence in sentences if sentence)


def decisions(facts: PeriodFacts) -> list[Decision]:
    """Return what somebody has to decide: open causes of failure, then what is wrong with the record."""
    found = [
        Decision(
            "bad",
            f"{cause.message}",
            f"{counted(cause.occurrences, 'failure')}{_of_tenants(cause.tenants)}.",
            f"{cause.name or ''} · dbtrack show {cause.key.hex()[:8]}".removeprefix(" · "),
        )
        for cause in facts.open_causes[:_MOST_DECISIONS]
    ]
    unattributed = facts.commands.get(_UNATTRIBUTED)
    if unattributed:
        found.append(
            Decision(
                "bad",
                f"{counted(unattributed.ended, 'change')} that nobody recorded",
                "The catalogs differ from the record.",
                "dbtrack history --type UNATTRIBUTED",
            )
        )
    found += [
        Decision("bad" if finding.status == "CRITICAL" else "warn", _words(finding.metric), finding.details)
        for finding in facts.findings
        if not finding.is_well
    ]
    return found


def differences(facts: PeriodFacts) -> list[tuple[str, str]]:
    """Return by kind of object how many were created, dropped and altered, from the captured DDL."""
    rows = []
    for label, kinds in _KINDS:
        created = _sum(facts, "CREATE", kinds)
        dropped = _sum(facts, "DROP", kinds)
        altered = _sum(facts, "ALTER", kinds)
        parts = [f"+{created:,}" if created else "", f"−{dropped:,}" if dropped else ""]
        text = " ".join(part for part in parts if part)
        if altered:
            text = f"{text}, {altered:,} altered" if text else f"{altered:,} altered"
        if text:
            rows.append((label, text))
    granted, revoked = _count(facts.commands.get("GRANT")), _count(facts.commands.get("REVOKE"))
    if granted or revoked:
        rows.append(("privileges", f"{granted:,} granted, {revoked:,} revoked"))
    unrecorded = _count(facts.commands.get(_UNATTRIBUTED))
    rows.append(("unrecorded", f"{unrecorded:,}" if unrecorded else "none found"))
    return rows


def _growth(facts: PeriodFacts) -> str:
    if not facts.before.ended or not facts.now.ended:
        return ""
    grown = change(facts.now.ended, facts.before.ended)
    if not grown:
        return "There was as much work as in the period before."
    verb = "more" if facts.now.ended > facts.before.ended else "less"
    return f"There was {grown[2:]} {verb} work than in the period before."


def _concentration(facts: PeriodFacts) -> str:
    counts = [cause.occurrences for cause in facts.causes]
    if len(counts) < 3 or sum(counts[:2]) * 2 < sum(counts):
        return ""
    return f"Two causes make up {sum(counts[:2]):,} of {facts.now.failed:,} failures."


def _trust(facts: PeriodFacts) -> str:
    wrong = [finding for finding in facts.findings if not finding.is_well]
    if not wrong:
        return "All checks of the record are well."
    return f"{counted(len(wrong), 'check')} of the record {'needs' if len(wrong) == 1 else 'need'} attention."


def _of_tenants(tenants: object) -> str:
    names = [str(name) for name in tenants] if isinstance(tenants, (list, tuple)) else []
    return f", tenants {', '.join(names[:5])}" if names else ""


def _words(metric: str) -> str:
    return metric.replace("_", " ").capitalize()


def _sum(facts: PeriodFacts, verb: str, kinds: tuple[str, ...]) -> int:
    return sum(_count(facts.commands.get(f"{verb} {kind}")) for kind in kinds)


def _count(share: Share | None) -> int:
    return share.ended if share else 0
