"""The part of a schema that the statements of a script can touch.

A large schema takes long to restore, and a statement touches little of it. What is taken: each object whose
name occurs anywhere in the script; its partitions, parents and children; whatever depends on these, as DROP
CASCADE would find it; the tables at the other end of their foreign keys; and what all of these need. Where
the words of a script do not tell what it touches, the whole schema is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dbtrack.predict.dump import Dump, Entry
from dbtrack.predict.scope_words import Words, is_control, is_dynamic, names_in, words_of
from dbtrack.predict.script import Statement
from dbtrack.redaction.sql_tokens import tokens

FEWEST_OBJECTS = 500
"""A smaller schema is restored whole: that takes no time."""
LARGEST_SHARE = 0.5
"""A larger part saves too little: the whole schema, which may be kept, is the better copy."""
_RELATIONS = frozenset({"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE", "SEQUENCE"})
_FUNCTIONS = frozenset({"FUNCTION", "PROCEDURE", "AGGREGATE"})
_FOREIGN_KEY, _ATTACH, _RULE = "FK CONSTRAINT", "TABLE ATTACH", "RULE"
# What belongs to a relation. All other objects are few, and always taken.
_PARTS = frozenset({
    "INDEX", "INDEX ATTACH", "CONSTRAINT", "CHECK CONSTRAINT", _FOREIGN_KEY, _ATTACH, "DEFAULT", "TRIGGER",
    _RULE, "POLICY", "ROW SECURITY", "STATISTICS", "SEQUENCE OWNED BY", "PUBLICATION TABLE",
})  # fmt: skip
# These are named without their table.
_NAMED_PARTS = frozenset({"INDEX", "CONSTRAINT", "STATISTICS"})
_CHOSEN = _RELATIONS | _FUNCTIONS | _PARTS
_READABLE_LANGUAGES = ("LANGUAGE PLPGSQL", "LANGUAGE SQL", "LANGUAGE C", "LANGUAGE INTERNAL")


@dataclass(frozen=True)
class Scope:
    """What of a schema is copied.

    Args:
        reason: why it is the whole; empty where it is a part, or the schema is small.
    """

    dump: Dump
    is_part: bool
    reason: str = ""


class _TooMuchError(Exception):
    """Only the whole schema will do; the message says why."""


def scope_of(dump: Dump, statements: Sequence[Statement]) -> Scope:
    """Return the part of a dump that statements can touch, or all of it."""
    if dump.objects < FEWEST_OBJECTS:
        return Scope(dump, is_part=False)
    words = words_of(statements)
    if isinstance(words, str):
        return Scope(dump, is_part=False, reason=words)
    try:
        part = dump.part(_Closure(dump, words).run(statements))
    except _TooMuchError as error:
        return Scope(dump, is_part=False, reason=str(error))
    if part.objects > dump.objects * LARGEST_SHARE:
        return Scope(dump, is_part=False, reason="the statements can touch most of the schema")
    return Scope(part, is_part=True)


class _Closure:
    """Finds the entries that are needed.

    The core is what statements can change, with all that depends on it; around it is what is needed to create
    the core, and what the core's foreign keys lead to.
    """

    def __init__(self, dump: Dump, words: Words) -> None:
        self._words = words
        self._entries = {entry.number: entry for entry in dump.entries if entry.number}
        self._needed_by: dict[int, list[Entry]] = {}
        self._by_name: dict[str, list[Entry]] = {}
        for entry in self._entries.values():
            for number in set(entry.needs):
                self._needed_by.setdefault(number, []).append(entry)
            for name in _names_of(entry):
                self._by_name.setdefault(name, []).append(entry)
        self._core: set[int] = set()
        self._around: set[int] = set()
        self._waiting: list[tuple[Entry, bool]] = []

    def run(self, statements: Sequence[Statement]) -> set[int]:
        """Return the numbers of the entries.

        Raises:
            _TooMuchError: it cannot be known what is needed.
        """
        for statement in statements:
            is_found = any(entry.type != "SCHEMA" for entry in self._named(names_in(statement.tokens)))
            if not is_found and not is_control(statement) and statement.words[0] != "CREATE":
                raise _TooMuchError(f"line {statement.line} names nothing that is known")
        for entry in self._named(self._words.names):
            self._take_named(entry)
        for entry in self._named(self._words.altered):
            self._take(entry, is_core=True)
        for entry in self._entries.values():
            if entry.type not in _CHOSEN:
                self._take(entry, is_core=False)
        self._finish()
        return self._with_parts()

    def _take_named(self, entry: Entry) -> None:
        # No statement that is understood changes a function.
        self._take(entry, is_core=entry.type in _RELATIONS | _NAMED_PARTS)
        if entry.type in _NAMED_PARTS | {"SEQUENCE"}:
            for number in entry.needs:
                if (table := self._entries.get(number)) and table.type in _RELATIONS:
                    self._take(table, is_core=True)

    def _named(self, names: Iterable[str]) -> list[Entry]:
        return [entry for name in names for entry in self._by_name.get(name, ())]

    def _take(self, entry: Entry, *, is_core: bool) -> None:
        if entry.number in self._core or (not is_core and entry.number in self._around):
            return
        (self._core if is_core else self._around).add(entry.number)
        self._waiting.append((entry, is_core))

    def _finish(self) -> None:
        while self._waiting:
            entry, is_core = self._waiting.pop()
            self._read_code(entry)
            for number in entry.needs:
                if needed := self._entries.get(number):
                    # The parent of a child is changed with it.
                    is_parent = needed.type == entry.type == "TABLE"
                    self._take(needed, is_core=is_core and is_parent)
            for other in self._needed_by.get(entry.number, ()):
                if is_core:
                    # Across a foreign key is another table, which is not changed.
                    self._take(other, is_core=other.type != _FOREIGN_KEY)
                elif other.type == _RULE and entry.type in _RELATIONS:
                    self._take(other, is_core=False)
            if entry.type == "TABLE":
                self._take_family(entry, is_core=is_core)

    def _take_family(self, entry: Entry, *, is_core: bool) -> None:
        """Take the partitions, parents and children of a table."""
        for other in self._needed_by.get(entry.number, ()):
            if other.type == "TABLE":
                self._take(other, is_core=is_core)
            elif other.type == _ATTACH:
                self._take(other, is_core=is_core)
                for number in other.needs:
                    if (table := self._entries.get(number)) and table.type in _RELATIONS:
                        self._take(table, is_core=is_core)

    def _read_code(self, entry: Entry) -> None:
        """Take what the code of a function names, where the script may run it."""
        if entry.type not in _FUNCTIONS or entry.type == "AGGREGATE":
            return
        text = " ".join(entry.text.upper().split())
        if "RETURNS TRIGGER" in text and not self._words.has_rows:
            return
        if "LANGUAGE C " in f"{text} " or "LANGUAGE INTERNAL" in text:
            return
        if not any(language in text for language in _READABLE_LANGUAGES):
            raise _TooMuchError(f"{entry.name} is in a language that is not read")
        if is_dynamic(entry.text):
            raise _TooMuchError(f"{entry.name} finds objects by a text")
        for named in self._named(names_in(list(tokens(entry.text)))):
            self._take_named(named)

    def _with_parts(self) -> set[int]:
        """Add the parts of what was taken, but those that need what was not: a foreign key further on."""
        taken = self._core | self._around
        for entry in self._entries.values():
            if entry.type in _PARTS and entry.number not in taken:
                needed = [number for number in entry.needs if self._is_chosen(number)]
                if needed and taken.issuperset(needed):
                    taken.add(entry.number)
            elif entry.type == "SEQUENCE" and entry.needs and taken.issuperset(entry.needs):
                taken.add(entry.number)
        return taken

    def _is_chosen(self, number: int) -> bool:
        entry = self._entries.get(number)
        return entry is not None and entry.type in _CHOSEN


def _names_of(entry: Entry) -> set[str]:
    """Return the names by which a statement can mean an entry."""
    if entry.type in _FUNCTIONS:
        return {entry.name.partition("(")[0]}
    if entry.type in _PARTS and entry.type not in _NAMED_PARTS:
        return set()  # meant by its table
    return {entry.name, entry.name.rpartition(" ")[2]}
