"""Which form a statement has, and what is known of each form without running it.

The facts of a statement come from the copy. The form decides what the copy cannot tell (statements that run
outside of a transaction), which safer way there is, and which recorded runs are comparable. Locks and work
are as measured on PostgreSQL 15 to 18 with 233 statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dbtrack.predict.model import Lock, Work
from dbtrack.predict.script import Statement
from dbtrack.redaction.sql_tokens import Kind, Token

_AX, _SRX, _S, _SUX = Lock.ACCESS_EXCLUSIVE, Lock.SHARE_ROW_EXCLUSIVE, Lock.SHARE, Lock.SHARE_UPDATE_EXCLUSIVE
_RX, _AS = Lock.ROW_EXCLUSIVE, Lock.ACCESS_SHARE


@dataclass(frozen=True)
class Form:
    """What is known of a form.

    Args:
        name: in words.
        lock: on the table that the statement names; None for none.
        work: what it usually does.
        other_lock: on the table that a foreign key refers to, or on the partition.
        depends: whether the table's definition decides what it does, so that the form alone says the worst.
        is_outside: it cannot run inside a transaction block.
        index_lock: on the index that it names.
    """

    name: str
    lock: Lock | None
    work: Work = Work.NONE
    other_lock: Lock | None = None
    depends: bool = False
    is_outside: bool = False
    index_lock: Lock | None = None


FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        Form("add column", _AX, depends=True),
        Form("add column with a volatile default", _AX, Work.REWRITE),
        Form("add column with a generated value", _AX, Work.REWRITE),
        Form("add column with a check", _AX, Work.SCAN),
        Form("add column with a key", _AX, Work.INDEX),
        Form("add column with a foreign key", _AX, Work.SCAN, other_lock=_SRX, depends=True),
        Form("drop column", _AX),
        Form("change the type of a column", _AX, Work.REWRITE, depends=True),
        Form("set not null", _AX, Work.SCAN, depends=True),
        Form("change a column", _AX),
        Form("set a statistics target or option", _SUX),
        Form("set expression", _AX, Work.REWRITE),
        Form("add check", _AX, Work.SCAN),
        Form("add not null", _AX, Work.SCAN, depends=True),
        Form("add foreign key", _SRX, Work.SCAN, other_lock=_SRX),
        Form("add primary key", _AX, Work.INDEX),
        Form("add unique", _AX, Work.INDEX),
        Form("add exclude", _AX, Work.INDEX),
        Form("add key using index", _AX, depends=True),
        Form("add constraint not valid", _AX),
        Form("add foreign key not valid", _SRX, other_lock=_SRX),
        Form("validate constraint", _SUX, Work.SCAN, other_lock=Lock.ROW_SHARE),
        Form("drop constraint", _AX, other_lock=_AX),
        Form("attach partition", _SUX, Work.SCAN, other_lock=_AX, depends=True),
        Form("detach partition", _AX, other_lock=_AX),
        Form("detach partition concurrently", _SUX, other_lock=_AX, is_outside=True),
        Form("set tablespace", _AX, Work.REWRITE),
        Form("set logged", _AX, Work.REWRITE),
        Form("enable or disable trigger", _SRX),
        Form("rename", _AX),
        Form("alter table", _AX, depends=True),
        Form("create index", _S, Work.INDEX),
        Form("create index concurrently", _SUX, Work.INDEX, is_outside=True),
        Form("drop index", _AX, index_lock=_AX),
        Form("drop index concurrently", _SUX, is_outside=True, index_lock=_AX),
        Form("reindex", _S, Work.INDEX, index_lock=_AX),
        Form("reindex concurrently", _SUX, Work.INDEX, is_outside=True),
        Form("alter index", None, index_lock=_SUX),
        Form("create trigger", _SRX),
        Form("drop trigger, rule or policy", _AX),
        Form("create rule or policy", _AX),
        Form("create statistics", _SUX),
        Form("comment", _SUX),
        Form("create view", _AS),
        Form("change or drop a view", _AX),
        Form("refresh materialized view", _AX, Work.REWRITE),
        Form("refresh materialized view concurrently", Lock.EXCLUSIVE, Work.SCAN),
        Form("create table", None),
        Form("create table with a foreign key", None, other_lock=_SRX),
        Form("create table of a partition", _AX, other_lock=_SRX),
        Form("create table as", None, Work.SCAN),
        Form("drop table", _AX, other_lock=_AX),
        Form("truncate", _AX),
        Form("vacuum", _SUX, Work.SCAN, is_outside=True),
        Form("vacuum full", _AX, Work.REWRITE, is_outside=True),
        Form("cluster", _AX, Work.REWRITE),
        Form("analyze", _SUX, Work.SCAN),
        Form("alter domain", None, Work.SCAN, depends=True),
        Form("publication", _SUX),
        Form("lock table", _AX, depends=True),
        Form("change rows", _RX, Work.SCAN, depends=True),
        Form("grant or revoke", _AS),
        Form("function", None),
        Form("other", None, depends=True),
    )
}


@dataclass(frozen=True)
class Parsed:
    """What a statement's words say.

    Args:
        form: a name of `FORMS`; of several subcommands the heaviest.
        name: the object that it names, as written: a table, or an index; None where it names none.
        index: the index that it names.
        commands: the subcommands of ALTER TABLE.
        rest: the tokens behind the name.
    """

    form: str
    name: str | None = None
    index: str | None = None
    is_only: bool = False
    commands: tuple[tuple[Token, ...], ...] = ()
    rest: tuple[Token, ...] = ()

    @property
    def detached(self) -> str | None:
        """The partition of ATTACH or DETACH PARTITION, as written."""
        words = [token.word for token in self.rest]
        return name_at(self.rest, words.index("PARTITION") + 1)[0] if "PARTITION" in words else None

    @property
    def rule(self) -> Form:
        """What is known of the form."""
        return FORMS[self.form]


_SKIPPED = frozenset({"IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY"})
_WEIGHT = {Work.REWRITE: 3, Work.INDEX: 2, Work.SCAN: 1, Work.NONE: 0}


def parse(statement: Statement) -> Parsed:
    """Return the form of a statement and the object that it names."""
    found, words = statement.tokens, statement.words
    verb = words[0]
    parser = _PARSERS.get(verb)
    return parser(found, words) if parser else Parsed("other")


def name_at(found: Sequence[Token], position: int) -> tuple[str | None, int]:
    """Return the qualified name at a position as written, and the position behind it."""
    while position < len(found) and found[position].word in _SKIPPED:
        position += 1
    parts = []
    while position < len(found) and found[position].kind in {Kind.WORD, Kind.NAME}:
        parts.append(found[position].text)
        position += 1
        if position >= len(found) or found[position].text != ".":
            break
        position += 1
    if position < len(found) and found[position].text == "*":
        position += 1
    return ".".join(parts) or None, position


def split_commands(found: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """Return the parts between commas outside parentheses."""
    depth, part = 0, list[Token]()
    for token in found:
        depth += (token.text in {"(", "["}) - (token.text in {")", "]"})
        if token.text == "," and depth == 0:
            yield tuple(part)
            part = []
        else:
            part.append(token)
    if part:
        yield tuple(part)


def outer_words(found: Sequence[Token]) -> list[str]:
    """Return the words outside parentheses."""
    depth, words = 0, []
    for token in found:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.word:
            words.append(token.word)
    return words


def _has(words: Sequence[str], *phrase: str) -> bool:
    return any(tuple(words[n : n + len(phrase)]) == phrase for n in range(len(words)))


_ALTERED = {"DOMAIN": "alter domain", "PUBLICATION": "publication", "FUNCTION": "function"}


def _alter(found: Sequence[Token], words: Sequence[str]) -> Parsed:
    kind = words[1]
    if "TABLE" in words[1:3]:
        return _alter_table(found, list(words).index("TABLE") + 1)
    if kind == "INDEX":
        name, end = name_at(found, 2)
        return Parsed("alter index", index=name, rest=tuple(found[end:]))
    if "VIEW" in words[1:3]:
        name, end = name_at(found, list(words).index("VIEW") + 1)
        return Parsed("change or drop a view", name, rest=tuple(found[end:]))
    if kind in {"TRIGGER", "POLICY", "RULE"}:
        return Parsed("drop trigger, rule or policy", _after(found, words, "ON"))
    return Parsed(_ALTERED.get(kind, "other"))


def _after(found: Sequence[Token], words: Sequence[str], word: str) -> str | None:
    return name_at(found, list(words).index(word) + 1)[0] if word in words else None


def _alter_table(found: Sequence[Token], position: int) -> Parsed:
    is_only = any(token.word == "ONLY" for token in found[position : position + 4])
    name, end = name_at(found, position)
    commands = tuple(split_commands(found[end:]))
    forms = [form_of_command(command) for command in commands] or ["alter table"]
    heaviest = max(forms, key=lambda form: (_WEIGHT[FORMS[form].work], FORMS[form].lock or 0))
    return Parsed(heaviest, name, is_only=is_only, commands=commands, rest=tuple(found[end:]))


_COMMANDS = {
    "VALIDATE": "validate constraint",
    "ATTACH": "attach partition",
    "RENAME": "rename",
    "RESET": "set a statistics target or option",
    "CLUSTER": "set a statistics target or option",
}


def form_of_command(command: Sequence[Token]) -> str:
    """Return the form of one subcommand of ALTER TABLE."""
    words = outer_words(command)
    first, second = (*words, "", "")[:2]
    parser = _COMMAND_PARSERS.get(first)
    if parser is None or (first == "ALTER" and second == "CONSTRAINT"):
        return _COMMANDS.get(first, "alter table")
    return parser(command, words)


def _drop_form(command: Sequence[Token], words: Sequence[str]) -> str:
    del command
    return "drop constraint" if "CONSTRAINT" in words[:2] else "drop column"


def _detach_form(command: Sequence[Token], words: Sequence[str]) -> str:
    del command
    return "detach partition concurrently" if "CONCURRENTLY" in words else "detach partition"


def _enable_form(command: Sequence[Token], words: Sequence[str]) -> str:
    del command
    return "enable or disable trigger" if "TRIGGER" in words else "alter table"


def _set_form(command: Sequence[Token], words: Sequence[str]) -> str:
    if "TABLESPACE" in words:
        return "set tablespace"
    if "LOGGED" in words or "UNLOGGED" in words:
        return "set logged"
    if (command[1:2] and command[1].text == "(") or _has(words, "WITHOUT", "CLUSTER"):
        return "set a statistics target or option"
    return "alter table"


def _column_form(command: Sequence[Token], words: Sequence[str]) -> str:
    del command
    if "TYPE" in words:
        return "change the type of a column"
    if _has(words, "SET", "NOT", "NULL"):
        return "set not null"
    if _has(words, "SET", "EXPRESSION"):
        return "set expression"
    if "STATISTICS" in words or words[-1:] in (["SET"], ["RESET"]):
        return "set a statistics target or option"
    return "change a column"


_COLUMN_CONSTRAINTS = (
    ("REFERENCES", "add column with a foreign key"),
    ("UNIQUE", "add column with a key"),
    ("PRIMARY", "add column with a key"),
    ("CHECK", "add column with a check"),
)
_CONSTRAINTS = frozenset({"CONSTRAINT", "CHECK", "FOREIGN", "PRIMARY", "UNIQUE", "EXCLUDE"})


def _add_form(command: Sequence[Token], words: Sequence[str]) -> str:
    if (words[1:2] and words[1] in _CONSTRAINTS) or words[1:3] == ["NOT", "NULL"]:
        return _constraint_form(words)
    if _has(words, "GENERATED") or _serial(words):
        return "add column" if "VIRTUAL" in words else "add column with a generated value"
    for word, form in _COLUMN_CONSTRAINTS:
        if word in words:
            return form
    return "add column with a volatile default" if is_volatile_default(command) else "add column"


def _serial(words: Sequence[str]) -> bool:
    return bool({"SERIAL", "BIGSERIAL", "SMALLSERIAL", "SERIAL4", "SERIAL8"} & set(words))


_VOLATILE = frozenset(
    {
        "CLOCK_TIMESTAMP",
        "GEN_RANDOM_UUID",
        "RANDOM",
        "NEXTVAL",
        "UUID_GENERATE_V4",
        "UUIDV7",
        "UUIDV4",
        "TIMEOFDAY",
    }
)


def is_volatile_default(command: Sequence[Token]) -> bool:
    """Return whether a known volatile function is called behind DEFAULT."""
    words = [token.word for token in command]
    return "DEFAULT" in words and bool(_VOLATILE & set(words[words.index("DEFAULT") :]))


_COMMAND_PARSERS: Mapping[str, Callable[[Sequence[Token], Sequence[str]], str]] = {
    "ADD": _add_form,
    "ALTER": _column_form,
    "DROP": _drop_form,
    "SET": _set_form,
    "DETACH": _detach_form,
    "ENABLE": _enable_form,
    "DISABLE": _enable_form,
}


def _constraint_form(words: Sequence[str]) -> str:
    not_valid = _has(words, "NOT", "VALID") or _has(words, "NOT", "ENFORCED")
    if "FOREIGN" in words:
        return "add foreign key not valid" if not_valid else "add foreign key"
    if not_valid:
        return "add constraint not valid"
    if _has(words, "USING", "INDEX") and "EXCLUDE" not in words:
        tablespace = _has(words, "USING", "INDEX", "TABLESPACE")
        if not tablespace:
            return "add key using index"
    for word, form in (("PRIMARY", "add primary key"), ("UNIQUE", "add unique"), ("EXCLUDE", "add exclude")):
        if word in words:
            return form
    return "add check" if "CHECK" in words else "add not null"


_MADE = {
    "PUBLICATION": ("publication", None),
    "FUNCTION": ("function", None),
    "PROCEDURE": ("function", None),
    "TRIGGER": ("create trigger", "ON"),
    "POLICY": ("create rule or policy", "ON"),
    "RULE": ("create rule or policy", "TO"),
    "STATISTICS": ("create statistics", "FROM"),
}


def _create(found: Sequence[Token], words: Sequence[str]) -> Parsed:
    kind = next((word for word in words if word in _CREATED), "")
    if kind == "INDEX":
        return _create_index(found, words)
    if kind == "TABLE":
        return _create_table(found, words)
    if kind == "VIEW":
        return Parsed("change or drop a view" if "REPLACE" in words[:4] else "create view")
    form, before_name = _MADE.get(kind, ("other", None))
    if before_name is None or "EVENT" in words[:4]:
        return Parsed("other" if kind == "TRIGGER" else form)
    return Parsed(form, _after(found, words, before_name))


_CREATED = frozenset({
    "INDEX", "TABLE", "VIEW", "TRIGGER", "POLICY", "RULE", "STATISTICS", "PUBLICATION", "FUNCTION",
    "PROCEDURE", "SCHEMA", "TYPE", "DOMAIN", "SEQUENCE", "EXTENSION", "AGGREGATE", "OPERATOR", "CAST",
    "COLLATION", "SERVER",
})  # fmt: skip


def _create_index(found: Sequence[Token], words: Sequence[str]) -> Parsed:
    position = list(words).index("INDEX")
    name, end = (None, position + 1) if words[position + 1] == "ON" else name_at(found, position + 1)
    if name and name.upper() == "ON":
        name = None
    on = list(words).index("ON", position)
    is_only = words[on + 1] == "ONLY"
    table, end = name_at(found, on + 1)
    form = "create index concurrently" if "CONCURRENTLY" in words[:on] else "create index"
    return Parsed(form, table, index=name, is_only=is_only, rest=tuple(found[end:]))


def _create_table(found: Sequence[Token], words: Sequence[str]) -> Parsed:
    if _has(words, "PARTITION", "OF"):
        position = list(words).index("OF") + 1
        parent, end = name_at(found, position)
        return Parsed("create table of a partition", parent, rest=tuple(found[end:]))
    if "REFERENCES" in words:
        return Parsed("create table with a foreign key")
    return Parsed("create table as" if "AS" in outer_words(found) else "create table")


def _drop(found: Sequence[Token], words: Sequence[str]) -> Parsed:
    kind = words[1]
    if kind == "INDEX":
        form = "drop index concurrently" if "CONCURRENTLY" in words[:4] else "drop index"
        return Parsed(form, index=name_at(found, 2)[0])
    if kind == "TABLE":
        return Parsed("drop table", name_at(found, 2)[0])
    if "VIEW" in words[1:3]:
        return Parsed("change or drop a view", name_at(found, list(words).index("VIEW") + 1)[0])
    if kind in {"TRIGGER", "RULE", "POLICY"}:
        return Parsed("drop trigger, rule or policy", _after(found, words, "ON"))
    simple = {"STATISTICS": "create statistics", "PUBLICATION": "publication", "FUNCTION": "function"}
    return Parsed(simple.get(kind, "other"))


def _reindex(found: Sequence[Token], words: Sequence[str]) -> Parsed:
    form = "reindex concurrently" if "CONCURRENTLY" in words else "reindex"
    for kind in ("INDEX", "TABLE"):
        if kind in words:
            name, _ = name_at(found, list(words).index(kind) + 1)
            return Parsed(form, index=name) if kind == "INDEX" else Parsed(form, name)
    return Parsed(form)


def _vacuum(found: Sequence[Token], words: Sequence[str]) -> Parsed:
    position = 1
    is_full = False
    if found[1:2] and found[1].text == "(":
        end = next((n for n, token in enumerate(found) if token.text == ")"), 1)
        is_full = "FULL" in words[:end]
        position = end + 1
    while position < len(found) and words[position] in {"FULL", "FREEZE", "VERBOSE", "ANALYZE"}:
        is_full = is_full or words[position] == "FULL"
        position += 1
    return Parsed("vacuum full" if is_full else "vacuum", name_at(found, position)[0])


def _refresh(found: Sequence[Token], words: Sequence[str]) -> Parsed:
    form = "refresh materialized view"
    return Parsed(f"{form} concurrently" if "CONCURRENTLY" in words else form, name_at(found, 3)[0])


def _rows(found: Sequence[Token], words: Sequence[str]) -> Parsed:
    position = 2 if words[1:2] and words[1] in {"INTO", "FROM"} else 1
    name, end = name_at(found, position)
    return Parsed("change rows", name, rest=tuple(found[end:]))


def _cluster(found: Sequence[Token], words: Sequence[str]) -> Parsed:
    return Parsed("cluster", name_at(found, 2 if words[1:2] == ("VERBOSE",) else 1)[0])


def _named(form: str, position: int) -> Callable[[Sequence[Token], Sequence[str]], Parsed]:
    def parser(found: Sequence[Token], words: Sequence[str]) -> Parsed:
        skip = 1 if words[position : position + 1] in {("TABLE",), ("VERBOSE",)} else 0
        return Parsed(form, name_at(found, position + skip)[0])

    return parser


def _comment(found: Sequence[Token], words: Sequence[str]) -> Parsed:
    kind = words[2] if len(words) > 2 else ""
    return Parsed("comment", name_at(found, 3)[0] if kind == "TABLE" else None)


def _grant(found: Sequence[Token], words: Sequence[str]) -> Parsed:
    del found, words
    return Parsed("grant or revoke")


_PARSERS: Mapping[str, Callable[[Sequence[Token], Sequence[str]], Parsed]] = {
    "ALTER": _alter,
    "CREATE": _create,
    "DROP": _drop,
    "REINDEX": _reindex,
    "VACUUM": _vacuum,
    "REFRESH": _refresh,
    "CLUSTER": _cluster,
    "COMMENT": _comment,
    "GRANT": _grant,
    "REVOKE": _grant,
    "INSERT": _rows,
    "UPDATE": _rows,
    "DELETE": _rows,
    "MERGE": _rows,
    "TRUNCATE": _named("truncate", 1),
    "ANALYZE": _named("analyze", 1),
    "LOCK": _named("lock table", 1),
}
