"""Log files of Amazon RDS and Aurora, by DescribeDBLogFiles and DownloadDBLogFilePortion.

Facts, as the API's documentation (2014-10-31) has them: a portion has at most 1 MB; one that would be longer
is cut there, with a note, and its marker stands behind what was cut. So such a portion is asked for again,
with fewer lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from dbtrack.db import Database
from dbtrack.ingest.envelopes.clouds import RDS_PREFIX
from dbtrack.ingest.log_files import Log, richest_names
from dbtrack.ingest.providers.aws import GONE, NotThereError, aws_client, aws_errors, split_arn
from dbtrack.ingest.providers.portions import ListedFile, Portion, PortionStream
from dbtrack.ingest.providers.provided import LogGoneError, provided_log

_MOST_LINES = 4000
_NOTE = "[Your log message was truncated]"


class RdsLogs:
    """The log files of an instance.

    Args:
        name: its identifier, or its ARN.
        since: leave out files that were last written before.
    """

    def __init__(self, name: str, since: datetime | None, warn: Callable[[str], None]) -> None:
        resource, region = split_arn(name, "rds")
        self._instance = resource.removeprefix("db:")
        self._since = since
        self._warn = warn
        self._lines = _MOST_LINES
        self._client = aws_client("rds", region)
        self._what = f"the instance {self._instance}"

    def logs(self) -> Iterator[Log]:
        """As `LogSource.logs`."""
        files = sorted(
            self._listed(), key=lambda file: (file.written or datetime.min.replace(tzinfo=UTC), file.name)
        )
        richest = richest_names([_base(file.name) for file in files])
        for file in files:
            if _base(file.name) in richest and not self._is_before(file):
                name = f"rds:{self._client.meta.region_name}:{self._instance}/{file.name}"
                stream = PortionStream(file, "0", partial(self._portion, file.name))
                yield provided_log(name, file.size, RDS_PREFIX, stream)

    def use(self, database: Database) -> None:
        """As `LogSource.use`."""

    def close(self) -> None:
        """As `LogSource.close`."""

    def _listed(self) -> Iterator[ListedFile]:
        pages = self._client.get_paginator("describe_db_log_files").paginate(
            DBInstanceIdentifier=self._instance, FilenameContains="postgresql"
        )
        with aws_errors(self._what):
            for page in pages:
                for file in page.get("DescribeDBLogFiles", ()):
                    written = file.get("LastWritten")
                    yield ListedFile(
                        file["LogFileName"], file.get("Size", 0),
                        None if written is None else datetime.fromtimestamp(written / 1000, UTC),
                    )  # fmt: skip

    def _is_before(self, file: ListedFile) -> bool:
        return self._since is not None and file.written is not None and file.written < self._since

    def _portion(self, name: str, marker: str) -> Portion:
        """Return the portion at a marker, with fewer lines where it would be cut."""
        while True:
            found = self._download(name, marker, self._lines)
            text = found.get("LogFileData") or ""
            if not text.rstrip().endswith(_NOTE) or self._lines == 1:
                break
            self._lines = max(self._lines // 4, 1)
        self._lines = min(2 * self._lines, _MOST_LINES)
        if text.rstrip().endswith(_NOTE):
            self._warn(f"{name} has a line of more than 1 MB, of which RDS gives out only the beginning")
            text = text.rstrip().removesuffix(_NOTE).rstrip("\n") + "\n"
        return Portion(text.encode(), found.get("Marker") or marker, not found.get("AdditionalDataPending"))

    def _download(self, name: str, marker: str, lines: int) -> dict[str, Any]:
        try:
            with aws_errors(self._what):
                answer: dict[str, Any] = self._client.download_db_log_file_portion(
                    DBInstanceIdentifier=self._instance, LogFileName=name, Marker=marker, NumberOfLines=lines
                )
        except NotThereError as error:
            if error.code in GONE:
                raise LogGoneError(f"{name} was removed by RDS before it was read to its end") from error
            raise
        return answer


def _base(name: str) -> str:
    return name.rpartition("/")[2]
