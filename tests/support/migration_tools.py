"""Projects of real migration tools, small ones, and how each is run: without dbtrack."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.required import missing
from tests.support.servers import Server

_SECONDS = 120
_ALEMBIC_ENVIRONMENT = """\
from alembic import context
from sqlalchemy import create_engine

with create_engine("postgresql+psycopg://").connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
_ALEMBIC_REVISION = """\
from alembic import op

revision = "{name}"
down_revision = {before!r}


def upgrade():
    op.execute({up!r})


def downgrade():
    op.execute({down!r})
"""
_DJANGO = """\
import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"]}},
    USE_TZ=True,
)
execute_from_command_line(sys.argv)
"""


def need(module: str) -> None:
    """Skip the test if the tool is not installed, or fail it in CI."""
    if importlib.util.find_spec(module) is None:
        missing(module, "pip install -e '.[realworld]'")


class Alembic:
    """A directory of Alembic's."""

    def __init__(self, directory: Path, server: Server, database: str) -> None:
        need("alembic")
        self._directory, self._server, self._database = directory, server, database
        (directory / "versions").mkdir(parents=True)
        (directory / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\n")
        (directory / "env.py").write_text(_ALEMBIC_ENVIRONMENT)
        self._last: str | None = None

    def add(self, name: str, up: str, down: str = "SELECT 1") -> None:
        """Write a revision."""
        text = _ALEMBIC_REVISION.format(name=name, before=self._last, up=up, down=down)
        (self._directory / "versions" / f"{name}.py").write_text(text)
        self._last = name

    def run(self, *words: str, prefix: Sequence[str] = ()) -> None:
        """Run `alembic WORDS`."""
        command = [
            *prefix,
            sys.executable,
            "-m",
            "alembic",
            "-c",
            str(self._directory / "alembic.ini"),
            *words,
        ]
        run_tool(command, self._server, self._database)


def migrate_django(directory: Path, server: Server, database: str) -> None:
    """Run the migrations of Django's applications for users and content types."""
    need("django")
    directory.mkdir()
    (directory / "manage.py").write_text(_DJANGO)
    run_tool([sys.executable, str(directory / "manage.py"), "migrate", "--verbosity=0"], server, database)


def apply_yoyo(directory: Path, server: Server, database: str, migrations: dict[str, str]) -> None:
    """Run yoyo with these migrations: a name, and the SQL."""
    need("yoyo")
    directory.mkdir()
    for name, statements in migrations.items():
        (directory / f"{name}.sql").write_text(statements)
    variables = server.environment(database)
    address = (
        f"postgresql+psycopg://{variables['PGUSER']}@/{database}"
        f"?host={variables['PGHOST']}&port={variables['PGPORT']}"
    )
    words = ["apply", "--batch", "--no-config-file", "--database", address, str(directory)]
    run_tool(
        [sys.executable, "-c", "import sys; from yoyo.scripts.main import main; sys.exit(main())", *words],
        server,
        database,
    )


def run_tool(command: Sequence[str], server: Server, database: str) -> None:
    """Run a program that connects as libpq's variables say."""
    done = subprocess.run(
        command,
        env=server.environment(database),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
