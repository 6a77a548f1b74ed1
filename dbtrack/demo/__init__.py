"""The demonstration: an embedded PostgreSQL, three tenants and some thirty migrations."""

from __future__ import annotations

from dbtrack.demo.remove import reset_demo, stop_demo
from dbtrack.demo.run import run_demo

__all__ = ["reset_demo", "run_demo", "stop_demo"]
