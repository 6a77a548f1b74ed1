"""Draw evidence: read the population, its exceptions and the proof of its completeness in one snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.evidence.controls import answers
from dbtrack.evidence.data_file import DataWriter, HashedStream, members
from dbtrack.evidence.exceptions import KeptExceptions
from dbtrack.evidence.facts import Facts, Tally
from dbtrack.evidence.limits import limits
from dbtrack.evidence.local_times import in_document_zone, zone_name
from dbtrack.evidence.model import (
    Change,
    Completeness,
    ControlAnswer,
    DataFile,
    Evidence,
    EvidenceException,
    ExceptionKind,
    Gap,
    KindCount,
    Sample,
    SampledChange,
    Scope,
)
from dbtrack.evidence.reading import (
    DrawRequest,
    Seals,
    due_periods,
    read_numbers,
    read_reviews,
    read_scope,
    read_seals,
    signed_periods,
)
from dbtrack.evidence.sampling import Sampler
from dbtrack.operations.reviews import review_zone
from dbtrack.sql_files import query

MOST_LISTED = 50
"""How many changes with open exceptions of each kind a document has at least; so many with explained ones."""

_ROWS_EACH = 1000
_NUMBERS = (
    *("tenants", "administrators", "readers", "writers", "accesses", "retention_days"),
    *("classified", "class_logins", "class_public"),
)


@dataclass
class _Listed:
    """The exceptions as they are read: all are counted, those of the first changes of each state are kept."""

    sampled: set[bytes]
    found: Counter[ExceptionKind] = field(default_factory=Counter)
    open: Counter[ExceptionKind] = field(default_factory=Counter)
    kept: dict[tuple[bool, ExceptionKind], list[EvidenceException]] = field(default_factory=dict)
    labels: dict[bytes, list[str]] = field(default_factory=dict)
    change: list[EvidenceException] = field(default_factory=list)

    def add(self, each: EvidenceException) -> None:
        self.found[each.kind] += 1
        self.open[each.kind] += each.is_open
        if each.key is None or (self.change and self.change[-1].key != each.key):
            self._keep()
        self.change.append(each)
        if each.key is not None and each.key in self.sampled:
            self.labels.setdefault(each.key, []).append(each.label)

    def _keep(self) -> None:
        """Keep all exceptions of the change that was read, or none: documents show all its kinds."""
        for state in (True, False):
            of_state = [each for each in self.change if each.is_open is state]
            lists = [self.kept.setdefault((state, each.kind), []) for each in of_state]
            if any(len(kept) < MOST_LISTED for kept in lists):
                for kept, each in zip(lists, of_state, strict=True):
                    kept.append(each)
        self.change.clear()

    def listed(self) -> list[EvidenceException]:
        self._keep()
        states = (self.kept.get((state, kind), []) for state in (True, False) for kind in ExceptionKind)
        return [each for kept in states for each in kept]

    def kinds(self, completeness: Sequence[Completeness]) -> list[KindCount]:
        # Event triggers do not see roles: without a log and without reconcile, none found says nothing.
        unseen = any(each.measure == "roles_seen" and each.status == "missing" for each in completeness)
        hidden = {ExceptionKind.SUPERUSER_RIGHT} if unseen else set()
        return [
            KindCount(kind, self.found[kind], self.open[kind], self.found[kind] > 0 or kind not in hidden)
            for kind in ExceptionKind
        ]


def draw(
    database: Database,
    request: DrawRequest,
    stream: HashedStream,
    data_name: str,
    *,
    progress: Callable[[int], None] = lambda _changes: None,
) -> Evidence:
    """Read everything in one snapshot, and write the data file as it is read.

    Args:
        stream: where the data file is written.
        data_name: its name in the document; `is_written` of the answer is for the caller to set.
        progress: called now and then with how many changes were read.

    Raises:
        DbtrackError: there is no such tenant, a query of the framework failed, or the server raised an error.
    """
    tenant_hk = database.call_value("resolve_tenant", tenant=request.tenant) if request.tenant else None
    # Before the transaction, in which nothing can be written.
    database.call("record_access", p_report_name="evidence", p_tenant=request.tenant)
    window = {"since": request.since, "until": request.until, "tenant": tenant_hk}
    with database.transaction():
        database.row(query("export/isolation"))
        evidence = _read(database, request, window, DataWriter(stream), progress)
    return replace(evidence, data=DataFile(data_name, stream.sha256, stream.size, is_written=False))


def _read(
    database: Database,
    request: DrawRequest,
    window: Mapping[str, Any],
    writer: DataWriter,
    progress: Callable[[int], None],
) -> Evidence:
    limited = {"since": request.since, "until": request.until}
    completeness = [Completeness(*row) for row in database.call("get_evidence_completeness", **limited)]
    scope = read_scope(database, request, completeness)
    completeness = [replace(each, detail=in_document_zone(scope, each.detail)) for each in completeness]
    _write_head(writer, request, scope)
    tally, sampler = Tally(), Sampler(request.sample, request.seed)
    with KeptExceptions() as kept:
        changes = _population(database, window, kept, tally, sampler)
        writer.write_rows("population", _counted(changes, progress))
        drawn = sampler.drawn()
        listed = _Listed({each.key for each in drawn})
        others = database.rows(query("evidence/other_exceptions"), window)
        writer.write_rows("exceptions", _exceptions(kept.numbered(others), scope, listed))
    seals = read_seals(database, window, drawn)
    facts = _facts(database, window, scope, tally, listed, completeness)
    controls = list(answers(database, request.framework, facts, window))
    evidence = Evidence(
        scope=scope,
        framework=request.framework,
        totals=facts.totals,
        kinds=list(facts.kinds.values()),
        exceptions=listed.listed(),
        gaps=facts.gaps,
        completeness=completeness,
        controls=controls,
        sample=_sample(request, drawn, listed, seals),
        reviews=facts.reviews,
        reviews_due=facts.reviews_due,
        reviews_signed=facts.reviews_signed,
        limits=limits(facts),
        command=request.command,
        blocks=len(seals.blocks),
        proofs=len(seals.proofs),
        data=DataFile("", "", 0, is_written=False),
    )
    _write_tail(writer, evidence, seals)
    return evidence


def _population(
    database: Database, window: Mapping[str, Any], kept: KeptExceptions, tally: Tally, sampler: Sampler
) -> Iterator[Mapping[str, object]]:
    for row in database.stream(query("evidence/population"), window):
        key, *middle, found, classes, details, explained = row
        change = Change(*(bytes(key), *middle, tuple(found), tuple(classes)))
        tally.add(change)
        sampler.add(change)
        if found:
            kept.add(change, details, explained)
        yield members(change)


def _counted(
    rows: Iterator[Mapping[str, object]], progress: Callable[[int], None]
) -> Iterator[Mapping[str, object]]:
    for number, row in enumerate(rows, 1):
        if number % _ROWS_EACH == 0:
            progress(number)
        yield row


def _exceptions(
    numbered: Iterable[EvidenceException], scope: Scope, listed: _Listed
) -> Iterator[Mapping[str, object]]:
    for found in numbered:
        each = replace(found, detail=in_document_zone(scope, found.detail)) if found.detail else found
        listed.add(each)
        yield members(each)


def _sample(request: DrawRequest, drawn: Sequence[Change], listed: _Listed, seals: Seals) -> Sample:
    sampled = (
        SampledChange(each, seals.numbers.get(each.key), tuple(listed.labels.get(each.key, ())))
        for each in drawn
    )
    return Sample(request.sample, request.seed, tuple(sampled))


def _facts(
    database: Database,
    window: Mapping[str, Any],
    scope: Scope,
    tally: Tally,
    listed: _Listed,
    completeness: Sequence[Completeness],
) -> Facts:
    values = read_numbers(database, window)
    reviews = read_reviews(database, window)
    due = due_periods(values["review_every"], scope, review_zone(database))
    return Facts(
        scope=scope,
        totals=tally.totals(),
        kinds={each.kind: each for each in listed.kinds(completeness)},
        gaps=[
            Gap(since, until, is_exact, in_document_zone(scope, detail))
            for since, until, is_exact, detail in database.rows(query("evidence/gaps"), window)
        ],
        completeness={each.measure: each for each in completeness},
        reviews=reviews,
        reviews_due=None if due is None else len(due),
        reviews_signed=signed_periods(due, reviews),
        settings={name: value for name, value in values.items() if name not in _NUMBERS},
        counts={name: values[name] for name in _NUMBERS},
    )


def _write_head(writer: DataWriter, request: DrawRequest, scope: Scope) -> None:
    framework = {name: value for name, value in members(request.framework).items() if name != "controls"}
    writer.write("draw", {"command": request.command, "sample": request.sample, "seed": request.seed})
    writer.write("scope", {**members(scope), "zone": zone_name(scope)})
    writer.write("framework", framework)


def _write_tail(writer: DataWriter, evidence: Evidence, seals: Seals) -> None:
    writer.write("totals", members(evidence.totals))
    writer.write_rows("kinds", map(members, evidence.kinds))
    writer.write_rows("gaps", map(members, evidence.gaps))
    writer.write_rows("completeness", map(members, evidence.completeness))
    writer.write_rows("reviews", map(members, evidence.reviews))
    writer.write_rows("controls", map(_control, evidence.controls))
    writer.write_rows("limits", evidence.limits)
    writer.write_rows("sample", [each.change.key for each in evidence.sample.drawn])
    writer.write_rows("proofs", seals.proofs)
    writer.write_rows("blocks", (block.header.as_json() for block in seals.blocks.values()))
    writer.close()


def _control(answer: ControlAnswer) -> dict[str, object]:
    return {**members(answer.control), "status": answer.status, "sentence": answer.sentence}


def record_drawing(database: Database, request: DrawRequest, evidence: Evidence) -> bool:
    """Record who drew which evidence, as an execution, where the login may; return whether that was done."""
    with suppress(DbtrackError):
        if database.in_recovery:
            return False
        database.call(
            "record_evidence",
            p_framework=request.framework.name,
            p_since=request.since,
            p_until=request.until,
            p_tenant=request.tenant,
            p_changes=evidence.totals.changes,
            p_sha256=evidence.data.sha256,
            p_began=evidence.scope.drawn_at,
        )
        return True
    return False
