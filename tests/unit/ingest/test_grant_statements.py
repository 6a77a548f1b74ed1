"""What a GRANT or REVOKE in the log names."""

from __future__ import annotations

import pytest

from dbtrack.ingest.ddl.grant_statements import parse_grant
from dbtrack.ingest.ddl.split_statements import split_statements


@pytest.mark.parametrize(
    ("text", "object_type", "objects", "grantees", "privileges"),
    [
        ('GRANT CONNECT, temporary ON DATABASE shop, "Mail Room" TO a, PUBLIC', "database",
         ("shop", '"Mail Room"'), ("a", "PUBLIC"), ("CONNECT", "TEMPORARY")),
        ('GRANT ALL PRIVILEGES ON TABLESPACE "fast" TO GROUP A WITH GRANT OPTION GRANTED BY b', "tablespace",
         ("fast",), ("a",), ("ALL", "GRANT OPTION")),
        ("GRANT SET, ALTER SYSTEM ON PARAMETER work_mem, my.thing TO a", "parameter ACL",
         ("work_mem", "my.thing"), ("a",), ("SET", "ALTER SYSTEM")),
        ("REVOKE GRANT OPTION FOR CONNECT, CREATE ON DATABASE shop FROM a CASCADE", "database",
         ("shop",), ("a",), ("GRANT OPTION FOR CONNECT", "GRANT OPTION FOR CREATE")),
        ("GRANT a, b TO c, CURRENT_USER", "role", ("a", "b"), ("c", "CURRENT_USER"), ("MEMBERSHIP",)),
        ("grant a to b with admin option granted by c", "role", ("a",), ("b",), ("MEMBERSHIP", "ADMIN OPTION")),
        ("GRANT a TO b WITH INHERIT FALSE, SET TRUE GRANTED BY c", "role",
         ("a",), ("b",), ("MEMBERSHIP", "INHERIT FALSE", "SET TRUE")),
        ("REVOKE INHERIT OPTION FOR a FROM b RESTRICT", "role", ("a",), ("b",), ("INHERIT OPTION",)),
        ("GRANT admin TO b", "role", ("admin",), ("b",), ("MEMBERSHIP",)),
        ('GRANT SELECT ("On", b), UPDATE ON ONLY_T, s.u TO b', "table",
         ("only_t", "s.u"), ("b",), ('SELECT ("On", b)', "UPDATE")),
        ("GRANT EXECUTE ON FUNCTION s.f(int, character varying), g TO b", "function",
         ("s.f(int, character varying)", "g"), ("b",), ("EXECUTE",)),
        ("GRANT SELECT ON ALL TABLES IN SCHEMA s, t TO b", "schema", ("s", "t"), ("b",), ("SELECT",)),
        ("ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA s REVOKE SELECT ON TABLES FROM b", "default acl",
         ("for role r in schema s on tables",), ("b",), ("SELECT",)),
        ("ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO b", "default acl",
         ("on functions",), ("b",), ("EXECUTE",)),
        ("GRANT /* to x */ a -- on y\n TO b", "role", ("a",), ("b",), ("MEMBERSHIP",)),
    ],
)  # fmt: skip
def test_what_is_named(
    text: str,
    object_type: str,
    objects: tuple[str, ...],
    grantees: tuple[str, ...],
    privileges: tuple[str, ...],
) -> None:
    grant = parse_grant(split_statements(text)[0])
    assert grant
    assert (grant.object_type, grant.objects, grant.grantees) == (object_type, objects, grantees)
    assert grant.privileges == privileges


@pytest.mark.parametrize(
    "text",
    ["GRANT", "GRANT a", "GRANT ON", "GRANT ON TO", "GRANT , TO ,", "REVOKE ON DATABASE FROM", "GRANT (TO",
     "ALTER DEFAULT PRIVILEGES", "ALTER DEFAULT PRIVILEGES GRANT", "GRANT TO WITH", "GRANT a TO b WITH",
     "REVOKE GRANT OPTION FOR", "REVOKE ADMIN OPTION FOR FROM", "GRANT SELECT ON FUNCTION TO GROUP"],
)  # fmt: skip
def test_a_statement_that_is_not_all_there_does_no_harm(text: str) -> None:
    grant = parse_grant(split_statements(text)[0])
    assert grant is None or all(grant.objects) or grant.objects == ()


def test_a_membership_is_about_both_roles_and_a_grant_about_its_objects() -> None:
    membership = parse_grant(split_statements("GRANT a TO b, PUBLIC")[0])
    grant = parse_grant(split_statements("GRANT CONNECT ON DATABASE a TO b")[0])
    assert membership
    assert grant
    assert (membership.affected, grant.affected) == (("a", "b"), ("a",))
    assert grant.entries() == [
        {"object": "a", "object_type": "database", "grantee": "b", "named": ["CONNECT"]}
    ]
