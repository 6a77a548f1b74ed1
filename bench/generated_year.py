"""A year of a database's work, with its days, nights, weekends and deployments, and anomalies planted in it."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

HOURS = "Mon-Fri 07:00-19:00"
TENANTS = ("acme", "beta", "globex", "initech", "umbrella")
KINDS = ("volume", "failures", "slow", "waits", "new", "night or agent")
DAYS = 365
PLANTED_DAYS = 49
_COMMANDS = (
    *("ALTER TABLE", "CREATE INDEX", "CREATE TABLE", "CREATE VIEW", "CREATE FUNCTION", "COMMENT", "GRANT"),
    *("DROP VIEW", "DROP INDEX", "CREATE SEQUENCE", "DROP TABLE", "ALTER INDEX", "CREATE TRIGGER", "REVOKE"),
    *("CREATE TYPE", "ALTER FUNCTION", "DROP FUNCTION", "CREATE POLICY", "ALTER TYPE", "CREATE SCHEMA"),
)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass
class Execution:
    """One execution as it is recorded."""

    tenant: str | None
    at: datetime
    kind: str
    login: str
    milliseconds: float
    command: str = ""
    application: str = ""
    address: str | None = None
    agent: str | None = None
    has_failed: bool = False
    waited_ms: float = 0.0

    @property
    def key(self) -> bytes:
        """Its hash key."""
        return sha256(repr(self).encode()).digest()

    def metadata(self) -> str:
        """Its metadata, as JSON."""
        words = {"application_name": self.application, "command_tag": self.command, "agent": self.agent}
        return json.dumps({"duration_us": round(self.milliseconds * 1000)} | {k: v for k, v in words.items() if v})


@dataclass(frozen=True)
class Planted:
    """An anomaly that was planted: which kind, whose, and when."""

    kind: str
    tenant: str
    since: datetime
    until: datetime


@dataclass
class Year:
    """What was recorded in a year, and what of it was planted in its last weeks."""

    executions: list[Execution] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)


def generate(seed: int, until: datetime, planted_each: int = 2) -> Year:
    """Make the year before a moment; the same for the same seed."""
    chance = random.Random(seed)
    first = until.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - DAYS * _DAY
    year = Year()
    sizes = {tenant: 4 / (1 + place) for place, tenant in enumerate(TENANTS)}
    holidays = {chance.randrange(DAYS) for _ in range(12)}
    for day in range(DAYS):
        start = first + day * _DAY
        for tenant, size in sizes.items():
            is_free = start.isoweekday() > 5 or day in holidays
            year.executions += _jobs(chance, tenant, size, start, is_free)
            if not is_free:
                year.executions += _deployment(chance, tenant, start)
                year.executions += _by_hand(chance, tenant, start, day)
    _plant(chance, year, until, planted_each)
    year.executions = [one for one in year.executions if one.at < until]
    return year


def _poisson(chance: random.Random, mean: float) -> int:
    limit, count, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        count += 1
        product *= chance.random()
    return count


def _within(chance: random.Random, hour: datetime) -> datetime:
    return hour + timedelta(seconds=chance.randrange(3600), microseconds=chance.randrange(10**6))


def _jobs(
    chance: random.Random, tenant: str, size: float, start: datetime, is_free: bool
) -> Iterator[Execution]:
    """What the scheduler runs: loads by the hour, reports in the morning, maintenance and a backup at night."""
    etl = {"login": f"etl_{tenant}", "application": "airflow", "address": "10.0.2.15"}
    for hour in range(24):
        busy = 1.0 if 8 <= hour < 18 else 0.3
        mean = size * busy * (0.4 if is_free else 1.0) * (2 if start.day == 1 else 1)
        for _ in range(_poisson(chance, mean)):
            at = _within(chance, start + hour * _HOUR)
            yield Execution(tenant, at, "LOAD", milliseconds=chance.lognormvariate(7, 0.7),
                            has_failed=chance.random() < 0.01, **etl)  # type: ignore[arg-type]
    for _ in range(0 if is_free else _poisson(chance, 3 * size)):
        at = _within(chance, start + 7 * _HOUR)
        yield Execution(tenant, at, "REPORTING", milliseconds=chance.lognormvariate(8, 0.5), **etl)  # type: ignore[arg-type]
    at = _within(chance, start + 2 * _HOUR)
    yield Execution(tenant, at, "BACKUP", "backup", chance.lognormvariate(13, 0.2), has_failed=chance.random() < 0.01)


def _deployment(chance: random.Random, tenant: str, start: datetime) -> Iterator[Execution]:
    """Twice a week some DDL inside migrations; now and then one fails and is tried again, or waits for a lock."""
    if start.isoweekday() not in (2, 4) or chance.random() > 0.7:
        return
    hour = start + chance.randrange(9, 17) * _HOUR
    by = {"login": f"deploy_{tenant}", "application": "flyway", "address": "10.0.1.7"}
    attempts = 1 + (chance.random() < 0.08) * chance.randrange(1, 4)
    for attempt in range(attempts):
        at = _within(chance, hour)
        fails = attempt < attempts - 1
        yield Execution(tenant, at, "MIGRATION", milliseconds=chance.lognormvariate(8, 1), has_failed=fails, **by)  # type: ignore[arg-type]
        for _ in range(min(80, 1 + int(chance.lognormvariate(2, 0.8)))):
            command = _COMMANDS[min(int(chance.paretovariate(0.7)) - 1, len(_COMMANDS) - 1)]
            waited = chance.lognormvariate(5.5, 1) if chance.random() < 0.02 else 0
            yield Execution(tenant, _within(chance, hour), "DDL_AUTO", command=command, waited_ms=waited,
                            milliseconds=chance.lognormvariate(3, 1.2) + waited, **by)  # type: ignore[arg-type]


def _by_hand(chance: random.Random, tenant: str, start: datetime, day: int) -> Iterator[Execution]:
    """What people do: a few things a week, a new colleague each quarter, an emergency at night in two months."""
    people = ["alice", "bob", *[f"colleague_{n}" for n in range(1, 1 + day // 90)]]
    for _ in range(_poisson(chance, 0.3)):
        at = _within(chance, start + chance.randrange(8, 18) * _HOUR)
        yield Execution(tenant, at, "MANUAL", chance.choice(people), chance.lognormvariate(5, 1.5), application="psql",
                        address="10.0.3.4", has_failed=chance.random() < 0.05)
    if chance.random() < 0.005:
        for _ in range(chance.randrange(1, 4)):
            yield Execution(tenant, _within(chance, start + 21 * _HOUR), "DDL_AUTO", "alice", chance.lognormvariate(3, 1),
                            command="ALTER TABLE", application="psql", address="10.0.3.4")


def _plant(chance: random.Random, year: Year, until: datetime, each: int) -> None:
    """Plant so many of each kind, each on a day of its own for its tenant."""
    last = until.replace(hour=0, minute=0, second=0, microsecond=0)
    places = [(day, tenant) for day in range(1, PLANTED_DAYS) for tenant in TENANTS]
    for kind, (days, tenant) in zip(KINDS * each, chance.sample(places, each * len(KINDS)), strict=True):
        is_night = kind == "night or agent" and chance.random() < 0.5
        hour = last - days * _DAY + (chance.choice((1, 3, 4, 22)) if is_night else chance.randrange(8, 18)) * _HOUR
        _PLANTERS[kind](chance, year, tenant, hour, is_night)
        year.planted.append(Planted(kind, tenant, hour, hour + 2 * _HOUR))


def _plant_volume(chance: random.Random, year: Year, tenant: str, hour: datetime, _: bool) -> None:
    for _n in range(chance.randrange(25, 120)):
        year.executions.append(Execution(tenant, _within(chance, hour), "LOAD", f"etl_{tenant}",
                                         chance.lognormvariate(7, 0.7), application="airflow", address="10.0.2.15"))


def _plant_failures(chance: random.Random, year: Year, tenant: str, hour: datetime, _: bool) -> None:
    for _n in range(chance.randrange(8, 30)):
        year.executions.append(Execution(tenant, _within(chance, hour), "MIGRATION", f"deploy_{tenant}",
                                         chance.lognormvariate(6, 1), application="flyway", address="10.0.1.7",
                                         has_failed=True))


def _plant_slow(chance: random.Random, year: Year, tenant: str, hour: datetime, _: bool) -> None:
    for _n in range(chance.randrange(1, 5)):
        year.executions.append(Execution(tenant, _within(chance, hour), "DDL_AUTO", f"deploy_{tenant}",
                                         1000 * chance.uniform(60, 900), command="ALTER TABLE", application="flyway",
                                         address="10.0.1.7"))


def _plant_waits(chance: random.Random, year: Year, tenant: str, hour: datetime, _: bool) -> None:
    for _n in range(chance.randrange(3, 10)):
        waited = 1000 * chance.uniform(15, 120)
        year.executions.append(Execution(tenant, _within(chance, hour), "DDL_AUTO", f"deploy_{tenant}", waited + 20,
                                         command="ALTER TABLE", application="flyway", address="10.0.1.7",
                                         waited_ms=waited))


def _plant_new(chance: random.Random, year: Year, tenant: str, hour: datetime, _: bool) -> None:
    what = chance.choice(("login", "address", "application"))
    for _n in range(chance.randrange(1, 6)):
        year.executions.append(Execution(
            tenant, _within(chance, hour), "DDL_AUTO", "mallory" if what == "login" else f"deploy_{tenant}",
            chance.lognormvariate(3, 1), command="GRANT", application="sqlmap" if what == "application" else "flyway",
            address="203.0.113.9" if what == "address" else "10.0.1.7"))


def _plant_night_or_agent(chance: random.Random, year: Year, tenant: str, hour: datetime, is_night: bool) -> None:
    for _n in range(chance.randrange(2, 12)):
        year.executions.append(Execution(tenant, _within(chance, hour), "DDL_AUTO", f"deploy_{tenant}",
                                         chance.lognormvariate(3, 1), command="ALTER TABLE", application="flyway",
                                         address="10.0.1.7", agent=None if is_night else f"agent-{chance.randrange(9)}"))


_PLANTERS = {
    "volume": _plant_volume,
    "failures": _plant_failures,
    "slow": _plant_slow,
    "waits": _plant_waits,
    "new": _plant_new,
    "night or agent": _plant_night_or_agent,
}
