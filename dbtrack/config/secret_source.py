"""Read a secret from a variable, a file, a command or standard input; never from the command line."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from dbtrack.errors import DbtrackError, UsageError

WAYS = "env:VARIABLE, file:PATH, command:WORDS or stdin:"
_COMMAND_SECONDS = 60
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_secret(source: str, what: str, environ: Mapping[str, str], *, is_key: bool = False) -> str:
    """Return the secret without its final line end.

    Args:
        source: one of `WAYS`.
        what: what an error calls it.
        is_key: require that nobody but the owner can read its file.

    Raises:
        UsageError: the source is malformed, missing or empty.
        DbtrackError: the command failed.
    """
    kind, separator, place = source.partition(":")
    if not separator or kind not in {"env", "file", "command", "stdin"}:
        # The word is not repeated: it may be the secret.
        raise UsageError(
            f"{what} must not be on the command line, where every user of this machine can see it",
            hint=f"give {WAYS}",
        )
    if kind == "env":
        return _from_variable(place, what, environ)
    if kind == "file":
        return _from_file(Path(place).expanduser(), what, is_key=is_key)
    return _from_command(place, what) if kind == "command" else _text(sys.stdin.buffer.read(), what)


def _from_variable(name: str, what: str, environ: Mapping[str, str]) -> str:
    if not environ.get(name):
        raise UsageError(f"{what}: the variable {name} is not set")
    return environ[name]


def _from_file(path: Path, what: str, *, is_key: bool) -> str:
    try:
        with path.open("rb") as file:
            if is_key and os.fstat(file.fileno()).st_mode & _OTHERS:
                raise UsageError(f"{what}: others can read the file {path}", hint=f"run: chmod 600 {path}")
            return _text(file.read(), what)
    except OSError as error:
        raise UsageError(f"{what}: cannot read {path}: {error.strerror}") from error


def _from_command(words: str, what: str) -> str:
    try:
        done = subprocess.run(
            shlex.split(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DbtrackError(f"{what}: its command took longer than {_COMMAND_SECONDS} s") from error
    except OSError as error:
        raise DbtrackError(f"{what}: its command could not be run: {error.strerror}") from error
    except (ValueError, IndexError) as error:
        raise DbtrackError(f"{what}: its command is empty, or has an open quotation mark") from error
    if done.returncode != 0:
        raise DbtrackError(f"{what}: its command ended with exit code {done.returncode}")
    return _text(done.stdout, what)


def _text(data: bytes, what: str) -> str:
    try:
        text = data.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise UsageError(f"{what} is not UTF-8") from error
    if not text:
        raise UsageError(f"{what} is empty")
    return text
