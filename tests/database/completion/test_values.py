"""TAB in bash, zsh and fish offers what the database has, at once, and is silent about everything else."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.tenants import tenants
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.paths import ROOT
from tests.support.required import required_program
from tests.support.waiting import wait_until

pytestmark = pytest.mark.any_server
_SCRIPTS = {"bash": "dbtrack.bash", "zsh": "_dbtrack", "fish": "dbtrack.fish"}
_LINES = {
    "dbtrack history --env pr": "dbtrack history --env prod",
    "dbtrack dashboard --env prod --tenant ac": "dbtrack dashboard --env prod --tenant acme",
    "dbtrack tenant show --env prod ac": "dbtrack tenant show --env prod acme",
    "dbtrack settings --env prod capture.on": "dbtrack settings --env prod capture.on_error",
    "dbtrack track --env prod V42": "dbtrack track --env prod V42__due_dates",
    "dbtrack complete --env prod {key}": "dbtrack complete --env prod {longer}",
    "dbtrack history --type MIG": "dbtrack history --type MIGRATION",
    "dbtrack history --env prod --name V42": "dbtrack history --env prod --name V42__due_dates",
    "dbtrack check-proof pro": "dbtrack check-proof proof.json",
    "dbtrack compare prod st": "dbtrack compare prod staging",
    "dbtrack fleet status --member st": "dbtrack fleet status --member staging",
}


@pytest.fixture
def place(installed_conninfo: str, tmp_path: Path) -> Any:
    """A directory and an environment for a shell, and the key of an open operation."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        tenants.add_tenant(Database.wrap(connection), "acme")
        row = connection.execute(
            "SELECT encode(script_tracking.track_operation('V42__due_dates', 'MIGRATION'), 'hex')"
        ).fetchone()
    assert row
    (tmp_path / "config.toml").write_text(
        f"[environments.prod]\ndsn = {json.dumps(installed_conninfo)}\n[environments.staging]\nhost = 'nowhere.invalid'\n"
    )
    (tmp_path / "proof.json").touch()
    variables = {
        "DBTRACK_CONFIG": str(tmp_path / "config.toml"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "TERM": "dumb",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "ZDOTDIR": str(tmp_path), "HOME": str(tmp_path),
    }  # fmt: skip
    for kind in ("tenant", "setting", "operation", "open_key"):
        words = ("__values", kind, "", "history", "--env", "prod")
        wait_until(partial(_answers, words, variables), f"the {kind}s")
    return tmp_path, clean_environment(variables), str(row[0])


def _answers(words: tuple[str, ...], variables: dict[str, str]) -> bool:
    return run_dbtrack(*words, environment=variables).stdout != ""


_STARTS = {
    "bash": (
        ["bash", "--norc", "--noprofile", "-i"],
        "bind -x '\"\\C-x\": printf \"<<%s>>\" \"$READLINE_LINE\"'; PS1='ready''> '",
    ),
    "zsh": (
        ["zsh", "-d", "-f", "-i"],
        (
            'autoload -U compinit; compinit -u -D; show() { print -r -- "<<$BUFFER>>" }; zle -N show;'
            " bindkey '^X' show; PS1='ready''> '"
        ),
    ),
    "fish": (
        ["fish", "--no-config", "-i"],
        "bind \\cx 'echo \"<<\"(commandline)\">>\"'; function fish_prompt; echo -n 'ready''> '; end",
    ),
}


def _completed(shell: str, lines: list[str], directory: Path, variables: dict[str, str]) -> list[str]:
    """Type each line and TAB into an interactive shell, and return the lines as they then stand."""
    words, setting = _STARTS[shell]
    required_program(shell, f"apt-get install {shell}")
    process, terminal = pty.fork()
    if process == 0:
        os._exit(subprocess.run(words, check=False, env=variables, cwd=directory).returncode)
    try:
        os.write(terminal, f"{setting}; source '{ROOT / 'completions' / _SCRIPTS[shell]}'\n".encode())
        _read_until(terminal, b"ready> ")
        found = []
        for line in lines:
            os.write(terminal, f"{line}\t\x18".encode())
            found.append(_read_until(terminal, b">>").decode().rpartition("<<")[2].partition(">>")[0].strip())
            os.write(terminal, b"\x15")
        return found
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)


