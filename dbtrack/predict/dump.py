"""Read the schema of a database with pg_dump, as entries that know what they depend on."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection
from dataclasses import dataclass

from dbtrack import embedded
from dbtrack.config import ConnectionTarget
from dbtrack.db import libpq_environment
from dbtrack.errors import DbtrackError, UsageError

LOCK_WAIT_TIMEOUT = "5s"
# They fire for no lock, lead to other servers, or are created before the dump is restored.
_NEEDLESS = frozenset({"EVENT TRIGGER", "EXTENSION", "COMMENT", "USER MAPPING"})
# Whatever a definition quotes is passed over: only what pg_dump itself wrote begins an entry.
_SCANNED = re.compile(
    r"""
    '(?:[^']|'')*'
  | "(?:[^"]|"")*"
  | \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$
  | ^--\n--\ TOC\ entry\ (?P<number>\d+)\ \(class\ (?P<class>\d+)\ OID\ (?P<oid>\d+)\)\n
    (?:--\ Dependencies:\ (?P<needs>[\d ]+)\n)?
    --\ Name:\ (?P<name>[^\n]*);\ Type:\ (?P<type>[^\n;]*);\ Schema:\ (?P<schema>[^\n]*);\ Owner:\ [^\n]*\n
    (?:--\ Data\ Pos:\ \d+\n)?--\n
  | ^(?P<setting>SET\ default_\w+\ =\ [^\n]*;)$
  | ^(?P<line>--[^\n]*|\\(?:un)?restrict\ [^\n]*)$
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Entry:
    """An object of a dump, or a setting for what follows.

    Args:
        number: its number in the dump; 0 for a setting.
        type: what it is, as pg_dump calls it: `TABLE`, `FK CONSTRAINT`.
        name: of a constraint, an index and the like, behind that of its table.
        needs: the numbers of what must be there before it.
    """

    number: int
    type: str
    name: str
    needs: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class Dump:
    """The schema of a database, or a part of it, in the order in which it can be restored."""

    entries: tuple[Entry, ...]

    @property
    def objects(self) -> int:
        """How many objects it has."""
        return sum(1 for entry in self.entries if entry.number)

    def part(self, numbers: Collection[int]) -> Dump:
        """Return the entries of those numbers, with all settings."""
        return Dump(tuple(entry for entry in self.entries if not entry.number or entry.number in numbers))

    def digest(self) -> str:
        """Return a SHA-256 of all statements: two dumps with the same one restore to the same copy."""
        found = hashlib.sha256()
        for entry in self.entries:
            text = entry.text.encode(errors="surrogatepass")
            found.update(b"%d:%s" % (len(text), text))
        return found.hexdigest()


def dump_schema(target: ConnectionTarget) -> Dump:
    """Return the schema of a database.

    Raises:
        DbtrackError: pg_dump is missing or fails; the message is its own.
    """
    dumping = [
        _program("pg_dump"), "--format=custom", "--compress=0", "--schema-only", "--no-comments",
        "--no-security-labels", "--no-subscriptions", f"--lock-wait-timeout={LOCK_WAIT_TIMEOUT}",
        "--exclude-schema=script_tracking", "--exclude-schema=dbtrack_mart",
        "--encoding=UTF8", "--no-password",
    ]  # fmt: skip
    # Only an archive knows what each object depends on, and only its verbose text has that.
    writing = [_program("pg_restore"), "--verbose", "--no-owner", "--no-privileges", "--file=-"]
    variables = libpq_environment(target) | {"PGAPPNAME": "dbtrack predict", "LC_ALL": "C"}
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(dumping, stdout=subprocess.PIPE, stderr=errors, env=variables) as dump:
            try:
                done = subprocess.run(
                    writing, check=False, stdin=dump.stdout, capture_output=True, env=variables
                )
            except BaseException:
                dump.kill()
                raise
        errors.seek(0)
        _check(dump.returncode, errors.read())
    _check(done.returncode, done.stderr)
    return read_dump(done.stdout.decode(errors="replace"))


def _check(code: int, errors: bytes) -> None:
    if not code:
        return
    lines = errors.decode(errors="replace").splitlines()
    first = next((number for number, line in enumerate(lines) if "error:" in line), 0)
    reason = " ".join(" ".join(lines[first:]).split())
    hint = "a table is locked: try again later" if "lock timeout" in reason else None
    if "permission denied" in reason:
        hint = "the login needs SELECT on all tables, such as by: GRANT pg_read_all_data"
    raise DbtrackError(f"cannot read the schema: {reason}", hint=hint)


def _program(name: str) -> str:
    try:
        return str(embedded.client_programs() / name)
    except UsageError:
        found = shutil.which(name)
    if found is None:
        raise UsageError(
            f"{name} is not installed", hint="run: pip install 'dbtrack[embedded]', or use --copy none"
        )
    return found


def read_dump(text: str) -> Dump:
    """Split the output of `pg_restore --verbose` into its entries; what a copy does not need is left out."""
    reader = _Reader(text)
    for match in _SCANNED.finditer(text):
        if match["number"]:
            reader.end(match.start())
            reader.begin(match)
        elif match["setting"]:
            reader.end(match.start())
            reader.position = match.end()
            reader.entries.append(Entry(0, "SETTING", "", (), match["setting"]))
        elif match["line"]:
            # Comments around the entries have the time in them, and what guards psql has a random number.
            reader.end(match.start())
            reader.position = match.end()
    reader.end(len(text))
    return Dump(tuple(entry for entry in reader.entries if entry.type not in _NEEDLESS))


class _Reader:
    def __init__(self, text: str) -> None:
        self.entries: list[Entry] = []
        self.position = 0
        self._text = text
        self._head: re.Match[str] | None = None

    def begin(self, head: re.Match[str]) -> None:
        self._head = head
        self.position = head.end()

    def end(self, position: int) -> None:
        """End the entry before a position."""
        text = self._text[self.position : position].strip()
        head, self._head = self._head, None
        if not text:
            return
        if head is None:
            self.entries.append(Entry(0, "SETTING", "", (), text))
            return
        needs = tuple(map(int, (head["needs"] or "").split()))
        self.entries.append(Entry(int(head["number"]), head["type"], head["name"], needs, text))
