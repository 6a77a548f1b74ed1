"""A year of a database's work: days, nights, weekends and deployments, and anomalies planted in it."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True)
class Actor:
    """Who does something, with what, and from where."""

    login: str
    application: str = "psql"
    address: str | None = "10.0.3.4"


@dataclass(frozen=True)
class Execution:
    """One execution as it is recorded."""

    tenant: str
    at: datetime
    kind: str
    by: Actor
    milliseconds: float
    command: str = ""
    agent: str | None = None
    has_failed: bool = False
    waited_ms: float = 0.0

    @property
    def key(self) -> bytes:
        """Its hash key."""
        return sha256(repr(self).encode()).digest()

    def metadata(self) -> str:
        """Its metadata, as JSON."""
        words = {"application_name": self.by.application, "command_tag": self.command, "agent": self.agent}
        given = {name: word for name, word in words.items() if word}
        return json.dumps({"duration_us": round(self.milliseconds * 1000), **given})


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
    chance = random.Random(seed)  # noqa: S311 - noise, not a secret
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


def _loader(tenant: str) -> Actor:
    return Actor(f"etl_{tenant}", "airflow", "10.0.2.15")


def _deployer(tenant: str) -> Actor:
    return Actor(f"deploy_{tenant}", "flyway", "10.0.1.7")


def _jobs(
    chance: random.Random, tenant: str, size: float, start: datetime, is_free: bool
) -> Iterator[Execution]:
    """What the scheduler runs: loads by the hour, reports in the morning, and a backup at night."""
    by = _loader(tenant)
    for hour in range(24):
        busy = 1.0 if 8 <= hour < 18 else 0.3
        mean = size * busy * (0.4 if is_free else 1.0) * (2 if start.day == 1 else 1)
        for _ in range(_poisson(chance, mean)):
            at, has_failed = _within(chance, start + hour * _HOUR), chance.random() < 0.01
            yield Execution(tenant, at, "LOAD", by, chance.lognormvariate(7, 0.7), has_failed=has_failed)
    for _ in range(0 if is_free else _poisson(chance, 3 * size)):
        at = _within(chance, start + 7 * _HOUR)
        yield Execution(tenant, at, "REPORTING", by, chance.lognormvariate(8, 0.5))
    at, backup = _within(chance, start + 2 * _HOUR), Actor("backup", "", None)
    has_failed = chance.random() < 0.01
    yield Execution(tenant, at, "BACKUP", backup, chance.lognormvariate(13, 0.2), has_failed=has_failed)


def _deployment(chance: random.Random, tenant: str, start: datetime) -> Iterator[Execution]:
    """Twice a week some DDL inside migrations; now and then one fails and is tried again, or waits."""
    if start.isoweekday() not in (2, 4) or chance.random() > 0.7:
        return
    hour, by = start + chance.randrange(9, 17) * _HOUR, _deployer(tenant)
    attempts = 1 + (chance.random() < 0.08) * chance.randrange(1, 4)
    for attempt in range(attempts):
        at, fails = _within(chance, hour), attempt < attempts - 1
        yield Execution(tenant, at, "MIGRATION", by, chance.lognormvariate(8, 1), has_failed=fails)
        for _ in range(min(80, 1 + int(chance.lognormvariate(2, 0.8)))):
            command = _COMMANDS[min(int(chance.paretovariate(0.7)) - 1, len(_COMMANDS) - 1)]
            waited = chance.lognormvariate(5.5, 1) if chance.random() < 0.02 else 0
            took = chance.lognormvariate(3, 1.2) + waited
            yield _ddl(chance, tenant, hour, by, took, command=command, waited_ms=waited)


def _by_hand(chance: random.Random, tenant: str, start: datetime, day: int) -> Iterator[Execution]:
    """What people do: some things a week, a new colleague each quarter, an emergency in the evening."""
    people = ["alice", "bob", *[f"colleague_{n}" for n in range(1, 1 + day // 90)]]
    for _ in range(_poisson(chance, 0.3)):
        at, by = _within(chance, start + chance.randrange(8, 18) * _HOUR), Actor(chance.choice(people))
        has_failed = chance.random() < 0.05
        yield Execution(tenant, at, "MANUAL", by, chance.lognormvariate(5, 1.5), has_failed=has_failed)
    if chance.random() < 0.005:
        for _ in range(chance.randrange(1, 4)):
            yield _ddl(chance, tenant, start + 21 * _HOUR, Actor("alice"), chance.lognormvariate(3, 1))


def _ddl(
    chance: random.Random,
    tenant: str,
    hour: datetime,
    by: Actor,
    took: float,
    *,
    command: str = "ALTER TABLE",
    agent: str | None = None,
    waited_ms: float = 0.0,
) -> Execution:
    at = _within(chance, hour)
    return Execution(tenant, at, "DDL_AUTO", by, took, command=command, agent=agent, waited_ms=waited_ms)


def _plant(chance: random.Random, year: Year, until: datetime, each: int) -> None:
    """Plant so many of each kind, each on a day of its own for its tenant."""
    last = until.replace(hour=0, minute=0, second=0, microsecond=0)
    places = [(day, tenant) for day in range(1, PLANTED_DAYS) for tenant in TENANTS]
    for kind, (days, tenant) in zip(KINDS * each, chance.sample(places, each * len(KINDS)), strict=True):
        is_night = kind == "night or agent" and chance.random() < 0.5
        hour_of_day = chance.choice((1, 3, 4, 22)) if is_night else chance.randrange(8, 18)
        hour = last - days * _DAY + hour_of_day * _HOUR
        year.executions += _PLANTERS[kind](chance, tenant, hour, is_night)
        year.planted.append(Planted(kind, tenant, hour, hour + 2 * _HOUR))


def _volume(chance: random.Random, tenant: str, hour: datetime, _: bool) -> Iterator[Execution]:
    for _n in range(chance.randrange(25, 120)):
        at = _within(chance, hour)
        yield Execution(tenant, at, "LOAD", _loader(tenant), chance.lognormvariate(7, 0.7))


def _failures(chance: random.Random, tenant: str, hour: datetime, _: bool) -> Iterator[Execution]:
    for _n in range(chance.randrange(8, 30)):
        at, took = _within(chance, hour), chance.lognormvariate(6, 1)
        yield Execution(tenant, at, "MIGRATION", _deployer(tenant), took, has_failed=True)


def _slow(chance: random.Random, tenant: str, hour: datetime, _: bool) -> Iterator[Execution]:
    for _n in range(chance.randrange(1, 5)):
        yield _ddl(chance, tenant, hour, _deployer(tenant), 1000 * chance.uniform(60, 900))


def _waits(chance: random.Random, tenant: str, hour: datetime, _: bool) -> Iterator[Execution]:
    for _n in range(chance.randrange(3, 10)):
        waited = 1000 * chance.uniform(15, 120)
        yield _ddl(chance, tenant, hour, _deployer(tenant), waited + 20, waited_ms=waited)


def _new(chance: random.Random, tenant: str, hour: datetime, _: bool) -> Iterator[Execution]:
    usual = _deployer(tenant)
    by = chance.choice(
        (
            replace(usual, login="mallory"),
            replace(usual, address="203.0.113.9"),
            replace(usual, application="sqlmap"),
        )
    )
    for _n in range(chance.randrange(1, 6)):
        yield _ddl(chance, tenant, hour, by, chance.lognormvariate(3, 1), command="GRANT")


def _night_or_agent(
    chance: random.Random, tenant: str, hour: datetime, is_night: bool
) -> Iterator[Execution]:
    agent = None if is_night else f"agent-{chance.randrange(9)}"
    for _n in range(chance.randrange(2, 12)):
        yield _ddl(chance, tenant, hour, _deployer(tenant), chance.lognormvariate(3, 1), agent=agent)


_PLANTERS = {
    "volume": _volume,
    "failures": _failures,
    "slow": _slow,
    "waits": _waits,
    "new": _new,
    "night or agent": _night_or_agent,
}
