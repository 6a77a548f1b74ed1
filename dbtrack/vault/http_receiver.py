"""A vault that is reached over HTTPS: `dbtrack vault receive`."""

from __future__ import annotations

import gzip
import json
import ssl
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from dbtrack.errors import DbtrackError, PermissionDeniedError
from dbtrack.vault.receiver import Step, VaultAwayError, VaultOlderError
from dbtrack.version import __version__

PATH = "/vault/v1/"
_TIMEOUT_SECONDS = 120.0
_MOST_ANSWER_BYTES = 16 * 1024 * 1024
_REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class HttpReceiver:
    """Sends bodies with a token, which says which source this is; no redirect is followed.

    A proxy is that of HTTPS_PROXY, unless NO_PROXY names the host. Certificates are checked against those
    that the machine trusts; SSL_CERT_FILE names others.
    """

    is_one_way = False

    def __init__(self, url: str, token: str) -> None:
        """Describe it; the first question connects, and so does the next one after a failure."""
        self._parts = urlsplit(url)
        self._path = self._parts.path.rstrip("/") + PATH
        self._token = token
        self._connection: HTTPConnection | None = None

    def ask(self, step: Step, body: str) -> list[Any]:
        """Send a body, compressed; see `Receiver`."""
        status, answer = self._exchange(step, gzip.compress(body.encode(), compresslevel=3))
        if status != HTTPStatus.OK:
            raise _refusal(status, answer)
        try:
            return list(json.loads(answer)["data"])
        except (ValueError, KeyError, TypeError) as error:
            raise DbtrackError(
                "the answer is not that of 'dbtrack vault receive'", hint="check --to"
            ) from error

    def close(self) -> None:
        """Disconnect."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, step: Step, body: bytes) -> tuple[int, bytes]:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "User-Agent": f"dbtrack/{__version__}",
        }
        is_kept = self._connection is not None
        try:
            if self._connection is None:
                self._connection = self._connect()
            self._connection.request("POST", self._path + step, body, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read(_MOST_ANSWER_BYTES)
        except (OSError, HTTPException) as error:
            self.close()
            # The server ends connections that are idle; all questions can be repeated.
            if is_kept:
                return self._exchange(step, body)
            reason = str(error) or type(error).__name__
            raise VaultAwayError(f"the vault cannot be reached: {reason}", may_pass=True) from error

    def _connect(self) -> HTTPConnection:
        host, port = str(self._parts.hostname), self._parts.port
        if self._parts.scheme == "http":
            return HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
        context = ssl.create_default_context()
        proxy = None if proxy_bypass(host) else getproxies().get("https")
        if proxy is None:
            return HTTPSConnection(host, port, timeout=_TIMEOUT_SECONDS, context=context)
        through = urlsplit(proxy)
        connection = HTTPSConnection(
            str(through.hostname), through.port, timeout=_TIMEOUT_SECONDS, context=context
        )
        connection.set_tunnel(host, port or 443)
        return connection


def _refusal(status: int, answer: bytes) -> DbtrackError:
    try:
        message = str(json.loads(answer)["error"])
    except (ValueError, KeyError, TypeError):
        message = f"HTTP status {status}"
    if status in _REFUSED:
        return PermissionDeniedError(f"the vault refuses this source: {message}", hint="check --token")
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return VaultAwayError(f"the vault does not take it now: {message}", may_pass=True)
    if status == HTTPStatus.NOT_FOUND:
        return VaultOlderError()
    return DbtrackError(f"the vault refuses it: {message}")
