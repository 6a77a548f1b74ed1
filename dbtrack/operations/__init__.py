"""Start and end operations, and find the executions that record them."""

from __future__ import annotations

from dbtrack.operations.error_cause import cause_of_message
from dbtrack.operations.execution_keys import parse_key
from dbtrack.operations.execution_words import check_execution_word, is_key, resolve_execution_word
from dbtrack.operations.executions import Execution, Relative, UnknownExecutionError, Version, find_execution
from dbtrack.operations.new_operation import NewOperation
from dbtrack.operations.operations import (
    AlreadyClosedError,
    complete_operation,
    record_start,
    start_operation,
)
from dbtrack.operations.secret_metadata import (
    SECRET_COLUMNS,
    OperationSecrets,
    TamperedSecretError,
    decrypted,
)
from dbtrack.status import Status

__all__ = [
    "SECRET_COLUMNS",
    "AlreadyClosedError",
    "Execution",
    "NewOperation",
    "OperationSecrets",
    "Relative",
    "Status",
    "TamperedSecretError",
    "UnknownExecutionError",
    "Version",
    "cause_of_message",
    "check_execution_word",
    "complete_operation",
    "decrypted",
    "find_execution",
    "is_key",
    "parse_key",
    "record_start",
    "resolve_execution_word",
    "start_operation",
]
