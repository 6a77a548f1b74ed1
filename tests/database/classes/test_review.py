"""An access review: what it lists, what is an exception, its signature, and what changed after that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from dbtrack.db import Database
from dbtrack.operations.classes import classify
from tests.support.classified import one, said, within
from tests.support.command_line import done, rows, run_dbtrack
from tests.support.servers.sandbox import RoleFactory

_LOGIN = (
    "SELECT script_tracking.insert_execution('auth.login', 'AUTHENTICATION', 'COMPLETED', now(), NULL, NULL, '{}', NULL,"
    " NULL, '{}', 'auth_store')"
)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Reviewed:
    """A classified table, to which some logins have access, each in another way."""

    database: Database
    place: tuple[str, str]
    logins: Mapping[str, str]

    def section(self, name: str, *words: str) -> list[Row]:
        """Return the rows of a part of the review."""
        document = json.loads(said("access-review", "--format", "json", *words, *self.place))
        found: list[Row] = next(part["rows"] for part in document["sections"] if part["name"] == name)
        return found

    def access(self) -> dict[tuple[str, str], Row]:
        """Return who has access, by login and how."""
        return {(row["login"], row["how"]): row for row in self.section("access_review")}


@pytest.fixture
def reviewed(installed: Database, installed_conninfo: str, role: RoleFactory) -> Reviewed:
    """The table `patients`."""
    logins = {name: role(name) for name in ("ticketed", "plain", "shared")}
    logins["clerks"] = role("clerks", login=False)
    installed.execute("CREATE TABLE patients (id int, ssn text)")
    classify(installed, "patients.ssn", "phi", "law")
    grants = ("GRANT SELECT ON patients TO {clerks}", "GRANT {clerks} TO {ticketed}")
    within(installed, "v1", "T-1", *(grant.format(**logins) for grant in grants))
    installed.execute("GRANT UPDATE ON patients TO {plain}, {shared}".format(**logins))
    installed.execute("GRANT SELECT (ssn) ON patients TO PUBLIC")
    installed.call("set_setting", setting_name="evidence.shared_logins", setting_value=logins["shared"])
    return Reviewed(installed, ("-d", installed_conninfo), logins)


def test_a_grant_to_a_name_that_begins_with_a_quote_has_its_origin(
    reviewed: Reviewed, role: RoleFactory
) -> None:
    login = role('"o\'neil" "x"')
    who = sql.Identifier(login).as_string()
    within(reviewed.database, "v2", "T-2", f"GRANT UPDATE ON patients TO {who}")
    row = reviewed.access()[login, "grant"]
    assert (row["ticket"], row["known_by"], row["exceptions"]) == ("T-2", "recorded", [])


def test_each_way_in_has_its_origin_and_what_is_odd_about_it(reviewed: Reviewed) -> None:
    access, logins = reviewed.access(), reviewed.logins
    ticketed = access[logins["ticketed"], "grant"]
    assert (ticketed["ticket"], ticketed["script_name"]) == ("T-1", "v1")
    assert (ticketed["through"], ticketed["exceptions"]) == ([logins["clerks"]], [])
    assert (ticketed["can_read"], ticketed["can_write"]) == (True, False)
    assert access[logins["plain"], "grant"]["exceptions"] == ["no_ticket"]
    assert access[logins["shared"], "grant"]["exceptions"] == ["no_ticket", "shared_login"]
    assert access["PUBLIC", "PUBLIC"]["exceptions"] == ["no_ticket", "public"]
    assert ("postgres", "owner") in access
    assert ("postgres", "superuser") in access
    granted = one(
        reviewed.database,
        "SELECT encode(script_execution_hk, 'hex') FROM script_tracking.current_execution"
        " WHERE script_name = 'GRANT' ORDER BY load_date LIMIT 1",
    )
    assert ticketed["execution_key"] == granted
    table = done(run_dbtrack("grants", "--classified", "phi", "--format", "csv", *reviewed.place))
    lines = one(reviewed.database, "SELECT count(*) FROM script_tracking.get_class_access('phi')")
    assert len(table.splitlines()) == 1 + lines


def test_that_a_login_is_unused_is_only_said_where_logins_are_recorded(reviewed: Reviewed) -> None:
    access = reviewed.access().values()
    assert {row["logins_recorded"] for row in access} == {False}
    assert not any("unused_login" in row["exceptions"] for row in access)
    found = {row["kind"]: row["found"] for row in reviewed.section("access_review_exceptions")}
    assert found["unused_login"] is None, "none found would say that none is unused"
    assert found["no_ticket"] is not None
    # With the module auth they are.
    reviewed.database.execute(_LOGIN)
    access = reviewed.access().values()
    unused = {row["login"] for row in access if "unused_login" in row["exceptions"]}
    assert unused == {reviewed.logins[name] for name in ("ticketed", "plain", "shared")}
    assert all(row["last_login_at"] for row in access if row["login"] == "postgres")


def test_a_review_is_written_as_a_page_and_signed(reviewed: Reviewed, tmp_path: Path) -> None:
    page, place = tmp_path / "access.html", reviewed.place
    assert said("access-review", "-o", str(page), *place) == ""
    text = page.read_text().replace("<wbr>", "")
    for word in ("phi", reviewed.logins["plain"], "T-1", "no_ticket", "shared_login", "that can read"):
        assert word in text
    assert run_dbtrack("access-review", "--fail-on-open", *place).returncode == 3
    plain = (reviewed.logins["plain"], "grant")
    exception = (
        "--exception",
        f"{reviewed.access()[plain]['execution_key']}:no_ticket",
        "--reason",
        "agreed",
    )
    sign = (
        "review",
        "sign",
        "--about",
        "access",
        "--by",
        "Ines",
        "--document",
        str(page),
        *exception,
        *place,
    )
    own = run_dbtrack(*sign)
    assert own.returncode == 2
    assert "cannot explain it alone" in own.stderr
    said(*sign, "--allow-own")
    (signed,) = rows(run_dbtrack("review", "list", "--format", "jsonl", *place))
    digest = hashlib.sha256(page.read_bytes()).hexdigest()
    assert (signed["about"], signed["document"]) == ("access", digest)
    row = reviewed.access()[plain]
    assert (row["open_exceptions"], row["explained_by"]) == ([], "Ines")
    # It does not count as a review of changes.
    reviewed.database.call("set_setting", setting_name="evidence.review_every", setting_value="1d")
    reviewed.database.execute(
        "UPDATE script_tracking.schema_migration SET applied_at = applied_at - interval '3 days'"
    )
    assert run_dbtrack("review", "due", *place).returncode == 3


def test_what_changed_since_the_last_review_is_listed(reviewed: Reviewed) -> None:
    before = {(row["change"], row["login"]) for row in reviewed.section("access_changes")}
    assert {("access gained", reviewed.logins["ticketed"]), ("classified", "postgres")} <= before
    said("review", "sign", "--about", "access", "--by", "Ines", *reviewed.place)
    assert reviewed.section("access_changes") == []
    run = reviewed.database.execute
    run(f"REVOKE UPDATE ON patients FROM {reviewed.logins['plain']}")
    run(f"GRANT DELETE ON patients TO {reviewed.logins['shared']}; ALTER TABLE patients RENAME ssn TO number")
    classify(reviewed.database, "patients.id", "pii", "number of the patient")
    changes = [(row["change"], row["login"], row["detail"]) for row in reviewed.section("access_changes")]
    assert sorted(changes) == sorted(
        [
            ("access lost", reviewed.logins["plain"], "UPDATE"),
            ("access gained", reviewed.logins["shared"], "DELETE"),
            ("changed", "postgres", "ALTER TABLE"),
            ("classified", "postgres", "pii: number of the patient"),
        ]
    )


@pytest.mark.any_server
def test_classify_lists_and_applies_and_refuses_in_one_line(
    installed: Database, installed_conninfo: str
) -> None:
    place = ("-d", installed_conninfo)
    installed.execute('CREATE TABLE "Staff" (email text, plz text)')
    assert len(said("classify", '"Staff".email', "pii", "--reason", "law", *place).strip()) == 64
    again = run_dbtrack("classify", '"Staff".email', "pii", *place)
    assert (again.returncode, again.stdout) == (0, "")
    assert "already" in again.stderr
    assert "1 classified" in run_dbtrack("classify", "--apply", "--yes", *place).stderr
    listed = rows(run_dbtrack("classify", "--list", "pii", "--format", "jsonl", *place))
    assert [(row["column_name"], row["login"], row["reason"].split(":")[0]) for row in listed] == [
        ("email", "postgres", "law"),
        ("plz", "postgres", "suggested"),
    ]
    said("classify", '"Staff".email', "pii", "--remove", *place)
    assert len(rows(run_dbtrack("classify", "--list", "--format", "jsonl", *place))) == 1
    for words, complaint in (
        (("grants", "--classified", "nix"), "there is no class"),
        (("grants", "patients"), "--on patients"),
        (("grants", "--classified", "--on", "patients"), "leave out"),
        (("classify", "--list", "--suggest"), "two lists"),
        (("classify", "patients"), "an object and a class"),
        (("classify", "--suggest", "--apply"), "--yes"),
        (("review", "sign", "--about", "access", "--by", "I", "--document", "/nix"), "cannot read"),
    ):
        refused = run_dbtrack(*words, *place)
        assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1), words
        assert complaint in refused.stderr
