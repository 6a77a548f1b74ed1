"""Changes that others make while a cleanup archives."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from dbtrack.archive import month_snapshot


def change_while_archiving(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]
) -> list[month_snapshot.ArchiveRun]:
    """Have `change` called once, after the months are archived and before anything is removed.

    Returns:
        the runs of the archive, as they come.
    """
    archive_months = month_snapshot.archive_months
    runs: list[month_snapshot.ArchiveRun] = []

    def changing(*arguments: Any) -> month_snapshot.ArchiveRun:
        run = archive_months(*arguments)
        if not runs:
            change()
        runs.append(run)
        return run

    monkeypatch.setattr(sys.modules["dbtrack.archive.cleanup"], "archive_months", changing)
    return runs
