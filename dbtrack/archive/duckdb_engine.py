"""DuckDB, which reads and writes the files: an extra, imported only where it is used."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from dbtrack.errors import DbtrackError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Engine

_Result = TypeVar("_Result")
_MEMORY_TO_QUERY = "512MB"
# What another of its threads met stands as JSON in the message: {"exception_message":"…", …}
_NESTED = re.compile(r'"exception_message":("(?:[^"\\]|\\.)*")')


def require_engine() -> None:
    """Say now, before anything is done, that DuckDB is missing.

    Raises:
        DbtrackError: it is not installed.
    """
    if find_spec("duckdb") is None:
        raise DbtrackError("an archive needs DuckDB", hint="run: pip install 'dbtrack[archive]'")


@contextmanager
def engine(*, to_query: bool = False, extra_bytes: int = 0) -> Iterator[Engine]:
    """A DuckDB in memory, with one thread; what does not fit goes into a temporary directory.

    Args:
        to_query: leave it more memory, and all processors.
        extra_bytes: memory that it may take besides.

    Raises:
        DbtrackError: it is not installed, or it failed inside the block.
    """
    require_engine()
    import duckdb

    with tempfile.TemporaryDirectory(prefix="dbtrack-archive-") as spill, translate_errors():
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": _MEMORY_TO_QUERY if to_query else f"{96 + extra_bytes // 1_000_000}MB",
            "temp_directory": spill,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if not to_query:
            settings["threads"] = 1
        connection = duckdb.connect(config=settings)
        try:
            connection.execute("SET TimeZone = 'UTC'")
            yield connection
        finally:
            connection.close()


class InterruptibleConnection:
    """Calls DuckDB from a thread of its own: while it works, the thread that calls it hears no signal."""

    def __init__(self, connection: Engine) -> None:
        """End it as a context manager."""
        self._connection = connection
        self._pool = ThreadPoolExecutor(max_workers=1)

    def call(self, action: Callable[[], _Result]) -> _Result:
        """Do it, or have DuckDB stop when a signal comes."""
        future = self._pool.submit(action)
        try:
            return future.result()
        except KeyboardInterrupt:
            self._connection.interrupt()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()


@contextmanager
def translate_errors(doing: str = "", hint: str | None = None) -> Iterator[None]:
    """Turn what DuckDB raises inside into a `DbtrackError` of one line.

    Args:
        doing: what could not be done, before what DuckDB says.
        hint: the next step.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise DbtrackError(doing + first_line(str(error)), hint=hint) from error
    except RuntimeError as error:
        # So it says that a signal came, having swallowed what the signal's handler raised.
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from error
        raise


def first_line(text: str) -> str:
    """What DuckDB says before it goes into details."""
    line = text.strip().partition("\n")[0]
    nested = _NESTED.search(line)
    return (json.loads(nested[1]) if nested else line).rstrip(".")


def literal(text: str | Path) -> str:
    """The text as a literal of DuckDB's SQL, where no parameter can stand."""
    return "'" + str(text).replace("'", "''") + "'"
