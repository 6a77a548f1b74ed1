"""The completion scripts, as each shell runs them."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from dbtrack.cli.completion import script
from dbtrack.cli.program.command_tree import describe
from tests.support.command_line import clean_environment, processor_seconds, run_dbtrack
from tests.support.paths import ROOT

FILES = {
    "bash": ROOT / "completions" / "dbtrack.bash",
    "zsh": ROOT / "completions" / "_dbtrack",
    "fish": ROOT / "completions" / "dbtrack.fish",
}

COMPLETED = {
    ("da",): ["dashboard"],
    ("comp",): ["compare", "complete", "completion"],
    ("tenant", "m"): ["map-schema"],
    ("completion", "z"): ["zsh"],
    ("history", "--format", "js"): ["json", "jsonl"],
    ("health", "--format", "na"): ["nagios"],
    ("history", "--format", "na"): [],
    ("history", "--status", "FA"): ["FAILED"],
    ("history", "--sin"): ["--since"],
    ("tenant", "add", "--ti"): ["--title"],
    ("cleanup", "--da"): ["--days"],
    ("track", "install", "--ado"): [],  # an operation may be called install
}

each_completion = pytest.mark.parametrize(
    ("words", "expected"), COMPLETED.items(), ids=[" ".join(words) for words in COMPLETED]
)
needs_zsh = pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not on this machine")
needs_fish = pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not on this machine")


def bash_completes(words: Sequence[str], directory: Path | None = None) -> list[str]:
    program = """
        source "$1"; shift
        COMP_WORDS=(dbtrack "$@"); COMP_CWORD=$#; COMPREPLY=()
        _dbtrack
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "-c", program, "bash", FILES["bash"], *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=directory,
    )
    return sorted(set(done.stdout.split()))


@each_completion
def test_bash_completes(words: tuple[str, ...], expected: list[str]) -> None:
    assert bash_completes(words) == expected


def test_bash_completes_after_an_equals_sign() -> None:
    assert bash_completes(["history", "--format", "=", "c"]) == ["csv"]
    assert "table" in bash_completes(["history", "--format", "="])


def test_bash_completes_the_wrapped_command_and_its_files(tmp_path: Path) -> None:
    (tmp_path / "orders.sql").touch()
    assert "bash" in bash_completes(["track", "load", "--", "bas"])
    assert bash_completes(["track", "load", "--", "psql", "-f", "ord"], tmp_path) == ["orders.sql"]


def test_bash_completes_files_where_a_file_is_meant(tmp_path: Path) -> None:
    (tmp_path / "report.json").touch()
    assert bash_completes(["history", "-o", "rep"], tmp_path) == ["report.json"]


def test_bash_is_told_to_use_it() -> None:
    done = subprocess.run(
        ["bash", "-c", f"source '{FILES['bash']}'; complete -p dbtrack"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "_dbtrack dbtrack" in done.stdout


def test_completing_is_quick() -> None:
    assert processor_seconds(lambda: bash_completes(["da"])) < 0.1


@needs_fish
@each_completion
def test_fish_completes(words: tuple[str, ...], expected: list[str], tmp_path: Path) -> None:
    program = f"source '{FILES['fish']}'; complete -C 'dbtrack {' '.join(words)}'"
    done = subprocess.run(
        ["fish", "--no-config", "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert [line.partition("\t")[0] for line in done.stdout.splitlines()] == expected


@needs_fish
def test_fish_completes_the_wrapped_command_and_its_files(tmp_path: Path) -> None:
    (tmp_path / "orders.sql").touch()
    for words, expected in {"track load -- bas": "bash", "track load -- cat ord": "orders.sql"}.items():
        program = f"source '{FILES['fish']}'; complete -C 'dbtrack {words}'"
        done = subprocess.run(
            ["fish", "--no-config", "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
        )
        assert expected in [line.partition("\t")[0] for line in done.stdout.splitlines()]


def zsh_completes(line: str, directory: Path) -> str:
    """Type a line and TAB into an interactive zsh, and return the line as it then stands."""
    (directory / ".zshrc").write_text(
        f"""
        PS1='ready> '
        autoload -U compinit; compinit -u -D
        source '{FILES["zsh"]}'
        show() {{ print -r -- "<<$BUFFER>>" }}
        zle -N show; bindkey '^X' show
        """
    )
    terminal, inside = pty.openpty()
    shell = subprocess.Popen(
        ["zsh", "-d", "-i"],
        env=clean_environment({"ZDOTDIR": str(directory), "TERM": "dumb"}),
        cwd=directory,
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
    )
    os.close(inside)
    try:
        read_until(terminal, b"ready> ")
        os.write(terminal, f"{line}\t\x18".encode())
        shown = read_until(terminal, b">>").decode()
        return shown.rpartition("<<")[2].partition(">>")[0].strip()
    finally:
        shell.kill()
        shell.wait()
        os.close(terminal)


def read_until(terminal: int, mark: bytes) -> bytes:
    seen = b""
    while mark not in seen:
        assert select.select([terminal], [], [], 20)[0], seen
        seen += os.read(terminal, 65536)
    return seen


@needs_zsh
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("dbtrack da", "dbtrack dashboard"),
        ("dbtrack tenant m", "dbtrack tenant map-schema"),
        ("dbtrack health --format na", "dbtrack health --format nagios"),
        ("dbtrack history --sin", "dbtrack history --since"),
        ("dbtrack completion z", "dbtrack completion zsh"),
        ("dbtrack track load --ty", "dbtrack track load --type"),
        ("dbtrack track load -- cat ord", "dbtrack track load -- cat orders.sql"),
        ("dbtrack errors -o ord", "dbtrack errors -o orders.sql"),
    ],
)
def test_zsh_completes(line: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "orders.sql").touch()
    assert zsh_completes(line, tmp_path) == expected


@needs_zsh
def test_zsh_reads_it_and_knows_every_command() -> None:
    program = """
        autoload -U compinit; compinit -u -D
        source "$1"
        print -l ${(k)functions}
        print -r -- $_comps[dbtrack]
    """
    done = subprocess.run(
        ["zsh", "-f", "-c", program, "zsh", FILES["zsh"]], capture_output=True, text=True, check=True
    )
    names = set(done.stdout.split())
    assert done.stdout.splitlines()[-1] == "_dbtrack"
    assert {"_" + "_".join(command.path).replace("-", "_") for command in describe().walk()} <= names


@pytest.mark.parametrize("shell", FILES)
def test_the_files_are_what_the_program_prints(shell: str) -> None:
    printed = run_dbtrack("completion", shell).stdout
    assert printed == script(shell)
    assert printed == FILES[shell].read_text(encoding="utf-8"), "run: python -m tools.generate"
