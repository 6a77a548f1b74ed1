"""A review is signed once its period is over, by who may, and explains exceptions that are not the signer's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.documents.access_review import KINDS
from dbtrack.evidence.model import ExceptionKind
from dbtrack.proof.seal import seal
from dbtrack.tenants.tenant_proof import tenant_hash_key
from tests.support.sealed import kinds, verified
from tests.support.tenancy import Connection, Tenancy

pytestmark = pytest.mark.any_server

_SIGN = """
SELECT script_tracking.sign_review(%(period)s, now() - interval '1 day', clock_timestamp(), %(by)s, %(statement)s,
    %(exceptions)s::jsonb, %(tenant)s::bytea, %(own)s)
"""


def sign(
    connection: Connection, by: str = "ines", *exceptions: Mapping[str, object], **more: object
) -> bytes:
    """Sign the last day."""
    given = {"period": "2026Q3", "statement": None, "tenant": None, "own": False, **more}
    row = connection.execute(_SIGN, {**given, "by": by, "exceptions": json.dumps(exceptions)}).fetchone()
    assert row
    return bytes(row[0])


def refusal(connection: Connection, *arguments: Any, **more: Any) -> str:
    """The message with which a signature is refused."""
    with pytest.raises(psycopg.Error) as caught:
        sign(connection, *arguments, **more)
    return caught.value.diag.message_primary or ""


def key_of(connection: Connection, name: str) -> str:
    statement = "SELECT encode(script_execution_hk, 'hex') FROM script_tracking.current_execution WHERE script_name = %s"
    row = connection.execute(statement, (name,)).fetchone()
    assert row
    return str(row[0])


def test_a_review_is_signed_by_who_may_for_what_it_may_see(tenancy: Tenancy) -> None:
    boss = tenancy.superuser
    acme_key, platform_key = key_of(boss, "secret of acme"), key_of(boss, "secret of the platform")
    login = tenancy.logins["acme"]
    explained = {"key": acme_key, "kind": "no_ticket", "reason": " agreed by mail, password=hunter2 "}
    review = sign(boss, "Ines <ines@example.org>", explained, statement="All examined.")
    with tenancy.acme() as acme:
        assert "cannot explain it alone" in refusal(acme, "tom", explained)
        own = sign(acme, "tom", {"key": acme_key, "reason": "ours"}, own=True)
        assert "there is no execution" in refusal(acme, "tom", {"key": platform_key, "reason": "x"})
        assert "of this tenant" in refusal(acme, "tom", tenant=tenant_hash_key("globex"))
        rows = acme.execute(
            "SELECT script_execution_hk, signed_by, login FROM script_tracking.review"
        ).fetchall()
        assert rows == [(own, "tom", login)]
    with tenancy.connect(tenancy.service) as service:
        assert "may not review the changes of all tenants" in refusal(service)
    rows = boss.execute(
        "SELECT script_execution_hk, tenant_hk IS NULL, period, since < until, signed_by, login, statement"
        " FROM script_tracking.review WHERE script_execution_hk = %s",
        (review,),
    ).fetchall()
    assert rows == [(review, True, "2026Q3", True, "Ines <ines@example.org>", "postgres", "All examined.")]
    rows = boss.execute(
        "SELECT review_hk, encode(script_execution_hk, 'hex'), kind, reason, signed_by, is_own"
        " FROM script_tracking.review_exception ORDER BY is_own"
    ).fetchall()
    assert [(*row[:3], row[4], row[5]) for row in rows] == [
        (review, acme_key, "no_ticket", "Ines <ines@example.org>", False),
        (own, acme_key, None, "tom", True),
    ]
    assert "hunter2" not in rows[0][3]
    assert rows[0][3].startswith("agreed by mail")


def test_who_started_the_pipeline_or_wrote_the_commit_does_not_explain_it(tenancy: Tenancy) -> None:
    boss = tenancy.superuser
    said = {"ci_actor": "carla", "git_author": "Gil Bee <gil@example.org>", "approved_by": "@anna"}
    with tenancy.acme() as acme:
        acme.execute(
            "SELECT script_tracking.track_operation('deploy', metadata => %s::jsonb)", (json.dumps(said),)
        )
    explained = {"key": key_of(boss, "deploy"), "reason": "agreed"}
    for name in ("Carla <c@example.org>", "gil", "GIL@other.example", "Gil Bee", "anna@example.org"):
        assert "cannot explain it alone" in refusal(boss, name, explained), name
    sign(boss, "ines@example.org", explained)


def test_an_exception_is_of_a_kind_that_exists(tenancy: Tenancy) -> None:
    boss = tenancy.superuser
    key = key_of(boss, "secret of acme")
    for kind in ("foo", "", "NO_TICKET"):
        assert "is not a kind" in refusal(boss, "ines", {"key": key, "kind": kind, "reason": "x"}), kind
    every = {*ExceptionKind, *KINDS}
    sign(boss, "ines", *({"key": key, "kind": str(kind), "reason": "x"} for kind in every))
    rows = boss.execute("SELECT kind FROM script_tracking.review_exception").fetchall()
    assert {row[0] for row in rows} == every


def test_what_nobody_could_have_examined_is_refused(tenancy: Tenancy) -> None:
    boss = tenancy.superuser
    key = key_of(boss, "secret of acme")
    assert "reason" in refusal(boss, "ines", {"key": key, "reason": " "})
    assert "not a key" in refusal(boss, "ines", {"key": key[:12], "reason": "x"})
    assert "no execution" in refusal(boss, "ines", {"key": "0" * 64, "reason": "x"})
    assert "kind" in refusal(boss, "ines", {"key": key, "kind": "No ticket", "reason": "x"})
    assert "name of who signs" in refusal(boss, " ")
    other = "SELECT script_tracking.sign_review('x', {}, {}, 'ines', NULL, %s::jsonb)"
    for window, message in (
        (("now()", "now() + interval '1 hour'"), "ends in the future"),
        (("now()", "now() - interval '1 hour'"), "is empty"),
        (("'-infinity'", "now()"), "is empty"),
        (("now() - interval '2 days'", "now() - interval '1 day'"), "outside the period"),
    ):
        with pytest.raises(psycopg.Error, match=message):
            boss.execute(other.format(*window).encode(), (json.dumps([{"key": key, "reason": "x"}]),))
    assert boss.execute("SELECT count(*) FROM script_tracking.review").fetchone() == (0,)


def test_a_tampered_signature_shows_and_nobody_else_writes_one(
    installed_conninfo: str, installed: Database
) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        review = sign(connection, "ines", statement="All examined.")
        seal(installed)
        assert verified(installed_conninfo).findings == []
        for name in ("REVIEW", "review", " Review "):
            with pytest.raises(psycopg.Error, match="is reserved"):
                connection.execute("SELECT script_tracking.track_operation('x', %s)", (name,))
        connection.execute(
            "UPDATE script_tracking.script_execution_s"
            " SET metadata = jsonb_set(metadata, '{review,by}', '\"tom\"') WHERE script_execution_hk = %s",
            (review,),
        )
        found = verified(installed_conninfo).findings
        assert kinds(found) == ["altered"]
        assert found[0].key == review
