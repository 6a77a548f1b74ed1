"""What captures DDL at each provider of managed PostgreSQL, from providers.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from dbtrack import sql_files
from dbtrack.columns import Column, Kind
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError

AUTO = "auto"
NOT_CHECKED = "not checked"

PROVIDER_COLUMNS = (
    Column("provider", Kind.IDENTIFIER, "Provider", rank=3),
    Column("area", Kind.TEXT, "What"),
    Column("captured", Kind.TEXT, "Captured"),
    Column("way", Kind.TEXT, "By"),
    Column("missed", Kind.TEXT, "Missed"),
    Column("instead", Kind.TEXT, "What to do"),
    Column("here", Kind.TEXT, "On this server"),
    Column("source", Kind.TEXT, "Source", rank=2),
    Column("checked", Kind.TEXT, "Checked", rank=1),
)


@dataclass(frozen=True)
class Fact:
    """What is known of one area.

    Args:
        captured: yes, no, in part, or not checked.
        way: by which way it is recorded.
        missed: what is not, or not known.
        instead: what to do.
        source: an address, or a page of dbtrack's; None if none could be read.
        checked: when the source was read; None if it was not.
    """

    area: str
    captured: str
    way: str
    missed: str
    instead: str
    source: str | None = None
    checked: date | None = None


@dataclass(frozen=True)
class Provider:
    """A provider.

    Args:
        signs: what shows on a server that it is of this provider: `role:NAME`, `setting:NAME` and so on.
        installer: who may install dbtrack there.
        simulated: how far the tests of dbtrack do what this provider does.
    """

    name: str
    title: str
    signs: tuple[str, ...]
    installer: str
    simulated: str
    facts: tuple[Fact, ...]

    @property
    def remedy(self) -> str:
        """What to do if the event triggers are missing, in one line."""
        if self.facts[0].captured in {"yes", "in part"}:
            return f"dbtrack install # as {self.installer}"
        return f"dbtrack doctor --provider {self.name} # what to do at {self.title}"


@cache
def providers() -> Mapping[str, Provider]:
    """Return all providers by name, in the order in which their signs are looked for."""
    data = tomllib.loads(Path(__file__).with_name("providers.toml").read_text(encoding="utf-8"))
    everywhere = [Fact(**fact) for fact in data["everywhere"]]
    return {entry["name"]: _provider(entry, everywhere) for entry in data["provider"]}


def _provider(entry: dict[str, Any], everywhere: list[Fact]) -> Provider:
    facts = [Fact(**fact) for fact in entry["fact"]]
    return Provider(
        entry["name"],
        entry["title"],
        tuple(entry["signs"]),
        entry["installer"],
        entry["simulated"],
        (*facts, *everywhere),
    )


def find_provider(database: Database, name: str) -> Provider:
    """Return the provider of this name, or the one that the server looks like.

    Args:
        name: its name, or `auto`.

    Raises:
        UsageError: there is no such provider.
        DbtrackError: the server looks like none of them.
    """
    if name != AUTO:
        if name not in providers():
            raise UsageError(
                f"there is no provider '{name}'", hint=f"one of: {', '.join(sorted(providers()))}"
            )
        return providers()[name]
    guessed = guess_provider(database)
    if guessed is None:
        raise DbtrackError(
            "this server has no sign of a managed service that dbtrack knows",
            hint=f"name it with --provider: {', '.join(sorted(providers()))}",
        )
    return guessed


def guess_provider(database: Database) -> Provider | None:
    """Return the provider that the server looks like: by its roles, settings, extensions and functions."""
    signs = [sign for provider in providers().values() for sign in provider.signs]
    present = {
        row[0] for row in database.rows(sql_files.query("installation/provider_signs"), {"signs": signs})
    }
    return next((found for found in providers().values() if present & set(found.signs)), None)


def guide(database: Database, provider: Provider) -> list[tuple[str | None, ...]]:
    """Return what is captured there and what not, in the columns of `PROVIDER_COLUMNS`.

    It works before dbtrack is installed, and reads what every login may read.
    """
    here: dict[str, str] = dict(database.rows(sql_files.query("installation/provider_here")))
    return [
        (
            provider.name,
            fact.area,
            fact.captured,
            fact.way,
            fact.missed,
            fact.instead,
            here.get(fact.area),
            fact.source,
            fact.checked.isoformat() if fact.checked else NOT_CHECKED,
        )
        for fact in provider.facts
    ]
