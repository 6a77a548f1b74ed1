"""The columns of the mart, and the file that lists those that were ever released."""

from __future__ import annotations

from dbtrack.db import Database
from tests.support.golden_files import how_to_update, is_updating
from tests.support.paths import GOLDEN

_LIST = GOLDEN / "mart" / "columns.txt"
_COLUMNS = (
    "SELECT format('%s.%s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod))"
    " FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " WHERE c.relnamespace = 'dbtrack_mart'::regnamespace AND c.relkind = 'v' ORDER BY c.relname COLLATE \"C\", a.attnum"
)


def assert_only_widened(database: Database) -> None:
    """Fail unless each view has its released columns first, with their types, and new ones are listed."""
    now = _by_view([str(row[0]) for row in database.rows(_COLUMNS)])
    released = _by_view(_LIST.read_text(encoding="ascii").splitlines() if _LIST.exists() else [])
    kept = {view: now.get(view, [])[: len(columns)] for view, columns in released.items()}
    assert kept == released, "a view of the mart lost, renamed, moved or retyped a column: others build on it"
    if is_updating():
        _LIST.parent.mkdir(parents=True, exist_ok=True)
        _LIST.write_text("".join(f"{line}\n" for lines in now.values() for line in lines), encoding="ascii")
        released = now
    assert now == released, f"new columns are not in {_LIST.name}. {how_to_update()}"


def _by_view(lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        found.setdefault(line.partition(".")[0], []).append(line)
    return found
