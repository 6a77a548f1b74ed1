"""Several servers, each of which takes in what the others write: native logical replication, or pglogical."""

from __future__ import annotations

import re
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg

from dbtrack import schema
from dbtrack.db import Database
from tests.support.servers import Server, find_binaries, start_server
from tests.support.servers.account import server_account

NATIVE_MAJOR = 18
PGLOGICAL_MAJOR = 15
_EXTENSIONS = Path(f"/usr/share/postgresql/{PGLOGICAL_MAJOR}/extension")
_SETTINGS = """
cluster_name = '{name}'
wal_level = logical
track_commit_timestamp = on
max_replication_slots = 20
max_wal_senders = 20
max_worker_processes = 40
max_logical_replication_workers = 24
wal_retrieve_retry_interval = '100ms'
{more}
"""
_WAIT_SECONDS = 60
# The manager of pglogical sometimes misses that a worker ended, and looks again after three minutes.
_RECONNECT_SECONDS = 15
# What a worker writes when it gives a transaction up: its subscription's origin, and where the transaction ends.
# The record's conflicts are logged in the same words, and settled: only what the tables refuse stops.
_REFUSED = re.compile(
    r'replication origin "pg_(\d+)" during .* relation "(?!script_tracking\.).* finished at ([0-9A-F]+/[0-9A-F]+)'
)
_SHOP_TABLES = """
SELECT c.oid::regclass::text FROM pg_class AS c
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND EXISTS (
    SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary)
"""
# pglogical replicates no partitioned table, only its partitions, each by its name.
_MONTHS = """
SELECT i.inhrelid::regclass::text, (SELECT array_agg(a.attname::text) FROM pg_attribute AS a
    WHERE a.attrelid = i.inhrelid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'recorded_by')
FROM pg_inherits AS i
WHERE i.inhparent IN ('script_tracking.script_execution_h'::regclass, 'script_tracking.script_execution_s'::regclass,
    'script_tracking.script_execution_parent_l'::regclass)
"""
_NOT_REPLICATING = "SELECT count(*) FROM pglogical.show_subscription_status() WHERE status NOT IN ('replicating', 'disabled')"
_REFUSALS = "SELECT count(*) FROM pgl_ddl_deploy.subscriber_logs WHERE NOT succeeded"
# Each statement that is put in the queue runs on every node: where a client puts it, and in each apply worker.
_QUEUE = """
CREATE TABLE ddl_queue (node text, id int, ddl text NOT NULL, PRIMARY KEY (node, id));
CREATE FUNCTION run_ddl() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN EXECUTE NEW.ddl; RETURN NULL; END';
CREATE TRIGGER run_ddl AFTER INSERT ON ddl_queue FOR EACH ROW EXECUTE FUNCTION run_ddl();
ALTER TABLE ddl_queue ENABLE ALWAYS TRIGGER run_ddl;
CREATE TABLE arrival (node text, id int, PRIMARY KEY (node, id));
"""
_ARRIVAL = "INSERT INTO arrival SELECT %(name)s, count(*) FROM arrival WHERE node = %(name)s RETURNING id"
_HAS_ARRIVED = "SELECT count(*) FROM arrival WHERE node = %(name)s AND id = %(id)s"


@dataclass
class Master:
    """One of the nodes: its server, and a superuser's connection to the database `app`."""

    name: str
    server: Server
    database: Database
    statements: int = field(default=0)

    @property
    def conninfo(self) -> str:
        """How the other nodes connect to it."""
        return self.server.conninfo("app", tcp=True)

    def run(self, statement: str) -> None:
        """Run a statement without parameters."""
        self.database.raw.execute(statement.encode())

    def stop(self) -> None:
        """Stop the server as an administrator does."""
        self.database.raw.close()
        _control(self.server, "stop", "--mode=fast")

    def start(self) -> None:
        """Start it again."""
        _control(self.server, "start", f"--log={self.server.log_path}")
        self.database = _connected(self.server)

    def log_lines(self, text: str) -> list[str]:
        """Return the lines of the server's log that contain a text."""
        return [line for line in self.server.log_path.read_text().splitlines() if text in line]


