"""Files of frameworks: those that dbtrack brings are whole, and a faulty one of somebody's own is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbtrack.errors import UsageError
from dbtrack.evidence.framework_files import find_framework, framework_files, read_framework
from dbtrack.evidence.measures import MEASURES

_HEAD = 'name = "own"\ntitle = "Own"\nedition = "1"\nversion = 1\nsource = "x"\n'
_CONTROL = '[[control]]\nparagraph = "1"\ntitle = "One"\ntext = "Do it."\nmeasures = ["approvals"]\n'

_FAULTY = {
    "not TOML": ("name = ", "is not TOML"),
    "no control": (_HEAD, r"has no \[\[control\]\]"),
    "unknown key": (_HEAD + 'sauce = "x"\n' + _CONTROL, "sauce is not known"),
    "no text": (_HEAD + _CONTROL.replace("Do it.", " "), "control 1: text is missing"),
    "unknown measure": (_HEAD + _CONTROL.replace("approvals", "aproval"), "there is no measure aproval"),
    "twice": (_HEAD + _CONTROL * 2, "control 2: the paragraph 1 is there twice"),
    "both": (_HEAD + _CONTROL + 'sql = "SELECT 1"\n', "either measures or sql"),
    "reaching wording": (
        _HEAD + _CONTROL + 'wording = "{changes.__class__}"\n',
        "is not the name of a value",
    ),
    "open brace": (_HEAD + _CONTROL + 'wording = "{changes"\n', "wording:"),
    "version": (_HEAD.replace("= 1\n", '= "1"\n', 1) + _CONTROL, "version is not a whole number"),
}


@pytest.mark.parametrize("fault", _FAULTY)
def test_a_faulty_file_is_refused(tmp_path: Path, fault: str) -> None:
    text, message = _FAULTY[fault]
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message) as caught:
        read_framework(file, MEASURES)
    assert str(file) in caught.value.message


def test_own_files_stand_beside_those_of_dbtrack(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(_HEAD + _CONTROL, encoding="utf-8")
    assert set(framework_files(tmp_path)) == {*framework_files(None), "own"}
    assert find_framework("OWN", tmp_path, MEASURES).title == "Own"
    assert find_framework(str(tmp_path / "own.toml"), None, MEASURES).file == str(tmp_path / "own.toml")
    with pytest.raises(UsageError, match="there is no framework hippa") as caught:
        find_framework("hippa", None, MEASURES)
    assert caught.value.hint == "did you mean hipaa?"
    with pytest.raises(UsageError, match="cannot read"):
        find_framework(str(tmp_path / "absent.toml"), None, MEASURES)
    with pytest.raises(UsageError, match="is not a directory"):
        framework_files(tmp_path / "absent")
