"""What people see of the history of objects on a terminal."""

from __future__ import annotations
