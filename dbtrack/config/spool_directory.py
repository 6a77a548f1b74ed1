"""Where records wait that no database took: cheap to ask, since every command that connects asks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

WAITING_SUFFIX = ".jsonl"


def spool_path(environ: Mapping[str, str]) -> Path:
    """The spool's directory: `$DBTRACK_SPOOL`, or `spool` in the user's state directory; it may not exist."""
    chosen = environ.get("DBTRACK_SPOOL")
    return Path(chosen).expanduser() if chosen else platformdirs.user_state_path("dbtrack") / "spool"


def records_wait(spool: Path) -> bool:
    """Whether any record waits there, for whichever database; a listing of the directory, no more."""
    try:
        with os.scandir(spool) as entries:
            return any(entry.name.endswith(WAITING_SUFFIX) for entry in entries)
    except OSError:
        return False
