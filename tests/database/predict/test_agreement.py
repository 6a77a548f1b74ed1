"""A prediction agrees with what the real tables see, for each form of statement and for each trap.

Each statement runs twice: on a filled database, which is the truth, and on a copy of its schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.predict import scope, versions
from dbtrack.predict.copies import made_copy
from dbtrack.predict.copy import Copy, CopyMode, apply_settings
from dbtrack.predict.dry_run import DryRun
from dbtrack.predict.dump import Dump, dump_schema
from dbtrack.predict.forms import parse
from dbtrack.predict.guard import refusal
from dbtrack.predict.model import Lock, Outcome, Prediction, Work
from dbtrack.predict.restore import restore, sqlstate
from dbtrack.predict.run import tried
from dbtrack.predict.scope import scope_of
from dbtrack.predict.script import read_script
from dbtrack.predict.shapes import Shapes
from dbtrack.predict.source import Source, read_source
from tests.support.predicted import create_shop, fill
from tests.support.servers import Sandbox, Server
from tests.support.servers.sandbox import create_database, drop_database

_FORMS = Path(__file__).parents[2] / "samples" / "predict_forms.tsv"
_FEW = 12
# Where a planner that sees no rows reads a table in another way; locks, rewrites and indexes are the same.
_SCANS_DIFFER = 5
_REFUSED = "42601"
# Forms that fail in any case, and so are tried on the whole schema.
_TRIED_AGAIN = 30

_SAFER = (
    "alter table t alter nn set not null",
    "alter table p alter kn set not null",
    "alter table t add check (n >= 0)",
    "alter table t add foreign key (par2) references parent",
    "alter table p add constraint z foreign key (kn) references t (id)",
    "alter table t add constraint z unique (sm, id)",
    "alter table nopk add primary key (idnull)",
    "alter table nopk add primary key using index nopk_idnull_uq",
    "create unique index z on t (id, nn)",
    "create index on p (val)",
    "drop index t_n_idx",
    "reindex table t",
    "alter table t add column z timestamptz not null default clock_timestamp()",
    "alter table t add column z bigserial",
    "alter table t add column z bigint generated always as identity",
    "alter table t add column z int default 5 constraint zc check (z > 0) not null",
    "alter table t add column z bigint default 1 references parent (id)",
    "alter table t add column z int unique",
    "alter table t alter v20 type varchar(10)",
    "alter table t alter sm type int",
    "alter table t alter ts type timestamptz",
    "refresh materialized view mv",
    "alter table p detach partition p3",
    "create table p4 partition of p for values from (3000000) to (4000000)",
    "alter table p attach partition pnew for values from (3000000) to (4000000)",
    "alter table pd attach partition pdnew for values from (1000000) to (2000000)",
    "drop table p3",
)


class Seen(NamedTuple):
    """What a statement did: locks stronger than ACCESS SHARE, rewritten tables, tables with new indexes, scans."""

    error: str | None
    locks: dict[str, Lock]
    rewritten: frozenset[str]
    rebuilt: frozenset[str]
    scanned: frozenset[str]


@pytest.fixture(scope="module")
def shop(_module_sandbox: Sandbox) -> str:
    """The conninfo of a database with rows."""
    conninfo = create_shop(_module_sandbox.database)
    fill(conninfo)
    return conninfo


@pytest.fixture(scope="module")
def schema_copy(_module_sandbox: Sandbox, shop: str) -> str:
    """The conninfo of a copy of its schema."""
    target = ConnectionTarget("test", conninfo=shop)
    conninfo = _module_sandbox.database()
    with Database.connect(ConnectionTarget("test", conninfo=conninfo)) as session:
        restore(Copy(session, None, ()), dump_schema(target))
        session.execute("REFRESH MATERIALIZED VIEW public.mv")
    return conninfo


@contextmanager
def _clone(server: Server, conninfo: str) -> Iterator[Database]:
    name = "predict_clone"
    template = dict(pair.split("=", 1) for pair in conninfo.split())["dbname"]
    create_database(server, name, template)
    try:
        with Database.connect(ConnectionTarget("test", conninfo=server.conninfo(name))) as session:
            yield session
    finally:
        drop_database(server, name)


def _rehearsal(copy: Copy) -> DryRun:
    """A database on which each statement is rolled back."""
    settings = {**read_source(copy.session).settings, "search_path": "public", "TimeZone": "UTC"}
    apply_settings(copy.session, settings)
    return DryRun(copy, settings, is_kept=False)


def _seen(dry_run: DryRun, sql: str) -> Seen:
    statement = read_script(sql).statements[0]
    try:
        found = dry_run.observe(statement, parse(statement), in_block=True)
    except DbtrackError as error:
        return Seen(sqlstate(error), {}, frozenset(), frozenset(), frozenset())
    effects = found.effects
    return Seen(
        None,
        {e.identity: e.lock for e in effects if e.lock and e.lock > Lock.ACCESS_SHARE},
        frozenset(e.identity for e in effects if e.is_rewritten),
        frozenset(e.identity for e in effects if e.rebuilt),
        frozenset(e.identity for e in effects if e.is_scanned),
    )


def _statements() -> list[tuple[str, str]]:
    rows = [line.split("\t") for line in _FORMS.read_text().splitlines()]
    # What the guard refuses is not predicted.
    return [(name, sql) for name, sql in rows if not refusal(read_script(sql).statements[0], is_shared=False)]


def _differences(shop: str, copy: Copy, statements: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    scans, others = [], []
    with Database.connect(ConnectionTarget("test", conninfo=shop)) as session:
        truth, predicted = _rehearsal(Copy(session, None, ())), _rehearsal(copy)
        source, shapes = read_source(session), Shapes(copy.session)
        for name, sql in statements:
            # What cannot be rolled back is known by its form: its error is enough.
            seen, expected = _seen(predicted, sql), _seen(truth, sql)
            if _is_refused(sql, source.major, shapes):
                seen = Seen(_REFUSED, {}, frozenset(), frozenset(), frozenset())
            if bool(seen.error) != bool(expected.error) or seen[1:4] != expected[1:4]:
                others.append(f"{name}: {expected} is not {seen}")
            elif seen.scanned != expected.scanned:
                scans.append(f"{name}: {set(expected.scanned)} is not {set(seen.scanned)}")
    return scans, others


def _is_refused(sql: str, major: int, shapes: Shapes) -> bool:
    """Return whether an older server refuses what the copy may accept."""
    statement = read_script(sql).statements[0]
    parsed = parse(statement)
    shape = shapes.of(parsed)
    is_partitioned = shape is not None and shape.is_partitioned
    of_partitions = versions.refused_for_partitions(parsed, major) if is_partitioned else None
    return bool(versions.refused_by(statement, parsed, major) or of_partitions)


def test_a_few_forms_and_all_traps_agree(shop: str, schema_copy: str) -> None:
    every = _statements()
    traps = [pair for pair in every if pair[0].startswith("trap:")]
    with Database.connect(ConnectionTarget("test", conninfo=schema_copy)) as session:
        few = [*every[:: len(every) // _FEW], *traps]
        scans, others = _differences(shop, Copy(session, None, ()), few)
    assert others == []
    assert len(scans) <= 3


@pytest.mark.matrix
def test_all_forms_and_traps_agree_in_the_embedded_server(shop: str, copies: Path) -> None:
    target = ConnectionTarget("test", conninfo=shop)
    every = _statements()
    with Database.connect(target) as real:
        source = read_source(real)
        with made_copy(real, target, source, CopyMode.EMBEDDED, copies) as copy:
            assert copy.missing == ()
            scans, others = _differences(shop, copy, every)
    assert others == []
    assert len(scans) <= _SCANS_DIFFER


def _part_differences(
    server: Server, shop: str, schema_copy: str, statements: Sequence[tuple[str, str]]
) -> tuple[list[str], int]:
    """Run statements on the part of the schema that they can touch, and on all of it."""
    dump = dump_schema(ConnectionTarget("test", conninfo=shop))
    by_part: dict[str, tuple[Dump, list[tuple[str, str]]]] = {}
    for name, sql in statements:
        found = scope_of(dump, read_script(sql).statements)
        if found.is_part:
            by_part.setdefault(found.dump.digest(), (found.dump, []))[1].append((name, sql))
    different, tried_again = [], 0
    with Database.connect(ConnectionTarget("test", conninfo=schema_copy)) as whole_session:
        whole = _rehearsal(Copy(whole_session, None, ()))
        for part, forms in by_part.values():
            with _clone(server, "dbname=template0") as session:
                assert restore(Copy(session, None, ()), part) == []
                session.execute("SET search_path = public")
                rehearsal = _rehearsal(Copy(session, None, ()))
                for name, sql in forms:
                    seen, expected = _seen(rehearsal, sql), _seen(whole, sql)
                    # Then the whole schema is copied.
                    tried_again += bool(seen.error)
                    if not seen.error and seen != expected:
                        different.append(f"{name}: {expected} is not {seen}")
    return different, tried_again


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take parts of a small schema, too, however large they are."""
    monkeypatch.setattr(scope, "FEWEST_OBJECTS", 0)
    monkeypatch.setattr(scope, "LARGEST_SHARE", 1.0)


