"""Asking a person for a password, the way psql does."""

from __future__ import annotations

import getpass
import os

from dbtrack.errors import NoConnectionError


def terminal_is_there() -> bool:
    """Whether somebody could be asked: the process has a controlling terminal, whatever its streams are."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def ask_password(user: str | None) -> str:
    """Ask on the terminal, without echo; never on the standard streams, which carry data.

    Raises:
        NoConnectionError: there is no terminal, or the person ended the input.
    """
    if not terminal_is_there():
        raise NoConnectionError(
            "no terminal to ask for the password on", hint="use .pgpass, a service file or PGPASSWORD"
        )
    try:
        return getpass.getpass(f"Password for user {user}: " if user else "Password: ")
    except EOFError as error:
        raise NoConnectionError("no password was given") from error
