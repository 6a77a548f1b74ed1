"""`dbtrack ingest --from`: logs in the recorded forms of what providers answer."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session
import pytest
import requests
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, NoConnectionError, PermissionDeniedError, UsageError
from dbtrack.ingest import Ingest, IngestOptions, LogSource, Provider
from dbtrack.ingest.providers.azure import AzureLogs
from dbtrack.ingest.providers.cloud_sql import CloudSqlLogs
from dbtrack.ingest.providers.cloudwatch import CloudWatchLogs
from dbtrack.ingest.providers.rds import RdsLogs
from dbtrack.ingest.store import RecordCounts, record_batch
from tests.support.command_line import run_dbtrack
from tests.support.ingested import recorded
from tests.support.provider_apis import (
    AWS,
    AzureApi,
    CloudLoggingApi,
    RdsApi,
    hour,
    rds_entry,
    rds_environment,
)
from tests.support.receiver import Receiver

pytestmark = pytest.mark.any_server


def failed(database: Database) -> list[str]:
    """Return the tables whose DROP failed, in order."""
    return sorted(
        row["sql_command"].removeprefix("DROP TABLE ")
        for row in recorded(database)
        if row["execution_status"] == "FAILED"
    )


def names(*numbers: int) -> list[str]:
    return sorted(f"gone_{number}" for number in numbers)


def entries(start: datetime, *numbers: int) -> str:
    return "".join(rds_entry(f"gone_{number}", start + timedelta(seconds=number)) for number in numbers)


def run(database: Database, source: LogSource, since: datetime | None = None) -> Ingest:
    work = Ingest(database, IngestOptions(all_databases=True, since=since))
    work.run([source])
    return work


@pytest.fixture
def rds(monkeypatch: pytest.MonkeyPatch) -> Iterator[RdsApi]:
    api = RdsApi()
    with rds_environment(api) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield api


def read_rds(database: Database, since: datetime | None = None, warnings: list[str] | None = None) -> Ingest:
    said: list[str] = []
    work = run(database, RdsLogs("shop", since, said.append), since)
    assert said == (warnings or [])
    return work


def from_rds(conninfo: str, environment: dict[str, str], *words: str) -> tuple[int, str]:
    done = run_dbtrack("ingest", "--from", "rds", "-d", conninfo, *words, environment=environment)
    assert "hunter2" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_rds_is_read_on_where_it_was_left(rds: RdsApi, installed: Database) -> None:
    api = rds
    api.portion_bytes = 60_000
    filler = "".join(
        f"{hour(5):%Y-%m-%d %H:%M:%S} UTC::@:[1]:LOG:  checkpoint {number}\n" for number in range(3000)
    )
    api.files["error/postgresql.log.2026-01-15-05"] = (
        entries(hour(5), 1) + filler + entries(hour(5), 2),
        hour(6),
    )
    api.files["error/postgresql.log.2026-01-15-06"] = (entries(hour(6), 3), hour(7))
    # What Amazon writes beside it is not a log of the server.
    api.files["error/postgres.log"] = ("x", hour(7))
    # The first answers are that it is busy.
    api.refuse = [("Throttling", 400), ("ServiceUnavailable", 503)]
    report = read_rds(installed).report
    assert (report.executions, report.logs, report.has_findings) == (3, 2, False)
    assert failed(installed) == names(1, 2, 3)
    [row] = [row for row in recorded(installed) if row["sql_command"] == "DROP TABLE gone_1"]
    assert row["metadata"]["log_source"] == "rds:eu-central-1:shop/error/postgresql.log.2026-01-15-05"

    # Nothing has changed: nothing is downloaded.
    api.asked.clear()
    read_rds(installed)
    assert api.asked == []

    # The last file grows, and the next one begins: only what is new is read.
    text, _ = api.files["error/postgresql.log.2026-01-15-06"]
    api.files["error/postgresql.log.2026-01-15-06"] = (text + entries(hour(6), 4), hour(7))
    api.files["error/postgresql.log.2026-01-15-07"] = (entries(hour(7), 5), hour(8))
    read_rds(installed)
    assert failed(installed) == names(1, 2, 3, 4, 5)
    assert {name for name, _ in api.asked} == {
        "error/postgresql.log.2026-01-15-06",
        "error/postgresql.log.2026-01-15-07",
    }

    # In a long file the place is a marker near its end, and not the beginning.
    api.asked.clear()
    text, _ = api.files["error/postgresql.log.2026-01-15-05"]
    api.files["error/postgresql.log.2026-01-15-05"] = (text + entries(hour(5), 6), hour(6))
    read_rds(installed)
    assert failed(installed) == names(1, 2, 3, 4, 5, 6)
    assert "0" not in [marker for _, marker in api.asked]

    # --since leaves out files that were written before.
    api.asked.clear()
    api.files["error/postgresql.log.2026-01-15-04"] = (entries(hour(4), 7), hour(5))
    read_rds(installed, hour(6) + timedelta(minutes=30))
    assert api.asked == []
    read_rds(installed)
    assert failed(installed) == names(1, 2, 3, 4, 5, 6, 7)


def test_a_file_that_is_still_written_keeps_its_last_entry(rds: RdsApi, installed: Database) -> None:
    api = rds
    name = "error/postgresql.log.2026-01-15-05"
    whole = entries(hour(5), 1, 2)
    statement = whole.rindex(whole.splitlines()[-1])
    # The ERROR is there, and its STATEMENT is not yet.
    api.files[name] = (whole[:statement], datetime.now(UTC))
    read_rds(installed)
    assert failed(installed) == names(1)
    api.files[name] = (whole, hour(5))
    read_rds(installed)
    assert failed(installed) == names(1, 2)


def test_what_rds_truncates_is_read_in_smaller_portions_or_said(rds: RdsApi, installed: Database) -> None:
    api = rds
    api.portion_bytes = 1500
    text = entries(hour(5), *range(60))
    api.files["error/postgresql.log.2026-01-15-05"] = (text, hour(6))
    assert not read_rds(installed).report.has_findings
    assert failed(installed) == names(*range(60))
    # One line is longer than any portion: its beginning is read, and this is said.
    begin = f"{hour(6):%Y-%m-%d %H:%M:%S} UTC:10.0.0.1(5432):anna@postgres:[77]:"
    line = f"{begin}LOG:  statement: SELECT '{'x' * 4000}'\n"
    api.files["error/postgresql.log.2026-01-15-06"] = (
        entries(hour(6), 70) + line + entries(hour(6), 71),
        hour(7),
    )
    long = "error/postgresql.log.2026-01-15-06 has a line of more than 1 MB, of which RDS gives out only the beginning"
    read_rds(installed, warnings=[long])
    assert failed(installed) == names(*range(60), 70, 71)


@pytest.mark.parametrize(
    ("refusal", "name", "error", "said"),
    [
        (
            ("ExpiredToken", 403),
            "shop",
            NoConnectionError,
            "refuses the credentials: ExpiredToken it is .renew them",
        ),
        (
            ("AccessDenied", 403),
            "shop",
            PermissionDeniedError,
            "does not allow DescribeDBLogFiles on the instance shop",
        ),
        (None, "arn:aws:rds:eu-central-1:1:db:shopp", UsageError, "the instance shopp is not there"),
        (None, "arn:aws:logs:eu-west-1:1:log-group:x", UsageError, "is of the service logs, not of rds"),
    ],
)
def test_what_amazon_refuses_is_one_line(
    rds: RdsApi,
    installed: Database,
    refusal: tuple[str, int] | None,
    name: str,
    error: type[DbtrackError],
    said: str,
) -> None:
    rds.refuse = [refusal] if refusal else []
    with pytest.raises(error) as raised:
        run(installed, RdsLogs(name, None, pytest.fail))
    assert re.search(said, str(raised.value))
    assert "\n" not in str(raised.value)


def test_the_command_line_reads_an_instance(
    rds: RdsApi, installed: Database, installed_conninfo: str
) -> None:
    rds.files["error/postgresql.log.2026-01-15-05"] = (entries(hour(5), 1, 2), hour(6))
    environment = {name: value for name, value in os.environ.items() if name.startswith("AWS")}
    code, said = from_rds(installed_conninfo, environment, "shop", "--all-databases")
    assert re.fullmatch(
        r"dbtrack: recorded 2 executions, 2 of them failed, from \d+ bytes of 1 log\n", said
    ), said
    assert (code, failed(installed)) == (0, names(1, 2))
    rds.refuse = [("ExpiredToken", 403)]
    code, said = from_rds(installed_conninfo, environment, "shop")
    assert (code, len(said.splitlines()), "Amazon refuses the credentials" in said) == (12, 1, True)
    for words, hint in (
        ((), "--from rds names no instance; give the identifier of an instance, or its ARN"),
        (("shop", "--follow"), "--from cannot follow a log; run it from cron"),
        (("shop", "--from-server"), "--from and --from-server exclude each other"),
    ):
        code, said = from_rds(installed_conninfo, environment, *words)
        assert (code, hint in said) == (2, True)


def test_without_credentials_and_without_a_region_it_says_what_to_set(
    installed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in AWS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(NoConnectionError, match=r"there are no credentials for Amazon \(set AWS_PROFILE"):
        read_rds(installed)
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(UsageError, match="set AWS_REGION, or give the ARN"):
        read_rds(installed)


def test_killed_between_batches_nothing_is_lost_or_doubled(
    rds: RdsApi,
    installed: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    api = rds
    # The same text at the same time: only its number tells the second from the first.
    same = rds_entry("gone_0", hour(5)) * 3
    api.files["error/postgresql.log.2026-01-15-05"] = (same + entries(hour(5), *range(1, 1201)), hour(6))
    calls = 0

    def crashing(*arguments: Any) -> RecordCounts:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RuntimeError("killed")
        return record_batch(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr("dbtrack.ingest.run.record_batch", crashing)
        with pytest.raises(RuntimeError, match="killed"):
            run(installed, RdsLogs("shop", None, pytest.fail))
    assert 0 < len(failed(installed)) < 1203
    read_rds(installed)
    assert failed(installed) == sorted([*names(*range(1201)), "gone_0", "gone_0"])


def test_cloudwatch_is_read_stream_by_stream(installed: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    client = botocore.session.get_session().create_client(
        "logs", region_name="eu-central-1", endpoint_url=url,
        aws_access_key_id="testing", aws_secret_access_key="testing",
    )  # fmt: skip
    group = "/aws/rds/instance/shop/postgresql"
    client.create_log_group(logGroupName=group)
    # CloudWatch takes events of the last two weeks.
    start = (datetime.now(UTC) - timedelta(hours=3)).replace(microsecond=0)

    def put(stream: str, *numbers: int) -> None:
        events = [
            {"timestamp": int((start + timedelta(seconds=number)).timestamp() * 1000), "message": line}
            for number in numbers
            for line in rds_entry(f"gone_{number}", start + timedelta(seconds=number)).splitlines()
        ]
        client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    def ingest(name: str) -> int:
        return run(installed, CloudWatchLogs(name, None)).report.executions

    for name, value in {**AWS, "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": url}.items():
        monkeypatch.setenv(name, value)
    try:
        for stream in ("shop.0", "shop.1"):
            client.create_log_stream(logGroupName=group, logStreamName=stream)
        put("shop.0", 1, 2)
        put("shop.1", 3)
        assert ingest("shop") == 3
        assert failed(installed) == names(1, 2, 3)
        assert ingest(group) == 0
        put("shop.0", 1000)
        ingest(f"arn:aws:logs:eu-central-1:123456789012:log-group:{group}:*")
        assert failed(installed) == names(1, 2, 3, 1000)
        with pytest.raises(UsageError, match="the log group /aws/rds/instance/shopp/postgresql is not there"):
            ingest("shopp")
    finally:
        server.stop()


@pytest.fixture
def cloud_logging() -> Iterator[tuple[CloudLoggingApi, str]]:
    api = CloudLoggingApi()
    receiver = Receiver(api.answer)
    yield api, receiver.url(path="")
    receiver.close()


def test_cloud_sql_is_read_on_and_late_entries_are_found(
    cloud_logging: tuple[CloudLoggingApi, str], installed: Database
) -> None:
    api, endpoint = cloud_logging

    def add(*numbers: int) -> None:
        for number in numbers:
            when = hour(5) + timedelta(seconds=number)
            begin = f"{when:%Y-%m-%d %H:%M:%S}.000 UTC [9]: [{2 * number + 1}-1] db=postgres,user=anna "
            api.add(when, f'{begin}ERROR:  table "gone_{number}" does not exist')
            api.add(when + timedelta(milliseconds=1), f"{begin}STATEMENT:  DROP TABLE\n gone_{number}")

    def ingest(since: datetime | None = None) -> None:
        source = CloudSqlLogs("acme:europe-west1:shop", since, session=requests.Session(), endpoint=endpoint)
        run(installed, source, since)

    def found() -> list[str]:
        return [
            name.replace("DROP TABLE\n\t ", "").replace("DROP TABLE\n ", "") for name in failed(installed)
        ]

    add(*range(1, 8))
    api.refuse = [429, 503]
    ingest()
    assert found() == names(*range(1, 8))
    first = api.filters[-1]
    ingest()
    assert found() == names(*range(1, 8))
    assert api.filters[-1] != first
    # One arrives late, among those that were read; the next comes after an hour.
    add(3000)
    ingest()
    add(2900, 3001)
    ingest()
    assert sorted(found()) == sorted(names(*range(1, 8), 2900, 3000, 3001))
    asked = datetime.fromisoformat(re.findall(r'timestamp>="([^"]+)"', api.filters[-1])[0])
    assert hour(5) + timedelta(seconds=2600) <= asked < hour(5) + timedelta(seconds=3000)


def test_since_begins_there_and_an_earlier_one_reads_the_rest(
    cloud_logging: tuple[CloudLoggingApi, str], installed: Database
) -> None:
    api, endpoint = cloud_logging
    for number in (0, 1, 2, 3):
        when = hour(5 + number)
        begin = f"{when:%Y-%m-%d %H:%M:%S}.000 UTC [9]: [{number + 1}-1] db=postgres,user=anna "
        api.add(when, f"{begin}LOG:  statement: CREATE ROLE role_{number}")

    def ingest(since: datetime | None) -> list[str]:
        source = CloudSqlLogs("acme:shop", since, session=requests.Session(), endpoint=endpoint)
        run(installed, source, since)
        return sorted(row["sql_command"][-1] for row in recorded(installed))

    assert ingest(hour(7)) == ["2", "3"]
    asked = len(api.filters)
    # Cron gives the same words each time: the place decides, not --since.
    assert ingest(hour(7)) == ["2", "3"]
    assert all("08:00:00" in text or "07:5" in text for text in api.filters[asked:])
    assert ingest(None) == ["2", "3"]
    assert ingest(hour(6)) == ["1", "2", "3"]
    assert ingest(None) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (401, NoConnectionError, "Google refuses the credentials: said Google"),
        (403, PermissionDeniedError, "Google does not allow to read the logs of acme"),
        (404, UsageError, "Google knows no logs of acme"),
    ],
)
def test_what_google_refuses_is_one_line(
    cloud_logging: tuple[CloudLoggingApi, str],
    installed: Database,
    status: int,
    error: type[DbtrackError],
    said: str,
) -> None:
    api, endpoint = cloud_logging
    api.refuse = [status]
    source = CloudSqlLogs("acme:shop", None, session=requests.Session(), endpoint=endpoint)
    with pytest.raises(error, match=said):
        run(installed, source)


def test_googles_credentials_are_looked_for_where_its_tools_do(installed_conninfo: str) -> None:
    done = run_dbtrack(
        "ingest", "--from", "cloudsql", "acme:shop", "-d", installed_conninfo,
        environment={"GOOGLE_APPLICATION_CREDENTIALS": "/nonexistent.json"},
    )  # fmt: skip
    assert done.returncode == 12
    assert "there are no credentials for Google: File /nonexistent.json was not found; run:" in done.stderr
    done = run_dbtrack("ingest", "--from", "cloudsql", "shop", "-d", installed_conninfo)
    assert (done.returncode, "give PROJECT:INSTANCE" in done.stderr) == (2, True)


class _Credential:
    """A credential of azure-identity's form."""

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        assert scopes == ("https://management.azure.com/.default",)
        return AccessToken("hunter2-token", int(time.time()) + 3600)


