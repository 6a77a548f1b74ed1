"""Stopping the demonstration's server, and removing it."""

from __future__ import annotations

import shutil
from pathlib import Path

from dbtrack import embedded
from dbtrack.demo.server import belongings, start_place
from dbtrack.errors import DbtrackError, ExitCode
from dbtrack.terminal.messages import Say


def stop_demo(path: Path | None = None, *, say: Say) -> int:
    """Stop the server and keep its data.

    Returns:
        The exit code: 0, also when the server was not running.
    """
    chosen = _chosen(path)
    if embedded.stop(chosen):
        say(f"Stopped the server in {chosen}.")
    else:
        say(f"No server is running in {chosen}.")
    return ExitCode.DONE


def reset_demo(path: Path | None = None, *, say: Say) -> int:
    """Stop the server and remove its data directory.

    Returns:
        The exit code: 0, also when there is nothing to remove.

    Raises:
        DbtrackError: the server holds what somebody else made, or the directory is not a server's.
    """
    chosen = _chosen(path)
    if not chosen.exists():
        say(f"There is nothing to remove in {chosen}.")
        return ExitCode.DONE
    if not (chosen / "PG_VERSION").is_file():
        raise DbtrackError(f"{chosen} is not the data directory of a server", hint="check the path")
    _refuse_to_destroy(chosen)
    embedded.stop(chosen)
    shutil.rmtree(chosen)
    say(f"Removed the server in {chosen}.")
    return ExitCode.DONE


def _chosen(path: Path | None) -> Path:
    return embedded.default_path() if path is None else path.expanduser().absolute()


def _refuse_to_destroy(path: Path) -> None:
    from dbtrack.db import Database

    with Database.connect(start_place(path).target()) as database:
        others = belongings(database)
    if others:
        raise DbtrackError(
            f"the server in {path} also holds {', '.join(others)}",
            hint="drop it first, or stop the server and remove the directory yourself",
        )
