"""The statuses of an execution, where every layer can read them."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """The status of an execution, as `script_execution_s.execution_status` stores it."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    ABANDONED = "ABANDONED"