class _Local:
    """The usual transport, which takes Azure's management to the test's server."""

    def __init__(self, url: str) -> None:
        self._inner = RequestsTransport()
        self._url = url

    def __enter__(self) -> Any:
        return self._inner.__enter__()

    def __exit__(self, *details: object) -> None:
        self._inner.__exit__(*details)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def send(self, request: Any, **options: Any) -> Any:
        asked = request.url
        request.url = asked.replace("https://management.azure.com", self._url)
        try:
            return self._inner.send(request, **options)
        finally:
            request.url = asked


@pytest.fixture
def azure() -> Iterator[tuple[AzureApi, str]]:
    api = AzureApi()
    receiver = Receiver(api.answer)
    api.blobs_at = receiver.url(path="")
    yield api, api.blobs_at
    receiver.close()


def azure_source(url: str, server: str = "shop") -> AzureLogs:
    name = (
        f"/subscriptions/s-1/resourceGroups/rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/{server}"
    )
    return AzureLogs(name, None, credential=_Credential(), transport=_Local(url))


def azure_entries(start: datetime, *numbers: int) -> str:
    text = ""
    for number in numbers:
        begin = f"{start + timedelta(seconds=number):%Y-%m-%d %H:%M:%S} UTC-65a4.{number:x}-"
        text += f'{begin}ERROR:  table "gone_{number}" does not exist\n{begin}STATEMENT:  DROP TABLE gone_{number}\n'
    return text


