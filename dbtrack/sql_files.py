"""Find and read the SQL files, in a checkout and in the wheel."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from dbtrack.errors import DbtrackError

_MIGRATION_NAME = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+")


@dataclass(frozen=True)
class SqlFile:
    """The content of a file of `sql/`.

    Args:
        name: the file's name without `.sql`: `0001_executions`, `track_operation`.
        number: the migration's number; None for every other file.
        text: the content, with line feeds as line ends.
        checksum: SHA-256 of the text in UTF-8, 64 hexadecimal digits.
    """

    name: str
    number: int | None
    text: str = field(repr=False)
    checksum: str


def read_file(path: Path) -> SqlFile:
    """Read one SQL file.

    Raises:
        DbtrackError: the file is missing, unreadable or not UTF-8.
    """
    text = _read_text(path)
    return SqlFile(path.stem, None, text, hashlib.sha256(text.encode()).hexdigest())


def read_migration(path: Path) -> SqlFile:
    """Read one migration, whose file must be named `NNNN_name.sql`.

    Raises:
        DbtrackError: as `read_file`, or the name has no number.
    """
    match = _MIGRATION_NAME.fullmatch(path.stem)
    if match is None:
        raise DbtrackError(f"migration {path.name} is not named NNNN_name.sql")
    file = read_file(path)
    return SqlFile(file.name, int(match["number"]), file.text, file.checksum)


def _read_text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise DbtrackError(f"SQL file {path} is missing", hint="reinstall dbtrack") from error
    except OSError as error:
        raise DbtrackError(f"cannot read SQL file {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DbtrackError(f"SQL file {path} is not UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


_PACKAGE = Path(__file__).resolve().parent


def sql_root() -> Path:
    """Return the folder of the SQL files: `dbtrack/sql` in an installed wheel, `sql` beside it in a checkout.

    Raises:
        DbtrackError: neither exists.
    """
    # An editable install does not have the wheel's copy: hatchling's force-include does not apply to it.
    for candidate in (_PACKAGE / "sql", _PACKAGE.parent / "sql"):
        if candidate.is_dir():
            return candidate
    raise DbtrackError(f"the SQL files of dbtrack are missing beside {_PACKAGE}", hint="reinstall dbtrack")


def query(name: str) -> str:
    """Return the text of `sql/queries/NAME.sql`; the name has the folder, `archive/rows`."""
    return read_file(sql_root() / "queries" / f"{name}.sql").text


def report(name: str) -> str:
    """Return the text of `sql/reports/NAME.sql`."""
    return read_file(sql_root() / "reports" / f"{name}.sql").text


def source(name: str) -> SqlFile:
    """Return a file by its path below `sql/`: `install/grants.sql`."""
    return read_file(sql_root() / name)


def sources(folder: str) -> list[SqlFile]:
    """Return all SQL files of one folder and of the folders in it, in order of file name.

    Args:
        folder: `routines`, `views`, `triggers`, or one of a module's: `modules/auth/routines`.

    Raises:
        DbtrackError: the folder is missing, or two files have the same name.
    """
    return [read_file(path) for path in _paths(folder)]


def migrations(folder: str = "migrations") -> list[SqlFile]:
    """Return all migrations of the core or of a module's folder, in order of number.

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
    # Files whose names begin with a dot belong to an editor or to macOS.
    found = (path for path in directory.rglob("*.sql") if not path.name.startswith("."))
    # By name alone: moving a file to another folder changes nothing in what an installation runs.
    paths = sorted(found, key=lambda path: (path.name, path))
    for one, other in pairwise(paths):
        if one.name == other.name:
            raise DbtrackError(f"SQL files {one} and {other} have the same name")
    return paths
