"""What is generated from the command tree: the man page, the reference, the shared files of the wheel."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib

import pytest

from dbtrack.cli.program.command_tree import CommandDescription, describe
from dbtrack.errors import ExitCode
from dbtrack.render import Format
from tests.support.paths import ROOT
from tools.command_reference import documented
from tools.generate import stale

TREE = describe()
COMMANDS = list(TREE.walk())
REFERENCE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
MANPAGE = ROOT / "docs" / "dbtrack.1"
_RUN = "run: python -m tools.generate"


def test_generated_files_are_up_to_date() -> None:
    assert stale() == [], _RUN


def part(name: str) -> str:
    found = re.search(
        rf"<!-- reference: {re.escape(name)} -->\n(.*?)<!-- end of reference -->", REFERENCE, re.DOTALL
    )
    return found[1] if found else ""


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.path))
def test_every_command_option_and_argument_is_documented(command: CommandDescription) -> None:
    own = part(" ".join(command.path))
    text = own + part("connection options") + part("output options")
    options = [name for option in command.options for name in option.names if name != "--help"]
    words = [*options, *(argument.metavar for argument in command.arguments)]
    assert own, _RUN
    assert [word for word in words if f"`{word}`" not in text] == [], _RUN


@pytest.mark.parametrize("command", COMMANDS[1:], ids=lambda command: " ".join(command.path))
def test_every_command_has_an_example_in_the_reference(command: CommandDescription) -> None:
    name = " ".join(command.path)
    written = re.sub(r"<!-- reference: .*?<!-- end of reference -->", "", REFERENCE, flags=re.DOTALL)
    examples = "\n".join(re.findall(r"```sh\n(.*?)```", written, re.DOTALL))
    assert re.search(rf"\b{re.escape(name)}\b", examples), (
        f"add an example to its section of docs/commands.md; if it has none, {_RUN}"
    )


def test_nothing_is_documented_that_is_not_there() -> None:
    names = {" ".join(command.path) for command in COMMANDS}
    left = documented(REFERENCE) - names - {"connection options", "output options"}
    assert left == set(), "delete these sections of docs/commands.md"


@pytest.mark.parametrize("output_format", Format)
@pytest.mark.parametrize("report", ["history", "health"])
def test_every_format_is_offered_and_named_in_help(report: str, output_format: Format) -> None:
    (command,) = [each for each in TREE.members if each.name == report]
    (option,) = [each for each in command.options if "--format" in each.names]
    assert output_format in option.choices
    assert re.search(rf"\b{output_format}\b", option.help), "name it in the help of --format"


def test_every_exit_code_is_documented() -> None:
    text = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    rows = [f"| {code + 0}{'+n' if code is ExitCode.SIGNALLED else ''} |" for code in ExitCode]
    assert [row for row in rows if row not in text] == [], "add these rows to docs/exit-codes.md"


def rendered() -> str:
    """The man page as a terminal would show it, without overstriking."""
    done = subprocess.run(
        ["groff", "-man", "-Tascii", "-ww", "-P-cbou", MANPAGE], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not on this machine")
def test_the_man_page_renders_without_a_warning_and_names_everything() -> None:
    text = rendered()
    options = {name for command in COMMANDS for option in command.options for name in option.names}
    usages = {" ".join(command.path) for command in COMMANDS}
    assert [word for word in options - {"--version"} | usages if word not in text] == [], _RUN
    for heading in ("NAME", "SYNOPSIS", "CONNECTION OPTIONS", "ENVIRONMENT", "EXIT STATUS"):
        assert re.search(rf"^{heading}$", text, re.MULTILINE)


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not on this machine")
def test_man_shows_it() -> None:
    done = subprocess.run(["man", "-l", MANPAGE], capture_output=True, text=True, check=True)
    assert "dbtrack - record and show the changes of a PostgreSQL database" in done.stdout


def test_the_man_page_says_the_same_exit_codes_as_the_documentation() -> None:
    in_page = set(re.findall(r"^\\fI([\d+n, ]+)\\fR$", MANPAGE.read_text(encoding="utf-8"), re.MULTILINE))
    codes = {code for term in in_page for code in term.split(", ")}
    known = {f"{int(code)}{'+n' if code is ExitCode.SIGNALLED else ''}" for code in ExitCode}
    assert codes == known, f"change _EXIT_STATUS in tools/manpage.py; then {_RUN}"


def test_the_wheel_takes_the_man_page_and_the_completions() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shared = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert sorted(shared.values()) == [
        "share/bash-completion/completions/dbtrack",
        "share/fish/vendor_completions.d/dbtrack.fish",
        "share/man/man1",
        "share/man/man1/dbtrack.1",
        "share/zsh/site-functions/_dbtrack",
    ]
    assert [path for path in shared if not (ROOT / path).exists()] == []


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not on this machine")
def test_each_command_has_a_man_page_that_renders_without_a_warning() -> None:
    pages = {path.stem: path for path in (ROOT / "docs" / "man").iterdir()}
    first_level = {f"dbtrack-{each.path[1]}" for each in COMMANDS if len(each.path) == 2}
    assert pages.keys() == first_level, f"delete the pages of commands that are gone; {_RUN}"
    done = subprocess.run(
        ["groff", "-man", "-Tascii", "-ww", "-P-cbou", *pages.values()],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    for name, path in pages.items():
        source = path.read_text(encoding="utf-8")
        headings = re.findall(r"^\.SH (.*)", source, re.MULTILINE)
        assert headings[:3] == ["NAME", "SYNOPSIS", "DESCRIPTION"], name
        assert {"EXIT STATUS", "ENVIRONMENT", "SEE ALSO"} <= set(headings), name
        assert ("FILES" in headings) >= ("PGHOST" in source), name
        for other in re.findall(r"^\.BR (dbtrack\\-\S+) \(1\)", source, re.MULTILINE):
            assert other.replace("\\", "") in pages, f"{name} names {other}"


def test_a_man_page_has_the_exit_codes_of_its_command_alone() -> None:
    def codes(command: str) -> dict[str, str]:
        source = (ROOT / "docs" / "man" / f"dbtrack-{command}.1").read_text(encoding="utf-8")
        part = source.partition(".SH EXIT STATUS\n")[2].partition(".SH")[0]
        return dict(re.findall(r"^\.TP\n\\fI(\S+)\\fR\n(.*)", part, re.MULTILINE))

    assert "125" in codes("track")
    assert codes("track").keys() - codes("history").keys() == {"3", "125", "126", "127"}
    assert "something differs" in codes("compare")["1"]
    assert codes("check-proof").keys() == {"0", "1", "2", "3", "128+n"}
