"""Two tenants with a login each, a service that acts for both, and the ways in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from dbtrack.db import Database
from dbtrack.tenants import tenant_keys, tenants
from dbtrack.tenants.tenant_proof import TenantKey, tenant_hash_key
from tests.support.servers.sandbox import RoleFactory

Connection = psycopg.Connection[tuple[Any, ...]]
NAMES = "SELECT script_name FROM script_tracking.current_execution WHERE script_type = 'MANUAL' ORDER BY 1"


@dataclass(frozen=True)
class Tenancy:
    """A database in which acme, globex and the platform have one operation each.

    Args:
        logins: of acme and of globex; each may record, and what it does is its tenant's.
        service: a login that no tenant is granted to.
        key: proves every tenant.
    """

    superuser: Connection
    logins: dict[str, str]
    service: str
    key: str = field(repr=False)

    @property
    def conninfo(self) -> str:
        """The database's, as superuser."""
        return self.superuser.info.dsn

    def connect(self, user: str) -> Connection:
        """Connect as this role, in autocommit mode."""
        return psycopg.connect(make_conninfo(self.conninfo, user=user), autocommit=True)

    def acme(self) -> Connection:
        """Connect as acme's login."""
        return self.connect(self.logins["acme"])

    def run(self, statement: str) -> None:
        """Run a statement as superuser."""
        self.superuser.execute(statement.encode())


def build_tenancy(superuser: Connection, role: RoleFactory) -> Tenancy:
    """Fill an empty installation."""
    database = Database.wrap(superuser)
    logins = {}
    for tenant in ("acme", "globex"):
        tenants.add_tenant(database, tenant)
        logins[tenant] = role(tenant, member_of=("dbtrack_operator",))
        tenants.grant_tenant(database, logins[tenant], tenant, is_default=True)
    service = role("service", member_of=("dbtrack_operator",))
    tenancy = Tenancy(superuser, logins, service, tenant_keys.create_key(database, "service"))
    for tenant, login in logins.items():
        with tenancy.connect(login) as connection:
            connection.execute("SELECT script_tracking.track_operation(%s)", (f"secret of {tenant}",))
    superuser.execute("SELECT script_tracking.track_operation('secret of the platform')")
    return tenancy


def seen(connection: Connection) -> list[str]:
    """Return the names of the operations that a connection sees."""
    return [row[0] for row in connection.execute(NAMES)]


def challenge(connection: Connection) -> str:
    """Return the challenge of the connection's transaction."""
    row = connection.execute("SELECT script_tracking.tenant_challenge()").fetchone()
    assert row
    return str(row[0])


def token(connection: Connection, key: str, tenant: str) -> str:
    """Return a proof that holds in the connection's transaction."""
    return TenantKey.parse(key).token(tenant_hash_key(tenant), challenge(connection))


def present(connection: Connection, proof: str, *, scope: str = "LOCAL") -> None:
    """Set a proof."""
    connection.execute(f"SET {scope} dbtrack.tenant_token = '{proof}'".encode())


def values(connection: Connection, statement: str) -> Sequence[Any]:
    """Return the first column of a statement's rows."""
    return [row[0] for row in connection.execute(statement.encode())]
