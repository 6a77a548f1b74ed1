"""The words of an evidence document that all its writers use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from dbtrack.evidence.local_times import moment_words
from dbtrack.evidence.model import Control, Evidence, EvidenceException, Framework, Gap, Scope, Totals
from dbtrack.evidence.words import duration_words
from dbtrack.render.readable import counted

ANY_PROGRAM = (
    "The SHA-256 is that of the whole file: every program that computes one, such as sha256sum, can check it."
)
DISCLAIMER = "This document supports an examination. It does not say that anybody is compliant."
NOT_SEEN = "cannot be seen"
"""Instead of the number of exceptions of a kind that nothing in the record could show."""
_SEVERAL = 2
# Enough to meet each offset that a zone has in a year.
_SAMPLES_OF_ZONE = 12
_LENGTH = re.compile(r"\b(\d{1,4})(y|mon|d)\b")
_UNITS = {"y": "year", "mon": "month", "d": "day"}


class GroupedExceptions(NamedTuple):
    """The exceptions of one change, which a document lists as one; `first` is of the gravest kind."""

    first: EvidenceException
    exceptions: tuple[EvidenceException, ...]

    @property
    def heading(self) -> str:
        """The kinds in words."""
        kinds = [each.kind.heading for each in self.exceptions]
        return ", ".join((kinds[0], *(f"{kind[0].lower()}{kind[1:]}" for kind in kinds[1:])))

    @property
    def labels(self) -> str:
        """The numbers of the exceptions."""
        return ", ".join(each.label for each in self.exceptions)

    @property
    def details(self) -> str:
        """What is known of them, each thing once."""
        return "; ".join(dict.fromkeys(filter(None, (each.detail for each in self.exceptions))))


def grouped(exceptions: Iterable[EvidenceException]) -> list[GroupedExceptions]:
    """Return the exceptions by change: those of one change and one state together, where the first stands."""
    groups: dict[object, list[EvidenceException]] = {}
    for each in exceptions:
        groups.setdefault((each.key or each.number, each.is_open), []).append(each)
    return [GroupedExceptions(found[0], tuple(found)) for found in groups.values()]


class Answer(NamedTuple):
    """How the status of a question about completeness is shown."""

    style: str
    sign: str
    word: str


ANSWERS = {
    "ok": Answer("ok", "✔", "yes"),
    "part": Answer("warn", "▲", "in part"),
    "missing": Answer("bad", "✘", "not shown"),
}

_QUESTIONS = {
    "record_begins": "Did the record begin before the period?",
    "period_ended": "Has the period ended?",
    "capture_on": "Was capture on?",
    "capture_failures": "Was all DDL recorded that capture saw?",
    "removed": "Is all of the period still there?",
    "numbers": "Are the numbers without gaps?",
    "partial_records": "Were the changes recorded in full?",
    "clock": "Can the times be relied on?",
    "seals": "Is the period sealed?",
    "unsealed": "Is every row of it sealed?",
    "reconcile_before": "Did catalogs and record agree before?",
    "reconcile_after": "Did they agree afterwards?",
    "verification": "Was nothing altered since?",
    "digests": "Is a digest kept outside?",
    "roles_seen": "Were changes of roles seen?",
}


def headline(evidence: Evidence) -> str:
    """Return the finding in one sentence: how many changes, how complete, how many exceptions."""
    changes = counted(evidence.totals.changes, "change")
    found = counted(evidence.found, "exception")
    state = f"{evidence.open:,} of them open" if evidence.found else ""
    return f"{changes}; {_complete(evidence)}; {', '.join(filter(None, (found, state)))}"


def _complete(evidence: Evidence) -> str:
    unanswered = [each for each in evidence.completeness if each.status != "ok" and each.measure != "clock"]
    scope = evidence.scope
    begins = scope.record_begins
    if begins is None or begins >= min(scope.until, scope.drawn_at):
        has_some = evidence.totals.changes > 0
        return "the record began after the period" if has_some else "nothing of the period is in the record"
    if begins > scope.since:
        return "the record covers only a part of the period"
    if evidence.gaps:
        rest = len(unanswered) - 1
        off = duration_words(time_off(evidence))
        others = f", {counted(rest, 'other question')} about its completeness not answered in full"
        return f"capture was off for {off} at most{others if rest > 0 else ''}"
    if not unanswered:
        return "the population is complete, as far as the record shows"
    return f"{counted(len(unanswered), 'question')} about its completeness not answered in full"


def exceptions_status(evidence: Evidence) -> str:
    """Return how the exceptions are marked; none found says little of what the record does not have."""
    if evidence.open:
        return "missing"
    begins, scope = evidence.scope.record_begins, evidence.scope
    return "ok" if begins is not None and begins <= scope.since else "part"


def none_found(evidence: Evidence) -> str:
    """Return the sentence that stands instead of a list without exceptions."""
    if exceptions_status(evidence) == "ok":
        return "None was found. Looked for what the table lists."
    return "None was found in what the record has of the period. Looked for what the table lists."


def time_off(evidence: Evidence) -> timedelta:
    """Return for how long capture was off in all, at most."""
    return sum((gap_length(evidence.scope, gap) for gap in evidence.gaps), timedelta())


def gap_length(scope: Scope, gap: Gap) -> timedelta:
    """Return for how long capture was off within the period, at most."""
    end = min(scope.until, scope.drawn_at)
    return max(min(gap.until or end, end) - max(gap.since, scope.since), timedelta())


def question(measure: str) -> str:
    """Return the question that a measure of completeness answers."""
    return _QUESTIONS.get(measure, measure.replace("_", " "))


def period_title(scope: Scope) -> str:
    """Return the period in words: whole days as days, otherwise to the minute, with the zone."""
    since, until, zone = scope.local(scope.since), scope.local(scope.until), zones(scope)
    if _is_midnight(since) and _is_midnight(until):
        last = until - timedelta(days=1)
        return f"{_day(since)} to {_day(last)}, whole days in {zone}"
    return f"{_day(since)} {since:%H:%M} to {_day(until)} {until:%H:%M} {zone}"


def moment(scope: Scope, value: datetime) -> str:
    """Return a time in the document's zone, with its year: who reads it may do so years later."""
    return moment_words(scope.local(value))


