"""A generated year of ten tenants, with a planted exception of every kind."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import psycopg

from tests.support.witness import Connection

SINCE = datetime(2025, 1, 1, tzinfo=UTC)
UNTIL = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = "Mon-Fri 07:00-19:00"

# Each operation has a ticket and an approver, and one DDL inside it. The days are working days, the times working hours.
_FILL = """
SELECT script_tracking.ensure_month(to_char(m, 'YYYY_MM'))
FROM generate_series(timestamptz '2024-12-15', timestamptz '2026-01-15', interval '1 month') AS m;
SELECT script_tracking.add_tenant('t' || n) FROM generate_series(0, 9) AS n;
CREATE TEMPORARY TABLE item AS
SELECT sha256(convert_to(d.day || '/' || n, 'UTF8')) AS hk, d.day || '/' || n AS name,
    d.day + time '08:00' + n * interval '2 hours' AS at, 't' || (n + extract(doy FROM d.day)::int) % 10 AS tenant,
    'deploy_' || n % 3 AS login, 'MIGRATION' AS kind,
    jsonb_build_object('ticket', 'CHG-' || n, 'approved_by', 'carol') AS metadata, 'track_operation@test' AS source,
    NULL::text AS statement, '{}'::text[] AS objects, 'COMPLETED' AS status
FROM (SELECT g AT TIME ZONE 'UTC' AS day FROM generate_series(timestamptz '2025-01-01Z', timestamptz '2025-12-31Z', interval '1 day') AS g
    WHERE extract(isodow FROM g AT TIME ZONE 'UTC') < 6) AS d
CROSS JOIN generate_series(0, 3) AS n;
INSERT INTO item
SELECT sha256(convert_to('inside ' || name, 'UTF8')), 'inside ' || name, at + interval '1 second', tenant, login, 'DDL_AUTO',
    '{"command_tag": "ALTER TABLE", "application_name": "flyway"}', 'event_trigger@test', 'ALTER TABLE a ADD b int',
    ARRAY['app.a'], 'COMPLETED'
FROM item;
"""
_STORE = """
SET TimeZone = 'UTC';
-- An operation ends after what ran inside it.
ALTER TABLE item ADD recorded_at timestamptz;
UPDATE item SET recorded_at = at + CASE WHEN kind = 'MIGRATION' THEN interval '5 seconds' ELSE '0' END;
INSERT INTO script_tracking.script_execution_h
SELECT i.hk, i.name, sha256(convert_to(i.tenant, 'UTF8')), i.recorded_at, i.source FROM item AS i;
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, tenant_hk, script_name,
    script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user, affected_objects, sql_command,
    metadata, record_source)
SELECT i.hk, i.recorded_at, i.hk,
    sha256(convert_to(i.tenant, 'UTF8')), i.name, i.kind, i.status, i.at, 100, i.login, i.objects, i.statement, i.metadata, i.source
FROM item AS i ORDER BY i.at;
INSERT INTO script_tracking.script_execution_parent_l
SELECT sha256(c.hk), p.hk, c.hk, 'tracked', sha256(convert_to(c.tenant, 'UTF8')), c.at, c.source
FROM item AS c JOIN item AS p ON c.name = 'inside ' || p.name;
INSERT INTO script_tracking.script_execution_parent_l
SELECT sha256(c.hk), p.hk, c.hk, 'tracked', sha256(convert_to(c.tenant, 'UTF8')), c.at, c.source
FROM item AS c CROSS JOIN (SELECT hk FROM item WHERE kind = 'MIGRATION' ORDER BY at LIMIT 1) AS p WHERE c.name = 'claims a parent';
"""
_PLANT = """
INSERT INTO item VALUES (sha256(convert_to(%(name)s, 'UTF8')), %(name)s, %(at)s::timestamp, 't1', %(login)s, %(kind)s,
    %(metadata)s::jsonb, %(source)s, %(statement)s, %(objects)s::text[], %(status)s)
