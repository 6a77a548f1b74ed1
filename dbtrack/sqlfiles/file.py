"""One SQL file as the program sees it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from dbtrack.errors import DbtrackError

_MIGRATION_NAME = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+")


@dataclass(frozen=True)
class SqlFile:
    """A file of `sql/`, read.

    Args:
        name: the file's name without `.sql`: `0001_executions`, `track_operation`.
        number: the migration's number; None for every other file.
        text: what the file holds, each line ended by a line feed alone.
        checksum: SHA-256 of the text in UTF-8, 64 hexadecimal digits; line ends on disk do not matter.
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
