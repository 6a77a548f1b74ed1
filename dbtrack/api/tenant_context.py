"""Run a transaction for one tenant, over a login that serves many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dbtrack.db import Connection, Database
from dbtrack.errors import PermissionDeniedError
from dbtrack.sql_files import query
from dbtrack.tenants.tenant_proof import TenantKey, tenant_hash_key


@contextmanager
def tenant_context(connection: Connection, tenant: str | bytes, key: str | TenantKey) -> Iterator[bytes]:
    """Run a block in a transaction that acts for a tenant: it sees only its records, and records for it.

    It works through a pooler in transaction mode. Inside an open transaction the block is a savepoint, and
    after it the transaction acts for the same tenant as before.

    Args:
        connection: psycopg's; it stays open.
        tenant: its business key, its hash key in hex, or the 32 bytes of that.
        key: what `dbtrack tenant key create` printed.

    Yields:
        The tenant's hash key.

    Raises:
        UsageError: the key is malformed.
        PermissionDeniedError: the key is invalid, may not prove this tenant, or the tenant does not exist.
    """
    tenant_key = TenantKey.parse(key) if isinstance(key, str) else key
    tenant_hk = tenant_hash_key(tenant)
    database = Database.wrap(connection)
    try:
        # psycopg's transaction, not the database's, which would translate the caller's exceptions.
        with connection.transaction():
            challenge, before = database.row(query("tenants/tenant_challenge")) or ("", "")
            _prove(database, tenant_key.token(tenant_hk, challenge), tenant_hk, tenant_key)
            yield tenant_hk
            database.execute(query("tenants/prove_tenant"), {"token": before})
    finally:
        database.close()


def _prove(database: Database, token: str, tenant_hk: bytes, key: TenantKey) -> None:
    if database.value(query("tenants/prove_tenant"), {"token": token}) != tenant_hk:
        raise PermissionDeniedError(
            f"the key {key.name}.{key.version} does not prove the tenant {tenant_hk.hex()[:12]}",
            hint="an administrator can list its tenants and expiry with: dbtrack tenant key list",
        )
