"""Where a push goes to: the URL of --to, and the token."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, urlsplit

from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.config.secret_source import WAYS, read_secret
from dbtrack.errors import UsageError
from dbtrack.vault.database_receiver import DatabaseReceiver
from dbtrack.vault.http_receiver import HttpReceiver
from dbtrack.vault.receiver import Receiver

_DATABASE = {"postgresql", "postgres"}
_BROKERS = {"kafka", "nats"}
_FORMS = (
    "postgresql://USER@HOST/DATABASE, https://HOST:PORT, kafka://HOST:PORT/TOPIC or nats://HOST:PORT/SUBJECT"
)


def receiver_of(
    url: str, token: str | None, environ: Mapping[str, str], producer_config: Path | None = None
) -> Receiver:
    """Return the vault of a URL, not connected yet.

    Args:
        url: postgresql://…, https://…, kafka://… or nats://…, without a password.
        token: where the token of the source is, unless a login says which it is; see
            `dbtrack.config.secret_source`.
        environ: the environment's variables.
        producer_config: the file with the settings of a broker's client library.

    Raises:
        UsageError: the URL is something else, or contains a password; there is no token, or one too many.
    """
    parts = _split(url)
    if parts.scheme in _BROKERS:
        return _broker_receiver(url, token, environ, producer_config)
    if producer_config is not None:
        raise UsageError("--producer-config is for kafka:// and nats://")
    if parts.scheme in _DATABASE:
        if token is not None:
            raise UsageError("--token is for https://; over postgresql:// the login says which source it is")
        return DatabaseReceiver(resolve_target(ConnectionOptions(dbname=url, no_password=True), environ))
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise UsageError(f"--to takes {_FORMS}")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise UsageError(
            "over http:// everybody on the way could read the token and the record", hint="use https://"
        )
    if token is None:
        raise UsageError("https:// needs the token of the source", hint=f"--token {WAYS}")
    return HttpReceiver(url, read_secret(token, "--token", environ, is_key=True).strip())


def _broker_receiver(
    url: str, token: str | None, environ: Mapping[str, str], producer_config: Path | None
) -> Receiver:
    # Most pushes go elsewhere.
    from dbtrack.stream.destination import parse_destination
    from dbtrack.stream.open_stream import open_sink
    from dbtrack.stream.producer_settings import producer_settings
    from dbtrack.vault.broker_receiver import BrokerReceiver

    destination = parse_destination(url)
    if token is None:
        raise UsageError(
            f"{destination.broker}:// needs the token of the source, which proves its messages",
            hint=f"--token {WAYS}",
        )
    settings = producer_settings(destination.broker, producer_config, environ)
    secret = read_secret(token, "--token", environ, is_key=True).strip()
    return BrokerReceiver(open_sink(destination, settings), secret)


def shown_destination(url: str) -> str:
    """Return the destination without login and parameters, to keep with the endpoint."""
    parts = _split(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path.rstrip('/')}"


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        has_password = parts.password is not None or "password" in parse_qs(parts.query)
    except ValueError:
        raise UsageError("--to is not a URL", hint=_FORMS) from None
    if has_password:
        raise UsageError(
            "--to must not contain a password, which every user of this machine could see",
            hint="use .pgpass, a service file (postgresql://?service=NAME), --token for https://, or the "
            "environment and --producer-config for kafka:// and nats://",
        )
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
