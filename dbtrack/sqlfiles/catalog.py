"""Where the SQL files are, and which there are."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from dbtrack.errors import DbtrackError
from dbtrack.sqlfiles.file import SqlFile, read_file, read_migration

_PACKAGE = Path(__file__).resolve().parent.parent


def sql_root() -> Path:
    """The folder of the SQL files: `dbtrack/sql` in an installed wheel, `sql` beside it in a checkout.

    Raises:
        DbtrackError: neither exists.
    """
    # An editable install never sees the wheel's copy: hatchling's force-include does not reach it.
    for candidate in (_PACKAGE / "sql", _PACKAGE.parent / "sql"):
        if candidate.is_dir():
            return candidate
    raise DbtrackError(f"the SQL files of dbtrack are missing beside {_PACKAGE}", hint="reinstall dbtrack")


def query(name: str) -> str:
    """The text of `sql/queries/NAME.sql`."""
    return read_file(sql_root() / "queries" / f"{name}.sql").text


def report(name: str) -> str:
    """The text of `sql/reports/NAME.sql`."""
    return read_file(sql_root() / "reports" / f"{name}.sql").text


def source(name: str) -> SqlFile:
    """One file straight in `sql/`, by its file name: `grants.sql`."""
    return read_file(sql_root() / name)


def sources(folder: str) -> list[SqlFile]:
    """All SQL files of one folder, in order of name.

    Args:
        folder: `routines`, `views`, `triggers`, or one of a module's: `modules/auth/routines`.
    """
    return [read_file(path) for path in _paths(folder)]


def migrations(folder: str = "migrations") -> list[SqlFile]:
    """All migrations, the core's or those of a module's folder, in order of number.

    Raises:
        DbtrackError: a file is not named `NNNN_name.sql`, or two have one number.
    """
    files = [read_migration(path) for path in _paths(folder)]
    for earlier, later in pairwise(files):
        if earlier.number == later.number:
            raise DbtrackError(f"migrations {earlier.name} and {later.name} have the same number")
    return files


def _paths(folder: str) -> list[Path]:
    directory = sql_root() / folder
    if not directory.is_dir():
        raise DbtrackError(f"SQL folder {directory} is missing", hint="reinstall dbtrack")
    # Names that begin with a dot are an editor's or macOS's, never ours.
    return sorted(path for path in directory.glob("*.sql") if not path.name.startswith("."))
