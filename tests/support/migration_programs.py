"""Migration tools that are programs of Node, Java, Perl and Ruby: small projects of each, and how each is run."""

from __future__ import annotations

import os
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.support.required import missing, required_program
from tests.support.servers import Server

_NODE_FOLDER = "DBTRACK_TEST_NODE"
_SECONDS = 300
_RAKEFILE = """\
require "active_record"
require "rake"
include ActiveRecord::Tasks
DatabaseTasks.env = "production"
DatabaseTasks.db_dir = File.join(__dir__, "db")
DatabaseTasks.migrations_paths = [File.join(__dir__, "db", "migrate")]
DatabaseTasks.root = __dir__
ActiveRecord::Base.configurations = {"production" => {"url" => ENV["DATABASE_URL"]}}
DatabaseTasks.database_configuration = ActiveRecord::Base.configurations
ActiveRecord::Base.dump_schema_after_migration = false
task(:environment) { ActiveRecord::Base.establish_connection :production }
load "active_record/railties/databases.rake"
"""
_PRISMA = """\
import { defineConfig } from "prisma/config";
import { PrismaPg } from "@prisma/adapter-pg";
export default defineConfig({
  experimental: { adapter: true }, engine: "js", schema: "schema.prisma", migrations: { path: "migrations" },
  adapter: async () => new PrismaPg({ connectionString: process.env.DATABASE_URL! }),
});
"""


class Migration(NamedTuple):
    """A migration in SQL: its number, its statements, the one that undoes them, and whether it may run in a transaction."""

    number: int
    up: tuple[str, ...]
    down: str = "SELECT 1"
    in_transaction: bool = True

    @property
    def version(self) -> str:
        """The version that many tools have in the names of files."""
        return _version(self.number)

    @property
    def script(self) -> str:
        """The statements as a script."""
        return "".join(f"{statement};\n" for statement in self.up)


