"""What is predicted of statements, and that the real database does not notice it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.json import Jsonb

from dbtrack.errors import DbtrackError
from dbtrack.predict import dump
from dbtrack.predict.copy import CopyMode
from dbtrack.predict.model import Lock, Outcome, Prediction, Work
from tests.support.logging_server import logs
from tests.support.predicted import Predictor, create_shop
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory
from tests.support.waiting import wait_until

_MIGRATION = """
BEGIN;
SET LOCAL lock_timeout = '5s';
ALTER TABLE t ADD COLUMN added int;
ALTER TABLE t ALTER sm TYPE bigint;
COMMIT;
CREATE INDEX CONCURRENTLY made ON t (nn);
DROP TABLE child;
ALTER TABLE p ATTACH PARTITION pnew FOR VALUES FROM (3000000) TO (4000000);
REINDEX INDEX t_n_idx;
ALTER DOMAIN posint ADD CONSTRAINT small CHECK (VALUE < 1000000);
CREATE TABLE fresh (id int REFERENCES parent (id));
ALTER TABLE fresh ADD CHECK (id > 0);
ALTER TABLE missing ADD COLUMN x int;
CREATE ROLE somebody;
"""


def _locks(prediction: Prediction) -> dict[str, Lock | None]:
    return {effect.identity: effect.lock for effect in prediction.effects}


def test_each_statement_of_a_migration(predictor: Predictor) -> None:
    report = predictor.report(_MIGRATION)
    assert report.missing == ()
    found = {prediction.text.split(" (")[0]: prediction for prediction in report.predictions}

    added = found["ALTER TABLE t ADD COLUMN added int"]
    assert _locks(added) == {"public.t": Lock.ACCESS_EXCLUSIVE}
    assert added.work is Work.NONE
    assert added.blocks == ("reads", "writes", "DDL and VACUUM")

    changed = found["ALTER TABLE t ALTER sm TYPE bigint"]
    assert changed.work is Work.REWRITE
    assert set(changed.effects[0].rebuilt) >= {"t_pkey", "t_n_idx", "uq_n"}
    assert changed.sizes["public.t"].rows == 500
    # The lock of the first statement lasts until the COMMIT of the second, whose time nobody knows.
    assert added.transaction == changed.transaction
    assert added.held is not None
    assert not added.held.is_known

    made = found["CREATE INDEX CONCURRENTLY made ON t"]
    assert _locks(made) == {"public.t": Lock.SHARE_UPDATE_EXCLUSIVE}
    assert made.effects[0].rebuilt == ("made",)
    assert made.waits_for_snapshots

    # The table that a foreign key refers to is locked as well.
    assert _locks(found["DROP TABLE child"]) == {
        "public.child": Lock.ACCESS_EXCLUSIVE,
        "public.t": Lock.ACCESS_EXCLUSIVE,
    }
    attached = _locks(found["ALTER TABLE p ATTACH PARTITION pnew FOR VALUES FROM"])
    assert attached["public.p"] is Lock.SHARE_UPDATE_EXCLUSIVE
    assert attached["public.pnew"] is Lock.ACCESS_EXCLUSIVE
    assert attached["public.parent"] is Lock.SHARE_ROW_EXCLUSIVE

    # SHARE on the table alone would let reads go on, but a plan opens every index.
    reindexed = found["REINDEX INDEX t_n_idx"]
    assert _locks(reindexed)["public.t"] is Lock.SHARE
    assert "reads" in reindexed.blocks
    assert _locks(found["ALTER DOMAIN posint ADD CONSTRAINT small CHECK"])["public.t"] is Lock.SHARE

    # What the script creates itself is nobody's concern.
    assert found["ALTER TABLE fresh ADD CHECK"].effects == ()
    assert found["ALTER TABLE missing ADD COLUMN x int"].sqlstate == "42P01"
    assert found["CREATE ROLE somebody"].outcome is Outcome.LEFT_OUT


def test_the_time_zone_decides_a_rewrite(predictor: Predictor) -> None:
    sql = "SET timezone = '{}'; ALTER TABLE t ALTER ts TYPE timestamptz"
    assert predictor.report(sql.format("America/New_York")).predictions[1].work is Work.REWRITE
    assert predictor.report(sql.format("UTC")).predictions[1].work is Work.INDEX


def test_only_access_share_is_taken(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(predictor.conninfo) as other:
        # Every lock but ACCESS SHARE would wait for this one until the test times out.
        other.execute("LOCK TABLE t, child, parent, p IN EXCLUSIVE MODE")
        found = predictor.one("ALTER TABLE t ADD COLUMN added int")
        assert [holder.mode for holder in found.holders] == [Lock.EXCLUSIVE]
        other.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        monkeypatch.setattr(dump, "LOCK_WAIT_TIMEOUT", "100ms")
        with pytest.raises(DbtrackError, match="cannot read the schema"):
            predictor.one("ALTER TABLE t ADD COLUMN added int")


def test_nothing_runs_on_the_real_database(logging: Server, copies: Path) -> None:
    """The server's log has every statement, and dbtrack's triggers record every DDL."""
    conninfo = create_shop(logging.conninfo)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        count = "SELECT count(*) FROM script_tracking.script_execution_s"
        before = connection.execute(count).fetchone()
        report = Predictor(conninfo, copies).report(
            "ALTER TABLE t ADD COLUMN secretly int; DROP TABLE narrow"
        )
        assert [p.outcome for p in report.predictions] == [Outcome.PREDICTED] * 2
        assert connection.execute(count).fetchone() == before
        assert connection.execute("SELECT to_regclass('narrow')").fetchone() == ("narrow",)
        connection.execute("SELECT 'the log is complete'")
    wait_until(lambda: "the log is complete" in _log(logging))
    text = _log(logging)
    assert "IN ACCESS SHARE MODE" in text
    assert "secretly" not in text
    assert "DROP TABLE narrow" not in text


def _log(server: Server) -> str:
    return "".join(path.read_text(errors="replace") for path in logs(server, "log"))


def test_who_holds_a_lock_now(predictor: Predictor) -> None:
    with psycopg.connect(predictor.conninfo, application_name="reader") as other:
        other.execute("SELECT count(*) FROM t WHERE txt = 'password=hunter2'")
        (holder,) = predictor.one("ALTER TABLE t ADD COLUMN added int").holders
        assert (holder.identity, holder.mode, holder.application) == ("public.t", Lock.ACCESS_SHARE, "reader")
        assert holder.state == "idle in transaction"
        assert "hunter2" not in str(holder.query)
        # A reader does not disturb what only writers disturb.
        assert predictor.one("CREATE INDEX ON t (nn)").holders == ()
        # DROP INDEX CONCURRENTLY waits for readers, although its own lock does not conflict with theirs.
        assert len(predictor.one("DROP INDEX CONCURRENTLY t_n_idx").holders) == 1
    with psycopg.connect(predictor.conninfo) as other:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT count(*) FROM parent, pg_sleep(1.2)")
        (holder,) = predictor.one("CREATE INDEX CONCURRENTLY ON t (nn)").holders
        assert holder.identity is None


def test_a_queue_is_counted(predictor: Predictor) -> None:
    stop = threading.Event()

    def read() -> None:
        with psycopg.connect(predictor.conninfo, autocommit=True) as other:
            while not stop.is_set():
                other.execute("SELECT count(*) FROM narrow")
                other.execute("SELECT pg_stat_force_next_flush()")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        found = predictor.one("ALTER TABLE narrow ADD COLUMN added int")
    finally:
        stop.set()
        reader.join()
    assert found.traffic["public.narrow"].reads > 0


def _record(conninfo: str, statement: str, runs: list[tuple[int, float]], *, rewritten: bool = False) -> None:
    """Record runs on public.t: rows and milliseconds, the oldest first."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for number, (rows, milliseconds) in enumerate(runs):
            metadata: dict[str, Any] = {
                "duration_us": round(milliseconds * 1000),
                "relation_size": {"public.t": [rows, rows // 50]},
            }
            if rewritten:
                metadata["rewritten"] = ["public.t"]
            at = datetime.now(UTC) - timedelta(minutes=60 - number)
            connection.execute(
                "INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, script_name, "
                "script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user, sql_command, "
                "metadata, record_source) VALUES (sha256(%s::text::bytea), now(), sha256('x'), 'ALTER TABLE', 'DDL_AUTO', "
                "'COMPLETED', %s, %s, 'test', %s, %s, 'test')",
                (f"{statement}{number}", at, round(milliseconds), statement, Jsonb(metadata)),
            )


def test_the_duration_is_of_this_table(predictor: Predictor) -> None:
    statement = "ALTER TABLE t ALTER nn SET NOT NULL"
    unknown = predictor.one(statement).duration
    assert unknown is not None
    assert not unknown.is_known
    assert unknown.size_bytes > 0

    # 2 ms a row, or so; other work on the same table, and the same work on another table, do not count.
    _record(predictor.conninfo, statement, [(100, 200.0 * (1 + n % 5 / 20)) for n in range(14)])
    _record(predictor.conninfo, "ALTER TABLE t ALTER nn TYPE bigint", [(100, 90_000.0)] * 5, rewritten=True)
    known = predictor.one(statement).duration
    assert known is not None
    assert known.runs == 14
    assert known.low_ms is not None
    assert known.high_ms is not None
    assert known.low_ms < 1000 < known.high_ms < 3000
    assert "9 of 10 in quiet hours, from 14 runs on this table" in known.basis
    rewrite = predictor.one("ALTER TABLE t ALTER nn TYPE numeric").duration
    assert rewrite is not None
    assert rewrite.runs == 5
    other = predictor.one("ALTER TABLE parent ALTER filler SET NOT NULL").duration
    assert other is not None
    assert not other.is_known


def test_a_script_cannot_leave_the_copy(predictor: Predictor, tmp_path: Path) -> None:
    witness = Path(f"/tmp/dbtrack-predict-never-{tmp_path.name}")
    hidden = f"DO $$BEGIN EXECUTE 'CO' || 'PY t (txt) TO PRO' || 'GRAM ''touch {witness}'''; END$$"
    found = predictor.one(hidden)
    assert found.outcome is Outcome.FAILS
    assert found.sqlstate == "42501"
    assert not witness.exists()
    refused = predictor.report(
        f"COPY t TO PROGRAM 'touch {witness}'; DROP DATABASE x; ALTER SYSTEM RESET ALL; LOAD 'x'"
    )
    assert {p.outcome for p in refused.predictions} == {Outcome.REFUSED, Outcome.LEFT_OUT}


def test_no_code_of_a_script_runs_as_a_superuser(predictor: Predictor, tmp_path: Path) -> None:
    # Some statements are repeated as a superuser: here code waits for that.
    target = tmp_path / "reached"
    tmp_path.chmod(0o777)
    body = f"""plpgsql AS $$ BEGIN
        IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
            RAISE EXCEPTION 'not yet' USING ERRCODE = '42501';
        END IF;
        COPY (SELECT 1) TO PROGRAM 'touch {target}'; RETURN 1; END $$"""
    script = f"""CREATE FUNCTION wait(anyelement) RETURNS int LANGUAGE {body};
        CREATE FUNCTION owned() RETURNS int LANGUAGE {body.replace("plpgsql", "plpgsql SECURITY DEFINER", 1)};
        CREATE TABLE lure AS SELECT 1 AS a;
        CREATE TABLE type AS SELECT wait(1);
        ALTER TABLE lure DISABLE TRIGGER ALL, ALTER a TYPE int USING wait(a);
        ALTER FUNCTION owned() OWNER TO postgres;
        CREATE TABLE lure2 AS SELECT owned();
        CREATE FUNCTION fired() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM wait(1);
            EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;
        CREATE EVENT TRIGGER fired ON ddl_command_end EXECUTE FUNCTION fired();
        CREATE OPERATOR FAMILY lured USING btree;
        ALTER TABLE lure DISABLE TRIGGER ALL"""
    found = [prediction.outcome is Outcome.FAILS for prediction in predictor.report(script).predictions]
    assert found == [False] * 3 + [True] * 2 + [False, True] + [False] * 4
    assert not target.exists()


def test_a_copy_beside_the_database(predictor: Predictor) -> None:
    beside = Predictor(predictor.conninfo, predictor.copies, CopyMode.DATABASE)
    report = beside.report("ALTER TABLE t ALTER sm TYPE bigint; DO $$BEGIN END$$; UPDATE t SET nn = 1")
    assert [p.outcome for p in report.predictions] == [Outcome.PREDICTED, Outcome.REFUSED, Outcome.REFUSED]
    assert report.predictions[0].work is Work.REWRITE
    with psycopg.connect(predictor.conninfo) as connection:
        left = connection.execute(
            "SELECT count(*) FROM pg_database WHERE datname LIKE 'dbtrack_predict%'"
        ).fetchone()
    assert left == (0,)


def test_by_the_form_alone(predictor: Predictor) -> None:
    by_form = Predictor(predictor.conninfo, predictor.copies, CopyMode.NONE)
    report = by_form.report(
        "ALTER TABLE t ALTER sm TYPE bigint; DROP INDEX t_n_idx; ALTER TABLE missing ADD x int"
    )
    changed, dropped, missing = report.predictions
    assert (changed.outcome, changed.lock, changed.work) == (
        Outcome.BY_CLASS,
        Lock.ACCESS_EXCLUSIVE,
        Work.REWRITE,
    )
    assert dropped.effects[0].identity == "public.t"
    assert missing.outcome is Outcome.NOT_RUN


def test_a_role_without_special_rights_can_predict(predictor: Predictor, role: RoleFactory) -> None:
    reader = role("reader", member_of=["pg_read_all_data"])
    plain = Predictor(f"{predictor.conninfo} user={reader}", predictor.copies)
    assert plain.one("ALTER TABLE t ADD COLUMN added int").lock is Lock.ACCESS_EXCLUSIVE


def test_the_variables_of_libpq_lead_pg_dump_too(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in conninfo_to_dict(predictor.conninfo).items():
        monkeypatch.setenv({"dbname": "PGDATABASE"}.get(name, f"PG{name.upper()}"), str(value))
    assert (
        Predictor("", predictor.copies).one("ALTER TABLE t ADD COLUMN added int").lock
        is Lock.ACCESS_EXCLUSIVE
    )
