"""One case for each command that fires event triggers, and those of which a comparison does not see all."""

from __future__ import annotations

from tests.database.capture.coverage.case import Case
from tests.database.capture.ddl_kinds import KINDS

_NOT_16 = frozenset({15, 17, 18})
_FOREIGN = (
    "CREATE EXTENSION postgres_fdw;"
    "DO $$ BEGIN EXECUTE format('CREATE SERVER loopback FOREIGN DATA WRAPPER postgres_fdw OPTIONS"
    " (host %L, port %L, dbname %L)', current_setting('unix_socket_directories'), current_setting('port'),"
    " current_database()); END $$;"
    "CREATE USER MAPPING FOR CURRENT_USER SERVER loopback;"
    "CREATE SCHEMA far; CREATE TABLE far.t (id int); CREATE SCHEMA near"
)


# Where the first statement of a tag changes nothing that anybody could see.
_TELLING = (
    "ALTER ROUTINE p RENAME TO q",
    "ALTER SEQUENCE s RENAME TO r",
    "ALTER SUBSCRIPTION su RENAME TO sv",
)
# What a comparison of the catalogs passes over, beside the rest of its tag.
_PASSED_OVER = {
    "ALTER EXTENSION plpgsql ADD TABLE t": "`ALTER EXTENSION … ADD`",
    "ALTER FUNCTION f DEPENDS ON EXTENSION plpgsql": "`ALTER … DEPENDS ON EXTENSION`",
    "ALTER INDEX e ALTER 1 SET STATISTICS 9": "`ALTER INDEX … SET STATISTICS`",
    "ALTER SEQUENCE s RESTART 5": "`ALTER SEQUENCE … RESTART`",
    "ALTER SUBSCRIPTION su CONNECTION 'password=hidden'": "`ALTER SUBSCRIPTION … CONNECTION`",
    "ALTER SUBSCRIPTION su SET (binary = true)": "`ALTER SUBSCRIPTION … SET`",
    "COMMENT ON EXTENSION plpgsql IS 'x'": "`COMMENT` on what PostgreSQL brings",
    "COMMENT ON LARGE OBJECT 4711 IS 'x'": "`COMMENT` on a large object",
    "GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC": "`GRANT` on a large object",
}
_LOAD = "DO $$ BEGIN EXECUTE format('LOAD %L', current_setting('unix_socket_directories') || '/labels.so'); END $$"
_MORE = (
    Case(
        "`IMPORT FOREIGN SCHEMA`",
        "IMPORT FOREIGN SCHEMA far FROM SERVER loopback INTO near",
        before=_FOREIGN,
        after="DROP EXTENSION postgres_fdw CASCADE; DROP SCHEMA far, near CASCADE",
        alone=True,
        lacking=frozenset({16}),
    ),
    Case(
        "`SECURITY LABEL`",
        "SECURITY LABEL FOR anything ON COLUMN t.id IS 'x'",
        before=f"{_LOAD}; CREATE TABLE t (id int)",
        labels=True,
    ),
    Case(
        "`SECURITY LABEL` on a role",
        "SECURITY LABEL FOR anything ON ROLE covered IS 'x'",
        before=f"{_LOAD}; CREATE ROLE covered",
        labels=True,
    ),
    # The only extension that comes with the PostgreSQL 16 of these tests.
    Case("`ALTER EXTENSION`", "ALTER EXTENSION vector SET SCHEMA n", "CREATE EXTENSION vector; CREATE SCHEMA n", lacking=_NOT_16),
    Case("`DROP EXTENSION`", "DROP EXTENSION vector", "CREATE EXTENSION vector", lacking=_NOT_16),
)  # fmt: skip


def fired(major: int) -> list[Case]:
    """Return a case for each tag that a server of this major can run, and the exceptions."""
    tags = {case.name: case for case in _MORE if case.is_on(major)}
    for kind in sorted(KINDS, key=lambda kind: (kind.statement not in _TELLING, kind.alone)):
        if major not in kind.lacking:
            name = _PASSED_OVER.get(kind.statement, f"`{kind.tag}`")
            tags.setdefault(name, Case(name, kind.statement, kind.before, alone=kind.alone))
    return sorted(tags.values(), key=lambda case: case.name.replace("`", ""))
