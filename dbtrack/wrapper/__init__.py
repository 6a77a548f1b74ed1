"""Run a command inside an operation: `dbtrack track NAME -- COMMAND`."""

from __future__ import annotations

from dbtrack.wrapper.record_or_spool import WrapperFailedError, not_run, replay_waiting
from dbtrack.wrapper.run_command import FinishedCommand, run_command

__all__ = [
    "FinishedCommand",
    "WrapperFailedError",
    "not_run",
    "replay_waiting",
    "run_command",
]
