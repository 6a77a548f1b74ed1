"""A library that makes SECURITY LABEL possible: PostgreSQL's own, dummy_seclabel, is packaged nowhere."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.servers import Server

_ALLOWS_EVERYTHING = """
#include "postgres.h"
#include "fmgr.h"
#include "commands/seclabel.h"
PG_MODULE_MAGIC;
void _PG_init(void);
static void allow(const ObjectAddress *object, const char *label) { }
void _PG_init(void) { register_label_provider("anything", allow); }
"""


def build_label_provider(server: Server) -> Path | None:
    """Return the library, beside the server's data, or None without its headers or a C compiler."""
    headers, compiler = server_headers(server), shutil.which("cc")
    if headers is None or compiler is None:
        return None
    source, library = server.directory / "labels.c", server.directory / "labels.so"
    source.write_text(_ALLOWS_EVERYTHING)
    subprocess.run([compiler, "-shared", "-fPIC", "-I", headers, "-o", library, source], check=True)
    source.unlink()
    return library


def server_headers(server: Server) -> Path | None:
    """Return the folder of the server's own headers, which each packager puts elsewhere."""
    roots = (server.bin_dir.parent / "include", Path("/usr/include/postgresql") / str(server.major))
    return next((file.parent for root in roots for file in root.rglob("server/fmgr.h")), None)
