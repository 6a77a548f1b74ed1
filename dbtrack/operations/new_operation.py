"""An operation that is about to be recorded, as one value from the words of the caller to the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from dbtrack.operations.secret_metadata import OperationSecrets


@dataclass(frozen=True)
class NewOperation:
    """What is recorded when an operation starts.

    Args:
        name: 1 to 255 characters.
        script_type: MANUAL, MIGRATION, MAINTENANCE, BACKUP, REPORTING, AUTHENTICATION or a word of the
            caller's own, up to 50 characters.
        tenant: a tenant's business key, or its hash key in hex; None for the login's own tenant.
        metadata: anything JSON can hold; values that look like secrets are replaced before they are stored.
        secrets: already encrypted in `metadata`; kept to be encrypted again once the operation has a key.
    """

    name: str
    script_type: str = "MANUAL"
    tenant: str | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)
    secrets: OperationSecrets | None = field(default=None, repr=False)

    def with_metadata(self, metadata: Mapping[str, object]) -> Self:
        """Return the operation with members added to its metadata."""
        return replace(self, metadata={**self.metadata, **metadata})

    def with_default_tenant(self, tenant: str | None) -> Self:
        """Return the operation with this tenant where it has none of its own."""
        return self if self.tenant is not None else replace(self, tenant=tenant)

    def with_secrets(self, secrets: OperationSecrets | None) -> Self:
        """Return the operation with these secrets, encrypted in its metadata; as it is without any.

        Raises:
            UsageError: there is no key to encrypt with.
            DbtrackError: the package `cryptography` is missing.
        """
        if secrets is None:
            return self
        return replace(self, secrets=secrets).with_metadata(secrets.metadata())

    def bound_secrets(self, key: bytes) -> dict[str, object]:
        """Return the metadata that holds the secrets, encrypted for the operation with this hash key.

        Raises:
            DbtrackError: the encryption key is no longer available.
        """
        return {} if self.secrets is None else self.secrets.metadata(key)
