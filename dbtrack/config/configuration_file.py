"""Read the configuration file: environments by name, and the places of encryption keys."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from dbtrack.config.conninfo import Base, holds_password, read_connection_string
from dbtrack.config.digest_settings import DIGEST_KEYS, DigestSettings, read_digest_settings
from dbtrack.config.libpq_settings import LIBPQ_KEYWORDS, SECRET_KEYWORDS
from dbtrack.errors import UsageError

_TOP_KEYS = (
    "default_environment",
    "digest",
    "encryption_key",
    "environments",
    "evidence",
    "keys",
    "pager",
    "time_zone",
)
_OWN_KEYS = ("dsn", "read_from", "tenant")
PRIMARY, STANDBY = "primary", "standby"
_NO_SECRETS = "keep passwords in .pgpass or a service file"


@dataclass(frozen=True)
class Configuration:
    """The content of the configuration file; empty where there is none.

    Args:
        path: the file, whether it exists or not.
        default_environment: the environment used when nothing else names a database.
        environments: the settings of each environment, checked.
        keys: where each encryption key is, by its id.
        encryption_key: the id of the key that encrypts.
        time_zone: in which times are read and shown; None for the machine's.
        pager: the command of the pager; empty for none; None where nothing is configured.
        frameworks: the directory of the organisation's own frameworks; None where nothing is configured.
        digest: where `dbtrack maintain` sends digests.
    """

    path: Path
    exists: bool
    default_environment: str | None
    environments: Mapping[str, Mapping[str, str]]
    keys: Mapping[str, str] = field(default_factory=dict)
    encryption_key: str | None = None
    time_zone: str | None = None
    pager: str | None = None
    frameworks: str | None = None
    digest: DigestSettings = field(default_factory=DigestSettings)

    def environment(self, name: str) -> Base:
        """Return the connection that an environment stands for.

        Raises:
            UsageError: there is no such environment; those that exist are listed.
        """
        if name not in self.environments:
            raise self._unknown(name)
        settings = dict(self.environments[name])
        source = f"environment {name} ({self.path})"
        tenant = settings.pop("tenant", None)
        dsn = settings.pop("dsn", None)
        reads_from_standby = settings.pop("read_from", PRIMARY) == STANDBY
        base = read_connection_string(dsn, source) if dsn else Base(source)
        keywords = base.keywords | settings
        if "host" in keywords:
            # An address from PGHOSTADDR would lead to another server than the file names.
            keywords.setdefault("hostaddr", "")
        return Base(
            source, base.conninfo, keywords, base.embedded_path, tenant, base.changes, reads_from_standby
        )

    def _unknown(self, name: str) -> UsageError:
        if not self.exists:
            return UsageError(f"no environment {name}: there is no configuration file {self.path}")
        existing = ", ".join(sorted(self.environments)) or "none"
        return UsageError(f"no environment {name} in {self.path}", hint=f"it has: {existing}")


def configuration_path(environ: Mapping[str, str]) -> Path:
    """Return `$DBTRACK_CONFIG`, or the path of `config.toml` in the user's configuration directory."""
    chosen = environ.get("DBTRACK_CONFIG")
    return Path(chosen).expanduser() if chosen else platformdirs.user_config_path("dbtrack") / "config.toml"


def read_configuration(environ: Mapping[str, str]) -> Configuration:
    """Read and check the configuration file; without one at the default path, return an empty one.

    Raises:
        UsageError: it cannot be read, is not TOML in UTF-8, or has an unknown key or a value of the wrong
            kind; or `$DBTRACK_CONFIG` names a file that is not there.
    """
    path = configuration_path(environ)
    content = _load(path, must_exist=bool(environ.get("DBTRACK_CONFIG")))
    if content is None:
        return Configuration(path, exists=False, default_environment=None, environments={})
    refuse_unknown(content, _TOP_KEYS, str(path))
    tables = _table(content.get("environments", {}), f"{path}: environments")
    environments = {
        name: _settings(_table(table, f"{path}: environments.{name}"), f"{path}: environments.{name}")
        for name, table in tables.items()
    }
    default = content.get("default_environment")
    if default is not None and (not isinstance(default, str) or default not in environments):
        known = ", ".join(sorted(environments)) or "none"
        raise UsageError(f"{path}: default_environment names no environment", hint=f"it has: {known}")
    keys = {
        name: _text(source, f"{path}: keys.{name}")
        for name, source in _table(content.get("keys", {}), f"{path}: keys", "[keys]").items()
    }
    current = content.get("encryption_key")
    zone = content.get("time_zone")
    pager = content.get("pager")
    evidence = _table(content.get("evidence", {}), f"{path}: evidence", "[evidence]")
    refuse_unknown(evidence, ("frameworks",), f"{path}: evidence")
    own = evidence.get("frameworks")
    digest = _table(content.get("digest", {}), f"{path}: digest", "[digest]")
    refuse_unknown(digest, DIGEST_KEYS, f"{path}: digest")
    return Configuration(
        path,
        exists=True,
        default_environment=default,
        environments=environments,
        keys=keys,
        encryption_key=None if current is None else _text(current, f"{path}: encryption_key"),
        time_zone=None if zone is None else _text(zone, f"{path}: time_zone"),
        pager=None if pager is None else _text(pager, f"{path}: pager"),
        frameworks=None if own is None else _text(own, f"{path}: evidence.frameworks"),
        digest=read_digest_settings(digest, f"{path}: digest"),
    )


def _load(path: Path, *, must_exist: bool) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        if must_exist:
            raise UsageError(f"DBTRACK_CONFIG: there is no file {path}") from error
        return None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}") from error


def _table(value: object, place: str, heading: str = "[environments.NAME]") -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UsageError(f"{place} must be a table", hint=f"write {heading} above its keys")
    return value


def _settings(table: Mapping[str, object], place: str) -> dict[str, str]:
    for key in table:
        if key in SECRET_KEYWORDS:
            raise UsageError(f"{place}: {key} does not belong in this file", hint=_NO_SECRETS)
    refuse_unknown(table, (*_OWN_KEYS, *LIBPQ_KEYWORDS), place)
    settings = {key: _text(value, f"{place}.{key}") for key, value in table.items()}
    read_from(settings.get("read_from"), f"{place}.read_from")
    if holds_password(settings.get("dsn", "")):
        raise UsageError(f"{place}: the dsn contains a password", hint=_NO_SECRETS)
    return settings


def read_from(text: str | None, place: str) -> bool:
    """Return whether reports go to a standby.

    Raises:
        UsageError: it is neither `primary` nor `standby`.
    """
    if text not in {None, PRIMARY, STANDBY}:
        raise UsageError(f"{place} must be {PRIMARY} or {STANDBY}")
    return text == STANDBY


def _text(value: object, place: str) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise UsageError(f"{place} must be a string or a whole number")
    return str(value)


def refuse_unknown(
    keys: Iterable[str], known: Iterable[str], place: str, *, manual: str = "docs/connections.md"
) -> None:
    """Refuse keys of a file that nothing reads, and name the nearest that is known, else the manual.

    Raises:
        UsageError: a key is unknown.
    """
    known = list(known)
    for key in keys:
        if key not in known:
            nearest = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {nearest[0]}?" if nearest else f"see {manual}"
            raise UsageError(f"{place}: unknown key {key}", hint=hint)
