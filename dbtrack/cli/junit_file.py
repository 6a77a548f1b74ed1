"""Write the outcome of a wrapped command as JUnit's XML, which CI systems show as test results."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dbtrack.status import Status

if TYPE_CHECKING:
    from dbtrack.cli.run_changes import Change
    from dbtrack.wrapper import FinishedCommand

# What XML 1.0 cannot have in it, in any form.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: Path, finished: FinishedCommand, changes: Sequence[Change]) -> None:
    """Replace the file: a suite of the operation, with a case for the command and one for each change.

    Raises:
        OSError: the file cannot be written.
    """
    outcome = finished.outcome
    cases = [
        _case(finished.name, "command", outcome.duration_us / 1e6, outcome.status, outcome.error_message)
    ]
    cases += [
        _case(
            " ".join([change.name, *change.objects[:3]]),
            finished.name,
            (change.duration_ms or 0) / 1e3,
            change.status,
            change.error,
        )
        for change in changes
    ]
    failures = sum(case.find("failure") is not None for case in cases)
    suite = ET.Element(
        "testsuite",
        name=_plain(finished.name),
        tests=str(len(cases)),
        failures=str(failures),
        errors="0",
        time=f"{outcome.duration_us / 1e6:.6f}",
    )
    suite.extend(cases)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    path.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def _case(name: str, kind: str, seconds: float, status: str, error: str | None) -> ET.Element:
    case = ET.Element(
        "testcase", name=_plain(name), classname=_plain(f"dbtrack.{kind}"), time=f"{seconds:.6f}"
    )
    if status != Status.COMPLETED:
        text = _plain(error or "")
        first = text.strip().splitlines()[0] if text.strip() else status
        ET.SubElement(case, "failure", message=first, type=status).text = text
    return case


def _plain(text: str) -> str:
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
