"""Every kind of command that fires event triggers, and what must be recorded of it."""

from __future__ import annotations

from tests.database.capture.ddl_kinds import (
    alter_table,
    comments,
    outside,
    privileges,
    relations,
    routines,
    tables,
    types,
)
from tests.database.capture.ddl_kinds.kind import Kind

KINDS: tuple[Kind, ...] = (
    *tables.KINDS,
    *alter_table.KINDS,
    *relations.KINDS,
    *routines.KINDS,
    *types.KINDS,
    *outside.KINDS,
    *privileges.KINDS,
    *comments.KINDS,
)

__all__ = ["KINDS", "Kind"]
