"""The evidence document as the template of its PDF reads it: sections of tables, lists and paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from dbtrack.documents.evidence_words import (
    ANY_PROGRAM,
    DISCLAIMER,
    NOT_SEEN,
    GroupedExceptions,
    checked_words,
    control_checked,
    exceptions_status,
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
from dbtrack.documents.pdf_text import codes_in, pieces
from dbtrack.documents.sheet_blocks import (
    AUTO,
    Block,
    about_codes,
    cell,
    command_line,
    facts,
    paragraph,
    points,
    section,
    table,
    together,
)
from dbtrack.evidence.model import (
    Completeness,
    ControlAnswer,
    Evidence,
    Gap,
    KindCount,
    Review,
    SampledChange,
    Scope,
    Support,
)
from dbtrack.evidence.words import signed_words
from dbtrack.render import readable
from dbtrack.render.readable import counted

_MOST_LISTED = 100
_NAME_CHARACTERS = 120
_DETAIL_CHARACTERS = 600
_KEY_DIGITS = 8
# What stays on one sheet as a whole.
_SHORT_CONTROL = 2000
_SAMPLE_COLUMNS = (
    ("\t#", AUTO),
    ("Key", AUTO),
    ("When", AUTO),
    ("What", 3.0),
    ("Who", 1.2),
    ("Ticket", 1.2),
    ("Approved", 1.1),
    ("\tSeal", AUTO),
    ("Exception", AUTO),
)
_TONES = {Support.SUPPORTS: "ok", Support.IN_PART: "warn", Support.NOT_SHOWN: "bad"}
_ANSWER_TONES = {"ok": "ok", "part": "warn", "missing": "bad"}


def evidence_sheets(evidence: Evidence) -> dict[str, Any]:
    """Return what the template reads."""
    scope, framework, data = evidence.scope, evidence.framework, evidence.data
    drawn = scope.drawn_at.astimezone(UTC)
    period = period_title(scope)
    sections = list(_sections(evidence))
    if codes_in(sections):
        sections.append(section("", [about_codes()]))
    return {
        "title": f"{scope.database}: evidence for {framework.title}, {period}",
        "description": f"Drawn from the record of changes. SHA-256 of the data: {data.sha256}",
        "drawn": [drawn.year, drawn.month, drawn.day, drawn.hour, drawn.minute, drawn.second],
        "name": pieces(data.name.removesuffix(".json"), _NAME_CHARACTERS),
        "period": period,
        "digest": data.sha256,
        "above": pieces(f"{scope.database} · evidence · {framework.title} · {period}"),
        "headline": pieces(headline(evidence)),
        "lead": pieces(DISCLAIMER),
        "sections": sections,
    }


def _sections(evidence: Evidence) -> Iterator[Block]:
    yield section("1 Scope", [facts(list(_scope(evidence)))])
    yield _controls(evidence)
    yield _population(evidence)
    yield _exceptions(evidence)
    yield _sample(evidence)
    yield section("6 What the record cannot show", [points(evidence.limits)])
    yield _sign_off(evidence)
    yield _data(evidence)


def _scope(evidence: Evidence) -> Iterator[tuple[str, Block]]:
    for name, text in scope_facts(evidence):
        yield name, cell(text)
    for note in evidence.scope.notes:
        yield "note", cell(note, "warn")


def _exceptions(evidence: Evidence) -> Block:
    kinds = table(
        [("Looked for", AUTO), ("\tFound", AUTO), ("\tOpen", AUTO)],
        [_kind_row(each) for each in evidence.kinds],
    )
    shown = grouped(evidence.exceptions)[:_MOST_LISTED]
    blocks = [
        together([kinds]),
        {"kind": "exceptions", "list": [_exception(evidence.scope, each) for each in shown]},
    ]
    if not shown:
        blocks.append(paragraph(none_found(evidence)))
    left_out = evidence.found - sum(len(each.exceptions) for each in shown)
    if left_out > 0:
        blocks.append(paragraph(f"{_count(left_out)} more are in the data file.", is_dim=True))
    note = f"{_count(evidence.found)} found, {_count(evidence.open)} open"
    return section("4 Exceptions", blocks, note=note, tone=_ANSWER_TONES[exceptions_status(evidence)])


def _kind_row(each: KindCount) -> list[Block]:
    if not each.was_looked_for:
        return [cell(each.kind.heading), cell(NOT_SEEN, "dim"), cell("–", "dim")]
    opened = cell(_count(each.open), "bad") if each.open else cell("0", "dim")
    return [cell(each.kind.heading), cell(_count(each.found), "" if each.found else "dim"), opened]


def _exception(scope: Scope, each: GroupedExceptions) -> Block:
    first = each.first
    signed = None
    if first.explained_by and first.explained_at:
        signed = f"signed by {first.explained_by} on {moment(scope, first.explained_at)}"
    detail = " · ".join(text for text in (signed, each.details, first.explained_reason) if text)
    key = "" if first.key is None else first.key.hex()[:_KEY_DIGITS]
    login = first.login or "not known"
    where = filter(None, (each.labels, _when(scope, first.occurred_at), login, first.tenant, key))
    return {
        "tone": "bad" if first.is_open else "ok",
        "title": pieces(f"{each.heading}: {first.subject}", _NAME_CHARACTERS + len(each.heading)),
        "note": pieces(" · ".join(where)),
        "detail": pieces(detail, _DETAIL_CHARACTERS),
        "state": "open" if first.is_open else "explained",
    }


def _population(evidence: Evidence) -> Block:
    scope, counts = evidence.scope, population_counts(evidence.totals)
    blocks: list[Block] = [
        {"kind": "timeline"},
        table([(f"\t{name}", 1) for name in counts], [[cell(_count(value)) for value in counts.values()]]),
        table(
            [("It was asked", 2), ("Answer", 5)], [_answer_row(scope, each) for each in evidence.completeness]
        ),
    ]
    if tenants := tenant_counts(evidence.totals):
        blocks.append(paragraph(f"By tenant: {tenants}.", is_dim=True))
    if evidence.gaps:
        columns = [("Capture was off from", 2.0), ("until", 2.0), ("", 5.0)]
        blocks.append(table(columns, [_gap_row(scope, each) for each in evidence.gaps]))
    return section("3 Population, and the proof that it is complete", blocks)


def _answer_row(scope: Scope, each: Completeness) -> list[Block]:
    note = _when(scope, each.moment) if each.moment else ""
    return [cell(question(each.measure)), cell(each.detail, _ANSWER_TONES.get(each.status, ""), note=note)]


def _gap_row(scope: Scope, each: Gap) -> list[Block]:
    end = _when(scope, each.until) if each.until else "no end is in the record"
    return [cell(_when(scope, each.since), "bad"), cell(end), cell(each.detail)]


def _controls(evidence: Evidence) -> Block:
    listed = [_control(each) for each in evidence.controls]
    return section(
        "2 Controls", [{"kind": "controls", "list": listed}], note=checked_words(evidence.framework)
    )


def _control(each: ControlAnswer) -> Block:
    control, limit = each.control, each.control.limit or ""
    return {
        "paragraph": pieces(control.paragraph),
        "title": pieces(control.title),
        "tone": _TONES[each.status],
        "status": each.status.value,
        "quoted": control.quoted,
        "words": pieces(control.text),
        "answer": pieces(each.sentence.removesuffix(limit)),
        "limit": pieces(limit),
        "note": pieces(control_checked(control)),
        "together": len(control.text) + len(each.sentence) <= _SHORT_CONTROL,
    }


def _sample(evidence: Evidence) -> Block:
    sample = evidence.sample
    rows = [_sample_row(evidence.scope, number, each) for number, each in enumerate(sample.drawn, 1)]
    drawn = f"{_count(len(rows))} of {_count(evidence.totals.changes)}, seed {sample.seed}"
    how = (
        f"Anybody can draw it again: of all keys in the data file, the {sample.size} with the smallest "
        "SHA-256 of the seed, a colon and the key in hexadecimal."
    )
    drawn_rows = table(_SAMPLE_COLUMNS, rows) if rows else paragraph("No change was drawn.")
    blocks = [drawn_rows, paragraph(how, is_dim=True), command_line(evidence.command)]
    return section("5 Sample", blocks, note=f"{drawn}; {_count(sample.complete)} without an exception")


def _sample_row(scope: Scope, number: int, each: SampledChange) -> list[Block]:
    change = each.change
    return [
        cell(number, "dim"),
        cell(change.key.hex()[:_KEY_DIGITS], is_mono=True),
        cell(_when(scope, change.occurred_at)),
        cell(change.subject, longest=_NAME_CHARACTERS),
        cell(change.login or "unknown"),
        cell(change.ticket) if change.ticket else cell("none", "warn"),
        cell(change.approved_by or "–"),
        cell("–" if each.block_number is None else each.block_number, "dim"),
        cell(", ".join(each.labels), "bad") if each.labels else cell("none", "ok"),
    ]


def _data(evidence: Evidence) -> Block:
    data = evidence.data
    rows = [("SHA-256", cell(data.sha256, is_mono=True))]
    if not data.is_written:
        kept = "The data was not kept: drawn with -o FILE, it is written beside the document."
        return section(
            "8 To verify this without the database", [facts(rows), paragraph(kept)], is_together=True
        )
    parts = (
        counted(evidence.totals.changes, "change"),
        counted(evidence.found, "exception"),
        counted(evidence.blocks, "seal"),
        f"proofs of {counted(evidence.proofs, 'change')}",
        readable.size(data.size),
    )
    rows.insert(0, ("data", cell(data.name, note=", ".join(parts))))
    command = f"dbtrack evidence verify {data.name} --digests PATH --sha256 {data.sha256}"
    blocks = [facts(rows), command_line(command), paragraph(ANY_PROGRAM, is_dim=True)]
    return section("8 To verify this without the database", blocks, is_together=True)


def _sign_off(evidence: Evidence) -> Block:
    signed = signed_words(evidence.reviews_signed, evidence.reviews_due)
    blocks = [paragraph(f"In the record: {signed}.")]
    if evidence.reviews:
        columns = [("Period", 1.6), ("Whose", 1.0), ("Signed by", 1.5), ("When", 1.3), ("Statement", 3.0)]
        blocks.append(table(columns, [_review_row(evidence.scope, each) for each in evidence.reviews]))
    accepted = f"Accepted, with {_count(evidence.open)} open" if evidence.open else "Accepted"
    form = table(
        [("Role", 2.4), ("Name", 3), ("Date", 2), ("Signature", 3)],
        [[cell(role), cell(""), cell(""), cell("")] for role in ("Prepared", "Reviewed", accepted)],
        is_form=True,
    )
    how = "With a pen; or by dbtrack review sign, which is sealed with the rest."
    # The lines for pens stay together; the reviews may be many, or long.
    blocks.append(together([form, paragraph(how, is_dim=True)]))
    return section("7 Sign-off", blocks)


def _review_row(scope: Scope, each: Review) -> list[Block]:
    when = cell(_when(scope, each.signed_at))
    span = " – ".join(_when(scope, end) for end in (each.since, each.until) if end)
    period = cell(f"{each.period}: {span}" if span else each.period)
    signer = cell(each.signer, longest=_DETAIL_CHARACTERS)
    return [period, cell(each.whose), signer, when, cell(each.statement, longest=_DETAIL_CHARACTERS)]


def _count(value: int) -> str:
    return readable.number(value)


def _when(scope: Scope, value: datetime) -> str:
    # It does not break within a cell.
    return moment(scope, value).replace(" ", "\N{NO-BREAK SPACE}")
