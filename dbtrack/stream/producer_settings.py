"""The settings of a broker's own client library (TLS, logins, sizes), from a file and the environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dbtrack.errors import UsageError
from dbtrack.stream.destination import Broker

_KAFKA_PREFIX = "DBTRACK_KAFKA_"
# The variables of the program nats.
NATS_VARIABLES = {
    "NATS_USER": "user",
    "NATS_PASSWORD": "password",
    "NATS_TOKEN": "token",
    "NATS_CREDS": "creds",
    "NATS_NKEY": "nkey",
    "NATS_CA": "ca",
    "NATS_CERT": "cert",
    "NATS_KEY": "key",
}


def producer_settings(
    broker: Broker, file: Path | None, environ: Mapping[str, str], option: str = "--producer-config"
) -> dict[str, str]:
    """Return the settings for a broker; those of the file come before those of the environment.

    Args:
        file: lines of `name=value`, as those of Kafka's and librdkafka's own tools; `#` begins a comment.
        environ: `DBTRACK_KAFKA_SASL_PASSWORD` is `sasl.password` of Kafka; NATS has the variables of its own
            tool.
        option: that names the file, for messages.

    Raises:
        UsageError: the file cannot be read or is malformed, or NATS has no such setting.
    """
    if broker is Broker.LINES:
        return {}
    found = _from_environment(broker, environ) | (_from_file(file, option) if file else {})
    unknown = set(found) - set(NATS_VARIABLES.values()) if broker is Broker.NATS else set()
    if unknown:
        known = ", ".join(NATS_VARIABLES.values())
        raise UsageError(f"{file}: NATS has no setting {min(unknown)!r}", hint=f"it has {known}")
    return found


def _from_environment(broker: Broker, environ: Mapping[str, str]) -> dict[str, str]:
    if broker is Broker.NATS:
        return {name: environ[variable] for variable, name in NATS_VARIABLES.items() if environ.get(variable)}
    return {
        variable.removeprefix(_KAFKA_PREFIX).lower().replace("_", "."): value
        for variable, value in environ.items()
        if variable.startswith(_KAFKA_PREFIX) and value
    }


def _from_file(path: Path, option: str) -> dict[str, str]:
    try:
        lines = path.expanduser().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"{option}: cannot read {path}: {reason}") from error
    settings = {}
    for number, line in enumerate(lines, start=1):
        name, separator, value = line.partition("=")
        if not line.strip() or line.lstrip().startswith(("#", "!")):
            continue
        if not separator or not name.strip():
            # The line is not repeated: it may contain a password.
            raise UsageError(f"{option}: line {number} of {path} is not NAME=VALUE")
        settings[name.strip()] = value.strip()
    return settings
