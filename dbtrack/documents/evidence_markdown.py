"""Evidence as GitHub's Markdown, for a pull request, a ticket or a wiki."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dbtrack.documents.evidence_words import (
    ANSWERS,
    ANY_PROGRAM,
    DISCLAIMER,
    NOT_SEEN,
    GroupedExceptions,
    checked_words,
    control_checked,
    grouped,
    headline,
    moment,
    none_found,
    period_title,
    population_counts,
    question,
    scope_facts,
    tenant_counts,
)
from dbtrack.evidence.model import Evidence, Review, SampledChange, Support
from dbtrack.evidence.words import signed_words
from dbtrack.render.readable import counted, visible_markdown

_SIGNS = {Support.SUPPORTS: "✔", Support.IN_PART: "▲", Support.NOT_SHOWN: "✘"}
_MOST_LISTED = 50
_KEY_DIGITS = 8
_DETAIL_CHARACTERS = 600


def evidence_markdown(evidence: Evidence) -> str:
    """Return the document: its eight parts in order, the finding as the heading."""
    scope, framework = evidence.scope, evidence.framework
    parts = [
        f"# {_cell(headline(evidence))}",
        f"{_cell(scope.database)}, {_cell(framework.title)}, {_cell(period_title(scope))}. {DISCLAIMER}",
        "## 1 Scope",
        _table(("", ""), scope_facts(evidence)),
        *(_cell(note) for note in scope.notes),
        f"## 2 Controls, {_cell(checked_words(framework))}",
        *_controls(evidence),
        "## 3 Population, and the proof that it is complete",
        *_population(evidence),
        _table(("It was asked", "", "Answer", "When"), _completeness(evidence)),
        f"## 4 Exceptions: {_found(evidence)}",
        _table(("Looked for", "Found", "Open"), _kinds(evidence)),
        *_exceptions(evidence),
        f"## 5 Sample: {_drawn(evidence)}",
        *_sample(evidence),
        "## 6 What the record cannot show",
        "\n".join(f"- {_cell(limit)}" for limit in evidence.limits),
        "## 7 Sign-off",
        *_reviews(evidence),
        "## 8 To verify this without the database",
        _data(evidence),
    ]
    return "\n\n".join(parts) + "\n"


def _found(evidence: Evidence) -> str:
    changes = counted(evidence.totals.changes, "change")
    return f"{evidence.found:,} in {changes}, {evidence.open:,} open"


def _drawn(evidence: Evidence) -> str:
    sample = evidence.sample
    return f"{len(sample.drawn):,} of {evidence.totals.changes:,}, seed {_cell(sample.seed)}"


def _controls(evidence: Evidence) -> Iterator[str]:
    for each in evidence.controls:
        control = each.control
        mark = "" if control.quoted else " (paraphrased)"
        yield f"**{_cell(control.paragraph)} {_cell(control.title)}**: {_SIGNS[each.status]} {each.status}"
        yield f"> {_cell(control.text)}{mark}"
        limit = control.limit or ""
        yield _cell(each.sentence.removesuffix(limit).rstrip())
        if limit:
            yield f"▲ {_cell(limit)}"
        if compared := control_checked(control):
            yield _cell(compared)


def _population(evidence: Evidence) -> Iterator[str]:
    counts = population_counts(evidence.totals)
    yield _table(list(counts), [[f"{number:,}" for number in counts.values()]])
    if tenants := tenant_counts(evidence.totals):
        yield _cell(f"By tenant: {tenants}.")


def _completeness(evidence: Evidence) -> Iterator[Sequence[str]]:
    for each in evidence.completeness:
        when = "" if each.moment is None else moment(evidence.scope, each.moment)
        yield question(each.measure), ANSWERS[each.status].sign, each.detail, when


def _kinds(evidence: Evidence) -> Iterator[Sequence[str]]:
    for each in evidence.kinds:
        found = f"{each.found:,}" if each.was_looked_for else NOT_SEEN
        yield each.kind.heading, found, f"✘ {each.open:,}" if each.open else "0"


def _exceptions(evidence: Evidence) -> Iterator[str]:
    listed = grouped(evidence.exceptions)[:_MOST_LISTED]
    if listed:
        yield _table(
            ("", "State", "Kinds", "What", "When", "Who", "Tenant", "Key", "Details"),
            (_exception(evidence, group) for group in listed),
        )
    else:
        yield none_found(evidence)
    shown = sum(len(group.exceptions) for group in listed)
    if evidence.found > shown:
        yield f"{evidence.found - shown:,} more are in the data file."


def _exception(evidence: Evidence, group: GroupedExceptions) -> Sequence[str]:
    first = group.first
    explained = None
    if first.explained_at is not None:
        explained = (
            f"{first.explained_reason}, {first.explained_by} on {moment(evidence.scope, first.explained_at)}"
        )
    key = "" if first.key is None else first.key.hex()[:_KEY_DIGITS]
    return (
        group.labels,
        "✘ open" if first.is_open else "✔ explained",
        group.heading,
        first.subject,
        moment(evidence.scope, first.occurred_at),
        first.login or "not known",
        first.tenant or "",
        key,
        " · ".join(_clipped(text) for text in (group.details, explained) if text),
    )


def _sample(evidence: Evidence) -> Iterator[str]:
    if evidence.sample.drawn:
        headings = ("#", "Key", "When", "What", "Who", "Ticket", "Approved", "Seal", "Exceptions")
        rows = (_sampled(evidence, number, each) for number, each in enumerate(evidence.sample.drawn, 1))
        yield _table(headings, rows)
    else:
        yield "No change was drawn."
    yield (
        "Anybody can draw it again: of all keys of the population, those with the smallest "
        "SHA-256 of the seed, "
        f"a colon and the key. `{_code(evidence.command)}`"
    )


def _sampled(evidence: Evidence, number: int, each: SampledChange) -> Sequence[str]:
    change = each.change
    return (
        str(number),
        change.key.hex()[:_KEY_DIGITS],
        moment(evidence.scope, change.occurred_at),
        change.subject,
        change.login or "not known",
        change.ticket or "–",
        change.approved_by or "–",
        "–" if each.block_number is None else str(each.block_number),
        ", ".join(each.labels) or "✔ none",
    )


def _review(evidence: Evidence, each: Review) -> Sequence[str]:
    since, until, signed_at = (
        "–" if moment_of is None else moment(evidence.scope, moment_of)
        for moment_of in (each.since, each.until, each.signed_at)
    )
    return (each.period, since, until, each.whose, each.signer, signed_at, _clipped(each.statement or ""))


def _reviews(evidence: Evidence) -> Iterator[str]:
    yield _cell(f"In the record: {signed_words(evidence.reviews_signed, evidence.reviews_due)}.")
    if evidence.reviews:
        rows = (_review(evidence, each) for each in evidence.reviews)
        yield _table(("Period", "From", "Until", "Whose", "Signed by", "When", "Statement"), rows)
    accepted = f"Accepted, with {evidence.open:,} open" if evidence.open else "Accepted"
    blank = [(role, "", "", "") for role in ("Prepared", "Reviewed", accepted)]
    yield _table(("Role", "Name", "Date", "Signature"), blank)


def _data(evidence: Evidence) -> str:
    data = evidence.data
    if not data.is_written:
        return "The data was not kept: draw it with `-o FILE`, and it is written beside the document."
    return (
        f"Data: `{_code(data.name)}`, {data.size:,} bytes. SHA-256: `{data.sha256}`\n\n"
        f"    dbtrack evidence verify {_code(data.name)} --sha256 {data.sha256} --digests PATH\n\n"
        f"{ANY_PROGRAM}"
    )


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}"]
    lines += [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    return "\n".join(lines)


def _clipped(text: str) -> str:
    """Return a text that leaves a table readable; the data file has all of it."""
    left_out = len(text) - _DETAIL_CHARACTERS
    return f"{text[:_DETAIL_CHARACTERS]} … {left_out:,} more characters" if left_out > 0 else text


def _cell(text: str) -> str:
    return visible_markdown(text)


def _code(text: str) -> str:
    """Return a text for a code span, in which nothing can be escaped."""
    return "".join(character if character.isprintable() and character != "`" else "?" for character in text)