"""
_DDL: dict[str, object] = {
    "kind": "DDL_AUTO",
    "metadata": '{"command_tag": "CREATE TABLE"}',
    "source": "event_trigger@test",
}
_LOG: dict[str, object] = {
    "kind": "DDL_LOG",
    "metadata": '{"application_name": "psql"}',
    "source": "log_ingest@test",
}
_OUTSIDE = ("outside_pipeline", "no_ticket")
# Name, what differs from an operation in working hours with ticket and approval, and the kinds that must be found.
PLANTED: tuple[tuple[str, dict[str, object], tuple[str, ...]], ...] = (
    ("by hand", _DDL, _OUTSIDE),
    # Another login than the operation's: the link is only a claim.
    ("claims a parent", _DDL, _OUTSIDE),
    ("by the pipeline's login", {**_DDL, "login": "flyway_1"}, ("no_ticket",)),
    ("<b>hostile</b> \u202e\"';=cmd|x", {"metadata": '{"approved_by": "carol"}'}, ("no_ticket",)),
    ("=cmd|' /C calc'!A0", {"metadata": '{"ticket": "  ", "approved_by": "carol"}'}, ("no_ticket",)),
    ("same login", {"login": "carol"}, ("same_person",)),
    (
        "same actor",
        {
            "metadata": '{"ticket": "C", "approved_by": "Carol <carol@example.com>", '
            '"ci_actor": "carol@example.com"}'
        },
        ("same_person",),
    ),
    ("on a Sunday", {"at": "2025-03-02 10:00"}, ("out_of_hours",)),
    ("at night", {"at": "2025-03-03 06:59:59"}, ("out_of_hours",)),
    ("CREATE ROLE", {**_LOG, "statement": "CREATE ROLE x BYPASSRLS LOGIN"}, (*_OUTSIDE, "superuser_right")),
    ("ALTER ROLE", {**_LOG, "statement": "ALTER ROLE x CONNECTION LIMIT 5"}, _OUTSIDE),
    (
        "GRANT",
        {
            **_DDL,
            "metadata": '{"command_tag": "GRANT", "privileges": []}',
            "statement": "GRANT SELECT ON a TO b",
        },
        _OUTSIDE,
    ),
    ("failed", {**_LOG, "status": "FAILED", "statement": "CREATE TABLE x ("}, ()),
    ("emergency", {"metadata": '{"ticket": "INC-1", "emergency": true}'}, ("emergency_not_reviewed",)),
    ("shared", {"login": "shared_admin"}, ("shared_login",)),
    (
        "table altered",
        {
            "kind": "UNATTRIBUTED",
            "source": "reconcile@test",
            "metadata": '{"change": "altered", "window_start": "2025-06-01T21:30:00.5+00:00", '
            '"window_end": "2025-06-02T12:00:00+00:00"}',
            "objects": ["app.x"],
        },
        ("unrecorded_change",),
    ),
    ("nightly", {"kind": "REPORTING", "metadata": "{}", "at": "2025-03-02 03:00"}, ()),
    ("refused", {"kind": "SECURITY", "metadata": "{}", "source": "log_ingest@test"}, ()),
    (
        "dbtrack maintain",
        {"kind": "MAINTENANCE", "metadata": "{}", "source": "maintain@test", "at": "2025-03-02 03:00"},
        (),
    ),
    # Just outside of the year.
    ("too early", {**_DDL, "at": "2024-12-31 23:59:59"}, ()),
    ("too late", {**_DDL, "at": "2026-01-01 00:00:00"}, ()),
)
NOT_CHANGES = {"nightly", "refused", "too early", "too late"}
# What no change of the population is: capture was off for 19 minutes, and a verification failed.
_OTHERS = """
INSERT INTO script_tracking.setting_s (setting_name, load_date, setting_value, changed_by, record_source) VALUES
    ('capture.enabled', '2025-08-14 02:10Z', 'off', 'mallory', 'test'), ('capture.enabled', '2025-08-14 02:29Z', 'on', 'mallory', 'test');
INSERT INTO script_tracking.notice (notice_type, subject, load_date, notice_data, record_source)
VALUES ('verification.failed', 'db', '2025-10-01 08:00Z', '{"count": 2, "findings": [{"kind": "altered", "details": "row 7"}]}', 'test');
UPDATE script_tracking.schema_migration SET applied_at = '2024-12-01Z';
"""
SETTINGS = {
    "evidence.hours": HOURS,
    "evidence.pipeline": "flyway*",
    "evidence.shared_logins": "shared_*",
    "evidence.review_every": "quarter",
}


def make_year(connection: Connection) -> None:
    """Fill an empty installation."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(_FILL)
    for name, differs, _ in PLANTED:
        values: dict[str, object] = {
            "at": "2025-06-02 12:00",
            "login": "deploy_1",
            "kind": "MIGRATION",
            "metadata": '{"ticket": "CHG-1", "approved_by": "carol"}',
            "source": "track_operation@test",
            "statement": None,
            "objects": [],
            "status": "COMPLETED",
            **differs,
        }
        if name == "claims a parent":
            values["login"] = "mallory"
        connection.execute(_PLANT, {"name": name, **values})
    connection.execute(_STORE)
    connection.execute(_OTHERS)
    for name, value in SETTINGS.items():
        connection.execute("SELECT script_tracking.set_setting(%s, %s)", (name, value))


def expected_kinds() -> Counter[str]:
    """How many exceptions of each kind were planted."""
    planted = Counter(kind for _, _, kinds in PLANTED for kind in kinds)
    return planted + Counter({"capture_off": 1, "verification_failed": 1})


def key_of(connection: Connection, name: str) -> bytes:
    """The key of a planted execution."""
    row = connection.execute("SELECT sha256(convert_to(%s, 'UTF8'))", (name,)).fetchone()
    assert row
    return bytes(row[0])


def connect(conninfo: str) -> Connection:
    """Connect in autocommit mode."""
    return psycopg.connect(conninfo, autocommit=True)
