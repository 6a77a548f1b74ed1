"""The live screen, as somebody sees it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dbtrack.activity.live import fitted
from dbtrack.activity.screen import Frame, draw, draw_foot
from dbtrack.activity.snapshot import (
    Details,
    Ended,
    Facts,
    Holder,
    LastHour,
    Running,
    Session,
    Snapshot,
    Wait,
)
from dbtrack.activity.view import Question, View
from dbtrack.render.screens.canvas import Canvas
from dbtrack.render.screens.shortening import cells
from dbtrack.terminal.abilities import Abilities

_NOW = datetime(2026, 11, 27, 6, 41, 23, tzinfo=UTC)
_HOLDER = Holder(77, "bob", "psql", "idle in transaction", "begin; lock table orders")
_RUNNING = Running(
    bytes.fromhex("e1d5f2e9" + "00" * 28),
    "V43__add_channel",
    _NOW,
    "deploy",
    "acme",
    "OPS-4712",
    2100.0,
    50.0,
    (
        Session(
            5,
            "alter table public.orders add column channel text",
            Wait("AccessExclusiveLock", "public.orders", 2000.0, (_HOLDER,)),
        ),
    ),
)


def _ended(number: int, status: str = "COMPLETED", name: str = "ALTER TABLE") -> Ended:
    failed = status != "COMPLETED"
    return Ended(
        bytes([number] * 32),
        name,
        "DDL_AUTO",
        status,
        _NOW,
        Decimal("5200.1"),
        "alice",
        None,
        () if failed else ("public.orders",),
        None,
        "23514" if failed else None,
        'check constraint "orders_amount_positive" is violated by some row' if failed else None,
        3 if failed else 0,
        None if failed else Decimal(5190),
    )


_SNAPSHOT = Snapshot(
    _NOW,
    Facts(
        "18.6 (Debian)",
        is_standby=False,
        database="prod",
        host="db1",
        port=5432,
        capture_status="OK",
        rollup_seconds=36.0,
    ),
    [_RUNNING],
    [_ended(1), _ended(2, "FAILED", "V42__due_dates"), *map(_ended, range(3, 40))],
    LastHour((0, 1, 8), (0, 0, 2), 793.0),
)
_DETAILS = Details(
    "V42.sql:4: ERROR\nmore",
    None,
    (),
    ["CREATE INDEX i"],
    bytes([9] * 32),
    Decimal(900),
    ["i (index)"],
    None,
    None,
    None,
)


def _drawn(width: int, frame: Frame, *, unicode: bool = True, height: int = 30) -> list[str]:
    stream = io.StringIO()
    canvas = Canvas(stream, zone=UTC, abilities=Abilities(width=width, has_unicode=unicode))
    fitted(canvas, frame, height)
    draw_foot(canvas, frame.view)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_no_line_is_wider_than_the_screen_and_what_matters_is_there(width: int) -> None:
    view = View(chosen=1, is_open=True)
    lines = _drawn(width, Frame(_SNAPSHOT, view, _DETAILS, height=30))
    assert max(map(cells, lines)) <= width
    text = " ".join(" ".join(lines).split())
    for said in (
        "1 running, 1 waiting",
        "V43__add_channel",
        "AccessExclusiveLock",
        "bob (pid 77",
        "e1d5f2e9",
        "02020202",
        "→ 09090909 succeeded, 900 ms later",
        "capture ✔",
    ):
        assert said in text, said
    assert any(line.lstrip().startswith("▸ ✘") for line in lines)


def test_the_list_is_as_long_as_the_screen() -> None:
    assert len(_drawn(100, Frame(_SNAPSHOT, View(), height=30), height=24)) <= 25
    assert len(_drawn(100, Frame(_SNAPSHOT, View(), height=60), height=60)) > 40


def test_in_ascii_it_says_the_same() -> None:
    lines = _drawn(100, Frame(_SNAPSHOT, View(), height=30), unicode=False)
    assert all(line.isascii() for line in lines)
    assert any("> +" in line for line in lines)


def test_trouble_a_question_and_nothing_at_all() -> None:
    frame = Frame(
        _SNAPSHOT,
        View(question=Question.GREP, typed="due\x1b[2J"),
        trouble="the server went away; trying again",
    )
    text = "\n".join(_drawn(100, frame))
    assert "▲ the server went away; trying again" in text
    assert "grep: due\\x1b[2J_" in text
    stream = io.StringIO()
    draw(Canvas(stream, abilities=Abilities(width=80)), Frame(None, View()))
    assert "connecting" in stream.getvalue()
