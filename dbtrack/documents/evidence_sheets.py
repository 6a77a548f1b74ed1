"""The evidence document as the template of its PDF reads it: sections of tables, lists and paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from dbtrack.documents.evidence_words import DISCLAIMER, headline
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
)
from dbtrack.evidence.model import (
    Completeness,
    ControlAnswer,
    Evidence,
    EvidenceException,
    Gap,
    KindCount,
    Review,
    SampledChange,
    Scope,
    Support,
)
from dbtrack.render import readable

_NAME_CHARACTERS = 120
_DETAIL_CHARACTERS = 600
_KEY_DIGITS = 8
# What stays on one sheet as a whole.
_FEW_ROWS = 12
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
    period = f"{_day(scope, scope.since)} to {_day(scope, scope.until)}"
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
    yield section("", [_facts(evidence)])
    yield _exceptions(evidence)
    yield _population(evidence)
    yield _controls(evidence)
    yield _sample(evidence)
    yield section("5 What the record cannot show", [points(evidence.limits)])
    yield _data(evidence)
    yield _sign_off(evidence)


def _facts(evidence: Evidence) -> Block:
    scope, framework = evidence.scope, evidence.framework
    length = readable.duration(round((scope.until - scope.since).total_seconds() * 1000))
    period = f"{_moment(scope, scope.since)} to {_moment(scope, scope.until)}"
    system = f", system {scope.system_identifier}" if scope.system_identifier else ""
    server = f"PostgreSQL {scope.server_version}{system}"
    file = f"{framework.file}, version {framework.version}"
    rows = [
        ("database", cell(f"{scope.database} at {scope.place}", note=server)),
        ("period", cell(f"{period} {scope.local(scope.until).tzname()}", note=length)),
        ("tenants", cell(_tenants(scope), note=f"as {scope.drawn_by} may see")),
        ("record", cell(_beginning(scope))),
        ("clock", cell("the server's", note="whether it was synchronised is not in the record")),
        ("drawn", cell(f"{_moment(scope, scope.drawn_at)} by {scope.drawn_by}")),
        ("framework", cell(f"{framework.title}, {framework.edition}", note=file)),
        ("its text", cell(_checked(evidence))),
    ]
    if framework.retention:
        rows.append(("retention", cell(f"the framework asks for {framework.retention}")))
    return facts(rows + [("note", cell(each)) for each in scope.notes])


def _exceptions(evidence: Evidence) -> Block:
    kinds = table(
        [("Looked for", AUTO), ("\tFound", AUTO), ("\tOpen", AUTO)],
        [_kind_row(each) for each in evidence.kinds],
    )
    listed = [_exception(evidence.scope, each) for each in evidence.exceptions]
    blocks = [kinds, {"kind": "exceptions", "list": listed}]
    left_out = evidence.found - len(listed)
    if left_out > 0:
        blocks.append(paragraph(f"{_count(left_out)} more are in the data file.", is_dim=True))
    note = f"{_count(evidence.found)} found, {_count(evidence.open)} open"
    return section("1 Exceptions", blocks, note=note, tone="bad" if evidence.open else "ok")


def _kind_row(each: KindCount) -> list[Block]:
    if not each.was_looked_for:
        return [cell(each.kind.title), cell("not looked for", "dim"), cell("–", "dim")]
    opened = cell(_count(each.open), "bad") if each.open else cell("0", "dim")
    return [cell(each.kind.title), cell(_count(each.found), "" if each.found else "dim"), opened]


def _exception(scope: Scope, each: EvidenceException) -> Block:
    signed = f"signed by {each.explained_by}" if each.explained_by else None
    detail = " · ".join(text for text in (each.detail, each.explained_reason, signed) if text)
    where = (each.label, _moment(scope, each.occurred_at), each.login)
    return {
        "tone": "bad" if each.is_open else "ok",
        "title": pieces(f"{each.kind.title}: {each.subject}", _NAME_CHARACTERS + len(each.kind.title)),
        "note": pieces(" · ".join(text for text in where if text)),
        "detail": pieces(detail, _DETAIL_CHARACTERS),
        "state": "open" if each.is_open else "explained",
    }


def _population(evidence: Evidence) -> Block:
    totals, scope = evidence.totals, evidence.scope
    counts = {
        "Changes": totals.changes,
        "Completed": totals.completed,
        "Failed": totals.failed,
        "Other": totals.changes - totals.completed - totals.failed,
        "In the pipeline": totals.in_pipeline,
        "With a ticket": totals.with_ticket,
        "Approved": totals.with_approval,
        "Of rights": totals.privilege_changes,
        "Logins": totals.logins,
    }
    blocks = [
        table([(f"\t{name}", 1) for name in counts], [[cell(_count(value)) for value in counts.values()]]),
        table(
            [("It was asked", 2), ("Answer", 5)], [_answer_row(scope, each) for each in evidence.completeness]
        ),
    ]
    if evidence.gaps:
        columns = [("Capture was off from", 2.0), ("until", 2.0), ("", 5.0)]
        blocks.append(table(columns, [_gap_row(scope, each) for each in evidence.gaps]))
    return section("2 Population, and the proof that it is complete", blocks)


def _answer_row(scope: Scope, each: Completeness) -> list[Block]:
    asked = each.measure.replace("_", " ").capitalize()
    note = _moment(scope, each.moment) if each.moment else ""
    return [cell(asked), cell(each.detail, _ANSWER_TONES.get(each.status, ""), note=note)]


def _gap_row(scope: Scope, each: Gap) -> list[Block]:
    end = _moment(scope, each.until) if each.until else "no end is in the record"
    return [cell(_moment(scope, each.since), "bad"), cell(end), cell(each.detail)]


def _controls(evidence: Evidence) -> Block:
    quoted = {each.control.quoted for each in evidence.controls}
    words = {True: "in the framework's words", False: "paraphrased"}
    note = words[quoted.pop()] if len(quoted) == 1 else "paraphrases are in italics"
    listed = [_control(each) for each in evidence.controls]
    return section("3 Controls", [{"kind": "controls", "list": listed}], note=note)


def _control(each: ControlAnswer) -> Block:
    control = each.control
    compared = f"Text compared with {control.checked_against}." if control.checked_against else ""
    return {
        "paragraph": pieces(control.paragraph),
        "title": pieces(control.title),
        "tone": _TONES[each.status],
        "status": each.status.value,
        "quoted": control.quoted,
        "words": pieces(control.text),
        "answer": pieces(each.sentence),
        "limit": pieces(control.limit),
        "note": pieces(compared),
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
    blocks = [table(_SAMPLE_COLUMNS, rows), paragraph(how, is_dim=True), command_line(evidence.command)]
    return section("4 Sample", blocks, note=f"{drawn}; {_count(sample.complete)} without an exception")


def _sample_row(scope: Scope, number: int, each: SampledChange) -> list[Block]:
    change = each.change
    return [
        cell(number, "dim"),
        cell(change.key.hex()[:_KEY_DIGITS], is_mono=True),
        cell(_moment(scope, change.occurred_at)),
        cell(change.subject, longest=_NAME_CHARACTERS),
        cell(change.login or "unknown"),
        cell(change.ticket) if change.ticket else cell("none", "warn"),
        cell(change.approved_by or "–"),
        cell("–" if each.block_number is None else each.block_number, "dim"),
        cell(", ".join(each.labels), "bad") if each.labels else cell("none", "ok"),
    ]


def _data(evidence: Evidence) -> Block:
    data = evidence.data
    kept = "beside this document" if data.is_written else "not kept: draw it again with the same options"
    named = cell(data.name, note=f"{readable.size(data.size)}, {kept}")
    blocks = [
        facts([("data", named), ("SHA-256", cell(data.sha256, is_mono=True))]),
        command_line(f"dbtrack evidence verify {data.name} --digests PATH"),
    ]
    return section("6 To verify this without the database", blocks, is_together=True)


def _sign_off(evidence: Evidence) -> Block:
    if evidence.reviews:
        columns = [("Period", 1.0), ("Signed by", 1.0), ("When", 1.3), ("Statement", 4.0)]
        signed = table(columns, [_review_row(evidence.scope, each) for each in evidence.reviews])
    else:
        signed = paragraph("No review of this period is signed in the record.", is_dim=True)
    accepted = f"Accepted, with {_count(evidence.open)} open" if evidence.open else "Accepted"
    form = table(
        [("Role", 2.4), ("Name", 3), ("Date", 2), ("Signature", 3)],
        [[cell(role), cell(""), cell(""), cell("")] for role in ("Prepared", "Reviewed", accepted)],
        is_form=True,
    )
    how = "With a pen; or by dbtrack review sign, which is sealed with the rest."
    is_together = len(evidence.reviews) <= _FEW_ROWS
    return section("7 Sign-off", [signed, form, paragraph(how, is_dim=True)], is_together=is_together)


def _review_row(scope: Scope, each: Review) -> list[Block]:
    when = cell(_moment(scope, each.signed_at))
    return [cell(each.period), cell(each.signed_by), when, cell(each.statement, longest=_DETAIL_CHARACTERS)]


def _checked(evidence: Evidence) -> str:
    framework = evidence.framework
    if framework.checked is None:
        return "was not compared with the source"
    return f"was compared on {framework.checked} with {framework.checked_against or framework.source}"


def _tenants(scope: Scope) -> str:
    if scope.tenant is not None:
        return scope.tenant
    return "all, and rows of none" if scope.tenants is None else ", ".join(scope.tenants) or "none"


def _beginning(scope: Scope) -> str:
    return f"begins {_moment(scope, scope.record_begins)}" if scope.record_begins else "is empty"


def _count(value: int) -> str:
    return readable.number(value)


def _day(scope: Scope, moment: datetime) -> str:
    local = scope.local(moment)
    return f"{local.day} {local:%b %Y}"


def _moment(scope: Scope, moment: datetime) -> str:
    local = scope.local(moment)
    # It does not break within a cell.
    return f"{local.day} {local:%b %Y %H:%M}".replace(" ", "\N{NO-BREAK SPACE}")