@pytest.mark.usefixtures("small_parts")
def test_the_part_that_a_statement_can_touch_is_enough(server: Server, shop: str, schema_copy: str) -> None:
    every = _statements()
    different, _ = _part_differences(server, shop, schema_copy, every[:: len(every) // _FEW])
    assert different == []


@pytest.mark.matrix
@pytest.mark.usefixtures("small_parts")
def test_the_parts_that_all_forms_can_touch_are_enough(server: Server, shop: str, schema_copy: str) -> None:
    different, tried_again = _part_differences(server, shop, schema_copy, _statements())
    assert different == []
    assert tried_again <= _TRIED_AGAIN


def _check_safer(server: Server, shop: str, schema_copy: str, statements: Sequence[str]) -> None:
    """Run the safer ways on copies: none of their steps may work on a table while readers or writers wait."""
    with Database.connect(ConnectionTarget("test", conninfo=shop)) as real:
        source = read_source(real)
        for sql in statements:
            with _clone(server, schema_copy) as session:
                (found,) = _tried(real, source, session, sql)
            assert found.outcome is Outcome.PREDICTED, sql
            ways = [way for way in found.safer if way.statements]
            assert ways, sql
            for way in ways:
                with _clone(server, schema_copy) as session:
                    steps = _tried(real, source, session, ";\n".join(way.statements))
                for step in steps:
                    assert step.outcome is not Outcome.FAILS, f"{sql}: {step.text}: {step.error}"
                    waits = {"reads", "writes"} & set(step.blocks)
                    assert step.work is Work.NONE or not waits, f"{sql}: {step.text}"


def _tried(real: Database, source: Source, session: Database, sql: str) -> list[Prediction]:
    apply_settings(session, source.settings)
    return [found for found, _ in tried(real, source, Copy(session, None, ()), read_script(sql))]


def test_safer_ways_are_safer(server: Server, shop: str, schema_copy: str) -> None:
    _check_safer(server, shop, schema_copy, _SAFER[::4])


@pytest.mark.matrix
def test_all_safer_ways_are_safer(server: Server, shop: str, schema_copy: str) -> None:
    _check_safer(server, shop, schema_copy, _SAFER)