def test_azure_is_read_on_by_bytes(azure: tuple[AzureApi, str], installed: Database) -> None:
    api, url = azure
    name = "postgresql_2026_01_15_05_00_00.log"
    filler = "".join(
        f"{hour(5):%Y-%m-%d %H:%M:%S} UTC-65a4.1-LOG:  checkpoint {number}\n" for number in range(40_000)
    )
    api.files[name] = (azure_entries(hour(5), 1) + filler + azure_entries(hour(5), 2), hour(6))
    api.refuse = [503]
    run(installed, azure_source(url))
    assert failed(installed) == names(1, 2)
    api.ranges.clear()
    run(installed, azure_source(url))
    assert api.ranges == []
    api.files[name] = (api.files[name][0] + azure_entries(hour(5), 3), hour(7))
    api.files["postgresql_2026_01_15_06_00_00.log"] = (azure_entries(hour(6), 4), hour(7))
    run(installed, azure_source(url))
    assert failed(installed) == names(1, 2, 3, 4)
    assert (name, f"bytes=0-{(1 << 20) - 1}") not in api.ranges
    for status, error in ((401, NoConnectionError), (403, PermissionDeniedError)):
        api.refuse = [status]
        with pytest.raises(error, match="said Azure"):
            run(installed, azure_source(url))
    with pytest.raises(UsageError, match="the server shopp is not there"):
        run(installed, azure_source(url, "shopp"))
    assert "hunter2" not in str(recorded(installed))


def test_a_file_that_is_gone_is_a_finding(azure: tuple[AzureApi, str], installed: Database) -> None:
    api, url = azure
    api.files["postgresql_2026_01_15_05_00_00.log"] = (azure_entries(hour(5), 1), hour(6))
    source = azure_source(url)
    # The list is read before the file.
    [log] = source.logs()
    api.refuse = [404]
    warnings: list[str] = []
    work = Ingest(installed, IngestOptions(all_databases=True), warn=warnings.append)
    work._read_log(log)
    source.close()
    assert work.report.unreadable == 1
    assert "was removed by Azure before it was read to its end" in warnings[0]


def test_the_option_offers_the_providers() -> None:
    from dbtrack.cli.commands.ingest import _PROVIDERS

    assert tuple(Provider) == _PROVIDERS
