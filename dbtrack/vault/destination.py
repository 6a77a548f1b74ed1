"""Where a push goes to: the URL of --to, and the token."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, urlsplit

from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.config.secret_source import WAYS, read_secret
from dbtrack.errors import UsageError
from dbtrack.vault.database_receiver import DatabaseReceiver
from dbtrack.vault.http_receiver import HttpReceiver
from dbtrack.vault.receiver import Receiver

_DATABASE = {"postgresql", "postgres"}


def receiver_of(url: str, token: str | None, environ: Mapping[str, str]) -> Receiver:
    """Return the vault of a URL, not connected yet.

    Args:
        url: postgresql://… or https://…, without a password.
        token: where the token for https is; see `dbtrack.config.secret_source`.
        environ: the environment's variables.

    Raises:
        UsageError: the URL is something else, or contains a password; there is no token, or one too many.
    """
    parts = _split(url)
    if parts.scheme in _DATABASE:
        if token is not None:
            raise UsageError("--token is for https://; over postgresql:// the login says which source it is")
        return DatabaseReceiver(resolve_target(ConnectionOptions(dbname=url, no_password=True), environ))
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise UsageError(
            "--to takes postgresql://USER@HOST/DATABASE or https://HOST:PORT",
            hint="for Kafka and NATS: dbtrack stream",
        )
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise UsageError(
            "over http:// everybody on the way could read the token and the record", hint="use https://"
        )
    if token is None:
        raise UsageError("https:// needs the token of the source", hint=f"--token {WAYS}")
    return HttpReceiver(url, read_secret(token, "--token", environ, is_key=True).strip())


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
        raise UsageError(
            "--to is not a URL", hint="postgresql://USER@HOST/DATABASE or https://HOST:PORT"
        ) from None
    if has_password:
        raise UsageError(
            "--to must not contain a password, which every user of this machine could see",
            hint="use .pgpass, a service file (postgresql://?service=NAME), or --token for https://",
        )
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
