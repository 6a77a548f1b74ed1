"""Another way to write a statement: what it does in one long lock, in several short ones.

Each way was measured on PostgreSQL 15 to 18, and a test runs each on a copy and looks at its locks.
"""

from __future__ import annotations

from dbtrack.predict.safer.ways import safer_ways

__all__ = ["safer_ways"]