def drawn_words(scope: Scope) -> str:
    """Return when the document was drawn, with the zone."""
    return f"{moment(scope, scope.drawn_at)} {scope.local(scope.drawn_at).tzname()}"


def zones(scope: Scope) -> str:
    """Return the abbreviations that the document's zone has in the period: `CET/CEST`."""
    step = (scope.until - scope.since) / _SAMPLES_OF_ZONE
    moments = (scope.local(scope.since + step * number) for number in range(_SAMPLES_OF_ZONE + 1))
    return "/".join(dict.fromkeys(filter(None, (each.tzname() for each in moments)))) or "UTC"


def checked_words(framework: Framework) -> str:
    """Return in whose words the controls are, and when the texts were compared."""
    quoted = {control.quoted for control in framework.controls}
    words = "in the framework’s words" if quoted == {True} else "paraphrased by dbtrack"
    words = "in part paraphrased by dbtrack" if len(quoted) > 1 else words
    compared = (
        f"compared on {day_words(framework.checked)} with what 1 Scope names" if framework.checked else ""
    )
    return f"{words}, {compared or 'not compared with a source'}"


def control_checked(control: Control) -> str:
    """Return what the text of a control was compared with, where that is not what the framework's was."""
    return f"Text compared with {control.checked_against}." if control.checked_against else ""


def day_words(date: str) -> str:
    """Return a date as the document writes dates."""
    try:
        day = datetime.fromisoformat(date)
    except ValueError:
        return date
    return _day(day)


def retention_words(retention: str) -> str:
    """Return how long a framework asks to keep records with its units in words: `6 years, § 164.316`."""
    return _LENGTH.sub(lambda found: counted(int(found[1]), _UNITS[found[2]]), retention)


def population_counts(totals: Totals) -> dict[str, int]:
    """Return the numbers of the population that each document has, by their names."""
    return {
        "Changes": totals.changes,
        "Completed": totals.completed,
        "Failed": totals.failed,
        "Other": totals.changes - totals.completed - totals.failed,
        "In the pipeline": totals.in_pipeline,
        "With a ticket": totals.with_ticket,
        "Approved": totals.with_approval,
        "Of roles and rights": totals.privilege_changes,
        "Logins": totals.logins,
    }


def tenant_counts(totals: Totals) -> str:
    """Return how many changes each tenant has; nothing where there is but one."""
    if len(totals.by_tenant) < _SEVERAL:
        return ""
    return ", ".join(f"{name}: {number:,}" for name, number in totals.by_tenant.items())


def scope_facts(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Yield what was looked at, by whom and how, each with its name."""
    scope, framework = evidence.scope, evidence.framework
    system = f", system {scope.system_identifier}" if scope.system_identifier else ""
    yield "database", f"{scope.place}, PostgreSQL {scope.server_version}{system}"
    end = min(scope.until, scope.drawn_at)
    yield "period", f"{period_title(scope)}: {duration_words(end - scope.since)}"
    yield "tenants", _tenants(scope)
    yield "clock", "the server’s; its synchronisation is not in the record"
    yield (
        "drawn",
        f"by {scope.drawn_by}, {drawn_words(scope)}",
    )
    yield "framework", f"{framework.title}; {framework.edition}; {framework.source}"
    yield "its text", f"{_checked(framework)}; file {framework.file}, version {framework.version}"
    if framework.retention:
        yield "retention", f"the framework asks for {retention_words(framework.retention)}"


def _tenants(scope: Scope) -> str:
    if scope.tenant is not None:
        return f"only {scope.tenant}"
    if scope.tenants is None:
        return "all, and what belongs to none"
    return f"those that {scope.drawn_by} sees: {', '.join(scope.tenants) or 'none'}"


def _checked(framework: Framework) -> str:
    if not framework.checked:
        return "not compared with a source"
    against = f" with {framework.checked_against}" if framework.checked_against else ""
    return f"compared on {day_words(framework.checked)}{against}"


def _is_midnight(value: datetime) -> bool:
    return (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)


def _day(value: datetime) -> str:
    return f"{value.day} {value:%b %Y}"
