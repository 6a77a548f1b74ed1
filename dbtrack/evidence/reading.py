"""Read what an evidence document says beside its population: scope, reviews, numbers, seals, proofs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from dbtrack.db import Database
from dbtrack.evidence.model import Change, Completeness, Framework, Review, Scope
from dbtrack.proof.blocks import Block, read_blocks
from dbtrack.proof.prove import leaf_document
from dbtrack.sql_files import query

_MONTHS_A_QUARTER = 3


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


def read_scope(database: Database, request: DrawRequest, completeness: Sequence[Completeness]) -> Scope:
    """Return what is looked at, by whom, and what limits it."""
    name, login, version, tenants, drawn_at, may_see_seals = database.row(query("evidence/place")) or ()
    scope = Scope(
        database=name,
        place=database.place,
        server_version=version,
        system_identifier=database.value(query("evidence/system")) if may_see_seals else None,
        since=request.since,
        until=request.until,
        zone=request.zone,
        drawn_at=drawn_at,
        drawn_by=login,
        tenant=request.tenant,
        tenants=None if tenants is None else tuple(tenants),
        record_begins=next((each.moment for each in completeness if each.measure == "record_begins"), None),
    )
    return replace(scope, notes=tuple(_notes(scope)))


def _notes(scope: Scope) -> Iterator[str]:
    if scope.until > scope.drawn_at:
        yield "The period had not ended when this was drawn: what happened later is not in it."
    if scope.record_begins is None:
        yield "There is no record of the time before this was drawn."
    elif scope.record_begins > scope.since:
        local = scope.local(scope.record_begins)
        yield (
            f"The period began before the record, which begins on {local.day} {local:%b %Y %H:%M} "
            f"{local.tzname()}."
        )
    if scope.tenant is not None:
        yield f"Only changes of the tenant {scope.tenant} were looked at."
    if scope.tenants is not None:
        seen = (
            f"tenants: {', '.join(scope.tenants)}" if scope.tenants else "no tenants, only its own executions"
        )
        yield (
            f"This cannot be the whole database: the login {scope.drawn_by} does not see all tenants. "
            f"It sees {seen}."
        )


def read_reviews(database: Database, window: Mapping[str, Any]) -> list[Review]:
    """Return the signed reviews that are about a part of the period."""
    return [Review(*row) for row in database.rows(query("evidence/reviews"), window)]


def due_periods(every: str | None, scope: Scope, zone: tzinfo) -> list[tuple[datetime, datetime]] | None:
    """Return the periods whose review was due, as far as they are in scope; None if none is ever due.

    Args:
        every: the setting evidence.review_every: a number of days, as 7d, or quarter; empty for never.
        zone: in which quarters begin: the setting evidence.zone.
    """
    if not every:
        return None
    end = min(scope.until, scope.drawn_at)
    if every == "quarter":
        quarters = range(_quarter(scope.since.astimezone(zone)), _quarter(end.astimezone(zone)))
        return [
            (max(scope.since, _quarter_begins(each, zone)), _quarter_begins(each + 1, zone))
            for each in quarters
        ]
    span = timedelta(days=int(every.removesuffix("d")))
    return [
        (scope.since + span * each, scope.since + span * (each + 1))
        for each in range((end - scope.since) // span)
    ]


def signed_periods(due: Sequence[tuple[datetime, datetime]] | None, reviews: Sequence[Review]) -> int:
    """Return how many of these periods the reviews of the same scope cover; of none due, how many there are.

    The times that a review is about decide, and not what it calls them, as in get_due_reviews.
    """
    counted = [each for each in reviews if each.is_counted]
    if not due:
        return len(counted)
    spans = sorted((each.since, each.until) for each in counted if each.since and each.until)
    return sum(_is_covered(since, until, spans) for since, until in due)


def _is_covered(since: datetime, until: datetime, spans: Sequence[tuple[datetime, datetime]]) -> bool:
    reached = since
    for begin, end in spans:
        if begin <= reached:
            reached = max(reached, end)
    return reached >= until


def _quarter(moment: datetime) -> int:
    return moment.year * 4 + (moment.month - 1) // _MONTHS_A_QUARTER


def _quarter_begins(quarter: int, zone: tzinfo) -> datetime:
    year, number = divmod(quarter, 4)
    return datetime(year, number * _MONTHS_A_QUARTER + 1, 1, tzinfo=zone)


def read_numbers(database: Database, window: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings and other numbers that measures use, by name."""
    result = database.result(query("evidence/counts"), window)
    return dict(zip((column.name for column in result.columns), result.rows[0], strict=True))


@dataclass(frozen=True)
class Seals:
    """The seals that cover the period, and proofs that sampled changes are in them.

    Args:
        blocks: the chain from the first block with a row of the period or the sample to the last of all.
        numbers: the block of each sampled change, by its key.
        proofs: the leaves of each sampled change that is sealed, in the order of the sample.
    """

    blocks: Mapping[int, Block]
    numbers: Mapping[bytes, int]
    proofs: Sequence[Mapping[str, object]]


def read_seals(database: Database, window: Mapping[str, Any], drawn: Sequence[Change]) -> Seals:
    """Return the seals; none where the login may not see them, or where nothing is sealed."""
    if not database.value(query("evidence/may_see_leaves")):
        return Seals({}, {}, ())
    moments = {"keys": [each.key for each in drawn], "moments": [each.recorded_at for each in drawn]}
    numbers = {bytes(key): number for key, number in database.rows(query("evidence/sampled_blocks"), moments)}
    first = database.value(query("evidence/first_block"), window)
    # A change may have been recorded before the period, and be in an earlier seal.
    first = min([*numbers.values()] + ([] if first is None else [first]), default=None)
    if first is None:
        return Seals({}, {}, ())
    encoding = database.value(query("verify/hashed_encoding"))
    blocks = {block.number: block for block in read_blocks(database, encoding, first)}
    proofs = [_proof(database, each.key, blocks) for each in drawn if each.key in numbers]
    return Seals(blocks, numbers, proofs)


def _proof(database: Database, key: bytes, blocks: Mapping[int, Block]) -> dict[str, object]:
    """Return the leaves of an execution that are sealed in these blocks, with what they commit to."""
    found = database.rows(query("verify/prove_leaves"), {"key": key})
    leaves = [leaf_document(database, row, blocks, reveal=True) for row in found if row[2] in blocks]
    return {"execution_key": key, "leaves": leaves}