class Program(ABC):
    """A project of one tool, in a directory of its own.

    Args:
        tool: as `dbtrack import` names it.
        can_undo: whether it undoes migrations.
        zone: the time zone in which it runs and writes times that have none; None: its times have a zone, or it has none.
    """

    tool: str
    can_undo = True
    zone: str | None = None

    def __init__(self, directory: Path, server: Server, database: str) -> None:
        self.directory, self.database = directory, database
        address = f"postgresql://postgres@127.0.0.1:{server.port}/{database}"
        self.environment = server.environment(database) | {"DATABASE_URL": address}
        self.prepare()

    @abstractmethod
    def prepare(self) -> None:
        """Look for the program, and write what a project of it needs."""

    @abstractmethod
    def write(self, migration: Migration) -> None:
        """Write a migration, or write it again."""

    @abstractmethod
    def name(self, number: int) -> str:
        """Return how dbtrack names a migration."""

    @abstractmethod
    def up(self) -> list[str]:
        """Return the command that runs what is new."""

    def undo(self) -> list[str]:
        """Return the command that undoes the last migration."""
        raise NotImplementedError

    def forgive(self) -> None:  # noqa: B027
        """Let the tool go on after a migration that failed."""

    def up_elsewhere(self) -> list[str]:
        """Return the command without the address of the database, which the environment has."""
        return self.up()

    def run(self, command: Sequence[str], *, fails: bool = False) -> str:
        """Run a command in the project, expect that it fails, or not, and return what it printed."""
        done = subprocess.run(
            command, cwd=self.directory, env=self.environment, capture_output=True, text=True, timeout=_SECONDS,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout

    def file(self, name: str, text: str) -> None:
        """Write a file of the project."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _node_file(path: str, packages: str) -> str:
    """Return a file in node_modules of the folder that the variable names."""
    folder = os.environ.get(_NODE_FOLDER, "")
    found = Path(folder) / "node_modules" / path
    if not folder or not found.exists():
        missing(path, f"npm install {packages} in any folder, and name that in {_NODE_FOLDER}")
    return str(found)


def _version(number: int) -> str:
    return f"2026010100000{number}"


class Dbmate(Program):
    """dbmate: versions in a table without a time, a transaction for each."""

    tool = "dbmate"

    def prepare(self) -> None:
        self._program = _node_file(".bin/dbmate", "dbmate")
        self.environment["DATABASE_URL"] += "?sslmode=disable"

    def write(self, migration: Migration) -> None:
        option = "" if migration.in_transaction else " transaction:false"
        text = f"-- migrate:up{option}\n{migration.script}\n-- migrate:down\n{migration.down};\n"
        self.file(f"db/migrations/{migration.version}_step.sql", text)

    def name(self, number: int) -> str:
        return f"dbmate {_version(number)}"

    def up(self) -> list[str]:
        return [self._program, "--no-dump-schema", "up"]

    def undo(self) -> list[str]:
        return [self._program, "--no-dump-schema", "rollback"]


class Knex(Program):
    """knex: a transaction for a whole batch, unless a migration in it wants none."""

    tool = "knex"

    def prepare(self) -> None:
        self._program = _node_file(".bin/knex", "knex pg")
        self.directory.mkdir()
        (self.directory / "node_modules").symlink_to(Path(self._program).parent.parent)
        self.file("knexfile.js", 'module.exports = { client: "pg", connection: process.env.DATABASE_URL };\n')

    def write(self, migration: Migration) -> None:
        def function(name: str, statements: Sequence[str]) -> str:
            calls = " ".join(f"await knex.raw({statement!r});" for statement in statements)
            return f"exports.{name} = async (knex) => {{ {calls} }};\n"

        option = "" if migration.in_transaction else "exports.config = { transaction: false };\n"
        self.file(
            f"migrations/{migration.version}_step.js",
            function("up", migration.up) + function("down", [migration.down]) + option,
        )

    def name(self, number: int) -> str:
        return f"{_version(number)}_step.js"

    def up(self) -> list[str]:
        return [self._program, "migrate:latest"]

    def undo(self) -> list[str]:
        return [self._program, "migrate:down"]


class Rails(Program):
    """The migrations of Rails: Active Record with its tasks of rake, without the rest of Rails."""

    tool = "rails"

    def prepare(self) -> None:
        remedy = "apt-get install ruby-activerecord ruby-pg rake"
        self._program = required_program("rake", remedy)
        ruby = [required_program("ruby", remedy), "-e", 'require "active_record"; require "pg"']
        if subprocess.run(ruby, capture_output=True, check=False).returncode != 0:
            missing("Active Record", remedy)
        self.file("Rakefile", _RAKEFILE)

    def write(self, migration: Migration) -> None:
        calls = "\n".join(f"    execute {statement!r}" for statement in migration.up)
        option = "" if migration.in_transaction else "  disable_ddl_transaction!\n"
        text = (
            f"class Step{migration.number} < ActiveRecord::Migration[6.1]\n{option}"
            f"  def up\n{calls}\n  end\n  def down\n    execute {migration.down!r}\n  end\nend\n"
        )
        self.file(f"db/migrate/{migration.version}_step{migration.number}.rb", text)

    def name(self, number: int) -> str:
        return f"rails {_version(number)}"

    def up(self) -> list[str]:
        return [self._program, "db:migrate"]

    def undo(self) -> list[str]:
        return [self._program, "db:rollback"]


class Sqitch(Program):
    """Sqitch: psql runs its scripts, and it notes them on a connection of its own."""

    tool = "sqitch"

    def prepare(self) -> None:
        self._program = required_program("sqitch", "apt-get install sqitch libdbd-pg-perl")
        self.environment |= {"SQITCH_FULLNAME": "Ann", "SQITCH_EMAIL": "ann@example.com", "HOME": str(self.directory)}  # fmt: skip
        self.directory.mkdir()
        self.run([self._program, "init", "shop", "--engine", "pg"])

    def write(self, migration: Migration) -> None:
        if not (self.directory / f"deploy/step{migration.number}.sql").exists():
            self.run([self._program, "add", f"step{migration.number}", "-n", "A step"])
        self.file(f"deploy/step{migration.number}.sql", migration.script)
        self.file(f"revert/step{migration.number}.sql", f"{migration.down};\n")
        self.file(f"verify/step{migration.number}.sql", "SELECT 1;\n")

    def name(self, number: int) -> str:
        return f"shop:step{number}"

    def up(self) -> list[str]:
        return [self._program, "deploy", "db:pg:"]

    def undo(self) -> list[str]:
        return [self._program, "revert", "-y", "--to", "@HEAD^", "db:pg:"]


class Liquibase(Program):
    """Liquibase, the Java program: it commits each changeset before it notes it, in its own time zone."""

    tool = "liquibase"
    zone = "Europe/Berlin"

    def prepare(self) -> None:
        self._program = _node_file("liquibase/dist/liquibase/liquibase", "liquibase")
        required_program("java", "apt-get install default-jre-headless")
        self._changesets: dict[int, str] = {}
        host = self.environment["DATABASE_URL"].partition("@")[2]
        # As docs/tracking.md has it for JDBC; without `dbtrack track` the setting is empty.
        self._address = f"jdbc:postgresql://{host}?options=-c%20dbtrack.execution%3D${{DBTRACK_EXECUTION:-}}"
        self.environment |= {"TZ": str(self.zone), "LIQUIBASE_COMMAND_USERNAME": "postgres",
                             "LIQUIBASE_COMMAND_PASSWORD": "none", "LIQUIBASE_COMMAND_CHANGELOG_FILE": "changelog.sql"}  # fmt: skip

    def write(self, migration: Migration) -> None:
        option = "" if migration.in_transaction else " runInTransaction:false"
        self._changesets[migration.number] = (
            f"--changeset bob:step{migration.number}{option}\n{migration.script}--rollback {migration.down};\n"
        )
        self.file("changelog.sql", "--liquibase formatted sql\n" + "".join(self._changesets.values()))

    def name(self, number: int) -> str:
        return f"changelog.sql::step{number}::bob"

    def up_elsewhere(self) -> list[str]:
        return ["/bin/sh", self._program, "update"]

    def _command(self, words: str) -> list[str]:
        return ["/bin/sh", "-c", f'exec sh "{self._program}" --url "{self._address}" {words}']

    def up(self) -> list[str]:
        return self._command("update")

    def undo(self) -> list[str]:
        return self._command("rollback-count 1")


class Prisma(Program):
    """Prisma with its engine of WebAssembly: statements without a transaction, the row before and after them."""

    tool = "prisma"
    can_undo = False

    def prepare(self) -> None:
        packages = "prisma@6 @prisma/adapter-pg@7 --ignore-scripts --legacy-peer-deps"
        self._program = _node_file("prisma/build/index.js", packages)
        node = required_program("node", "apt-get install nodejs")
        self._node = node
        modules = Path(self._program).parent.parent.parent
        self.file("package.json", "{}\n")
        (self.directory / "node_modules").symlink_to(modules)
        self.file("prisma.config.ts", _PRISMA)
        self.file(
            "schema.prisma", 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n'
        )
        self.file("migrations/migration_lock.toml", 'provider = "postgresql"\n')
        # The engines that it would otherwise look for are not those that run.
        self.environment |= dict.fromkeys(
            ("PRISMA_QUERY_ENGINE_LIBRARY", "PRISMA_SCHEMA_ENGINE_BINARY"), str(shutil.which("true"))
        ) | {"CHECKPOINT_DISABLE": "1", "PRISMA_HIDE_UPDATE_MESSAGE": "1"}  # fmt: skip

    def write(self, migration: Migration) -> None:
        self._last = migration
        self.file(f"migrations/{migration.version}_step/migration.sql", migration.script)

    def name(self, number: int) -> str:
        return f"{_version(number)}_step"

    def up(self) -> list[str]:
        return [self._node, self._program, "migrate", "deploy"]

    def forgive(self) -> None:
        self.run(
            [self._node, self._program, "migrate", "resolve", "--rolled-back", f"{self._last.version}_step"]
        )


PROGRAMS: tuple[type[Program], ...] = (Dbmate, Knex, Rails, Sqitch, Liquibase, Prisma)
