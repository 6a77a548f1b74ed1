"""Logs of managed services, read through the providers' own interfaces.

Each provider has a module, which imports its client when it is used. `portions` and `events` have what
they share: a log is a file that is handed out in portions, or a sequence of events with times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

from dbtrack.errors import UsageError
from dbtrack.ingest.log_files import LogSource


class Provider(StrEnum):
    """What ``--from`` accepts."""

    RDS = "rds"
    CLOUDWATCH = "cloudwatch"
    CLOUD_SQL = "cloudsql"
    AZURE = "azure"


def provider_logs(
    provider: Provider, names: Sequence[str], since: datetime | None, warn: Callable[[str], None]
) -> list[LogSource]:
    """Return the logs of these instances.

    Args:
        names: of instances, as the provider writes them; at least one.
        since: leave out what was logged before.
        warn: called with what a provider truncated.

    Raises:
        UsageError: a name cannot be one of an instance.
        MissingExtraError: the provider's client is not installed.
        NoConnectionError: there are no credentials.
    """
    if not names:
        raise UsageError(f"--from {provider} names no instance", hint=f"give {_WANTED[provider]}")
    match provider:
        case Provider.RDS:
            from dbtrack.ingest.providers.rds import RdsLogs

            return [RdsLogs(name, since, warn) for name in names]
        case Provider.CLOUDWATCH:
            from dbtrack.ingest.providers.cloudwatch import CloudWatchLogs

            return [CloudWatchLogs(name, since) for name in names]
        case Provider.CLOUD_SQL:
            from dbtrack.ingest.providers.cloud_sql import CloudSqlLogs

            return [CloudSqlLogs(name, since) for name in names]
        case Provider.AZURE:
            from dbtrack.ingest.providers.azure import AzureLogs

            return [AzureLogs(name, since) for name in names]


_WANTED = {
    Provider.RDS: "the identifier of an instance, or its ARN",
    Provider.CLOUDWATCH: "the name of a log group, or its ARN",
    Provider.CLOUD_SQL: "PROJECT:INSTANCE",
    Provider.AZURE: "the resource id of a flexible server, or RESOURCE_GROUP/SERVER",
}
