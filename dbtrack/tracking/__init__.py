"""Operations: starting and ending them, wrapping a command in one, and looking one up."""

from __future__ import annotations

from dbtrack.tracking.cause import cause_of_message
from dbtrack.tracking.encryption import (
    SECRET_COLUMNS,
    OperationSecrets,
    TamperedSecretError,
    decrypted,
)
from dbtrack.tracking.executions import (
    Execution,
    Relative,
    UnknownExecutionError,
    Version,
    find_execution,
)
from dbtrack.tracking.keys import parse_key
from dbtrack.tracking.record_keeping import WrapperFailedError, not_run, replay_waiting
from dbtrack.tracking.service import AlreadyClosedError, Status, complete_operation, start_operation
from dbtrack.tracking.wrapper import Finished, run_command

__all__ = [
    "SECRET_COLUMNS",
    "AlreadyClosedError",
    "Execution",
    "Finished",
    "OperationSecrets",
    "Relative",
    "Status",
    "TamperedSecretError",
    "UnknownExecutionError",
    "Version",
    "WrapperFailedError",
    "cause_of_message",
    "complete_operation",
    "decrypted",
    "find_execution",
    "not_run",
    "parse_key",
    "replay_waiting",
    "run_command",
    "start_operation",
]
