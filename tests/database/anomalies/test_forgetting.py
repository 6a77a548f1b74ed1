"""What an erasure and a cleanup leave of anomalies. It changes the database for good, so it has one of its own."""

from __future__ import annotations

from dbtrack import retention
from dbtrack.db import Database
from dbtrack.proof.erase import erase
from tests.support.unusual import KEPT, advance, found, many, record


def test_who_is_erased_is_gone_and_cleanup_keeps_what_was_seen(filled: Database) -> None:
    named = "SELECT count(*) FROM script_tracking.{0} AS t WHERE t::text LIKE '%%mallory%%'"
    tables = ("first_seen", "rollup_login", "anomaly_score", "anomaly_usual")
    assert sum(filled.value(named.format(table)) for table in tables) > 3
    erase(filled, "mallory", "request 4711")
    advance(filled)
    assert sum(filled.value(named.format(table)) for table in tables) == 0
    assert "mallory" not in str(found(filled, all=True))
    seen = sorted(filled.rows(KEPT[0]), key=repr)
    retention.cleanup(filled, days=10)
    advance(filled)
    # dbtrack itself recorded the cleanup and the erasure.
    left = sorted(filled.rows(KEPT[0] + " WHERE tenant_hk <> ''"), key=repr)
    assert left == [row for row in seen if row[1] != b""]
    oldest = filled.value("SELECT min(hour_start) FROM script_tracking.anomaly_score")
    assert oldest is None or oldest > filled.value("SELECT now() - interval '10 days 1 hour'")
    # Who came years ago does not count as new.
    record(filled, many(1, 0, login="etl_acme", command="ALTER TABLE", kind="DDL_AUTO"))
    advance(filled)
    assert "new_login" not in {row["measure"] for row in found(filled, since="1h", tenant="acme")}
