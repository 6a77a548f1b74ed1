"""Log streams of Amazon CloudWatch, by DescribeLogStreams and GetLogEvents.

Each stream is a log of its own: an instance writes its entries in several lines, and those of two instances
must not be mixed. GetLogEvents ends with the token that it was given.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from dbtrack.db import Database
from dbtrack.ingest.envelopes.clouds import RDS_PREFIX
from dbtrack.ingest.envelopes.envelope import entry_text
from dbtrack.ingest.log_files import Log
from dbtrack.ingest.providers.aws import aws_client, aws_errors, split_arn
from dbtrack.ingest.providers.events import EventStream, LogEvent
from dbtrack.ingest.providers.provided import provided_log

_INSTANCE = "/aws/rds/instance/{}/postgresql"


class CloudWatchLogs:
    """The streams of a log group.

    Args:
        name: of the group, or its ARN; a word without a slash is an instance of RDS.
        since: where to begin.
    """

    def __init__(self, name: str, since: datetime | None) -> None:
        resource, region = split_arn(name, "logs")
        group = resource.removeprefix("log-group:").removesuffix(":*")
        self._group = group if "/" in group or resource != name else _INSTANCE.format(group)
        self._since = since
        self._client = aws_client("logs", region)

    def logs(self) -> Iterator[Log]:
        """As `LogSource.logs`."""
        for stream in self._streams():
            name = f"cloudwatch:{self._client.meta.region_name}:{self._group}:{stream}"
            yield provided_log(name, 0, RDS_PREFIX, EventStream(partial(self._events, stream), self._since))

    def use(self, database: Database) -> None:
        """As `LogSource.use`."""

    def close(self) -> None:
        """As `LogSource.close`."""

    def _streams(self) -> list[str]:
        pages = self._client.get_paginator("describe_log_streams").paginate(logGroupName=self._group)
        with aws_errors(f"the log group {self._group}"):
            return sorted(stream["logStreamName"] for page in pages for stream in page["logStreams"])

    def _events(self, stream: str, since: datetime | None) -> Iterator[LogEvent]:
        asked: dict[str, Any] = {
            "logGroupName": self._group, "logStreamName": stream, "startFromHead": True,
            "startTime": int(since.timestamp() * 1000) if since else 0,
        }  # fmt: skip
        token: str | None = None
        while True:
            with aws_errors(f"the log stream {stream}"):
                page = self._client.get_log_events(**asked, **({"nextToken": token} if token else {}))
            for event in page["events"]:
                yield LogEvent(
                    datetime.fromtimestamp(event["timestamp"] / 1000, UTC), entry_text(event["message"])
                )
            if page["nextForwardToken"] == token:
                return
            token = page["nextForwardToken"]
