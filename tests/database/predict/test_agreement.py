"""A prediction agrees with what the real tables see, for each form of statement and for each trap.

Each statement runs twice on the same server: on a filled database, which is the truth, and on a copy of its schema.
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
from dbtrack.predict.copy import Copy, apply_settings, dump_schema, restore, sqlstate
from dbtrack.predict.dry_run import DryRun
from dbtrack.predict.forms import parse
from dbtrack.predict.guard import refusal
from dbtrack.predict.model import Lock, Outcome, Prediction, Work
from dbtrack.predict.run import tried
from dbtrack.predict.script import read_script
from dbtrack.predict.source import Source, read_source
from tests.support.predicted import create_shop, fill
from tests.support.servers import Sandbox, Server
from tests.support.servers.sandbox import create_database, drop_database

_FORMS = Path(__file__).parents[2] / "samples" / "predict_forms.tsv"
_FEW = 12
# Where a planner that sees no rows reads a table in another way; locks, rewrites and indexes are the same.
_SCANS_DIFFER = 12
# A real VACUUM may shorten the file. What runs outside of a transaction is known by its form.
_LOCKS_DIFFER = 2

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


@contextmanager
def _rehearsal(conninfo: str) -> Iterator[DryRun]:
    """A database on which each statement is rolled back."""
    with Database.connect(ConnectionTarget("test", conninfo=conninfo)) as session:
        settings = {**read_source(session).settings, "search_path": "public", "TimeZone": "UTC"}
        apply_settings(session, settings)
        yield DryRun(Copy(session, None, ()), settings, is_kept=False)


def _seen(dry_run: DryRun, sql: str, *, in_block: bool) -> Seen:
    statement = read_script(sql).statements[0]
    try:
        found = dry_run.observe(statement, parse(statement), in_block=in_block)
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


def _differences(
    shop: str, schema_copy: str, statements: list[tuple[str, str]]
) -> tuple[list[str], list[str]]:
    scans, others = [], []
    with _rehearsal(shop) as real, _rehearsal(schema_copy) as copy:
        for name, sql in statements:
            # What cannot be rolled back is known by its form: its error is enough.
            truth, predicted = _seen(real, sql, in_block=True), _seen(copy, sql, in_block=True)
            if truth[:4] != predicted[:4]:
                others.append(f"{name}: {truth} is not {predicted}")
            elif truth.scanned != predicted.scanned:
                scans.append(f"{name}: {set(truth.scanned)} is not {set(predicted.scanned)}")
    return scans, others


def test_a_few_forms_and_all_traps_agree(shop: str, schema_copy: str) -> None:
    every = _statements()
    traps = [pair for pair in every if pair[0].startswith("trap:")]
    scans, others = _differences(shop, schema_copy, [*every[:: len(every) // _FEW], *traps])
    assert others == []
    assert len(scans) <= 3


@pytest.mark.matrix
def test_all_forms_and_traps_agree(server: Server, shop: str, schema_copy: str) -> None:
    every = _statements()
    scans, others = _differences(shop, schema_copy, every)
    print(f"PostgreSQL {server.major}: {len(every)} statements, {len(scans)} scans differ: {scans}; {others}")  # noqa: T201
    assert [text for text in others if text.startswith("trap:")] == []
    assert len(others) <= _LOCKS_DIFFER
    assert len(scans) <= _SCANS_DIFFER


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
