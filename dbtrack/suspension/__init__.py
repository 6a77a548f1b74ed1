"""Suspend capture for a planned work, and resume it."""

from __future__ import annotations

from dbtrack.suspension.event_triggers import DEFAULT_DURATION, Resumption, resume, suspend

__all__ = ["DEFAULT_DURATION", "Resumption", "resume", "suspend"]
