"""A tenancy with a login for the server."""

from __future__ import annotations

import pytest
from psycopg.conninfo import make_conninfo

from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Tenancy


@pytest.fixture
def web_conninfo(tenancy: Tenancy, role: RoleFactory) -> str:
    """How the server connects: as a login that sees nothing by itself."""
    return make_conninfo(tenancy.conninfo, user=role("web", member_of=("dbtrack_api",)))
