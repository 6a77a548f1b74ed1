"""The screen and the Markdown of a prediction."""

from __future__ import annotations

import io

import pytest

from dbtrack.predict.gates import Finding
from dbtrack.predict.model import (
    Duration,
    Effect,
    Holder,
    Lock,
    Outcome,
    Prediction,
    Report,
    SaferWay,
    Size,
    Traffic,
)
from dbtrack.predict.screen import draw, markdown
from dbtrack.render.screens.canvas import Canvas
from dbtrack.terminal.abilities import Abilities
from tests.support.golden_files import assert_golden

_ORDERS = Effect("public.orders", "table", Lock.ACCESS_EXCLUSIVE, is_scanned=True)
_HELD = Duration(61.0, 94.0, 145.0, "9 of 10 in quiet hours, from 14 runs on this table", 158_000_000, 14)
_REPORT = Report(
    "shop",
    "PostgreSQL 18.6",
    180006,
    "embedded",
    0.853,
    (
        Prediction(
            "ALTER TABLE orders ADD CONSTRAINT paid CHECK (amount >= 0)", 4, "migrations/v42.sql", "add check", 1,
            Outcome.PREDICTED, (_ORDERS,), lead="public.orders",
            sizes={"public.orders": Size(2_000_000, 158_000_000)}, duration=_HELD, held=_HELD,
            holders=(
                Holder("public.orders", Lock.ACCESS_SHARE, 4711, "alice", "psql", "idle in transaction", "client backend",
                       724.0, "select * from orders | where x"),
            ),
            traffic={"public.orders": Traffic(120.04, 14.0)},
            safer=(
                SaferWay(
                    "a CHECK that is not valid yet is instant; its validation lets reads and writes go on",
                    ("SET lock_timeout = '2s'", "ALTER TABLE orders ADD CONSTRAINT paid CHECK (amount >= 0) NOT VALID",
                     "ALTER TABLE orders VALIDATE CONSTRAINT paid"),
                ),
            ),
        ),
        Prediction("ALTER TABLE missing ADD x int", 6, "migrations/v42.sql", "add column", 2, Outcome.FAILS,
                   sqlstate="42P01", error='relation "missing" does not exist'),
        Prediction("DO $$BEGIN END$$", 7, "migrations/v42.sql", "other", 3, Outcome.REFUSED, note="DO does not run here"),
    ),
    ("CREATE TABLE places: type geometry does not exist",),
)  # fmt: skip
_FINDINGS = [
    Finding(4, "max-lock", "reads and writes wait up to 145 ms; the limit is 100 ms"),
    Finding(6, "error", 'fails: relation "missing" does not exist'),
]


@pytest.mark.parametrize(("width", "has_unicode"), [(60, True), (80, False), (100, True), (200, True)])
def test_screen(width: int, has_unicode: bool) -> None:
    stream = io.StringIO()
    abilities = Abilities(width=width, has_color=False, has_unicode=has_unicode, is_light=False)
    draw(_REPORT, _FINDINGS, Canvas(stream, abilities=abilities))
    text = stream.getvalue()
    # SQL stays on one line, so that it can be copied.
    assert max(len(line) for line in text.splitlines() if not line.endswith(";")) <= width
    assert_golden(f"predict/screen_{width}.txt", text)


def test_markdown() -> None:
    assert_golden("predict/markdown.md", markdown(_REPORT, _FINDINGS))
