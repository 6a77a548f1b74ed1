"""The interfaces of managed services, as far as `dbtrack ingest --from` uses them, in their recorded forms.

RDS: the query protocol in XML, with portions of whole lines, markers, the limit of a portion and its note.
Cloud Logging: entries.list in pages. Azure: the list of files, and ranges of blobs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from tests.support.receiver import Receiver, Reply, Request

NOTE = " [Your log message was truncated]\n"
_XMLNS = "http://rds.amazonaws.com/doc/2014-10-31/"


def rds_entry(name: str, when: datetime) -> str:
    """Return the two lines of a failed DDL, as RDS has them by default."""
    begin = f"{when:%Y-%m-%d %H:%M:%S} UTC:10.0.0.1(5432):anna@postgres:[77]:"
    return f'{begin}ERROR:  relation "{name}" does not exist\n{begin}STATEMENT:  DROP TABLE {name}\n'


@dataclass
class RdsApi:
    """The log files of one instance.

    Args:
        files: the text and the time of the last entry, by name.
        portion_bytes: how long a portion may be.
        refuse: the code of an error to answer next, once.
        asked: the markers that portions were asked for.
    """

    files: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    portion_bytes: int = 1 << 20
    refuse: list[tuple[str, int]] = field(default_factory=list)
    refuse_after: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        """Answer as RDS does."""
        words = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if self.refuse and len(self.asked) >= self.refuse_after:
            return _rds_error(*self.refuse.pop(0))
        if words["DBInstanceIdentifier"] != "shop":
            return _rds_error("DBInstanceNotFound", 404)
        if words["Action"] == "DescribeDBLogFiles":
            return _rds(
                "DescribeDBLogFiles", self._list(words["FilenameContains"], int(words.get("Marker", "0")))
            )
        self.asked.append((words["LogFileName"], words["Marker"]))
        return _rds(
            "DownloadDBLogFilePortion",
            self._portion(
                words["LogFileName"], int(words["Marker"].rpartition(":")[2]), int(words["NumberOfLines"])
            ),
        )

    def _list(self, part: str, start: int) -> str:
        # In pages of two.
        found = sorted(name for name in self.files if part in name)
        names = found[start : start + 2]
        more = f"<Marker>{start + 2}</Marker>" if start + 2 < len(found) else ""
        return f"<DescribeDBLogFiles>{''.join(map(self._listed, names))}</DescribeDBLogFiles>{more}"

    def _listed(self, name: str) -> str:
        text, written = self.files[name]
        return (
            f"<DescribeDBLogFilesDetails><LogFileName>{name}</LogFileName><Size>{len(text.encode())}</Size>"
            f"<LastWritten>{int(written.timestamp() * 1000)}</LastWritten></DescribeDBLogFilesDetails>"
        )

    def _portion(self, name: str, start: int, lines: int) -> str:
        # The marker stands behind the lines, also behind what is cut off.
        data = self.files[name][0].encode()[start:]
        whole = b"".join(data.splitlines(keepends=True)[:lines])
        text = whole.decode()
        if len(whole) > self.portion_bytes:
            text = whole[: self.portion_bytes].decode(errors="ignore") + NOTE
        end = start + len(whole)
        pending = str(len(whole) < len(data)).lower()
        return (
            f"<LogFileData>{escape(text)}</LogFileData><Marker>5:{end}</Marker>"
            f"<AdditionalDataPending>{pending}</AdditionalDataPending>"
        )


@contextmanager
def rds_environment(api: RdsApi) -> Iterator[dict[str, str]]:
    """Serve an instance of RDS, and return the environment of a client."""
    receiver = Receiver(api.answer)
    yield {**AWS, "AWS_ENDPOINT_URL_RDS": receiver.url(path="")}
    receiver.close()


AWS = {
    "AWS_ACCESS_KEY_ID": "AKIATESTING",
    "AWS_SECRET_ACCESS_KEY": "hunter2-aws-secret",
    "AWS_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
}


def _rds(action: str, content: str) -> Reply:
    body = f'<{action}Response xmlns="{_XMLNS}"><{action}Result>{content}</{action}Result></{action}Response>'
    return Reply(200, {"Content-Type": "text/xml"}, body.encode())


def _rds_error(code: str, status: int) -> Reply:
    body = (
        f'<ErrorResponse xmlns="{_XMLNS}"><Error><Type>Sender</Type><Code>{code}</Code>'
        f"<Message>{code} it is</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    )
    return Reply(status, {"Content-Type": "text/xml"}, body.encode())


@dataclass
class CloudLoggingApi:
    """The entries of one project; `refuse` has statuses to answer first."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    refuse: list[int] = field(default_factory=list)
    filters: list[str] = field(default_factory=list)

    def add(self, when: datetime, text: str) -> None:
        """Add an entry, as Cloud SQL writes it."""
        self.entries.append(
            {
                "textPayload": text,
                "insertId": f"s={len(self.entries)}",
                "resource": {"type": "cloudsql_database", "labels": {"database_id": "acme:shop"}},
                "timestamp": f"{when:%Y-%m-%dT%H:%M:%S.%f}123Z",
                "severity": "ERROR",
                "logName": "projects/acme/logs/cloudsql.googleapis.com%2Fpostgres.log",
            }
        )

    def answer(self, request: Request) -> Reply:
        """Answer as Cloud Logging does."""
        if self.refuse:
            status = self.refuse.pop(0)
            said = {"error": {"code": status, "message": "said Google", "status": "ANY"}}
            return Reply(status, {}, json.dumps(said).encode())
        asked = request.document
        assert asked["orderBy"] == "timestamp asc"
        self.filters.append(asked["filter"])
        if '"acme:shop"' not in asked["filter"]:
            return Reply(200, {}, b"{}")
        since = datetime.fromisoformat(re.search(r'timestamp>="([^"]+)"', asked["filter"])[1])  # type: ignore[index]
        found = sorted(
            (each for each in self.entries if _moment(each) >= since),
            key=lambda each: (each["timestamp"], each["insertId"]),
        )
        start = int(asked.get("pageToken", "0"))
        page: dict[str, Any] = {"entries": found[start : start + 3]}
        if start + 3 < len(found):
            page["nextPageToken"] = str(start + 3)
        return Reply(200, {"Content-Type": "application/json"}, json.dumps(page).encode())


