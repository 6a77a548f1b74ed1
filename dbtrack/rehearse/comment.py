"""Write a rehearsal as Markdown: the comment on a pull request, and the summary of a job.

What comes from the migration becomes neither markup nor a mention, and the comment stays under the limit of
the service: what does not fit is counted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

from dbtrack.objects.words import object_words
from dbtrack.predict import words as predicted
from dbtrack.predict.model import Outcome, Work
from dbtrack.rehearse.model import Rehearsal, Rehearsed
from dbtrack.rehearse.words import LIMITS, counted, headline, in_production, on_copy, told
from dbtrack.render.readable import visible, visible_markdown
from dbtrack.render.screens.shortening import clip

GITHUB_LIMIT = 65_536
"""How many characters a comment of GitHub's may have; bytes are counted, which are never fewer."""
_RESERVE = 400
# Of what room is left, so that no section takes all of it.
_TABLE_SHARE, _SECTION_SHARE = 0.6, 0.6
_ENDING = 120
_LONGEST_STATEMENT, _LONGEST_TEXT = 120, 300
_MOST_FINDINGS, _MOST_LINES = 30, 40
# A name after it is told, a number after it is linked.
_MENTIONS = re.compile(r"([@#!])(?=\w)|(https?)(?=://)|(www)(?=\.)", re.IGNORECASE)
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.]{1,60}")
_HEAD = ("#", "statement", "on the copy", "strongest lock", "who waits", "does", "locks held in production")


def marker(key: str) -> str:
    """Return the hidden line by which the comment is found again.

    Args:
        key: tells the comments of several databases apart.
    """
    name = key if _PLAIN_KEY.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()[:16]
    return f"<!-- dbtrack-rehearsal:{name} -->"


def comment(found: Rehearsal, key: str, limit: int = GITHUB_LIMIT) -> str:
    """Return the comment; it has at most `limit` bytes."""
    last = ["<details>", "<summary>What this does not say</summary>", "", *(f"- {each}" for each in LIMITS)]
    last += ["", "</details>"]
    page = _Page(limit - _RESERVE - _size(last))
    page.put(marker(key))
    page.put(f"### {'❌' if found.has_failed or found.findings else '✅'} dbtrack: {headline(found)}", "")
    page.put(*_facts(found), "")
    _findings(page, found)
    _table(page, found)
    _folded(page, "What is different afterwards", "object", "objects", _differences(found))
    _folded(page, "Safer ways to write it", "statement", "statements", _safer(found))
    _folded(page, "Who would make it wait now", "session", "sessions", _holders(found))
    _folded(page, "Not in the copy", "object", "objects", [[f"- {text(each)}"] for each in found.missing])
    page.put(*last)
    return page.text()


class _Page:
    """Lines up to a limit of bytes."""

    def __init__(self, limit: int) -> None:
        self._lines: list[str] = []
        self.left = limit

    def put(self, *lines: str) -> None:
        """Add lines that are always there."""
        self._lines += lines
        self.left -= _size(lines)

    def fits(self, lines: Sequence[str], reserve: int = 0) -> bool:
        """Return whether there is room for lines, and beside them."""
        return _size(lines) + reserve <= self.left

    def text(self) -> str:
        """Return the page."""
        return "\n".join(self._lines) + "\n"


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode(errors="replace")) + 1 for line in lines)


def _facts(found: Rehearsal) -> Iterator[str]:
    yield (
        f"{code(found.command, 200)} ran for {found.seconds:.1f} s on a copy of {code(found.database)}, "
        f"made from {text(found.origin)} ({found.server}): {told(found)}."
    )
    yield ""
    yield f"Production: {text(found.facts)}." if found.facts else "Nothing is known of production's sizes."
    if found.error is not None:
        yield from ("", f"**{text(found.error)}**")
    for note in found.notes:
        yield from ("", f"⚠️ {text(note[:1].upper() + note[1:])}.")
    for left in found.left_behind:
        yield from ("", f"⚠️ Left behind: {left.kind} {code(left.name)} on {code(left.table)}.")


def _findings(page: _Page, found: Rehearsal) -> None:
    places = {each.number: each.place for each in found.statements}
    for finding in found.findings[:_MOST_FINDINGS]:
        place = places.get(finding.line)
        where = f" ({code(f'{place.file}:{place.line}')})" if place else ""
        page.put(f"- **Statement {finding.line}**{where}: {text(finding.message)}")
    if len(found.findings) > _MOST_FINDINGS:
        page.put(f"- and {len(found.findings) - _MOST_FINDINGS} more findings")
    if found.findings:
        page.put("")


