"""Connections to DuckDB, which reads and writes the files; it is an extra and imported only when used."""

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

from dbtrack.errors import DbtrackError, packages_hint

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Engine

_Result = TypeVar("_Result")
_MEMORY_TO_QUERY = "512MB"
# An error in another thread of DuckDB is JSON inside the message: {"exception_message":"…", …}
_NESTED = re.compile(r'"exception_message":("(?:[^"\\]|\\.)*")')


def require_engine() -> None:
    """Check that DuckDB is installed, before any work is done.

    Raises:
        DbtrackError: DuckDB is not installed.
    """
    if find_spec("duckdb") is None:
        raise DbtrackError("an archive needs DuckDB", hint=packages_hint("archive"))


@contextmanager
def engine(*, to_query: bool = False, is_unbounded: bool = False, extra_bytes: int = 0) -> Iterator[Engine]:
    """Open a DuckDB in memory, with one thread; it spills to a temporary directory.

    Args:
        to_query: allow it more memory, and all processors.
        is_unbounded: let it take as much memory as DuckDB takes by itself, four fifths of the machine's.
        extra_bytes: additional memory that it may use, in bytes.

    Raises:
        DbtrackError: DuckDB is not installed, or failed inside the block.
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
        if is_unbounded:
            del settings["memory_limit"]
        if not to_query:
            settings["threads"] = 1
        connection = duckdb.connect(config=settings)
        try:
            connection.execute("SET TimeZone = 'UTC'")
            yield connection
        finally:
            connection.close()


class InterruptibleConnection:
    """Runs DuckDB's calls in another thread, as they would block signal handlers in the calling thread."""

    def __init__(self, connection: Engine) -> None:
        """Wrap a connection; use the object as a context manager."""
        self._connection = connection
        self._pool = ThreadPoolExecutor(max_workers=1)

    def call(self, action: Callable[[], _Result]) -> _Result:
        """Run the action and return its result; interrupt DuckDB on KeyboardInterrupt."""
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
    """Translate DuckDB's errors inside the block into a `DbtrackError` of one line.

    Args:
        doing: what failed; it precedes DuckDB's message.
        hint: the next step.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise DbtrackError(doing + first_line(str(error)), hint=hint) from error
    except RuntimeError as error:
        # DuckDB reports a signal this way, and discards what the signal's handler raised.
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from error
        raise


def first_line(text: str) -> str:
    """Return the first line of DuckDB's message, without the details."""
    line = text.strip().partition("\n")[0]
    nested = _NESTED.search(line)
    return (json.loads(nested[1]) if nested else line).rstrip(".")


def literal(text: str | Path) -> str:
    """Return the text as a literal of DuckDB's SQL, for places where no parameter is allowed."""
    return "'" + str(text).replace("'", "''") + "'"
