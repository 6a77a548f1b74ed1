"""Remove from a database URL the parameters of frameworks, which libpq does not know.

`DATABASE_URL` belongs to the application: the parameters of its framework are left out here, and each is
reported once. An unknown parameter stays, and libpq refuses it: it may be a typing error that matters.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

_PRISMA = """schema pgbouncer connection_limit pool_timeout socket_timeout statement_cache_size
    sslaccept sslidentity single_use_connections"""
_RAILS = """pool max_connections min_connections checkout_timeout idle_timeout max_age keepalive
    pool_jitter reaping_frequency adapter encoding prepared_statements statement_limit
    advisory_locks min_messages schema_search_path insert_returning variables database_tasks
    migrations_paths replica timeout"""
_DJANGO = """conn_max_age conn_health_checks disable_server_side_cursors ssl_require atomic_requests
    engine test_name"""
_SQLALCHEMY = """async_fallback prepared_statement_cache_size prepared_statement_name_func
    command_timeout max_cached_statement_lifetime server_settings charset driver"""
_NODE = """uselibpqcompat max min idletimeoutmillis connectiontimeoutmillis query_timeout
    statement_timeout lock_timeout idle_in_transaction_session_timeout keepalive max_lifetime
    prepare fetch_types debug"""
_GO = """pool_max_conns pool_min_conns pool_min_idle_conns pool_max_conn_lifetime
    pool_max_conn_lifetime_jitter pool_max_conn_idle_time pool_health_check_period
    default_query_exec_mode statement_cache_capacity statement_cache_mode description_cache_capacity
    binary_parameters disable_prepared_binary_result search_path timezone"""
_JDBC = """currentschema applicationname sslfactory sslfactoryarg sslhostnameverifier logintimeout
    sockettimeout connecttimeout tcpkeepalive rewritebatchedinserts preparethreshold
    preparedstatementcachequeries preparedstatementcachesizemib targetservertype stringtype
    binarytransfer autosave defaultrowfetchsize loadbalancehosts hostrecheckseconds readonly
    assumeminserverversion prefer_query_mode preferquerymode escapesyntaxcallmode loggerlevel
    loggerfile"""
_ELIXIR_AND_OTHERS = "pool_size queue_target queue_interval socket_dir serverversion application_type"
_FOREIGN = frozenset(
    f"{_PRISMA} {_RAILS} {_DJANGO} {_SQLALCHEMY} {_NODE} {_GO} {_JDBC} {_ELIXIR_AND_OTHERS}".split()
)
# golang-migrate's: x-migrations-table.
_FOREIGN_PREFIX = "x-"
# no-verify is of node-postgres: encrypt without checking the certificate, libpq's "require".
_TRUE = frozenset({"", "1", "true", "on", "yes", "require", "no-verify"})
_FALSE = frozenset({"0", "false", "off", "no", "disable"})
_SCHEME = re.compile(r"^(?:jdbc:)?(?:postgres(?:ql)?(?:\+\w+)?|postgis|pgsql|psql)://", re.IGNORECASE)


class ForLibpq(NamedTuple):
    """A URL that libpq can read, and what was changed in it."""

    url: str
    changes: tuple[str, ...]


def without_driver(text: str) -> str:
    """Replace the scheme of SQLAlchemy, Django or JDBC with the one that libpq knows."""
    return _SCHEME.sub("postgresql://", text, count=1)


def for_libpq(url: str) -> ForLibpq:
    """Return a URL without the parameters of frameworks."""
    base, separator, rest = url.partition("?")
    if not separator or "@" in rest:
        return ForLibpq(url, ())  # the question mark may be part of the password: libpq decides
    kept: list[str] = []
    changes: list[str] = []
    for pair in rest.split("&"):
        name, _, value = pair.partition("=")
        word, change = _translate(unquote(name), unquote(value), pair)
        kept += [word] if word else []
        changes += [change] if change else []
    return ForLibpq(base + "?" * bool(kept) + "&".join(kept), tuple(changes))


def _translate(name: str, value: str, pair: str) -> tuple[str | None, str | None]:
    """Return what is kept of a parameter, and what the user is told about it."""
    folded = name.lower()
    if folded == "sslmode" and value == "no-verify":
        return "sslmode=require", "sslmode=no-verify is treated as sslmode=require"
    if folded == "ssl" and value.lower() in _TRUE:
        return "sslmode=require", None
    if folded == "ssl" and value.lower() in _FALSE:
        return None, None
    if folded in _FOREIGN or folded.startswith(_FOREIGN_PREFIX):
        return None, f"{name} is ignored"
    return pair or None, None
