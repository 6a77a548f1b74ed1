"""A record as the pages read it, without a database: rows by the names of queries, reports and functions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from dbtrack.serve.pages.live import bounded
from dbtrack.serve.pages.now import Now, read_recent, read_trouble, read_week

NOW = datetime(2026, 11, 27, 6, 41, 23, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script>\u202egpj.exe\x1b[31m\"><img src=x onerror=alert(1)>{{ 7*7 }}"

Row = tuple[Any, ...]


def key(number: int) -> bytes:
    return number.to_bytes(4, "big") * 8


@dataclass
class SampleRecord:
    """A `Reader` whose answers are these rows; what is not given is empty."""

    answers: dict[str, Sequence[Row]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    too_slow: frozenset[str] = frozenset()

    async def query(self, name: str, values: Mapping[str, object] | None = None) -> list[Row]:
        del values
        self.asked.append(name)
        if name == "page/place" and name not in self.answers:
            return [place()]
        return list(self.answers.get(name, ()))

    async def attempt(self, rows: Awaitable[list[Row]]) -> list[Row] | None:
        found = await rows
        return None if self.asked[-1] in self.too_slow else found

    async def report(self, name: str, arguments: Mapping[str, object] | None = None) -> list[Row]:
        return await self.query(name, arguments)

    async def call(self, function: str, **arguments: object) -> list[Row]:
        return await self.query(function, arguments)


def place(*, sees_all: bool = True, tenants: Sequence[str] = ()) -> Row:
    return ("prod", "18.6 (Debian)", False, 5432, "dba", sees_all, list(tenants) or None, NOW)


def execution(number: int, name: str = "ALTER TABLE", status: str = "COMPLETED", **given: Any) -> Row:
    values = {
        "type": "DDL_AUTO",
        "user": "alice",
        "tenant": "acme",
        "objects": ["public.orders"],
        "error": None,
        "statement": None,
    } | given
    return (
        key(number),
        name,
        values["type"],
        status,
        NOW - timedelta(minutes=number),
        Decimal("1.5"),
        values["user"],
        values["tenant"],
        values["objects"],
        len(values["objects"]),
        values["error"],
        "42701" if values["error"] else None,
        None,
        values["statement"],
    )


def cause(
    number: int, name: str = "night-fix", *, of: int = 1, failures: int = 1, repaired: bool = False
) -> Row:
    return (
        1,
        "42701",
        f"column {name} already exists",
        NOW - timedelta(minutes=number),
        key(number),
        name,
        None,
        None,
        ["deploy"],
        ["acme"],
        ["public.orders"],
        NOW if repaired else None,
        0 if repaired else of,
        Decimal(0 if repaired else failures),
        of,
        Decimal(failures),
    )


def read(record: SampleRecord) -> Now:
    """Read everything on the first page, and render its blocks."""

    async def all_of_it() -> Now:
        recent = await read_recent(record)
        return Now(recent, await read_trouble(record), await read_week(record, recent.place.read_at))

    return bounded(asyncio.run(all_of_it()), "")


def html(now: Now) -> str:
    return "".join(block.html for block in now.blocks.values())
