"""What the copy and the prediction need to know of the real database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dbtrack import sql_files
from dbtrack.db import Database, Jsonb
from dbtrack.errors import LockedError
from dbtrack.predict.model import Size

_LOCK_WAIT = "500ms"


@dataclass(frozen=True)
class Source:
    """The real database, as far as a copy needs it.

    Args:
        settings: those of a session that decide what a statement does.
        extensions: schemas by name of extension.
        has_record: dbtrack is installed, and this login may read the record.
        login: the role that reads it.
    """

    server_version: int
    server: str
    settings: Mapping[str, str]
    roles: Sequence[str]
    tablespaces: Sequence[str]
    extensions: Mapping[str, str]
    collations: Sequence[str]
    populated_views: Sequence[str]
    has_record: bool
    login: str

    @property
    def major(self) -> int:
        """The server's major version."""
        return self.server_version // 10000


def read_source(real: Database) -> Source:
    """Read what a copy needs; locks no table of the user's."""
    row = real.row(sql_files.query("predict/source"), {})
    if row is None:
        raise AssertionError("a query without FROM returns one row")
    version, settings, roles, extensions, collations, views, has_record, _, path, spaces, server, login = row
    return Source(
        version,
        server,
        {**settings, "search_path": path},
        roles or (),
        spaces or (),
        extensions or {},
        collations or (),
        views or (),
        bool(has_record),
        login,
    )


def read_sizes(real: Database, identities: Iterable[str]) -> dict[str, Size]:
    """Return rows and bytes of tables of the real database; those that it does not have are left out."""
    wanted = {"identities": sorted(set(identities))}
    if not wanted["identities"]:
        return {}
    found = {
        identity: Size(rows, heap, indexes, toast, is_estimate=True)
        for identity, rows, heap, indexes, toast in real.rows(sql_files.query("predict/sizes"), wanted)
    }
    try:
        with real.transaction():
            real.execute(f"SET LOCAL lock_timeout = '{_LOCK_WAIT}'")
            for identity, heap, indexes, toast in real.rows(sql_files.query("predict/real_sizes"), wanted):
                found[identity] = Size(found[identity].rows, heap, indexes, toast)
    except LockedError:
        pass  # somebody holds ACCESS EXCLUSIVE now: the statistics have to do
    return found


def find_table(real: Database, name: str, search_path: str) -> tuple[str, str] | None:
    """Return the identity and the kind of the table that a name means, or whose index it is."""
    row = real.row(sql_files.query("predict/named"), {"name": name, "path": search_path})
    return (row[0], row[1]) if row else None


def read_traffic(real: Database) -> dict[str, tuple[int, int]]:
    """Return how many scans and changed rows the server has counted for each table."""
    return {
        identity: (reads, writes)
        for identity, reads, writes in real.rows(sql_files.query("predict/traffic"), {})
    }


def wanted_locks(locks: Iterable[tuple[str, str]]) -> Jsonb:
    """Return relations and modes of locks as the query for their holders takes them."""
    return Jsonb([{"identity": identity, "wanted": mode} for identity, mode in locks])