def _table(page: _Page, found: Rehearsal) -> None:
    if not found.statements:
        return
    page.put(f"| {' | '.join(_HEAD)} |", "|" + "---|" * len(_HEAD))
    end = int(page.left * (1 - _TABLE_SHARE))
    for shown, each in enumerate(found.statements):
        row = _row(each)
        if not page.fits([row], end):
            rest = counted(len(found.statements) - shown, "more statement is", "more statements are")
            page.put("", f"**{rest} not shown**: there is no room.")
            break
        page.put(row)
    page.put("")


def _row(each: Rehearsed) -> str:
    prediction = each.prediction
    # In a table, a pipe is escaped in code as well.
    statement = code(prediction.text, _LONGEST_STATEMENT).replace("|", "\\|")
    if problem := predicted.outcome(prediction):
        cells = ["", "", text(problem), ""]
    elif prediction.outcome is Outcome.LEFT_OUT or prediction.outcome is Outcome.CONTROL:
        cells = ["", "", text(prediction.note or ""), ""]
    else:
        does = [predicted.work(effect, prediction.sizes.get(effect.identity)) for effect in prediction.effects
                if effect.work is not Work.NONE]  # fmt: skip
        tables = sorted({effect.identity for effect in prediction.effects if effect.lock is prediction.lock})
        lock = f"{prediction.lock.words} on {', '.join(tables[:3])}" if prediction.lock else "none"
        more = f" and {len(tables) - 3} more" if len(tables) > 3 else ""
        cells = [text(lock + more), predicted.waiting(prediction.blocks), text("; ".join(does)),
                 text(in_production(prediction))]  # fmt: skip
    return f"| {each.number} | {statement} | {on_copy(each)} | {' | '.join(cells)} |"


def _folded(page: _Page, title: str, one: str, many: str, items: Iterable[Sequence[str]]) -> None:
    """Add a folded section with as many items as there is room for; the others are counted."""
    found = list(items)
    if not found:
        return
    page.put("<details>", f"<summary>{title}: {counted(len(found), one, many)}</summary>", "")
    end = int(page.left * (1 - _SECTION_SHARE)) + _ENDING
    for shown, lines in enumerate(found):
        if not page.fits(lines, end):
            page.put("", f"**and {len(found) - shown:,} more**: there is no room.")
            break
        page.put(*lines)
    page.put("", "</details>", "")


def _differences(found: Rehearsal) -> Iterator[list[str]]:
    for each in found.differences or ():
        changes = object_words(each)
        lines = [f"{change.sign} {change.name} {change.text}".strip() for change in changes[:_MOST_LINES]]
        if len(changes) > _MOST_LINES:
            lines.append(f"… {len(changes) - _MOST_LINES} more")
        old = each.old_identity
        was = f" (was {code(old)})" if old and old != each.new_identity else ""
        yield [
            f"- {each.object_type} {code(each.new_identity)}{was}",
            *(f"  - {code(line, 200)}" for line in lines),
        ]


def _safer(found: Rehearsal) -> Iterator[list[str]]:
    for each in found.statements:
        ways = [way for way in each.prediction.safer if not way.is_same]
        lines: list[str] = []
        for way in ways:
            lines += [f"**Statement {each.number}:** {text(way.why)}", ""]
            if way.statements:
                lines += [*fenced([f"{statement};" for statement in way.statements]), ""]
            if way.advice:
                lines += [text(way.advice), ""]
        if lines:
            yield lines


def _holders(found: Rehearsal) -> Iterator[list[str]]:
    for each in found.statements:
        for holder in each.prediction.holders:
            yield [f"- statement {each.number} waits for {text(predicted.holder(holder))}"]


def text(value: str) -> str:
    """Return text as Markdown in which nothing of it is markup, a mention or a link."""
    return _MENTIONS.sub(lambda match: f"{match[0]}\u200b", visible_markdown(_one_line(value, _LONGEST_TEXT)))


def code(value: str, longest: int = 120) -> str:
    """Return text as a span of code, in which a service finds no mention either."""
    plain = visible(_one_line(value, longest))
    if not plain:
        return ""
    runs = re.findall("`+", plain)
    fence = "`" * (max(map(len, runs), default=0) + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def fenced(lines: Sequence[str]) -> list[str]:
    """Return lines of SQL as a block, whatever is in them."""
    shown = [visible(line, keep_newlines=True) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}sql", *shown, fence]


def _one_line(value: str, longest: int) -> str:
    return clip(" ".join(value.split()), longest)
