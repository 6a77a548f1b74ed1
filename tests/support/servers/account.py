"""The OS account a server runs as: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PREFERRED_NAME = "postgres"
_OWN_NAME = "dbtrack-test"


@dataclass(frozen=True)
class Account:
    """An OS account that may run a server.

    Args:
        user_id: its number.
        group_id: the number of its main group.
    """

    user_id: int
    group_id: int

    def own(self, path: Path) -> None:
        """Give `path` to the account."""
        os.chown(path, self.user_id, self.group_id)

    def process_options(self) -> dict[str, Any]:
        """Return what makes `subprocess.Popen` run as this account."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.user_id, "group": self.group_id, "extra_groups": []}

    def can_run(self, command: Sequence[str]) -> bool:
        """Tell whether the account can execute this command."""
        try:
            done = subprocess.run(
                command, check=False, capture_output=True, cwd="/", **self.process_options()
            )
        except PermissionError:
            return False
        return done.returncode == 0


def server_account() -> Account:
    """Return the current account, or for root another one, which is made where there is none."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    return _find(_PREFERRED_NAME) or _find(_OWN_NAME) or _create(_OWN_NAME)


def _find(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _create(name: str) -> Account:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        raise RuntimeError("tests that run as root need an account named postgres, and there is no useradd")
    # Two workers may come here at once: whoever comes second finds the account of the first.
    subprocess.run([program, "--system", "--no-create-home", name], capture_output=True, check=False)
    account = _find(name)
    if account is None:
        raise RuntimeError(f"could not create the account {name}")
    return account