class Masters(ABC):
    """Nodes of which each takes in what the others write, but not what these took in themselves."""

    kind: str
    title: str
    major: int

    def __init__(self) -> None:
        self.nodes: list[Master] = []
        self.removed: list[Master] = []
        self._started: list[Server] = []

    def start(self, name: str) -> Master:
        """Start a server with dbtrack and the tables that all nodes have; no other node knows of it yet."""
        binaries = find_binaries(self.major)
        assert binaries, f"PostgreSQL {self.major} is not installed"
        server = start_server(self.major, binaries, _SETTINGS.format(name=name, more=self.settings(binaries)))
        self._started.append(server)
        with psycopg.connect(server.conninfo(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE app TEMPLATE template0")
        node = Master(name, server, _connected(server))
        node.run("ALTER DATABASE app SET client_min_messages = error")
        self.prepare(node)
        schema.install(node.database)
        return node

    def join_all(self, count: int) -> None:
        """Start so many nodes, and let each take in what the others write."""
        with ThreadPoolExecutor() as threads:
            self.nodes = list(threads.map(self.start, [f"m{number}" for number in range(1, count + 1)]))
        for node in self.nodes:
            self.publish(node)
        for node in self.nodes:
            for other in self.nodes:
                if other is not node:
                    self.subscribe(node, other)
        self.wait_until_ready()

    @abstractmethod
    def settings(self, binaries: Path) -> str:
        """Return more lines for the configuration of servers with these programs."""

    @abstractmethod
    def prepare(self, node: Master) -> None:
        """Make the tables of the users, and what replicates DDL."""

    @abstractmethod
    def publish(self, node: Master) -> None:
        """Let the others take in what is written here: tables, DDL and the record."""

    @abstractmethod
    def subscribe(
        self, node: Master, other: Master, *, copies_record: bool = False, is_enabled: bool = True
    ) -> None:
        """Take in what the other writes from now on.

        Args:
            copies_record: first also the record that it has.
            is_enabled: at once, or only after `pause(node, is_on=False)`.
        """

    @abstractmethod
    def unsubscribe(self, node: Master, other: Master) -> None:
        """Take in nothing of the other any more, and let it forget this node."""

    @abstractmethod
    def pause(self, node: Master, *, is_on: bool) -> None:
        """Let a node take in nothing, or go on."""

    @abstractmethod
    def wait_until_ready(self) -> None:
        """Wait until all subscriptions run and have copied what they copy."""

    @abstractmethod
    def ddl(self, node: Master, statement: str) -> None:
        """Run a statement on a node as a person does, so that all others run it too."""

    @abstractmethod
    def settle_conflicts(self, refused: int) -> str:
        """Wait until nodes have refused so many DDL of others, let them go on, and return what that took."""

    def reconnect(self) -> str:
        """Wait until the nodes take in what one writes that is back, and return what that took."""
        return "it caught up by itself"

    def join(self, name: str) -> Master:
        """Add a node: with the tables of the first, its record, and from now on what all write."""
        node = self.start(name)
        self._copy_tables(self.nodes[0], node)
        self.publish(node)
        # What the others write meanwhile waits in their slots.
        for other in self.nodes[1:]:
            self.subscribe(node, other, is_enabled=False)
        self.subscribe(node, self.nodes[0], copies_record=True)
        self.nodes.append(node)
        self.wait_until_ready()
        self.pause(node, is_on=False)
        for other in self.nodes[:-1]:
            self.subscribe(other, node)
        self.wait_until_ready()
        return node

    def leave(self, node: Master) -> None:
        """Remove a node; its server runs on by itself."""
        self.nodes.remove(node)
        self.removed.append(node)
        for other in self.nodes:
            self.unsubscribe(other, node)
            self.unsubscribe(node, other)

    def _copy_tables(self, source: Master, target: Master) -> None:
        command = ["pg_dump", "--schema-only", "--schema=public", "--no-privileges", "--no-publications"]
        command += ["--exclude-table=ddl_queue", "--exclude-table=arrival"]
        dumped = subprocess.run(
            [source.server.bin_dir / command[0], *command[1:]], check=True, capture_output=True, text=True,
            env=source.server.environment("app"),
        )  # fmt: skip
        # The schema, and what `prepare` made, are there already.
        subprocess.run(
            [target.server.bin_dir / "psql", "-XAtq"], check=False, capture_output=True, text=True,
            input=dumped.stdout, env=target.server.environment("app"),
        )  # fmt: skip

    def caught_up(self, *sources: Master) -> None:
        """Wait until every node has what these have written by now; without any, what all have."""
        for source in sources or self.nodes:
            marks = source.database.value(_ARRIVAL, {"name": source.name})
            for node in self.nodes:
                if node is not source:
                    self._wait_for_mark(node, source, marks)

    def _wait_for_mark(self, node: Master, source: Master, mark: int) -> None:
        wanted = {"name": source.name, "id": mark}
        eventually(
            lambda: node.database.value(_HAS_ARRIVED, wanted) == 1,
            lambda: f"{node.name} waits for {source.name}: " + "\n".join(node.log_lines("ERROR")[-4:]),
        )

    def close(self) -> None:
        """Stop all servers that were started."""
        for node in (*self.nodes, *self.removed):
            node.database.raw.close()
        for server in self._started:
            server.stop()


class NativeMasters(Masters):
    """Native logical replication, PostgreSQL 16 and later: `origin = none`, the record by a subscription of its own."""

    kind = "native"
    title = "Native logical replication with a queue of DDL"
    major = NATIVE_MAJOR

    def settings(self, binaries: Path) -> str:
        return f"# {binaries}"

    def prepare(self, node: Master) -> None:
        node.run(_QUEUE)

    def publish(self, node: Master) -> None:
        node.run("CREATE PUBLICATION shop FOR TABLE ddl_queue, arrival")
        node.run(node.database.value("SELECT script_tracking.publication_statement('record')"))

    def subscribe(
        self, node: Master, other: Master, *, copies_record: bool = False, is_enabled: bool = True
    ) -> None:
        for publication in ("shop", "record"):
            # The queue is not copied: its trigger would run everything again.
            copies = copies_record and publication == "record"
            node.run(
                f"CREATE SUBSCRIPTION {publication}_from_{other.name} CONNECTION '{other.conninfo}'"
                f" PUBLICATION {publication} WITH (origin = none, run_as_owner = true,"
                f" copy_data = {str(copies).lower()}, enabled = {str(is_enabled).lower()},"
                f" slot_name = '{publication}_to_{node.name}')"
            )

    def unsubscribe(self, node: Master, other: Master) -> None:
        """Take in nothing of the other any more, and let it forget this node."""
        for publication in ("shop", "record"):
            node.run(f"DROP SUBSCRIPTION {publication}_from_{other.name}")

    def pause(self, node: Master, *, is_on: bool) -> None:
        for (name,) in node.database.rows("SELECT subname FROM pg_subscription ORDER BY 1"):
            node.run(f"ALTER SUBSCRIPTION {name} {'DISABLE' if is_on else 'ENABLE'}")

    def wait_until_ready(self) -> None:
        for node in self.nodes:
            eventually(
                partial(_is_zero, node, "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate <> 'r'")
            )

    def ddl(self, node: Master, statement: str) -> None:
        node.statements += 1
        node.database.execute(
            "INSERT INTO ddl_queue VALUES (%(node)s, %(id)s, %(ddl)s)",
            {"node": node.name, "id": node.statements, "ddl": statement},
        )

    def settle_conflicts(self, refused: int) -> str:
        skipped: set[tuple[str, str, str]] = set()
        deadline = time.monotonic() + _WAIT_SECONDS
        while len(skipped) < refused:
            assert time.monotonic() < deadline, f"refused: {skipped}"
            for node in self.nodes:
                for origin, position in set(_REFUSED.findall(node.server.log_path.read_text())):
                    if (node.name, origin, position) not in skipped:
                        skipped.add((node.name, origin, position))
                        _skip(node, origin, position)
            time.sleep(0.1)
        return (
            f"apply of the tables stopped at {refused} of {len(self.nodes) * (len(self.nodes) - 1)} subscriptions, that of "
            f"the record went on; `ALTER SUBSCRIPTION … SKIP` at each"
        )


class PglogicalMasters(Masters):
    """pglogical on PostgreSQL 15; pgl_ddl_deploy sends the DDL of the schemas public and shop."""

    kind = "pglogical"
    title = "pglogical with pgl_ddl_deploy"
    major = PGLOGICAL_MAJOR

    def settings(self, binaries: Path) -> str:
        # Newer minor versions load only the plugins that are named here; older ones do not know the parameter.
        described = subprocess.run(
            [binaries / "postgres", "--describe-config"], check=True, capture_output=True, text=True, cwd="/",
            **server_account().process_options(),
        )  # fmt: skip
        allowed = "output_plugin_libraries = 'pglogical_output'\n"
        return "shared_preload_libraries = 'pglogical'\n" + (
            allowed if "output_plugin_libraries" in described.stdout else ""
        )

    @staticmethod
    def missing() -> str:
        """Return what is not installed; an empty text if all is."""
        wanted = {"pglogical": "pglogical", "pgl_ddl_deploy": "pgl-ddl-deploy"}
        packages = [
            f"postgresql-{PGLOGICAL_MAJOR}-{package}"
            for extension, package in wanted.items()
            if not (_EXTENSIONS / f"{extension}.control").is_file()
        ]
        return " ".join(packages)

    def prepare(self, node: Master) -> None:
        node.run("CREATE EXTENSION pglogical; CREATE EXTENSION pgl_ddl_deploy")
        node.run("CREATE TABLE arrival (node text, id int, PRIMARY KEY (node, id))")
        node.run("SELECT pgl_ddl_deploy.add_role(oid) FROM pg_roles WHERE rolname = 'postgres'")

    def publish(self, node: Master) -> None:
        node.run(f"SELECT pglogical.create_node('{node.name}', '{node.conninfo}')")
        # So that the record of DDL names the subscription.
        node.run("GRANT SELECT (sub_id, sub_name) ON pglogical.subscription TO dbtrack_owner")
        node.run(
            "SELECT pglogical.create_replication_set(n, true, true, true, true) FROM unnest('{shop,record}'::text[]) AS n"
        )
        for (table,) in node.database.rows(_SHOP_TABLES):
            node.run(f"SELECT pglogical.replication_set_add_table('shop', '{table}')")
        for month, columns in node.database.rows(_MONTHS):
            listed = "{" + ",".join(columns) + "}"
            node.run(f"SELECT pglogical.replication_set_add_table('record', '{month}', false, '{listed}')")
        node.run(
            "INSERT INTO pgl_ddl_deploy.set_configs (set_name, include_schema_regex, driver, queue_subscriber_failures)"
            " VALUES ('shop', '^(public|shop)$', 'pglogical', true)"
        )
        assert node.database.value("SELECT pgl_ddl_deploy.deploy('shop')"), "a table is in no replication set"

    def subscribe(
        self, node: Master, other: Master, *, copies_record: bool = False, is_enabled: bool = True
    ) -> None:
        node.run(
            f"SELECT pglogical.create_subscription('{node.name}_from_{other.name}', '{other.conninfo}',"
            f" '{{shop,record,ddl_sql}}', false, {str(copies_record).lower()}, '{{}}')"
        )
        if not is_enabled:
            self.wait_until_ready(node)
            node.run(f"SELECT pglogical.alter_subscription_disable('{node.name}_from_{other.name}', true)")

    def unsubscribe(self, node: Master, other: Master) -> None:
        node.run(f"SELECT pglogical.drop_subscription('{node.name}_from_{other.name}')")

    def pause(self, node: Master, *, is_on: bool) -> None:
        action = "disable" if is_on else "enable"
        # Enabling one that is enabled stops its worker, for minutes.
        node.run(
            f"SELECT pglogical.alter_subscription_{action}(sub_name, true) FROM pglogical.subscription"
            f" WHERE sub_enabled = {str(is_on).lower()}"
        )

    def wait_until_ready(self, *nodes: Master) -> None:
        for node in nodes or self.nodes:
            eventually(
                partial(_is_zero, node, _NOT_REPLICATING), partial(str, node.database.rows(_NOT_REPLICATING))
            )

    def reconnect(self) -> str:
        deadline = time.monotonic() + _RECONNECT_SECONDS
        waiting: list[Master] = self.nodes
        while waiting and time.monotonic() < deadline:
            time.sleep(0.2)
            waiting = [node for node in self.nodes if node.database.value(_NOT_REPLICATING)]
        for node in waiting:
            for action in ("disable", "enable"):
                node.run(
                    f"SELECT pglogical.alter_subscription_{action}(subscription_name, true)"
                    " FROM pglogical.show_subscription_status() WHERE status IN ('down', 'disabled')"
                )
        return (
            super().reconnect()
            if not waiting
            else "it caught up after the subscriptions to it were disabled and enabled: pglogical does not always "
            "see that a worker ended"
        )

    def ddl(self, node: Master, statement: str) -> None:
        node.run(statement)

    def settle_conflicts(self, refused: int) -> str:
        eventually(
            lambda: sum(node.database.value(_REFUSALS) for node in self.nodes) == refused,
            lambda: f"refused: {[node.database.value(_REFUSALS) for node in self.nodes]}",
        )
        return f"apply went on; {refused} refusals are in `pgl_ddl_deploy.subscriber_logs`"


@contextmanager
def masters(kind: type[Masters], count: int = 3) -> Iterator[Masters]:
    """Start so many nodes of a kind, and stop all of them in the end."""
    nodes = kind()
    try:
        nodes.join_all(count)
        yield nodes
    finally:
        nodes.close()


def eventually(holds: Callable[[], bool], explanation: Callable[[], str] = lambda: "") -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline, explanation()
        time.sleep(0.05)


def _is_zero(node: Master, query: str) -> bool:
    return bool(node.database.value(query) == 0)


def _skip(node: Master, origin: str, position: str) -> None:
    name = node.database.value(
        "SELECT subname FROM pg_subscription WHERE oid = %(oid)s::oid", {"oid": origin}
    )
    node.run(f"ALTER SUBSCRIPTION {name} SKIP (lsn = '{position}')")


def _connected(server: Server) -> Database:
    return Database.wrap(psycopg.connect(server.conninfo("app"), autocommit=True))


def _control(server: Server, action: str, option: str) -> None:
    command = [str(server.bin_dir / "pg_ctl"), action, "--silent", "--wait", option]
    command += [f"--pgdata={server.directory / 'data'}"]
    account = server_account()
    done = subprocess.run(
        command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={"PATH": str(server.bin_dir), "LC_ALL": "C.UTF-8"}, cwd=server.directory,
        **account.process_options(),
    )  # fmt: skip
    assert done.returncode == 0, server.log_path.read_text()[-2000:]
