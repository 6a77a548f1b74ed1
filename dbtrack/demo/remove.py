"""Stop the demonstration's server, or remove it."""

from __future__ import annotations

import shutil
from pathlib import Path

from dbtrack import embedded
from dbtrack.demo.server import foreign_objects, start_server
from dbtrack.errors import DbtrackError, ExitCode
from dbtrack.terminal.messages import Say


def stop_demo(path: Path | None = None, *, say: Say) -> int:
    """Stop the server and keep its data.

    Returns:
        The exit code: 0, also when the server was not running.
    """
    directory = _data_directory(path)
    if embedded.stop(directory):
        say(f"Stopped the server in {directory}.")
    else:
        say(f"No server is running in {directory}.")
    return ExitCode.DONE


def reset_demo(path: Path | None = None, *, say: Say) -> int:
    """Stop the server and remove its data directory.

    Returns:
        The exit code: 0, also when there is nothing to remove.

    Raises:
        DbtrackError: the server holds what somebody else made, or the directory is not a server's.
    """
    directory = _data_directory(path)
    if not directory.exists():
        say(f"There is nothing to remove in {directory}.")
        return ExitCode.DONE
    if not (directory / "PG_VERSION").is_file():
        raise DbtrackError(f"{directory} is not the data directory of a server", hint="check the path")
    _refuse_to_destroy(directory)
    embedded.stop(directory)
    shutil.rmtree(directory)
    say(f"Removed the server in {directory}.")
    return ExitCode.DONE


def _data_directory(path: Path | None) -> Path:
    return embedded.default_path() if path is None else path.expanduser().absolute()


def _refuse_to_destroy(path: Path) -> None:
    from dbtrack.db import Database

    with Database.connect(start_server(path).target()) as database:
        others = foreign_objects(database)
    if others:
        raise DbtrackError(
            f"the server in {path} also holds {', '.join(others)}",
            hint="drop it first, or stop the server and remove the directory yourself",
        )
