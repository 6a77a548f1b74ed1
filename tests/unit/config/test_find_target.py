"""Which database is chosen, of all the places that can name one."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict, Unpack

import pytest

from dbtrack import embedded
from dbtrack.config import ConnectionOptions, ConnectionTarget, resolve_target
from dbtrack.db.libpq_keywords import libpq_keywords, seeks_any_host
from dbtrack.errors import UsageError

SECRET = "hunter2"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the tester's own configuration file nor a service of theirs plays a part."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "empty"))
    monkeypatch.delenv("PGSERVICE", raising=False)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(
        'default_environment = "local"\n'
        '[environments.local]\nhost = "localhost"\nport = 5433\n'
        '[environments.prod]\ndsn = "postgresql://app@db1/orders?sslmode=require"\n'
        'user = "dba"\ntenant = "acme"\n'
        '[environments.demo]\ndsn = "embedded:/srv/demo"\n'
    )
    return path


class Options(TypedDict, total=False):
    dbname: str
    host: str
    port: str
    user: str
    environment: str


def _keywords(environ: dict[str, str] | None = None, **options: Unpack[Options]) -> dict[str, str]:
    return libpq_keywords(_target(environ, **options))


def _target(environ: dict[str, str] | None = None, **options: Unpack[Options]) -> ConnectionTarget:
    return resolve_target(ConnectionOptions(**options), environ or {})


def test_nothing_given_leaves_all_to_libpq() -> None:
    assert _target().source == "libpq defaults"
    assert _keywords() == {}


def test_options_name_their_keywords() -> None:
    target = _target(dbname="orders", host="db1", port="5433", user="alice")
    assert target.source == "command line"
    assert libpq_keywords(target) == {"dbname": "orders", "host": "db1", "port": "5433", "user": "alice"}


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgres+asyncpg"])
def test_uri_of_postgresql_is_taken_with_any_driver(scheme: str) -> None:
    keywords = _keywords({"DATABASE_URL": f"{scheme}://alice@db1:5433/orders"})
    assert keywords == {"user": "alice", "host": "db1", "port": "5433", "dbname": "orders"}


def test_conninfo_wins_over_options_as_in_psql() -> None:
    keywords = _keywords(dbname="host=db1 dbname=orders", host="db2", user="alice")
    assert keywords == {"host": "db1", "dbname": "orders", "user": "alice"}


def test_each_place_wins_over_those_below_it(config: Path) -> None:
    places = {
        "DBTRACK_ENV": "prod",
        "DBTRACK_DSN": "postgresql://dsn/x",
        "PGHOST": "pghost",
        "DATABASE_URL": "postgresql://url/x",
        "DBTRACK_CONFIG": str(config),
    }
    assert _target(places, dbname="host=option").source == "command line"
    found = []
    for variable in tuple(places):
        found.append(_target(places).source)
        del places[variable]
    assert found == [
        f"environment prod ({config})",
        "DBTRACK_DSN",
        "PG* variables",
        "DATABASE_URL",
        f"environment local ({config})",
    ]


def test_option_names_an_environment_over_the_variable(config: Path) -> None:
    environ = {"DBTRACK_ENV": "local", "DBTRACK_CONFIG": str(config)}
    assert _keywords(environ, environment="prod")["host"] == "db1"


@pytest.mark.parametrize("variable", ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"])
def test_variables_of_libpq_win_over_database_url(variable: str) -> None:
    environ = {variable: "x", "DATABASE_URL": "postgresql://url/x"}
    assert _target(environ).source == "PG* variables"
    environ[variable] = ""
    assert _target(environ).source == "DATABASE_URL"


def test_bare_name_changes_only_the_database() -> None:
    keywords = _keywords({"DBTRACK_DSN": "postgresql://alice@db1:5433/orders"}, dbname="billing")
    assert keywords == {"user": "alice", "host": "db1", "port": "5433", "dbname": "billing"}


def test_another_host_drops_the_address_of_the_old_one() -> None:
    dsn = "host=db1,db2 hostaddr=10.0.0.1,10.0.0.2 port=1,2 dbname=orders"
    assert _keywords({"DBTRACK_DSN": dsn}, host="db3") == {"dbname": "orders", "host": "db3"}


def test_environment_is_its_dsn_changed_by_its_keys(config: Path) -> None:
    target = _target({"DBTRACK_CONFIG": str(config)}, environment="prod")
    assert target.tenant == "acme"
    keywords = libpq_keywords(target)
    assert (keywords["host"], keywords["user"], keywords["sslmode"]) == ("db1", "dba", "require")


def test_environment_with_a_host_does_not_follow_pghostaddr(config: Path) -> None:
    assert _keywords({"DBTRACK_CONFIG": str(config)}, environment="local")["hostaddr"] == ""


@pytest.mark.parametrize("text", ["embedded:/srv/demo", "embedded:"])
def test_embedded_server_is_a_connection_like_any_other(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "start", lambda path: {"host": str(path), "dbname": "postgres"})
    path = "/srv/demo" if text != "embedded:" else str(embedded.default_path())
    assert _keywords(dbname=text, user="alice") == {
        "host": path,
        "hostaddr": "",
        "dbname": "postgres",
        "user": "alice",
    }
    assert _keywords({"DBTRACK_DSN": text}, dbname="orders")["dbname"] == "orders"


def test_embedded_environment(config: Path) -> None:
    target = _target({"DBTRACK_CONFIG": str(config)}, environment="demo")
    assert target.embedded_path == Path("/srv/demo")


def test_relative_embedded_path_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert _target(dbname="embedded:data").embedded_path == tmp_path / "data"


def test_password_options_contradict_each_other() -> None:
    with pytest.raises(UsageError, match="-w and -W"):
        resolve_target(ConnectionOptions(no_password=True, force_password=True), {})


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://alice:{SECRET} x@db1/orders",
        f"postgresql://alice:{SECRET}@db1:port/orders?unknown=1",
        f"postgresql://alice:{SECRET}%zz@db1/orders",
        f"postgresql://alice:a@{SECRET}@db1/orders",
        f"password={SECRET} {SECRET}",
        f"password='{SECRET}",
        f"mysql://alice:{SECRET}@db1/orders",
        f"sqlite:///{SECRET}",
        f"host=db1 password={SECRET} {SECRET}=1",
        f"postgresql://alice:{SECRET}\udcff@db1/orders",
        f"postgresql:/alice:{SECRET}@db1/orders",
        f"postgresql//alice:{SECRET}@db1/orders",
        f"//alice:{SECRET}@db1/orders",
        f"alice:{SECRET}@db1/orders",
        # A part of the password, shown as the name of a host or a database, or as a parameter.
        f"postgresql://alice:a@{SECRET}/b@db1/orders",
        f"postgresql://alice:12/{SECRET}@db1/orders",
        f"postgresql://alice:1/a?{SECRET}=b@db1/orders",
        f"postgresql://alice:1/a?host={SECRET}@db1/orders",
        f"postgresql://alice:1@{SECRET}?b@db1/orders",
        f"Postgres:alice:{SECRET}",
        f"embedded:postgresql://alice:{SECRET}@db1/orders",
    ],
)
@pytest.mark.parametrize("place", ["command line", "DBTRACK_DSN", "DATABASE_URL"])
def test_malformed_string_is_never_repeated(text: str, place: str) -> None:
    environ = {} if place == "command line" else {place: text}
    options: Options = {"dbname": text} if place == "command line" else {}
    with pytest.raises(UsageError, match="malformed connection string") as caught:
        _keywords(environ, **options)
    assert place in str(caught.value)
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in repr(error)
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "5432,x", "٥٤٣٢"])
def test_a_word_that_is_not_a_port_is_refused(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="the port is not a whole number"):
        _keywords(host="db1", port=port)
    monkeypatch.setenv("PGPORT", port)
    with pytest.raises(UsageError, match="the port is not a whole number"):
        _keywords(host="db1")
    assert _keywords(host="db1", port="5433")["port"] == "5433"


def test_slash_in_a_password_is_not_shown_as_a_port() -> None:
    with pytest.raises(UsageError, match="%2F") as caught:
        _keywords(dbname=f"postgresql://alice:{SECRET}/x@db1/orders")
    assert SECRET not in str(caught.value)


def test_repr_never_shows_a_password() -> None:
    target = _target(dbname=f"postgresql://alice:{SECRET}@db1/orders")
    assert SECRET not in repr(target) + str(target)
    assert libpq_keywords(target)["password"] == SECRET


def test_service_wins_over_pghost_as_in_libpq(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "services").write_text("[orders]\nhost=db1\nport=5440\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    monkeypatch.setenv("PGHOST", "elsewhere")
    keywords = _keywords(dbname="service=orders")
    assert (keywords["host"], keywords["port"], keywords["service"]) == ("db1", "5440", "orders")
    monkeypatch.setenv("PGSERVICE", "orders")
    assert _keywords()["host"] == "db1"
    assert _keywords(host="db2")["host"] == "db2"


@pytest.mark.parametrize(
    ("given", "keywords"),
    [
        # Prisma, Rails, node-postgres, pgx, golang-migrate, JDBC, SQLAlchemy, django-environ.
        ("postgresql://a@db1/orders?schema=public&pgbouncer=true&connection_limit=5&pool_timeout=0&sslaccept=strict", {}),
        ("postgres://a@db1/orders?pool=5&reaping_frequency=10&prepared_statements=false&sslmode=prefer",
         {"sslmode": "prefer"}),
        ("postgres://a@db1/orders?sslmode=no-verify", {"sslmode": "require"}),
        ("postgres://a@db1/orders?ssl=true&uselibpqcompat=true", {"sslmode": "require"}),
        ("postgres://a@db1/orders?ssl=1", {"sslmode": "require"}),
        ("postgres://a@db1/orders?ssl=false", {}),
        ("postgres://a@db1/orders?pool_max_conns=4&search_path=app&connect_timeout=3", {"connect_timeout": "3"}),
        ("postgres://a@db1/orders?x-migrations-table=m", {}),
        ("jdbc:postgresql://db1/orders?user=a&currentSchema=app&ApplicationName=flyway", {}),
        ("postgresql+psycopg://a@db1/orders?prepared_statement_cache_size=0", {}),
        ("psql://a@db1/orders?conn_max_age=600", {}),
        ("postgis://a@db1/orders", {}),
        ("postgresql://a@db1/orders\n", {}),
        ("'postgresql://a@db1/orders'", {}),
    ],
)  # fmt: skip
def test_a_url_of_a_framework_is_understood(given: str, keywords: dict[str, str]) -> None:
    assert _keywords({"DATABASE_URL": given}) == {"host": "db1", "dbname": "orders", "user": "a", **keywords}


def test_what_is_left_out_of_a_url_is_reported_without_its_value() -> None:
    url = f"postgresql://a@db1/orders?schema={SECRET}&sslmode=no-verify&connection_limit=5"
    target = resolve_target(ConnectionOptions(), {"DATABASE_URL": url})
    assert target.changes == (
        "schema is ignored",
        "sslmode=no-verify is treated as sslmode=require",
        "connection_limit is ignored",
    )


def test_an_unknown_parameter_is_named() -> None:
    with pytest.raises(UsageError, match=r"\(DATABASE_URL\): unknown parameter sllmode"):
        _keywords({"DATABASE_URL": "postgresql://a@db1/orders?application_name=x&sllmode=require"})


def test_an_at_sign_that_is_not_part_of_a_password_is_accepted() -> None:
    keywords = _keywords({"DATABASE_URL": "postgresql://db1/orders?user=me@example.com&password=a@b"})
    assert (keywords["user"], keywords["host"]) == ("me@example.com", "db1")


def test_reports_prefer_a_standby_where_that_is_wished(config: Path) -> None:
    content = config.read_text()
    config.write_text(content + '[environments.all]\ndsn = "host=a,b target_session_attrs=read-write"\n'
        'read_from = "standby"\n')  # fmt: skip
    environ = {"DBTRACK_CONFIG": str(config)}
    target = _target(environ, environment="all")
    assert libpq_keywords(target)["target_session_attrs"] == "read-write"
    assert libpq_keywords(target.for_reports())["target_session_attrs"] == "prefer-standby"
    primary = _target({**environ, "DBTRACK_READ_FROM": "primary"}, environment="all")
    assert primary.for_reports() == primary


@pytest.mark.parametrize(
    ("conninfo", "is_open"),
    [
        ("host=a,b", True),
        ("hostaddr=10.0.0.1,10.0.0.2", True),
        ("host=a", False),
        ("host=a,b target_session_attrs=any", False),
        ("postgresql://a,b/shop?target_session_attrs=standby", False),
    ],
)
def test_which_of_several_hosts_is_meant_may_be_left_open(conninfo: str, is_open: bool) -> None:
    assert seeks_any_host(_keywords(dbname=conninfo)) is is_open


def test_the_wish_of_a_variable_is_a_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGTARGETSESSIONATTRS", "standby")
    assert not seeks_any_host({"host": "a,b"})
