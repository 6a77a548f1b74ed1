"""The live page of `dbtrack serve`, and the pages behind it."""

from __future__ import annotations

from dbtrack.serve.pages.routes import router

__all__ = ["router"]
