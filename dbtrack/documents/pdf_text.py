"""Text as a PDF shows it: what its fonts lack, and what would reorder or hide text, stands as a code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from dbtrack.render import readable

# What the fonts in typst's wheel have without a hole: Libertinus Serif and, for what it lacks, DejaVu Sans
# Mono. A test lets typst show each of these. Neither font has Chinese, Japanese, Korean, Devanagari, Thai or
# emoji.
SHOWN_RANGES = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0xAC),  # Latin of all of Europe, Turkish; not the hyphen that is seen at the end of a line only
    (0xAE, 0x24F),
    (0x250, 0x2FF),  # phonetic letters, modifiers
    (0x386, 0x386),  # Greek
    (0x388, 0x38A),
    (0x38C, 0x38C),
    (0x38E, 0x3A1),
    (0x3A3, 0x3CE),
    (0x400, 0x477),  # Cyrillic: the Slavic languages, and most of those of central Asia
    (0x48C, 0x4C4),
    (0x4CF, 0x4F9),
    (0x5D0, 0x5EA),  # Hebrew
    (0x621, 0x63A),  # Arabic
    (0x641, 0x64A),
    (0x1E00, 0x1EFF),  # Vietnamese
    (0x2010, 0x2027),  # punctuation
    (0x2030, 0x2037),
    (0x2039, 0x203A),
    (0x20A0, 0x20B5),  # currencies
    (0x2190, 0x21FF),  # arrows
    (0x2260, 0x2265),  # comparisons
    (0x2500, 0x25FF),  # lines, blocks, shapes: ▲ ●
    (0x2713, 0x2718),  # ✓ ✔ ✕ ✖ ✗ ✘
)
_RIGHT_TO_LEFT = {"R", "AL"}
# A word that is longer than a narrow column, and the pieces it is cut into.
_LONG_WORD = re.compile(r"\S{25}")
_CUTS = re.compile(r"\s*\S{1,24}|\s+")
# A name may break after its separators: not at a decimal point, nor after a bracket that begins a word.
_BREAKS = re.compile(r"(?<=[_.;,/])(?=[^\s_.(;,/\d])|(?<=\w\()(?=\w)")
_CONTROLS = re.compile(f"({readable.CONTROLS.pattern})")

Piece = dict[str, str]


def pieces(value: object, longest: int | None = None) -> list[Piece]:
    """Return a text as pieces between which a line may break.

    A piece is ``{"text": …}``; or ``{"code": …}``, which stands for a character that cannot be shown; or
    ``{"isolated": …}``, text from right to left, which must not reorder what stands beside it.

    Args:
        longest: how many characters are shown at most; the middle is left out beyond that.
    """
    text = "" if value is None else str(value)
    if longest is not None and len(text) > longest:
        kept = longest // 2
        text = f"{text[:kept]} … {text[-kept:]}"
    return list(_pieces(unicodedata.normalize("NFC", text)))


def _pieces(text: str) -> Iterator[Piece]:
    for position, part in enumerate(_CONTROLS.split(text)):
        if position % 2:
            yield {"code": readable.visible(part)}
        elif part:
            yield from _shown_pieces(part)


def _shown_pieces(text: str) -> Iterator[Piece]:
    if text.isascii():
        yield from _words(text)
        return
    for is_shown, run in groupby(text, _is_shown):
        if not is_shown:
            yield from ({"code": f"U+{ord(character):04X}"} for character in run)
            continue
        part = "".join(run)
        if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in part):
            yield {"isolated": part}
        else:
            yield from _words(part)


def _words(text: str) -> Iterator[Piece]:
    yield from ({"text": short} for word in _BREAKS.split(text) for short in _short(word))


def _short(part: str) -> list[str]:
    """Cut what has no space for long, so that no line runs out of its column."""
    return _CUTS.findall(part) if _LONG_WORD.search(part) else [part]


def _is_shown(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in SHOWN_RANGES)


def codes_in(value: object) -> bool:
    """Tell whether some piece anywhere in these data stands for a character that cannot be shown."""
    if isinstance(value, dict):
        return "code" in value or any(codes_in(each) for each in value.values())
    return isinstance(value, list) and any(codes_in(each) for each in value)
