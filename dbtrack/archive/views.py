"""Views over the files of an archive: `archived_row`, `executions`, `versions`, `links`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from dbtrack.archive.duckdb_engine import literal
from dbtrack.archive.manifest import Manifest
from dbtrack.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Engine

_DISTINCT = (
    " QUALIFY row_number() OVER (PARTITION BY row_kind, script_execution_hk, load_date,"
    " script_execution_parent_hk ORDER BY load_end_date NULLS LAST) = 1"
)
_VIEWS = """
CREATE VIEW versions AS
SELECT v.script_execution_hk, h.script_execution_bk, v.* EXCLUDE (row_kind, script_execution_hk,
    script_execution_bk, script_execution_parent_hk, parent_execution_hk, link_type)
FROM (FROM archived_row WHERE row_kind = 'version') AS v
LEFT JOIN (FROM archived_row WHERE row_kind = 'hub') AS h ON h.script_execution_hk = v.script_execution_hk;
CREATE VIEW executions AS
SELECT * EXCLUDE (load_end_date) FROM versions WHERE load_end_date IS NULL;
CREATE VIEW links AS
SELECT parent_execution_hk, script_execution_hk AS child_execution_hk, link_type, tenant_hk, load_date,
    record_source
FROM archived_row WHERE row_kind = 'link';
"""


def create_views(connection: Engine, directory: Path, manifests: Sequence[Manifest]) -> None:
    """Create the views; a row that two files contain appears once.

    Raises:
        UsageError: the archive is empty, or a file is missing.
    """
    if not manifests:
        raise UsageError(
            f"there is no archive in {directory}", hint="create one with: dbtrack cleanup --archive"
        )
    paths = [(directory / manifest.file).resolve() for manifest in manifests]
    for path in paths:
        if not path.is_file():
            raise UsageError(
                f"{path} is missing", hint="list what else is missing with: dbtrack archive list"
            )
    files = ", ".join(map(literal, paths))
    distinct = _DISTINCT if _may_overlap(manifests) else ""
    connection.execute(f"CREATE VIEW archived_row AS SELECT * FROM read_parquet([{files}]){distinct}")
    connection.execute(_VIEWS)


def restrict_access(connection: Engine, paths: Sequence[Path]) -> None:
    """Restrict DuckDB to these files and its temporary ones, irrevocably."""
    files = ", ".join(literal(path.resolve()) for path in paths)
    connection.execute(f"SET allowed_paths = [{files}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _may_overlap(manifests: Sequence[Manifest]) -> bool:
    """Return whether two files can contain the same row, as after a cleanup that failed to remove it."""
    return any(
        one.first_load_date <= other.last_load_date and other.first_load_date <= one.last_load_date
        for one, other in combinations(manifests, 2)
    )
