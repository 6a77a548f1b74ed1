"""The rules of sql/README.md that can be read off the files."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from pglast import ast, parse_sql
from pglast.visitors import referenced_relations

import dbtrack
from dbtrack import sql_files
from dbtrack.histories import TOOLS
from dbtrack.schema.install_script import table_names
from tests.support.paths import GOLDEN

ROOT = sql_files.sql_root()
CHECKSUMS = GOLDEN / "migrations.sha256"
SCHEMAS = {"script_tracking", "auth", "dbtrack_mart"}
EVERY_FILE = sorted(ROOT.rglob("*.sql"))
MODULE_ROUTINES = sorted(ROOT.glob("modules/*/routines/*.sql"))
# They hand their caller's search_path on to the platform's function, so they cannot pin it.
WRAPPERS = sorted(ROOT.glob("modules/*/wrappers/*.sql"))
CORE_ROUTINES = sorted((ROOT / "routines").rglob("*.sql"))
MIGRATIONS = [*sorted((ROOT / "migrations").glob("*.sql")), *sorted(ROOT.glob("modules/*/migrations/*.sql"))]
VIEWS = sorted((ROOT / "views").glob("*.sql"))
MART_ROUTINES = [
    path for path in sorted((ROOT / "mart").glob("*.sql")) if "CREATE OR REPLACE FUNCTION" in path.read_text()
]
MART = [path for path in sorted((ROOT / "mart").glob("*.sql")) if path not in MART_ROUTINES]
ROUTINES = [*CORE_ROUTINES, *MODULE_ROUTINES, *MART_ROUTINES]
QUERIES = sorted((ROOT / "queries").rglob("*.sql"))
# Files whose parameters are bound by psycopg or by dbtrack, and so no SQL yet; or SQL of another engine.
WITH_PARAMETERS = {"reports", "queries", "lake"}


def files(paths: list[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Make a rule for one file a test of all: it names every file that breaks the rule, and how."""

    def test_of_all(rule: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            assert paths
            broken = []
            for path in paths:
                try:
                    rule(path)
                except AssertionError as error:
                    broken.append(f"{path.relative_to(ROOT)}: {error}")
            if broken:
                pytest.fail("\n".join(broken), pytrace=False)

        test.__doc__ = rule.__doc__
        return test

    return test_of_all


@cache
def statements(path: Path) -> list[ast.Node]:
    return [raw.stmt for raw in parse_sql(path.read_text())]


def routine(path: Path) -> ast.CreateFunctionStmt:
    found = [node for node in statements(path) if isinstance(node, ast.CreateFunctionStmt)]
    assert len(found) == 1, f"{len(found)} functions in one file"
    return found[0]


def dotted(names: tuple[ast.String, ...]) -> str:
    return ".".join(str(name.sval) for name in names)


def settings(node: ast.CreateFunctionStmt) -> dict[str, list[object]]:
    options = [option.arg for option in node.options if option.defname == "set"]
    return {option.name: [getattr(value.val, "sval", None) for value in option.args] for option in options}


@pytest.mark.parametrize(
    ("paths", "fewest"),
    [
        (ROUTINES, 270),
        (MODULE_ROUTINES, 20),
        (WRAPPERS, 2),
        (MIGRATIONS, 17),
        (VIEWS, 8),
        (MART, 10),
        (MART_ROUTINES, 1),
        (QUERIES, 70),
        (EVERY_FILE, 400),
    ],
    ids=[
        "routines",
        "routines of modules",
        "wrappers",
        "migrations",
        "views",
        "mart",
        "routines of the mart",
        "queries",
        "every file",
    ],
)
def test_the_files_are_found(paths: list[Path], fewest: int) -> None:
    """A pattern that matches no file lets every rule below pass."""
    assert len(paths) >= fewest


@pytest.mark.parametrize("folder", ["routines", "queries"])
def test_each_file_is_in_a_folder_that_the_readme_describes(folder: str) -> None:
    described = re.findall(rf"^\| `{folder}/(\w+)/` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(described) > 5
    folders = {path.parent.relative_to(ROOT / folder).as_posix() for path in (ROOT / folder).rglob("*.sql")}
    assert folders == set(described)


@files(EVERY_FILE)
def test_a_file_is_plain_text_without_psql_commands(path: Path) -> None:
    text = path.read_text()
    assert text.endswith("\n")
    assert "\t" not in text
    assert text.isascii(), "a database in LATIN1 could not take it"
    assert not re.search(r"^\\[a-z!?]", text, re.MULTILINE), "a psql command: no server understands it"
    assert max(map(len, text.splitlines())) <= 140


@files([path for path in EVERY_FILE if path.relative_to(ROOT).parts[0] not in WITH_PARAMETERS])
def test_a_file_holds_sql_without_transaction_commands(path: Path) -> None:
    kinds = {type(node) for node in statements(path)}
    assert ast.TransactionStmt not in kinds, "install runs everything in one transaction"


@files([*ROUTINES, *WRAPPERS])
def test_a_routine_is_one_function_named_as_its_file(path: Path) -> None:
    node = routine(path)
    schema, name = (part.sval for part in node.funcname)
    assert schema in SCHEMAS
    assert name == path.stem
    assert node.replace, "routines run on every install"


@files(ROUTINES)
def test_a_routine_pins_search_path(path: Path) -> None:
    assert settings(routine(path)).get("search_path") == ["pg_catalog", "pg_temp"]


@files(WRAPPERS)
def test_a_wrapper_runs_as_its_caller_and_names_everything_in_full(path: Path) -> None:
    node = routine(path)
    assert "security" not in {option.defname for option in node.options}
    calls = re.findall(r"(\w+[.])?\w+\(", node.options[-1].arg[0].sval)
    assert calls
    assert "" not in calls


@files(MODULE_ROUTINES)
def test_a_modules_routine_begins_with_its_name(path: Path) -> None:
    assert path.stem.startswith(f"{path.parent.parent.name}_")


@files([*ROUTINES, *WRAPPERS])
def test_a_routine_says_what_it_is_for(path: Path) -> None:
    assert path.read_text().startswith("-- "), "its first line is a comment"
    comments = [node for node in statements(path) if isinstance(node, ast.CommentStmt)]
    objects = [dotted(comment.object.objname) for comment in comments]
    assert objects == [dotted(routine(path).funcname)]


@files([*ROUTINES, *WRAPPERS])
def test_a_routine_qualifies_the_types_of_its_signature(path: Path) -> None:
    node = routine(path)
    types = [parameter.argType for parameter in node.parameters or ()]
    types += [node.returnType] if node.returnType else []
    assert [dotted(kind.names) for kind in types if len(kind.names) < 2] == []


@files([path for path in ROUTINES if path.stem.startswith("event_trigger_")])
def test_an_event_trigger_function_is_volatile(path: Path) -> None:
    options = {option.defname: option.arg for option in routine(path).options}
    assert options["volatility"].sval == "volatile", (
        "a stable one and CREATE INDEX CONCURRENTLY crash the server"
    )
    assert options["security"].boolval


@files([*VIEWS, *MART])
def test_a_view_is_replaced_in_place_and_reads_as_its_reader(path: Path) -> None:
    found = statements(path)
    created = [node for node in found if isinstance(node, ast.ViewStmt)]
    assert [f"{node.view.schemaname}.{node.view.relname}" for node in created] == [
        f"{'dbtrack_mart' if path in MART else 'script_tracking'}.{path.stem}"
    ]
    options = {
        option.defname: str(getattr(option.arg, "sval", "true")) for option in created[0].options or ()
    }
    assert options.get("security_invoker") == "true"
    assert created[0].replace, "what others made may depend on it"


@files(QUERIES)
def test_a_query_does_more_than_call_a_function(path: Path) -> None:
    """`Database.call` does that without a file."""
    text = re.sub(r"%\(\w+\)s", "NULL", path.read_text()).replace("%%", "%")
    found = [raw.stmt for raw in parse_sql(text)]
    assert not any(isinstance(node, ast.SelectStmt) and only_calls_a_function(node) for node in found)


def only_calls_a_function(node: ast.SelectStmt) -> bool:
    """Return whether a SELECT is one function of dbtrack's, with parameters and with columns as they are."""
    is_bare = node.whereClause is None and node.sortClause is None and node.withClause is None
    targets = [target.val for target in node.targetList or ()]
    if not is_bare:
        return False
    if node.fromClause is None:
        return len(targets) == 1 and takes_parameters(targets[0])
    called = node.fromClause[0]
    return (
        len(node.fromClause) == 1
        and isinstance(called, ast.RangeFunction)
        and takes_parameters(called.functions[0][0])
        and all(isinstance(target, ast.ColumnRef) for target in targets)
    )


def takes_parameters(call: ast.Node) -> bool:
    """Return whether a node calls a function of dbtrack's with nothing but parameters."""
    if not isinstance(call, ast.FuncCall) or call.funcname[0].sval not in SCHEMAS:
        return False
    values = [getattr(argument, "arg", argument) for argument in call.args or ()]
    values = [getattr(value, "arg", value) for value in values]
    return all(isinstance(value, ast.A_Const) for value in values)


@pytest.mark.parametrize(
    ("query", "is_needless"),
    [
        ("SELECT script_tracking.f(a => NULL, b => NULL::text)", True),
        ("SELECT o_a, o_b FROM script_tracking.f(NULL) AS f", True),
        ("SELECT script_tracking.f(a => script_tracking.g(NULL))", False),
        ("SELECT script_tracking.f(NULL), script_tracking.g(NULL)", False),
        ("SELECT a || 'x' FROM script_tracking.f(NULL)", False),
        ("SELECT a FROM script_tracking.f(NULL) WHERE b", False),
        ("SELECT pg_catalog.clock_timestamp()", False),
    ],
)
def test_a_needless_query_is_found(query: str, is_needless: bool) -> None:
    (raw,) = parse_sql(query)
    assert only_calls_a_function(raw.stmt) is is_needless


def test_each_query_is_used() -> None:
    """Python names a query with its folder; the doctor's checks and the kinds of completion are in lists."""
    package = Path(dbtrack.__file__).parent
    code = "\n".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    names = [path.relative_to(ROOT / "queries").with_suffix("").as_posix() for path in QUERIES]
    used = set(re.findall(r"\bquery\(\s*f?\"([\w/]+)\"", code))
    # These two are named by their file alone, in a list.
    used |= {
        f"{folder}/{name}" for folder in ("doctor", "completion") for name in re.findall(r'"(\w+)"', code)
    }
    used |= {f"histories/{tool.query}" for tool in TOOLS}
    assert sorted(set(names) - used) == []


@files(MART)
def test_the_mart_depends_on_tables_and_itself_alone(path: Path) -> None:
    """A view or a function of script_tracking could not be replaced any more while the mart depends on it."""
    tables = set(table_names())
    node = next(node for node in statements(path) if isinstance(node, ast.ViewStmt))
    common = set(re.findall(r"\b(\w+) AS (?:MATERIALIZED )?\(\n", path.read_text()))
    for name in referenced_relations(node) - common:
        schema, _, relation = name.partition(".")
        assert schema == "dbtrack_mart" or relation in tables, name
    assert not re.search(r"script_tracking\.\w+\(", re.sub(r"'[^']*'|--[^\n]*", "", path.read_text()))


@files(MIGRATIONS)
def test_a_migration_hides_no_drift(path: Path) -> None:
    code = re.sub(r"--[^\n]*", "", path.read_text())
    assert not re.search(r"\bIF\s+(NOT\s+)?EXISTS\b|\bOR\s+REPLACE\b", code, re.IGNORECASE)


@files(MIGRATIONS)
def test_a_migration_comments_every_table(path: Path) -> None:
    found = statements(path)
    created = {
        node.relation.relname for node in found if isinstance(node, ast.CreateStmt) and node.partbound is None
    }
    comments = [node for node in found if isinstance(node, ast.CommentStmt)]
    commented = {node.object[-1].sval for node in comments if isinstance(node.object, tuple)}
    assert created <= commented


@files([*MIGRATIONS, *VIEWS, *MART])
def test_every_relation_is_named_with_its_schema(path: Path) -> None:
    relations = set().union(*(referenced_relations(node) for node in parse_sql(path.read_text())))
    assert {name for name in relations if "." not in name} == set()


@files(ROUTINES)
def test_a_comment_names_the_arguments(path: Path) -> None:
    """During an upgrade that changes them there are two functions of the name."""
    comments = [node for node in statements(path) if isinstance(node, ast.CommentStmt)]
    assert comments, "no COMMENT ON"
    assert not any(comment.object.args_unspecified for comment in comments)


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [migration.number for migration in sql_files.migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_released_migrations_are_frozen() -> None:
    actual = [f"{migration.checksum}  {migration.name}.sql" for migration in sql_files.migrations()]
    assert CHECKSUMS.read_text().splitlines() == actual, (
        "a migration is frozen: undo the change and write a new one. For a new one, run: "
        "(cd sql/migrations && sha256sum *.sql) > tests/golden/migrations.sha256"
    )


def test_released_migrations_of_module_auth_are_frozen() -> None:
    files = sql_files.migrations("modules/auth/migrations")
    actual = [f"{migration.checksum}  {migration.name}.sql" for migration in files]
    assert CHECKSUMS.with_name("migrations_auth.sha256").read_text().splitlines() == actual, (
        "a migration is frozen: undo the change and write a new one. For a new one, run: "
        "(cd sql/modules/auth/migrations && sha256sum *.sql) > tests/golden/migrations_auth.sha256"
    )
