"""The demonstration's three tenants and their migrations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MIGRATIONS_FOLDER = Path(__file__).with_name("migrations")


@dataclass(frozen=True)
class DemoTenant:
    """A tenant of the demonstration.

    Args:
        business_key: the short name, as in `--tenant saltmarsh`.
        title: the name that people read.
        schema: the schema that is mapped to it.
        deployer: the login role that runs its migrations.
    """

    business_key: str
    title: str
    schema: str
    deployer: str


@dataclass(frozen=True)
class DemoMigration:
    """One migration file of a tenant.

    Args:
        name: the name of its operation: the file's name without `.sql`.
    """

    name: str
    path: Path
    tenant: DemoTenant


TENANTS = (
    DemoTenant("saltmarsh", "Saltmarsh Outfitters", "shop", "shop_deploy"),
    DemoTenant("tallybook", "Tallybook", "billing", "billing_deploy"),
    DemoTenant("gridpulse", "Gridpulse", "telemetry", "telemetry_deploy"),
)


def migrations_in_order() -> list[DemoMigration]:
    """Return the migrations in the order in which they run.

    A file is named `NN_SCHEMA_what.sql`; the schema tells the tenant.
    """
    tenants = {tenant.schema: tenant for tenant in TENANTS}
    return [
        DemoMigration(path.stem, path, tenants[path.stem.split("_")[1]])
        for path in sorted(MIGRATIONS_FOLDER.glob("*.sql"))
    ]
