"""Draw evidence: read the population, its exceptions and the proof of its completeness in one snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.evidence.controls import answers
from dbtrack.evidence.data_file import DataWriter, HashedStream
from dbtrack.evidence.facts import Facts, Tally
from dbtrack.evidence.limits import limits
from dbtrack.evidence.model import (
    Change,
    Completeness,
    DataFile,
    Evidence,
    EvidenceException,
    ExceptionKind,
    Framework,
    Gap,
    KindCount,
    Review,
    Sample,
    SampledChange,
    Scope,
)
from dbtrack.evidence.sampling import Sampler
from dbtrack.operations.operations import complete_operation, start_operation
from dbtrack.sql_files import query

MOST_LISTED = 200
"""How many exceptions a document lists; the data file has all."""


@dataclass(frozen=True)
class DrawRequest:
    """What to draw.

    Args:
        tenant: its business key or its hash key in hexadecimal; None for all that the login may see.
        seed: of the sample.
        command: the command line that draws the same again.
    """

    framework: Framework
    since: datetime
    until: datetime
    zone: tzinfo
    tenant: str | None
    sample: int
    seed: str
    command: str


@dataclass
class _Listed:
    """The exceptions as they are read: all are counted, the first ones of each state are kept."""

    found: Counter[ExceptionKind]
    open: Counter[ExceptionKind]
    kept_open: list[EvidenceException]
    kept_explained: list[EvidenceException]
    labels: dict[bytes, list[str]]

    def add(self, each: EvidenceException, sampled: set[bytes]) -> None:
        self.found[each.kind] += 1
        self.open[each.kind] += each.is_open
        kept = self.kept_open if each.is_open else self.kept_explained
        if len(kept) < MOST_LISTED:
            kept.append(each)
        if each.key in sampled and each.key is not None:
            self.labels.setdefault(each.key, []).append(each.label)


def draw(database: Database, request: DrawRequest, stream: HashedStream, data_name: str) -> Evidence:
    """Read everything in one snapshot, and write the data file as it is read.

    Args:
        stream: where the data file is written.
        data_name: its name in the document; `is_written` of the answer is for the caller to set.

    Raises:
        DbtrackError: there is no such tenant, a query of the framework failed, or the server raised an error.
    """
    tenant_hk = database.call_value("resolve_tenant", tenant=request.tenant) if request.tenant else None
    # Before the transaction, in which nothing can be written.
    database.call("record_access", p_report_name="evidence", p_tenant=request.tenant)
    window = {"since": request.since, "until": request.until, "tenant": tenant_hk}
    with database.transaction():
        database.row(query("export/isolation"))
        evidence = _read(database, request, window, DataWriter(stream))
    return replace(evidence, data=DataFile(data_name, stream.sha256, stream.size, is_written=False))


def _read(
    database: Database, request: DrawRequest, window: Mapping[str, Any], writer: DataWriter
) -> Evidence:
    completeness = [
        Completeness(*row)
        for row in database.call("get_evidence_completeness", since=request.since, until=request.until)
    ]
    scope = _scope(database, request, completeness)
    writer.write("scope", _scope_values(scope))
    writer.write("framework", _framework_values(request.framework))
    tally, sampler = Tally(), Sampler(request.sample, request.seed)
    writer.write_rows("population", _population(database, window, tally, sampler))
    drawn = sampler.drawn()
    listed = _Listed(Counter(), Counter(), [], [], {})
    writer.write_rows("exceptions", _exceptions(database, window, listed, {each.key for each in drawn}))
    gaps = [Gap(*row) for row in database.rows(query("evidence/gaps"), window)]
    kinds = [KindCount(kind, listed.found[kind], listed.open[kind]) for kind in ExceptionKind]
    sample = _sample(database, request, drawn, listed.labels)
    reviews: list[Review] = []
    facts = _facts(database, window, scope, tally, kinds, gaps, completeness, reviews)
    controls = list(answers(database, request.framework, facts, window))
    writer.write_rows("kinds", [_values(each) for each in kinds])
    writer.write_rows("gaps", [_values(each) for each in gaps])
    writer.write_rows("completeness", [_values(each) for each in completeness])
    writer.write_rows("controls", [_control_values(each) for each in controls])
    writer.write(
        "sample",
        {"size": sample.size, "seed": sample.seed, "keys": [each.change.key for each in sample.drawn]},
    )
    writer.close()
    return Evidence(
        scope,
        request.framework,
        facts.totals,
        kinds,
        [*listed.kept_open, *listed.kept_explained][:MOST_LISTED],
        gaps,
        completeness,
        controls,
        sample,
        reviews,
        limits(facts),
        request.command,
        DataFile("", "", 0, is_written=False),
    )


def _scope(database: Database, request: DrawRequest, completeness: Sequence[Completeness]) -> Scope:
    name, login, version, tenants, drawn_at, may_see_seals = database.row(query("evidence/place")) or ()
    system = database.value(query("evidence/system")) if may_see_seals else None
    begins = next((each.moment for each in completeness if each.measure == "record_begins"), None)
    scope = Scope(
        name,
        database.place,
        version,
        system,
        request.since,
        request.until,
        request.zone,
        drawn_at,
        login,
        request.tenant,
        None if tenants is None else tuple(tenants),
        begins,
    )
    return replace(scope, notes=tuple(_notes(scope)))


def _notes(scope: Scope) -> Iterator[str]:
    if scope.until > scope.drawn_at:
        yield "The period had not ended when this was drawn: what happened later is not in it."
    if scope.record_begins is None or scope.record_begins > scope.since:
        began = (
            "there is no record"
            if scope.record_begins is None
            else f"the record began on {_day(scope, scope.record_begins)}"
        )
        yield f"The period began before the record: {began}."
    if scope.tenant is not None:
        yield f"Only changes of the tenant {scope.tenant} were looked at."
    if scope.tenants is not None:
        seen = ", ".join(scope.tenants) or "none: only its own executions"
        yield (
            f"The login {scope.drawn_by} does not see all tenants, so that this cannot be the whole database. "
            f"It sees: {seen}."
        )


def _day(scope: Scope, moment: datetime) -> str:
    local = scope.local(moment)
    return f"{local.day} {local:%b %Y %H:%M} {local.tzname()}"


def _population(
    database: Database, window: Mapping[str, Any], tally: Tally, sampler: Sampler
) -> Iterator[Mapping[str, object]]:
    for row in database.stream(query("evidence/population"), window):
        key, *middle, found = row
        change = Change(*(bytes(key), *middle, tuple(found)))
        tally.add(change)
        sampler.add(change)
        yield _values(change)


def _exceptions(
    database: Database, window: Mapping[str, Any], listed: _Listed, sampled: set[bytes]
) -> Iterator[Mapping[str, object]]:
    for number, row in enumerate(database.stream(query("evidence/exceptions"), window), 1):
        kind, key, *rest = row
        each = EvidenceException(number, ExceptionKind(kind), None if key is None else bytes(key), *rest)
        listed.add(each, sampled)
        yield _values(each)


def _sample(
    database: Database, request: DrawRequest, drawn: Sequence[Change], labels: Mapping[bytes, Sequence[str]]
) -> Sample:
    blocks: dict[bytes, int] = {}
    moments = {"keys": [each.key for each in drawn], "moments": [each.recorded_at for each in drawn]}
    if drawn and database.value(query("evidence/may_see_leaves")):
        blocks = {
            bytes(key): number for key, number in database.rows(query("evidence/sampled_blocks"), moments)
        }
    sampled = tuple(
        SampledChange(each, blocks.get(each.key), tuple(labels.get(each.key, ()))) for each in drawn
    )
    return Sample(request.sample, request.seed, sampled)


def _facts(
    database: Database,
    window: Mapping[str, Any],
    scope: Scope,
    tally: Tally,
    kinds: Sequence[KindCount],
    gaps: Sequence[Gap],
    completeness: Sequence[Completeness],
    reviews: Sequence[Review],
) -> Facts:
    result = database.result(query("evidence/counts"), window)
    values = dict(zip((column.name for column in result.columns), result.rows[0], strict=True))
    counted = ("tenants", "administrators", "readers", "accesses", "retention_days")
    return Facts(
        scope,
        tally.totals(),
        {each.kind: each for each in kinds},
        gaps,
        {each.measure: each for each in completeness},
        reviews,
        None,
        {name: value for name, value in values.items() if name not in counted},
        {name: values[name] for name in counted},
    )


def record_drawing(database: Database, request: DrawRequest, evidence: Evidence) -> bool:
    """Record who drew which evidence, as an execution, where the login may; return whether it was recorded."""
    drawn = {
        "framework": request.framework.name,
        "since": request.since.isoformat(),
        "until": request.until.isoformat(),
        "changes": evidence.totals.changes,
        "sha256": evidence.data.sha256,
    }
    with suppress(DbtrackError):
        if database.in_recovery:
            return False
        key = start_operation(
            database,
            "dbtrack evidence",
            script_type="REPORTING",
            tenant=request.tenant,
            metadata={"evidence": drawn},
        )
        took = database.value(query("reports/clock")) - evidence.scope.drawn_at
        complete_operation(database, key, duration_us=took // timedelta(microseconds=1))
        return True
    return False


def _values(record: Any) -> dict[str, object]:
    return {each.name: getattr(record, each.name) for each in fields(record)}


def _scope_values(scope: Scope) -> dict[str, object]:
    return {**_values(scope), "zone": str(scope.zone)}


def _framework_values(framework: Framework) -> dict[str, object]:
    return {name: value for name, value in _values(framework).items() if name != "controls"}


def _control_values(answer: Any) -> dict[str, object]:
    control = answer.control
    return {
        "paragraph": control.paragraph,
        "title": control.title,
        "text": control.text,
        "quoted": control.quoted,
        "measures": control.measures,
        "status": answer.status,
        "sentence": answer.sentence,
    }