def _moment(entry: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["timestamp"][:26] + "+00:00")


@dataclass
class AzureApi:
    """The files of one flexible server, and its blobs; `refuse` has statuses to answer first."""

    files: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    refuse: list[int] = field(default_factory=list)
    ranges: list[tuple[str, str]] = field(default_factory=list)
    blobs_at: str = ""

    def answer(self, request: Request) -> Reply:
        """Answer as Azure's management and storage do."""
        if self.refuse:
            return Reply(self.refuse.pop(0), {}, b'{"error": {"code": "Any", "message": "said Azure"}}')
        path = request.path.partition("?")[0]
        if path.endswith("/flexibleServers/shop/logFiles"):
            assert request.headers["authorization"] == "Bearer hunter2-token"
            return Reply(200, {}, json.dumps({"value": [self._listed(name) for name in self.files]}).encode())
        if path.endswith("/logFiles"):
            said = {"error": {"code": "ResourceNotFound", "message": "no such server"}}
            return Reply(404, {}, json.dumps(said).encode())
        assert "authorization" not in request.headers
        return self._blob(path.rpartition("/")[2], request.headers["range"])

    def _blob(self, name: str, wanted: str) -> Reply:
        self.ranges.append((name, wanted))
        start, end = map(int, wanted.removeprefix("bytes=").split("-"))
        data = self.files[name][0].encode()
        if start >= len(data):
            return Reply(416, {}, b"<Error/>")
        return Reply(206, {}, data[start : end + 1])

    def _listed(self, name: str) -> dict[str, Any]:
        text, written = self.files[name]
        return {
            "id": f"/subscriptions/s/…/logFiles/{name}",
            "name": name,
            "type": "Microsoft.DBforPostgreSQL/flexibleServers/logFiles",
            "properties": {
                "createdTime": f"{written - timedelta(hours=1):%Y-%m-%dT%H:%M:%S}+00:00",
                "lastModifiedTime": f"{written:%Y-%m-%dT%H:%M:%S}+00:00",
                "sizeInKb": len(text) // 1024 + 1,
                "type": "ServerLogs",
                "url": f"{self.blobs_at}/logs/{name}?sv=2021&sig=hunter2signature",
            },
        }


def hour(number: int) -> datetime:
    """Return a moment of the same day, long ago, in UTC."""
    return datetime(2026, 1, 15, number, tzinfo=UTC)
