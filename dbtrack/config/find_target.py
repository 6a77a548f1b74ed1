"""Find the database to connect to, in the order of docs/connections.md."""

from __future__ import annotations

from collections.abc import Mapping

from dbtrack.config.configuration_file import Configuration, read_configuration, read_from
from dbtrack.config.connection_target import ConnectionOptions, ConnectionTarget
from dbtrack.config.conninfo import Base, checked_name, is_bare_name, read_connection_string
from dbtrack.errors import UsageError

_CHOOSING_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE")


def resolve_target(options: ConnectionOptions, environ: Mapping[str, str]) -> ConnectionTarget:
    """Find the database to connect to.

    Args:
        options: what the command line gave.
        environ: the process's environment variables.

    Raises:
        UsageError: options that contradict each other, an unknown environment, a broken configuration file,
            or a URI that is not PostgreSQL's.
    """
    check_options(options)
    named = _named_by_options(options)
    if options.dbname and not is_bare_name(options.dbname):
        base = read_connection_string(options.dbname, "command line")
        # As in psql: what the conninfo of -d says wins over -h, -p and -U.
        wins = base.embedded_path is not None
        overrides, defaults = (named, {}) if wins else ({}, named)
        return _target(base, options, environ, overrides=overrides, defaults=defaults)
    base = _base(options, environ)
    if options.dbname:
        named["dbname"] = checked_name(options.dbname, "command line")
    return _target(base, options, environ, overrides=base.keywords | named, defaults={})


def check_options(options: ConnectionOptions) -> None:
    """Refuse options that contradict each other.

    Raises:
        UsageError: -w and -W are both given.
    """
    if options.no_password and options.force_password:
        raise UsageError("-w and -W contradict each other")


def _named_by_options(options: ConnectionOptions) -> dict[str, str]:
    given = {"host": options.host, "port": options.port, "user": options.user}
    return {keyword: value for keyword, value in given.items() if value}


def _base(options: ConnectionOptions, environ: Mapping[str, str]) -> Base:
    name = options.environment or environ.get("DBTRACK_ENV")
    if name:
        return read_configuration(environ).environment(name)
    if string := environ.get("DBTRACK_DSN"):
        return read_connection_string(string, "DBTRACK_DSN")
    if any(environ.get(variable) for variable in _CHOOSING_VARIABLES):
        return Base("PG* variables")
    if string := environ.get("DATABASE_URL"):
        return read_connection_string(string, "DATABASE_URL")
    return _default_base(read_configuration(environ), options)


def _default_base(configuration: Configuration, options: ConnectionOptions) -> Base:
    if configuration.default_environment:
        return configuration.environment(configuration.default_environment)
    given = options.dbname or _named_by_options(options)
    return Base("command line" if given else "libpq defaults")


def _target(
    base: Base,
    options: ConnectionOptions,
    environ: Mapping[str, str],
    *,
    overrides: Mapping[str, str],
    defaults: Mapping[str, str],
) -> ConnectionTarget:
    chosen = environ.get("DBTRACK_READ_FROM") or None
    reads_from_standby = base.reads_from_standby if chosen is None else read_from(chosen, "DBTRACK_READ_FROM")
    return ConnectionTarget(
        source=base.source,
        conninfo=base.conninfo,
        overrides=overrides,
        defaults=defaults,
        embedded_path=base.embedded_path,
        no_password=options.no_password,
        force_password=options.force_password,
        tenant=base.tenant,
        changes=base.changes,
        reads_from_standby=reads_from_standby,
    )
