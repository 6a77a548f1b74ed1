"""Logs of Google Cloud SQL, by entries.list of Cloud Logging.

Google's own library for credentials (google-auth) and plain requests: the client library for logging brings
gRPC and thirty megabytes for one call (docs/decisions/0037-provider-clients.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from dbtrack.db import Database
from dbtrack.errors import (
    MissingExtraError,
    NoConnectionError,
    UsageError,
)
from dbtrack.ingest.envelopes.clouds import CLOUD_SQL_PREFIX, cloud_sql_text
from dbtrack.ingest.log_files import Log
from dbtrack.ingest.providers.events import EventStream, LogEvent
from dbtrack.ingest.providers.provided import Refusals, provided_log

_ENDPOINT = "https://logging.googleapis.com"
_SCOPE = "https://www.googleapis.com/auth/logging.read"
# PROJECT:INSTANCE, or PROJECT:REGION:INSTANCE as connections name it; a project may be example.com:shop.
_NAME = re.compile(
    r"(?P<project>(?:[\w.-]+\.[\w.-]+:)?[a-z][a-z0-9-]+):(?:(?P<region>[a-z0-9-]+):)?(?P<instance>[a-z][a-z0-9-]*)"
)
_PAGE = 1000
_ATTEMPTS = 6
_REFUSALS = Refusals(
    "Google",
    renew="run: gcloud auth application-default login; nothing is lost, the next run continues",
    grant="grant the role roles/logging.viewer",
    unknown=("Google knows no logs of {}", "check the name"),
    attempts=_ATTEMPTS,
)


class CloudSqlLogs:
    """The log of an instance.

    Args:
        name: PROJECT:INSTANCE.
        since: where to begin.
        session: of requests, with credentials; None for Google's application default credentials.
    """

    def __init__(
        self, name: str, since: datetime | None, *, session: Any = None, endpoint: str = _ENDPOINT
    ) -> None:
        match = _NAME.fullmatch(name)
        if match is None:
            raise UsageError(f"{name!r} is not an instance of Cloud SQL", hint="give PROJECT:INSTANCE")
        self._project, self._instance = match["project"], match["instance"]
        self._since = since
        self._url = f"{endpoint}/v2/entries:list"
        self._session = _trying_again(session or _default_session())

    def logs(self) -> Iterator[Log]:
        """As `LogSource.logs`."""
        name = f"cloudsql:{self._project}:{self._instance}"
        yield provided_log(name, 0, CLOUD_SQL_PREFIX, EventStream(self._events, self._since))

    def use(self, database: Database) -> None:
        """As `LogSource.use`."""

    def close(self) -> None:
        """As `LogSource.close`."""
        self._session.close()

    def _events(self, since: datetime | None) -> Iterator[LogEvent]:
        # Google may bound a question that names no time, so the beginning is named.
        begin = since or datetime(1970, 1, 1, tzinfo=UTC)
        chosen = (
            'resource.type="cloudsql_database"'
            f' AND resource.labels.database_id="{self._project}:{self._instance}"'
            f' AND logName="projects/{self._project}/logs/cloudsql.googleapis.com%2Fpostgres.log"'
            f' AND timestamp>="{begin.astimezone(UTC).isoformat()}"'
        )
        asked: dict[str, object] = {
            "resourceNames": [f"projects/{self._project}"],
            "filter": chosen,
            "orderBy": "timestamp asc",
            "pageSize": _PAGE,
        }
        token: str | None = None
        while True:
            page = self._page({**asked, "pageToken": token} if token else asked)
            for entry in page.get("entries", ()):
                if text := cloud_sql_text(entry):
                    yield LogEvent(_time(entry["timestamp"]), text)
            token = page.get("nextPageToken")
            if not token:
                return

    def _page(self, body: dict[str, object]) -> dict[str, Any]:
        from google.auth.exceptions import GoogleAuthError
        from requests.exceptions import RequestException

        try:
            answer = self._session.post(self._url, json=body, timeout=60)
            document: dict[str, Any] = answer.json()
        except GoogleAuthError as error:
            raise _REFUSALS.credentials(_line(error)) from error
        except (RequestException, ValueError) as error:
            raise NoConnectionError(f"Cloud Logging cannot be reached: {_line(error)}") from error
        if answer.status_code != 200:
            said = document.get("error", {})
            message = _line(said.get("message", answer.status_code))
            raise _REFUSALS.error(answer.status_code, self._project, message)
        return document


def _default_session() -> Any:
    try:
        import google.auth
        from google.auth.exceptions import GoogleAuthError
        from google.auth.transport.requests import AuthorizedSession
    except ImportError:
        raise MissingExtraError("--from cloudsql", "gcp") from None
    try:
        credentials, _ = google.auth.default(scopes=[_SCOPE])
    except GoogleAuthError as error:
        raise NoConnectionError(
            f"there are no credentials for Google: {_line(error)}", hint=_REFUSALS.renew
        ) from error
    return AuthorizedSession(credentials)


def _trying_again(session: Any) -> Any:
    """Return the session, which waits longer each time before it tries again what is throttled."""
    from requests.adapters import HTTPAdapter
    from urllib3.util.retry import Retry

    retry = Retry(
        total=_ATTEMPTS - 1,
        backoff_factor=0.5,
        status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=None,
        raise_on_status=False,
    )
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def _time(text: str) -> datetime:
    """Return an RFC 3339 time, of which Google writes nanoseconds."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))


def _line(value: object) -> str:
    return " ".join(str(value).split()).rstrip(".")
