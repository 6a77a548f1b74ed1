"""An interval holds as often as it says, and a limit on it fails closed."""

from __future__ import annotations

import random
from math import exp

import pytest

from dbtrack.errors import UsageError
from dbtrack.predict.duration import Run, basis, interval
from dbtrack.predict.gates import Gate, check, parse_duration
from dbtrack.predict.model import Duration, Effect, Lock, Outcome, Prediction, Report
from dbtrack.predict.overdue import usual_limit


def _runs(chance: random.Random, count: int) -> list[Run]:
    rows = [1000 * (1 + number) for number in range(count)]
    return [Run(number, number * 0.01 * exp(chance.gauss(0, 0.4))) for number in rows]


@pytest.mark.parametrize("count", [6, 14, 60])
def test_an_interval_holds_as_often_as_it_says(count: int) -> None:
    chance = random.Random(count)  # noqa: S311 - noise, not a secret
    held = 0
    level = 0.0
    for _ in range(1000):
        *history, actual = _runs(chance, count + 1)
        found = interval(history, actual.rows)
        assert found is not None
        assert found.level is not None
        level = found.level
        held += found.low <= actual.milliseconds <= found.high
    assert level == pytest.approx(0.9 if count >= 14 else 0.8, abs=0.01)
    assert held / 1000 > level - 0.03


def test_few_runs_promise_nothing() -> None:
    assert interval([], 1000) is None
    found = interval([Run(100, 50.0)], 1000)
    assert found is not None
    assert (found.low, found.middle, found.high, found.level) == (250.0, 500.0, 1200.0, None)
    assert "too few" in basis(found, 1)
    assert usual_limit([100.0] * 4) is None
    limit = usual_limit([100.0, 110.0, 90.0] * 8)
    assert limit is not None
    assert 100 <= limit.milliseconds < 150
    assert "9 of 10" in limit.words


def _report(lock: Lock, held: Duration | None, outcome: Outcome = Outcome.PREDICTED) -> Report:
    effect = Effect("public.t", "table", lock)
    prediction = Prediction(
        "ALTER TABLE t …", 4, "v42.sql", "alter table", 1, outcome, (effect,), note="why", held=held
    )
    return Report("shop", "PostgreSQL 18", 180000, "embedded", 0.5, (prediction,))


_UNKNOWN = Duration(None, None, None, "no run")
_SLOW = Duration(900.0, 2000.0, 2100.0, "14 runs")


@pytest.mark.parametrize(
    ("report", "gates"),
    [
        (_report(Lock.ACCESS_EXCLUSIVE, _SLOW), ["max-lock"]),
        (_report(Lock.ACCESS_EXCLUSIVE, _UNKNOWN), ["max-lock"]),
        (_report(Lock.SHARE, _SLOW), ["max-lock"]),
        (_report(Lock.SHARE_UPDATE_EXCLUSIVE, _UNKNOWN), []),
        (_report(Lock.ACCESS_EXCLUSIVE, Duration(0.0, 1.0, 10.0, "instant")), []),
        (_report(Lock.ACCESS_EXCLUSIVE, None, Outcome.REFUSED), ["unknown"]),
        (_report(Lock.ACCESS_EXCLUSIVE, None, Outcome.LEFT_OUT), []),
        (_report(Lock.ACCESS_EXCLUSIVE, None, Outcome.FAILS), ["error"]),
    ],
)
def test_what_passes_a_limit_of_two_seconds(report: Report, gates: list[str]) -> None:
    assert [finding.gate for finding in check(report, (), parse_duration("2s"))] == gates


def test_gates() -> None:
    report = _report(Lock.ACCESS_EXCLUSIVE, _UNKNOWN)
    every = tuple(Gate)
    assert {finding.gate for finding in check(report, every, None)} == {
        "access-exclusive", "blocks-reads", "blocks-writes", "unknown",
    }  # fmt: skip
    assert check(report, (), None) == []
    assert [parse_duration(text) for text in ("500ms", "1.5 s", "2min")] == [500, 1500, 120_000]
    with pytest.raises(UsageError):
        parse_duration("soon")
