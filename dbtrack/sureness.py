"""How sure a suggestion is."""

from __future__ import annotations

from enum import StrEnum


class Sureness(StrEnum):
    """How sure a suggestion is, the surest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
