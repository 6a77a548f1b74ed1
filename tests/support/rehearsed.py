"""Rehearsals in the tests: a directory for their servers, and the program run on files."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.command_line import run_dbtrack


@contextmanager
def rehearsal_directory() -> Iterator[Path]:
    """Make a directory that every account can reach, and see that nothing is left in it."""
    folder = Path(f"/tmp/dbtrack-rehearse-{secrets.token_hex(4)}")
    folder.mkdir(mode=0o755)
    try:
        yield folder
        assert list(folder.iterdir()) == [], "the copy was removed"
    finally:
        shutil.rmtree(folder)


def rehearse(
    *words: str | Path, directory: Path, environment: Mapping[str, str] | None = None
) -> tuple[int, dict[str, Any], str]:
    """Run `dbtrack rehearse`; return its exit code, its JSON, and what it said."""
    given = ("rehearse", "--directory", str(directory), "--format", "json", *map(str, words))
    done = run_dbtrack(*given, environment=environment, timeout_seconds=110)
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr
