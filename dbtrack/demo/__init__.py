"""The demonstration: a PostgreSQL of its own, three tenants, thirty-odd migrations."""

from __future__ import annotations

from dbtrack.demo.remove import reset_demo, stop_demo
from dbtrack.demo.run import run_demo

__all__ = ["reset_demo", "run_demo", "stop_demo"]
