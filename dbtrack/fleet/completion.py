"""The names that TAB offers: those of the fleet's file, and those that a command last found behind them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from dbtrack import files
from dbtrack.fleet.entries import environment_entries
from dbtrack.fleet.fleet_file import fleet_path, read_fleet

if TYPE_CHECKING:
    from dbtrack.fleet.members import Member


def known_members(given: Path | None, environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the names of entries and members with what they are, without connecting to anything.

    Raises:
        UsageError: the file is invalid.
    """
    path = fleet_path(environ, given)
    entries = read_fleet(path)
    if entries is None:
        entries = environment_entries(environ)
    names = {entry.name: entry.kind for entry in entries}
    many = {entry.name for entry in entries if entry.databases is not None}
    with suppress(OSError, ValueError):
        kept = json.loads(_kept_path(path).read_text(encoding="utf-8"))
        names |= {name: "" for name in kept if name.partition("/")[0] in many}
    return list(names.items())


def keep_members(given: Path | None, environ: Mapping[str, str], members: Sequence[Member]) -> None:
    """Keep the names of members that were found behind entries, in the user's cache directory."""
    names = [member.name for member in members if "/" in member.name]
    with suppress(OSError):
        path = _kept_path(fleet_path(environ, given))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with files.replacing(path, mode=0o600) as stream:
            stream.write(json.dumps(names).encode())


def _kept_path(fleet: Path) -> Path:
    digest = hashlib.sha256(str(fleet.absolute()).encode()).hexdigest()[:32]
    return platformdirs.user_cache_path("dbtrack") / "completion" / f"{digest}.members.json"