def _read_until(terminal: int, mark: bytes) -> bytes:
    seen = b""
    while mark not in seen:
        assert select.select([terminal], [], [], 20)[0], seen
        try:
            seen += os.read(terminal, 65536)
        except OSError:
            pytest.fail(f"the shell ended: {seen.decode(errors='replace')}")
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("shell", _SCRIPTS)
def test_tab_completes_what_the_database_has(shell: str, place: Any) -> None:
    directory, variables, key = place
    lines = {line.format(key=key[:6]): after.format(longer=key[:12]) for line, after in _LINES.items()}
    assert _completed(shell, list(lines), directory, variables) == list(lines.values())


def test_values_come_at_once_and_never_with_an_error(place: Any, tmp_path: Path) -> None:
    _, variables, key = place

    def values(*words: str, **more: str) -> tuple[int, str, str]:
        done = run_dbtrack("__values", *words, environment=variables | more)
        return done.returncode, done.stdout, done.stderr

    assert values("tenant", "", "--env", "prod") == (0, "acme\tacme\n", "")
    assert values("open_key", key[:4], "complete", "--env", "=", "prod")[1].startswith(
        f"{key[:12]}\tV42__due_dates since"
    )
    assert values("environment", "'st") == (0, "staging\t\n", "")
    nothing = (0, "", "")
    assert values("tenant", "x", "--env", "prod") == nothing
    assert values("tenant", "", "--env", "staging") == nothing
    assert values("tenant", "", "--env", "no such") == nothing
    assert values("tenant", "", "-d", "embedded:") == nothing
    assert values("no such kind", "", "--env", "prod") == nothing
    assert values() == nothing
    # Nothing names a database: nothing is asked.
    assert values("tenant", "", DBTRACK_CONFIG=str(tmp_path / "none.toml")) == nothing
    (tmp_path / "broken.toml").write_text("[")
    assert values("environment", "", DBTRACK_CONFIG=str(tmp_path / "broken.toml")) == nothing
    # What was fetched is for its owner alone.
    cached = list((tmp_path / "cache" / "dbtrack" / "completion").iterdir())
    assert len(cached) > 3
    assert {path.stat().st_mode & 0o077 for path in cached} == {0}


def test_an_object_with_a_hostile_name_is_a_word_like_any_other(place: Any, installed_conninfo: str) -> None:
    directory, variables, _ = place
    name = "a$(touch pwned)`touch pwned`;touch pwned"
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(f'CREATE TABLE "{name}" (id int)'.encode())
        connection.execute('CREATE TABLE "two\nlines" (id int)')
    words = ("__values", "object", "", "--env", "prod")
    wait_until(lambda: "touch" in run_dbtrack(*words, environment=variables).stdout, "the object")
    assert "lines" not in run_dbtrack(*words, environment=variables).stdout
    for shell in _SCRIPTS:
        _completed(shell, ['dbtrack __object --env prod public."a'], directory, variables)
    program = """
        source "$1"; COMP_WORDS=(dbtrack show --env prod 'public."a'); COMP_CWORD=4; current='public."a'
        _dbtrack_values object; printf '%s' "${COMPREPLY[0]}"
    """
    done = subprocess.run(
        ["bash", "-c", program, "bash", ROOT / "completions" / "dbtrack.bash"],
        check=True, capture_output=True, text=True, env=variables, cwd=directory,
    )  # fmt: skip
    assert done.stdout == f'public."{name}"'
    assert not (directory / "pwned").exists()
