"""What the time of a refused login tells of whether there is such a user: in the own store of module auth."""

from __future__ import annotations

from functools import partial
from statistics import quantiles

from bench.place import Connection
from bench.timing import table, times
from dbtrack import schema
from dbtrack.db import Database

_REGISTER = (
    """SELECT auth.register_user_tracking('{"email": "known@x.example", "password": "right right"}')"""
)
_LOGIN = "SELECT auth.login_user_tracking(%s, 'wrong wrong', NULL)"
_USERS = {"unknown user": "unknown@x.example", "wrong password": "known@x.example"}


def run(connection: Connection, rounds: int, statements: int) -> str:
    """Measure at the cheapest cost, where a difference shows best, and at the default one."""
    schema.install(Database.wrap(connection), schema.InstallOptions(modules=("auth",)))
    connection.execute("SELECT script_tracking.set_setting('auth.lockout_attempts', '0')")
    rows: dict[str, list[float | None]] = {}
    for cost in (4, 12):
        connection.execute("SELECT script_tracking.set_setting('auth.bcrypt_cost', %s)", (str(cost),))
        connection.execute("DELETE FROM auth.user_auth_s; DELETE FROM auth.user_h")
        connection.execute(_REGISTER)
        taken = _taken(connection, rounds, max(statements // 5, 2) if cost > 4 else statements)
        for name, values in taken.items():
            rows[f"cost {cost}, {name}"] = [*_spread(values), None]
        rows[f"cost {cost}, wrong password"][-1] = _slower(*taken.values())
    columns = ["p5", "p25", "median", "p75", "p95", "share of pairs in which it is the slower"]
    return table("Milliseconds of a refused login", columns, rows)


def _taken(connection: Connection, rounds: int, statements: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in _USERS}
    for number in range(rounds * statements):
        # In turns, and each first in half of them.
        for name in list(_USERS)[:: 1 if number % 2 else -1]:
            taken[name] += times(partial(_refused, connection, _USERS[name]), 1)
    return taken


def _refused(connection: Connection, email: str, _number: int) -> None:
    connection.execute(_LOGIN, (email,))


def _spread(values: list[float]) -> list[float]:
    cuts = quantiles(values, n=20)
    return [cuts[index] for index in (0, 4, 9, 14, 18)]


def _slower(first: list[float], second: list[float]) -> float:
    """How often one of the second took longer than one of the first: 0.5 tells nothing."""
    return sum(one < other for one in first for other in second) / (len(first) * len(second))
