"""The alerts that are ready to use. docs/alerts.md explains each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from dbtrack.errors import UsageError
from dbtrack.notify.alerts.alert import AlertDefinition, Severity

_DAY = timedelta(days=1)

_ALL = (
    AlertDefinition(
        "migration-failed",
        "errors",
        "script_type = 'MIGRATION'",
        Severity.CRITICAL,
        group_by="tenant",
    ),
    AlertDefinition(
        "success-rate",
        "signals",
        "signal = 'success_rate_1h' and value < 95 % and sample >= 5",
    ),
    AlertDefinition(
        "nothing-recorded",
        "signals",
        "signal = 'since_last_record' and value > 1d",
        remind_every=_DAY,
    ),
    AlertDefinition(
        "slow-operation",
        "running",
        "times_usual > 3 and running_ms > 1m",
        group_by="name",
    ),
    AlertDefinition(
        "unattributed-change",
        "executions",
        "script_type = 'UNATTRIBUTED'",
        Severity.CRITICAL,
        group_by="tenant",
    ),
    AlertDefinition(
        "superuser-right",
        "executions",
        "gained_rights is not null and execution_status = 'COMPLETED'",
        Severity.CRITICAL,
        with_announced=True,
    ),
    AlertDefinition(
        "classified-changed",
        "executions",
        "classes is not null and execution_status = 'COMPLETED' and script_name not in ('GRANT', 'REVOKE')",
        with_announced=True,
    ),
    AlertDefinition(
        "classified-granted",
        "executions",
        "classes is not null and execution_status = 'COMPLETED' and script_name = 'GRANT'",
        Severity.CRITICAL,
        with_announced=True,
    ),
    AlertDefinition(
        "verification-failed",
        "notices",
        "notice_type = 'verification.failed'",
        Severity.CRITICAL,
        counted_for=_DAY,
    ),
    AlertDefinition("capture-failing", "notices", "notice_type = 'capture.failed'", Severity.CRITICAL),
    AlertDefinition(
        "capture-off",
        "health",
        "health_category = 'capture' "
        "and health_metric not in ('capture_failures', 'partial_records', 'capture_suspended') "
        "and current_status in ('WARNING', 'CRITICAL')",
        Severity.CRITICAL,
    ),
    AlertDefinition(
        "capture-suspended",
        "health",
        "health_metric = 'capture_suspended' and current_status = 'CRITICAL'",
        Severity.CRITICAL,
    ),
    AlertDefinition("rollup-lag", "signals", "signal = 'rollup_lag' and value > 1h", remind_every=_DAY),
    AlertDefinition("seal-lag", "signals", "signal = 'seal_lag' and value > 1d", remind_every=_DAY),
    AlertDefinition(
        "digest-not-leaving",
        "health",
        "health_metric = 'digests' and current_status <> 'OK'",
        remind_every=_DAY,
    ),
    AlertDefinition(
        "endpoint-lag",
        "signals",
        "signal = 'endpoint_lag' and value > 10m",
        group_by="name",
        hold_for=timedelta(minutes=5),
    ),
    AlertDefinition("anomaly", "anomalies", "score > 0", group_by="tenant"),
    AlertDefinition(
        "vault-source",
        "health",
        "health_category = 'vault' and current_status in ('WARNING', 'CRITICAL')",
        Severity.CRITICAL,
        group_by="name",
        remind_every=_DAY,
    ),
    AlertDefinition(
        "slot-retains-wal",
        "health",
        "health_metric like 'slot %' and current_status in ('WARNING', 'CRITICAL')",
        Severity.CRITICAL,
        group_by="name",
        remind_every=_DAY,
    ),
    AlertDefinition(
        "subscription-stopped",
        "health",
        "health_metric like 'subscription %' and current_status = 'WARNING'",
        group_by="name",
        hold_for=timedelta(minutes=5),
        remind_every=_DAY,
    ),
    AlertDefinition(
        "partitions-missing",
        "health",
        "health_metric in ('partitions_ahead', 'default_partition_rows') and current_status <> 'OK'",
        remind_every=_DAY,
    ),
)
READY: Mapping[str, AlertDefinition] = MappingProxyType({each.name: each for each in _ALL})
"""By name."""


def find_ready(name: str) -> AlertDefinition:
    """Return a ready alert by its name.

    Raises:
        UsageError: there is none.
    """
    try:
        return READY[name]
    except KeyError:
        raise UsageError(
            f"there is no ready alert {name!r}", hint="list them with: dbtrack alert list --ready"
        ) from None
