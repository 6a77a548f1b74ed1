"""The screens of the history of objects, at several widths."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dbtrack.objects.model import ObjectDifference, PartDifference
from dbtrack.objects.screens.blame import write_blame
from dbtrack.objects.screens.changes import write_differences, write_log
from dbtrack.objects.screens.grants import write_grants
from dbtrack.render.screens.canvas import Canvas
from dbtrack.terminal.abilities import Abilities
from tests.support.golden_files import assert_golden

NOW = datetime(2026, 11, 27, 6, 41, tzinfo=UTC)
CREATED, MIGRATED, DROPPED = (
    NOW - timedelta(days=620),
    NOW - timedelta(minutes=12),
    NOW - timedelta(minutes=13),
)
KEYS = {
    CREATED: bytes.fromhex("0b7d19ce" * 8),
    MIGRATED: bytes.fromhex("6875fddd" * 8),
    DROPPED: b"\xdf" * 32,
}
NAMES = {CREATED: ("V1__create_shop", "flyway", None), MIGRATED: ("V42__due_dates", "deploy", "OPS-4711")}
TITLE = ("blame public.orders", "table", "prod")


def _row(
    kind: str, name: str, text: str, added: datetime | None, changed: datetime | None, **other: Any
) -> Any:
    row: dict[str, Any] = {
        "kind": kind,
        "name": name,
        "definition": text,
        "is_dropped": False,
        "known_by": "recorded",
    }
    for prefix, moment in (("added", added), ("changed", changed)):
        operation, user, ticket = NAMES.get(moment or NOW, ("DROP INDEX", "alice", None))
        row |= {
            f"{prefix}_at": moment,
            f"{prefix}_key": KEYS.get(moment or NOW),
            f"{prefix}_name": operation if moment else None,
            f"{prefix}_user": user if moment else None,
            f"{prefix}_ticket": ticket if moment else None,
        }
    return row | other


BLAME = [
    _row("relation", "orders", "owner flyway", CREATED, CREATED),
    _row("column", "order_id", "bigint NOT NULL GENERATED ALWAYS AS IDENTITY", CREATED, CREATED),
    _row("column", "total", "numeric(12,2)", CREATED, MIGRATED),
    _row("column", "ship_note", "text", None, None, known_by="before the record"),
    _row("column", "weight", "integer", None, MIGRATED, known_by="likely"),
    _row("constraint", "orders_pkey", "PRIMARY KEY (order_id)", CREATED, CREATED),
    _row("constraint", "orders_order_id_not_null", "NOT NULL order_id", CREATED, CREATED),
    _row("index", "orders_pkey", "UNIQUE btree (order_id)", CREATED, CREATED),
    _row("grant", "bob", "SELECT", MIGRATED, MIGRATED),
    _row("index", "orders_customer_idx", "btree (customer_id)", CREATED, DROPPED, is_dropped=True),
]
COLUMN = {"name": "total", "type": "numeric(12,2)", "not_null": True}
RELATION = {"name": "orders", "owner": "flyway", "acl": ["flyway=arwdDxt/flyway"]}
PARTS = (
    PartDifference(
        "relation",
        "relation",
        "orders",
        RELATION,
        RELATION | {"acl": ["flyway=arwdDxt/flyway", "bob=r/flyway"]},
    ),
    PartDifference(
        "column 5",
        "column",
        "total",
        COLUMN,
        COLUMN | {"not_null": False},
        "numeric(12,2) NOT NULL",
        "numeric(12,2)",
    ),
    PartDifference("column 9", "column", "due_on", None, {"name": "due_on", "type": "date"}, None, "date"),
    PartDifference(
        "index 7",
        "index",
        "orders_customer_idx",
        {"name": "orders_customer_idx"},
        None,
        "btree (customer_id)",
    ),
)
LOG = [
    {
        "version": 38,
        "changed_at": MIGRATED,
        "execution_key": KEYS[MIGRATED],
        "script_name": "V42__due_dates",
        "db_session_user": "deploy",
        "ticket": "OPS-4711",
        "cause": "captured",
        "changes": {
            part.part: {
                "kind": part.kind,
                "name": part.name,
                "before": part.before,
                "after": part.after,
                "old_text": part.old_text,
                "new_text": part.new_text,
            }
            for part in PARTS
        },
    }
]
GRANTS = [
    {
        "object_identity": "public.orders",
        "grantee": "bob",
        "privileges": ["SELECT", "UPDATE"],
        "column_name": None,
        "is_grantable": True,
        "granted_at": MIGRATED,
        "execution_key": KEYS[MIGRATED],
        "script_name": "V42__due_dates",
        "db_session_user": "deploy",
        "ticket": "OPS-4711",
    }
]


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_the_screens_are_as_they_were(width: int) -> None:
    screen = _drawn(width)
    assert_golden(f"screens/objects_{width}.txt", screen)
    assert max(map(len, screen.splitlines())) <= width


def test_a_terminal_without_unicode_gets_ascii() -> None:
    assert _drawn(80, has_unicode=False).isascii()


def _drawn(width: int, *, has_unicode: bool = True) -> str:
    stream = io.StringIO()
    canvas = Canvas(stream, zone=UTC, now=NOW, abilities=Abilities(width=width, has_unicode=has_unicode))
    write_blame(canvas, TITLE, BLAME)
    write_log(canvas, ("log public.orders", "table", "prod"), LOG, "table", with_differences=True)
    difference = ObjectDifference(b"", "table", "public.orders", "public.orders", PARTS)
    write_differences(canvas, ("diff", "prod", "since Fri 06:00"), [difference])
    write_grants(canvas, ("grants to bob", "prod"), GRANTS)
    return stream.getvalue()
