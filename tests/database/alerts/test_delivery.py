"""A notice of an alert is an event that an endpoint's cursor delivers: by type, by tenant, and by the alert's own choice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.notify.alerts import manage
from tests.support.alerting import add, ended, evaluated, pass_time
from tests.support.endpoints import administering, read_once
from tests.support.tenancy import Tenancy

pytestmark = pytest.mark.any_server


@pytest.fixture
def database(installed_conninfo: str) -> Iterator[Database]:
    with administering(installed_conninfo) as database:
        yield database


def create(database: Database, name: str, **more: object) -> None:
    database.call("create_endpoint", p_name=name, p_kind="webhook", **{"p_event_types": ["alert.*"], **more})


def got(database: Database, endpoint: str) -> list[tuple[str, str, str | None]]:
    return [(event.type, event.subject, event.tenant) for event in read_once(database, endpoint)]


def test_an_endpoint_gets_both_ends_of_an_alert(database: Database) -> None:
    create(database, "chat")
    add(database, "failed", "errors", "script_type = 'JOB'", severity="critical")
    key = ended(database, "nightly", "JOB", failed=True)
    evaluated(database)
    (event,) = read_once(database, "chat")
    assert (event.type, event.subject, event.tenant) == ("alert.fired", "failed", None)
    assert event.data["severity"] == "critical"
    assert event.data["next_step"] == f"dbtrack show {key.hex()[:12]}"
    pass_time(database, hours=2)
    evaluated(database)
    pass_time(database, minutes=5)
    evaluated(database)
    assert got(database, "chat") == [("alert.resolved", "failed", None)]


def test_an_alert_chooses_its_endpoints(database: Database) -> None:
    for name in ("pager", "chat"):
        create(database, name)
    add(database, "loud", "errors", "script_type = 'JOB'", endpoints=["pager"])
    add(database, "quiet", "errors", "script_type = 'JOB'")
    ended(database, "nightly", "JOB", failed=True)
    evaluated(database)
    assert got(database, "pager") == [("alert.fired", "loud", None), ("alert.fired", "quiet", None)]
    assert got(database, "chat") == [("alert.fired", "quiet", None)]
    database.call("drop_endpoint", p_name="pager")
    pass_time(database, hours=5)
    ended(database, "nightly", "JOB", failed=True)
    evaluated(database)
    assert ("alert.fired", "loud", None) in got(database, "chat")


def test_an_endpoint_that_does_not_exist_is_refused(database: Database) -> None:
    with pytest.raises(UsageError, match='there is no endpoint "pagre"'):
        add(database, "loud", "errors", "script_type = 'JOB'", endpoints=["pagre"])
    assert manage.list_states(database) == []


def test_a_tenants_endpoint_gets_the_tenants_alerts(tenancy: Tenancy) -> None:
    with administering(tenancy.conninfo) as database:
        create(database, "acme", p_tenants=["acme"])
        create(database, "all")
        add(database, "failed", "errors", "script_type = 'MANUAL'", group_by="tenant")
        for tenant in ("acme", "globex"):
            with tenancy.connect(tenancy.logins[tenant]) as connection:
                ended(Database.wrap(connection), "a job", failed=True)
        evaluated(database)
        assert got(database, "acme") == [("alert.fired", "failed", "acme")]
        assert got(database, "all") == [
            ("alert.fired", "failed", "acme"),
            ("alert.fired", "failed", "globex"),
        ]
