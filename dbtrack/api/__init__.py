"""The Python API, which records operations around the caller's own code. See docs/python-api.md."""

from __future__ import annotations

from dbtrack.api.batch import Batch, BatchOperation
from dbtrack.api.operation import Operation
from dbtrack.api.tenant_context import tenant_context
from dbtrack.api.tracker import Tracker

__all__ = ["Batch", "BatchOperation", "Operation", "Tracker", "tenant_context"]
