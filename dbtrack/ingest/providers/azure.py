"""Server logs of an Azure Database for PostgreSQL flexible server.

The list of files comes from Azure's management (`logFiles` of the server), with a URL for each file that has
a signature of its own (SAS); its bytes come from Azure's storage. `azure-identity` has the chain of
credentials, and azure-core, which it needs anyway, the requests.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from dbtrack.db import Database
from dbtrack.errors import (
    MissingExtraError,
    NoConnectionError,
    UsageError,
)
from dbtrack.ingest.envelopes.clouds import AZURE_PREFIX
from dbtrack.ingest.log_files import Log
from dbtrack.ingest.log_stream import BLOCK_BYTES
from dbtrack.ingest.providers.portions import ListedFile, Portion, PortionStream
from dbtrack.ingest.providers.provided import LogGoneError, Refusals, provided_log

_MANAGEMENT = "https://management.azure.com"
_SCOPE = "https://management.azure.com/.default"
_VERSION = "2024-08-01"
_NAME = re.compile(
    r"(?:/subscriptions/(?P<subscription>[\w-]+)/resourceGroups/)?(?P<group>[\w.()-]+)"
    r"(?:/providers/Microsoft\.DBforPostgreSQL/flexibleServers)?/(?P<server>[\w-]+)",
    re.IGNORECASE,
)
# The signature of a URL, which is a credential.
_SIGNATURE = re.compile(r"\?\S*")
_ATTEMPTS = 6
_REFUSALS = Refusals(
    "Azure",
    renew="run: az login; nothing is lost, the next run continues",
    grant="the role Reader on the server allows it",
    unknown=("the server {} is not there", "check the resource id"),
    attempts=_ATTEMPTS,
)


class AzureLogs:
    """The log files of a flexible server.

    Args:
        name: its resource id, or RESOURCE_GROUP/SERVER.
        since: leave out files that were last written before.
        credential: of azure-identity; None for its default chain.
        transport: of azure-core; None for the usual one.
    """

    def __init__(
        self, name: str, since: datetime | None, *, credential: Any = None, transport: Any = None
    ) -> None:
        match = _NAME.fullmatch(name)
        subscription = (match and match["subscription"]) or os.environ.get("AZURE_SUBSCRIPTION_ID")
        if match is None:
            raise UsageError(f"{name!r} is not a flexible server", hint="give its resource id")
        if not subscription:
            raise UsageError(
                f"{name} has no subscription", hint="set AZURE_SUBSCRIPTION_ID, or give the resource id"
            )
        self._server = match["server"]
        self._since = since
        self._list_url = (
            f"{_MANAGEMENT}/subscriptions/{subscription}/resourceGroups/{match['group']}"
            f"/providers/Microsoft.DBforPostgreSQL/flexibleServers/{self._server}/logFiles?api-version={_VERSION}"
        )
        self._management, self._storage = _clients(credential, transport)

    def logs(self) -> Iterator[Log]:
        """As `LogSource.logs`."""
        files = sorted(self._listed(), key=lambda found: found[0].name)
        for file, url in files:
            if self._since is None or file.written is None or file.written >= self._since:
                stream = PortionStream(file, "0", partial(self._portion, file.name, url))
                name = f"azure:{self._server}/{file.name}"
                yield provided_log(name, file.size, AZURE_PREFIX, stream)

    def use(self, database: Database) -> None:
        """As `LogSource.use`."""

    def close(self) -> None:
        """As `LogSource.close`."""
        self._management.close()
        self._storage.close()

    def _listed(self) -> Iterator[tuple[ListedFile, str]]:
        url: str | None = self._list_url
        while url:
            answer = self._get(self._management, url, {})
            if answer.status_code != 200:
                raise _REFUSALS.error(answer.status_code, self._server, _said(answer))
            document = answer.json()
            for file in document.get("value", ()):
                about = file.get("properties", {})
                # It lists those of upgrades too.
                if about.get("url") and "upgrade" not in file["name"].lower():
                    written = about.get("lastModifiedTime")
                    size = round(float(about.get("sizeInKb") or 0) * 1024)
                    yield ListedFile(file["name"], size, _time(written)), about["url"]
            url = document.get("nextLink")

    def _portion(self, name: str, url: str, marker: str) -> Portion:
        begin = int(marker)
        wanted = {"Range": f"bytes={begin}-{begin + BLOCK_BYTES - 1}", "x-ms-version": "2021-08-06"}
        answer = self._get(self._storage, url, wanted)
        match answer.status_code:
            case 206:
                data = bytes(answer.body())
            case 200:  # it ignores ranges
                data = bytes(answer.body())[begin : begin + BLOCK_BYTES]
            case 416:
                data = b""
            case 404:
                raise LogGoneError(f"{name} was removed by Azure before it was read to its end")
            case status:
                raise _REFUSALS.error(status, self._server, _said(answer))
        return Portion(data, str(begin + len(data)), len(data) < BLOCK_BYTES)

    def _get(self, client: Any, url: str, headers: Mapping[str, str]) -> Any:
        from azure.core.rest import HttpRequest

        with _errors():
            answer = client.send_request(HttpRequest("GET", url, headers=dict(headers)))
            answer.read()
        return answer


def _clients(credential: Any, transport: Any) -> tuple[Any, Any]:
    """Return a client for management, which proves who it is, and one for URLs with a signature."""
    try:
        from azure.core import PipelineClient
        from azure.core.pipeline.policies import BearerTokenCredentialPolicy, RetryPolicy, UserAgentPolicy
        from azure.identity import DefaultAzureCredential
    except ImportError:
        raise MissingExtraError("--from azure", "azure") from None
    chosen = credential or DefaultAzureCredential(exclude_interactive_browser_credential=True)
    more = {} if transport is None else {"transport": transport}

    def shared() -> list[Any]:
        return [UserAgentPolicy("dbtrack"), RetryPolicy(retry_total=_ATTEMPTS - 1)]

    proof = BearerTokenCredentialPolicy(chosen, _SCOPE)
    management = PipelineClient(_MANAGEMENT, policies=[*shared(), proof], **more)
    return management, PipelineClient("", policies=shared(), **more)


@contextmanager
def _errors() -> Iterator[None]:
    """Turn an error of Azure's libraries inside the block into one that says what to do."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError

    try:
        yield
    except ClientAuthenticationError as error:
        raise _REFUSALS.credentials(_first(error)) from error
    except (AzureError, OSError) as error:
        raise NoConnectionError(f"Azure cannot be reached: {_first(error)}") from error


def _said(answer: Any) -> str:
    """Return the message of an error; storage answers in XML, which says no more than its status."""
    try:
        document = answer.json()
    except ValueError:
        return str(answer.reason)
    error = document.get("error") if isinstance(document, dict) else None
    return _first(error.get("message", answer.reason)) if isinstance(error, dict) else str(answer.reason)


def _first(value: object) -> str:
    """Return the first line of a text, without signatures."""
    lines = _SIGNATURE.sub("", str(value)).strip().splitlines()
    return lines[0] if lines else "it gives no reason"


def _time(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
