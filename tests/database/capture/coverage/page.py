"""The table of docs/coverage.md, made of what was measured on each major version."""

from __future__ import annotations

from collections.abc import Iterator

from tests.database.capture.coverage.case import Case
from tests.database.capture.coverage.cases import cases_on
from tests.database.capture.coverage.ways import WAYS
from tests.support import paths
from tests.support.paths import DOCS
from tests.support.servers import SUPPORTED_MAJORS

PAGE = DOCS / "coverage.md"
GOLDEN = paths.GOLDEN / "coverage.json"
BEGIN, END = "<!-- measured -->\n", "<!-- end of what was measured -->\n"
# By name, by way, by major version.
Measured = dict[str, dict[str, dict[str, str]]]
_SHOWN = {
    "yes": "yes",
    "no": "**no**",
    "linked": "linked",
    "operation": "the operation",
    "not needed": "not needed",
    "untried": "–",
}


def page_with(measured: Measured, page: str) -> str:
    """Return the page with the table of what was measured."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + "\n".join(_lines(measured)) + "\n" + END + after


def _lines(measured: Measured) -> Iterator[str]:
    cases = {case.name: case for major in reversed(SUPPORTED_MAJORS) for case in cases_on(major)}
    yield "| what | " + " | ".join(WAYS) + " |"
    yield "|---" * (len(WAYS) + 1) + "|"
    for name in [*cases, *sorted(measured.keys() - cases.keys())]:
        cells = [_cell(measured[name][way]) for way in WAYS]
        yield f"| {name}{_remark(cases.get(name), measured[name][WAYS[0]])} | {' | '.join(cells)} |"


def _remark(case: Case | None, of_major: dict[str, str]) -> str:
    since = case.since if case else SUPPORTED_MAJORS[0]
    untried = [str(major) for major in SUPPORTED_MAJORS if major >= since and str(major) not in of_major]
    remarks = [
        case.note if case else "",
        f"from {since}" if since > SUPPORTED_MAJORS[0] else "",
        f"not tried on {', '.join(untried)}" if untried else "",
    ]
    said = "; ".join(filter(None, remarks))
    return f" ({said})" if said else ""


def _cell(of_major: dict[str, str]) -> str:
    values = {
        value: [major for major, its in sorted(of_major.items()) if its == value]
        for value in of_major.values()
    }
    if len(values) == 1:
        return _SHOWN[next(iter(values))]
    return "; ".join(f"{', '.join(majors)}: {_SHOWN[value]}" for value, majors in values.items())
