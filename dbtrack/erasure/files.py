"""Find the files that name a person, and say of each kind what it is and what to do with it."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from dbtrack.errors import UsageError

_BYTES_A_PIECE = 1 << 20
# Longer than the longest subject, so that none is cut in two.
_OVERLAP = 2048
_PARQUET = ".parquet"
_FORMS = {"'": r"[\\']*'", '"': r'[\\"]*"', "\\": r"\\+"}


@dataclass(frozen=True)
class FoundFiles:
    """Files of one kind in one directory that name the person, or that could not be searched.

    Args:
        kind: what they are.
        count: how many.
        note: what to do.
    """

    directory: Path
    kind: str
    count: int
    note: str

    def __str__(self) -> str:
        """Return it in one line."""
        files = "1 file" if self.count == 1 else f"{self.count} files"
        return f"{self.directory}: {files} of {self.kind}: {self.note}"


def find_in_files(subject: str, paths: Iterable[Path], *, spool: Path) -> list[FoundFiles]:
    """Return the files under these paths, and of the spool, that name a login or an address.

    Args:
        paths: files and directories, which are searched with everything below them.
        spool: where operations wait to be recorded; it may not exist.

    Raises:
        UsageError: there is no such file or directory, or it cannot be read.
    """
    counts: dict[tuple[Path, str, str], int] = defaultdict(int)
    try:
        for path in (*_files_under(paths), *_spooled(spool)):
            found = _found(path, subject, spool)
            if found is not None:
                counts[(path.parent, *found)] += 1
    except OSError as error:
        raise UsageError(f"cannot read {error.filename}: {error.strerror}") from error
    return [FoundFiles(*place, count) for place, count in _sorted(counts)]


def remove_cached(subject: str, directory: Path, *, dry_run: bool) -> int:
    """Remove the files of a cache that name a login or an address; return how many.

    Args:
        dry_run: only count them.
    """
    named = [path for path in sorted(directory.glob("*.json")) if _names(path, _pattern(subject))]
    for path in [] if dry_run else named:
        path.unlink(missing_ok=True)
    return len(named)


def _sorted(counts: dict[tuple[Path, str, str], int]) -> Iterator[tuple[tuple[Path, str, int], str]]:
    for (directory, kind, note), count in sorted(counts.items()):
        yield (directory, kind, count), note


def _spooled(spool: Path) -> Iterator[Path]:
    yield from sorted(spool.glob("*.jsonl*"))


def _files_under(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.is_file() and not each.is_symlink())
        elif path.is_file():
            yield path
        else:
            raise UsageError(f"there is no file or directory {path}")


def _found(path: Path, subject: str, spool: Path) -> tuple[str, str] | None:
    """Return of a file that names the person what it is and what to do; None: it does not."""
    if path.suffix == _PARQUET:
        return _found_in_parquet(path, subject)
    if not _names(path, _pattern(subject)):
        return None
    return _kind(path, spool)


def _kind(path: Path, spool: Path) -> tuple[str, str]:
    if path.parent == spool:
        return "operations that are not recorded yet", "run: dbtrack spool flush; then dbtrack erase again"
    if path.name.startswith("evidence-") and path.suffix == ".json":
        return (
            "evidence, whose digest a signed document has",
            "kept; if it may not be, delete it with the document and draw it again",
        )
    if path.suffix == ".toml":
        return "configuration", "edit it"
    return "other files", "delete them, or write them again after the erasure"


def _found_in_parquet(path: Path, subject: str) -> tuple[str, str] | None:
    is_archive = path.name.startswith("executions_") and path.with_suffix(".json").exists()
    kind = "archives" if is_archive else "exports in Parquet"
    if find_spec("duckdb") is None:
        return kind, "cannot be searched without DuckDB; run: pip install 'dbtrack[archive]'"
    if not _names_in_parquet(path, subject):
        return None
    if not is_archive:
        return kind, "delete them, or export again after the erasure"
    return kind, (
        f"run: dbtrack archive restore {path.parent}; then dbtrack erase again, dbtrack cleanup --archive "
        "with another directory, and delete these"
    )


def _names_in_parquet(path: Path, subject: str) -> bool:
    import duckdb

    # All columns of a row as one text. Keys are hashes, and their bytes are text of digits.
    statement = "SELECT count(*) FROM read_parquet(?) AS r WHERE regexp_matches(CAST(r AS VARCHAR), ?, 'i')"
    with duckdb.connect(":memory:") as connection:
        row = connection.execute(statement, [str(path), _re2(subject)]).fetchone()
    return row is not None and row[0] > 0


def _in_any_form(subject: str) -> str:
    # As in the database: SQL doubles quotes, JSON escapes them and backslashes.
    return "".join(_FORMS.get(character) or re.escape(character) for character in subject)


def _re2(subject: str) -> str:
    return rf"(^|[^0-9A-Za-z_]|\\[bfnrt]){_in_any_form(subject)}($|[^0-9A-Za-z_])"


def _pattern(subject: str) -> re.Pattern[str]:
    # As in the database: a word of its own, in upper or lower case; after a line feed in JSON, too.
    return re.compile(rf"(?:(?<!\w)|(?<=\\[bfnrt])){_in_any_form(subject)}(?!\w)", re.IGNORECASE)


def _names(path: Path, pattern: re.Pattern[str]) -> bool:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as stream:
        before = b""
        while piece := stream.read(_BYTES_A_PIECE):
            if pattern.search((before + piece).decode(errors="replace")):
                return True
            before = piece[-_OVERLAP:]
    return False
